"""What may be left behind of an export, and who removes it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Self, TypeVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from jobs.models import Job, JobQuerySet
from jobs.states import State

CLEANING_SECONDS = 150
"""How long one step of a clean-up may take before somebody else may begin; longer than a bucket may stay silent."""

LONGEST_WAIT_MINUTES = 60
L = TypeVar("L", bound=Job)
OVER = Q(state__in=[State.FAILED, State.CANCELLED]) | Q(state=State.DONE, discarded_at__isnull=False)


class Littered(models.Model):
    """Whether files may be left, and the claim of whoever removes them: ``cleaning_until``, which no one else writes.

    No lock is held meanwhile. An export that is made anew in the middle of it begins when the claim ends.
    """

    is_littered = models.BooleanField(default=False, editable=False)
    clean_after = models.DateTimeField(null=True, editable=False)
    clean_failures = models.PositiveSmallIntegerField(default=0, editable=False)
    cleaning_until = models.DateTimeField(null=True, editable=False)

    class Meta:
        abstract = True

    @property
    def _row(self) -> JobQuerySet[Any]:
        rows: JobQuerySet[Any] = type(self)._default_manager.filter(pk=self.pk)  # type: ignore[assignment]
        return rows

    @property
    def _held(self) -> JobQuerySet[Any]:
        return self._row.filter(cleaning_until=self.cleaning_until)

    def start_cleaning(self, *, anyway: bool = False) -> bool:
        """Claim the clean-up of what failed, was cancelled or is deleted. False if it is not to be done now.

        ``anyway``: also where it counts as clean, as a worker may have gone on writing; where somebody is at it, it
        is then done once more after them.
        """
        until = Now() + timedelta(seconds=CLEANING_SECONDS)
        over = self._row.filter(OVER)
        free = over.filter(Q(cleaning_until=None) | Q(cleaning_until__lt=Now()))
        wanted = (
            free if anyway else free.filter(Q(clean_after=None) | Q(clean_after__lt=Now()), is_littered=True)
        )
        changed = wanted.update(is_littered=True, cleaning_until=until)
        if anyway and not changed:
            over.update(is_littered=True, cleaning_until=until)
        self.refresh_from_db()
        return bool(changed)

    def go_on_cleaning(self) -> bool:
        """Extend the claim. False where it is lost, or the export is made anew."""
        changed = self._held.filter(OVER).update(cleaning_until=Now() + timedelta(seconds=CLEANING_SECONDS))
        if changed:
            self.refresh_from_db(fields=["cleaning_until"])
        return bool(changed)

    def note_clean(self) -> None:
        """Note that nothing is left."""
        self._held.filter(OVER).update(is_littered=False, clean_after=None, clean_failures=0)

    def postpone_cleaning(self) -> timedelta:
        """Note that it could not be done; return how long it waits: a minute, 2, 4 … up to an hour."""
        minutes = min(2 ** min(self.clean_failures, 10), LONGEST_WAIT_MINUTES)
        wait = timedelta(minutes=minutes)
        self._held.filter(OVER).update(clean_after=Now() + wait, clean_failures=self.clean_failures + 1)
        return wait

    def end_cleaning(self) -> None:
        """Give the claim back; an export that waits for it goes on at once."""
        self._row.filter(state=State.QUEUED, due_at=self.cleaning_until).update(due_at=Now())
        self._held.update(cleaning_until=None)
        self.refresh_from_db()


class LitteredQuerySet(JobQuerySet[L]):
    """Adjectives of what is left behind."""

    def littered(self) -> Self:
        """Over, with something left behind."""
        return self.filter(OVER, is_littered=True)

    def to_be_cleaned(self) -> Self:
        """Littered, and neither being cleaned up nor waiting after an attempt that failed; new ones first."""
        is_free = Q(cleaning_until=None) | Q(cleaning_until__lt=Now())
        is_due = Q(clean_after=None) | Q(clean_after__lt=Now())
        return self.littered().filter(is_free, is_due).order_by(models.F("clean_after").asc(nulls_first=True))
