"""What stock generation does by the clock."""

from __future__ import annotations

from huey import crontab
from huey.contrib.djhuey import db_periodic_task

from stockgen.files import sweep_recent


@db_periodic_task(crontab(minute="37"))  # type: ignore[untyped-decorator]
def sweep_files() -> None:
    """Delete files that killed workers left and that nobody names."""
    sweep_recent()
