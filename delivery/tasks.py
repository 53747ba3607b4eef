"""What exports need by the clock, and when somebody cancels one."""

from __future__ import annotations

import logging

from huey import crontab
from huey.contrib.djhuey import db_periodic_task, db_task

logger = logging.getLogger(__name__)


@db_task()  # type: ignore[untyped-decorator]
def clean_up() -> None:
    """Remove what exports that failed, were cancelled or deleted have left behind."""
    from delivery.work.cleaning import clean_up_all

    clean_up_all()


def clean_up_soon() -> None:
    """Have a worker do that. Never raises: the clock finds what a lost message leaves."""
    try:
        clean_up()
    except Exception:
        logger.exception("No worker could be told to clean up after an export; the clock will.")


@db_periodic_task(crontab())  # type: ignore[untyped-decorator]
def clean_up_by_the_clock() -> None:
    """Remove what is left of exports whose workers died. Every minute."""
    from delivery.work.cleaning import clean_up_all

    clean_up_all()


@db_periodic_task(crontab(hour="4", minute="23"))  # type: ignore[untyped-decorator]
def discard_old_exports() -> None:
    """Delete what is kept of exports that are done for longer than ``EXPORT_RETENTION_DAYS``. Daily."""
    from delivery.models import Export

    for export in Export.objects.kept_too_long():
        try:
            export.discard()
        except Exception:  # the others are not to wait for it
            logger.exception("Export %s cannot be deleted.", export.pk)
