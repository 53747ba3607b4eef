"""Whose turn it is: fairness between people, for each kind of work."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models.functions import Now

from jobs.states import OPEN_STATES

if TYPE_CHECKING:
    from jobs.models.job import Job


class TurnQuerySet(models.QuerySet["Turn"]):
    def ask(self, kind: str, people: Iterable[str]) -> None:
        """Give people a turn for this kind of work, or note that they asked again."""
        self.bulk_create(
            [Turn(kind=kind, person=person, asked_at=Now()) for person in sorted(set(people))],
            update_conflicts=True,
            unique_fields=["kind", "person"],
            update_fields=["asked_at"],
        )

    def tidy(self, job: type[Job]) -> int:
        """Forget people who asked for nothing in a week and wait for nothing. Return how many.

        Safe beside :meth:`ask`: a row asked for meanwhile is read again, and its new ``asked_at`` spares it.
        """
        waiting = job._default_manager.filter(state__in=OPEN_STATES, person=models.OuterRef("person"))
        idle = self.filter(kind=job.kind, asked_at__lt=Now() - timedelta(days=7))
        return idle.exclude(models.Exists(waiting)).delete()[0]


class Turn(models.Model):
    """When a person was last served, for each kind of work: the one waiting longest goes first."""

    kind = models.CharField(max_length=40)
    person = models.CharField(max_length=120)
    served_at = models.DateTimeField(null=True, blank=True)
    asked_at = models.DateTimeField(db_default=Now())

    objects = TurnQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["kind", "person"], name="one_turn_a_person")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.person}"
