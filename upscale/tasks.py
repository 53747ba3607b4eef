"""What board photos do by the clock."""

from __future__ import annotations

import logging

from huey import crontab
from huey.contrib.djhuey import db_periodic_task

from upscale.files import forget_outdated, forget_rooms, sweep_all, sweep_recent

logger = logging.getLogger(__name__)


@db_periodic_task(crontab(minute="43"))  # type: ignore[untyped-decorator]
def tidy_photos() -> None:
    """Delete photos, videos and rooms that are kept no longer, and files of recent photos that no row names. Hourly."""
    logger.info(
        "Forgot %d outdated photos and videos and %d rooms, swept %d stray files.",
        forget_outdated(),
        forget_rooms(),
        sweep_recent(),
    )


@db_periodic_task(crontab(hour="4", minute="53"))  # type: ignore[untyped-decorator]
def sweep_photos() -> None:
    """Look through the whole storage for files of photos and videos that no row names. Daily."""
    logger.info("Swept %d stray files of photos and videos.", sweep_all())
