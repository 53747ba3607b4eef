"""What board photos do by the clock."""

from __future__ import annotations

import logging

from huey import crontab
from huey.contrib.djhuey import db_periodic_task

logger = logging.getLogger(__name__)


@db_periodic_task(crontab(minute="43"))  # type: ignore[untyped-decorator]
def tidy_photos() -> None:
    """Delete photos, videos and rooms that are kept no longer, and files that no row names."""
    from upscale.files import forget_outdated, forget_rooms, sweep_recent

    logger.info(
        "Forgot %d outdated photos and videos and %d rooms, swept %d stray files.",
        forget_outdated(),
        forget_rooms(),
        sweep_recent(),
    )
