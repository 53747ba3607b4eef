"""The worker processes, for people to look at."""

from __future__ import annotations

from datetime import timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from jobs.states import is_known_dead


class WorkerQuerySet(models.QuerySet["Worker"]):
    def alive(self) -> Self:
        """Heard of within the last three ticks (at least 15 seconds), and not known to have died since."""
        heard = self.filter(beat_at__gt=Now() - timedelta(seconds=max(15.0, 3 * settings.JOB_TICK_SECONDS)))
        return heard.exclude(
            name__in=[name for name in heard.values_list("name", flat=True) if is_known_dead(name)]
        )

    def beat(self, name: str) -> None:
        """Note that this worker lives, and forget those not heard of for a day."""
        self.update_or_create(name=name, defaults={"beat_at": Now()})
        self.filter(beat_at__lt=Now() - timedelta(days=1)).delete()


class Worker(models.Model):
    """A worker process and when it was last heard of. Only for people to look at: leases decide, not this."""

    name = models.CharField(max_length=160, primary_key=True)
    started_at = models.DateTimeField(db_default=Now())
    beat_at = models.DateTimeField(db_default=Now())

    objects = WorkerQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name
