"""What the rating queue does by the clock."""

from __future__ import annotations

from huey import crontab
from huey.contrib.djhuey import db_periodic_task

from review.models import Entry, Hold
from stockgen.models.quota import full_cells


@db_periodic_task(crontab(minute="*/10"))  # type: ignore[untyped-decorator]
def tidy_queue() -> None:
    """Take in pictures that are missing for whatever reason, put the queue in order, forget holds long run out."""
    Entry.objects.take_in()
    Entry.objects.rank(full_cells())
    Hold.objects.sweep()
