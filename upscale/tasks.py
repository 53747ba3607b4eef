"""What board photos do by the clock."""

from __future__ import annotations

import logging

from huey import crontab
from huey.contrib.djhuey import db_periodic_task

logger = logging.getLogger(__name__)


@db_periodic_task(crontab(minute="43"))  # type: ignore[untyped-decorator]
def tidy_photos() -> None:
    """Delete photos and videos that are kept no longer, and files that no row names."""
    from upscale.files import forget_outdated, sweep_recent

    logger.info(
        "Forgot %d outdated photos and videos, swept %d stray files.", forget_outdated(), sweep_recent()
    )
