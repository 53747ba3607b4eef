"""What stock generation does by the clock, and when it is woken."""

from __future__ import annotations

import logging
from uuid import UUID

from huey import crontab
from huey.contrib.djhuey import db_periodic_task, db_task

from stockgen.files import sweep_recent

logger = logging.getLogger(__name__)


@db_task()  # type: ignore[untyped-decorator]
def advance_campaign(key: str) -> None:
    """Let a campaign do what it should do next."""
    from stockgen.campaigns.advancing import advance

    advance(UUID(key))


def advance_soon(key: UUID) -> None:
    """Have a worker advance a campaign. Never raises: the clock finds what a lost message leaves."""
    try:
        advance_campaign(str(key))
    except Exception:
        logger.exception("No worker could be told to advance a campaign; the clock will.")


@db_periodic_task(crontab())  # type: ignore[untyped-decorator]
def advance_campaigns() -> None:
    """Advance every campaign that runs, in case a message was lost or a day has passed. Every minute."""
    from stockgen.campaigns import advancing
    from stockgen.models import Campaign

    for key in Campaign.objects.running().values_list("pk", flat=True):
        try:
            advancing.advance(key)
        except Exception:
            logger.exception("Campaign %s could not be advanced.", key)


@db_periodic_task(crontab(minute="37"))  # type: ignore[untyped-decorator]
def sweep_files() -> None:
    """Delete files that killed workers left and that nobody names."""
    sweep_recent()


@db_periodic_task(crontab(minute="*/10"))  # type: ignore[untyped-decorator]
def propose_edits() -> None:
    """Have edits of additions proposed where one reason to reject dominates."""
    from stockgen.models import Proposal

    Proposal.objects.propose_where_needed()


@db_periodic_task(crontab(minute="27"))  # type: ignore[untyped-decorator]
def forget_dry_runs() -> None:
    """Delete dry runs that are older than a day."""
    from stockgen.models import DryRun

    DryRun.objects.forget_old()


@db_task()  # type: ignore[untyped-decorator]
def index_stock() -> None:
    """Embed what came into the stock, some at a time, so that other work gets its turn."""
    from stockgen.library.indexing import index_some

    if index_some():
        index_soon()


def index_soon() -> None:
    """Have a worker index the stock. Never raises: the clock finds what a lost message leaves."""
    try:
        index_stock()
    except Exception:
        logger.exception("No worker could be told to index the stock; the clock will.")


@db_periodic_task(crontab())  # type: ignore[untyped-decorator]
def index_stock_by_the_clock() -> None:
    """Index what a lost message or another embedder left. Every minute."""
    from stockgen.library.indexing import index_some

    if index_some():
        index_soon()


@db_periodic_task(crontab(hour="3", minute="47"))  # type: ignore[untyped-decorator]
def forget_matches() -> None:
    """Delete the texts of slides that are older than 30 days."""
    from stockgen.models import Match

    Match.objects.forget_old()
