"""What the rating queue does by the clock."""

from __future__ import annotations

from huey import crontab
from huey.contrib.djhuey import db_periodic_task

from review.models import Entry, Hold
from review.ordering import rank


@db_periodic_task(crontab())  # type: ignore[untyped-decorator]
def order_queue() -> None:
    """Put what waits in cells that have their quota by now behind the rest. Every minute."""
    rank()


@db_periodic_task(crontab(minute="*/10"))  # type: ignore[untyped-decorator]
def tidy_queue() -> None:
    """Take in pictures that are missing for whatever reason, and forget holds that ran out long ago."""
    Entry.objects.take_in()
    Hold.objects.sweep()
