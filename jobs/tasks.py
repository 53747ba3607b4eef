"""The Huey side of durable work: messages that only wake a worker. Losing one costs seconds, never work."""

from __future__ import annotations

import logging

from django.db import transaction
from huey import crontab
from huey.contrib.djhuey import db_periodic_task, db_task, on_shutdown, on_startup

logger = logging.getLogger(__name__)


@db_task()  # type: ignore[untyped-decorator]
def work() -> None:
    """Claim the next jobs and do them; before doing them, wake another worker for what is left."""
    from jobs.worker import work_once  # jobs.worker needs jobs.models, which need this module's wake

    work_once()


@on_startup()  # type: ignore[untyped-decorator]
def start_worker() -> None:
    """Begin a worker process, after the fork."""
    from jobs.worker import begin

    begin()


@on_shutdown()  # type: ignore[untyped-decorator]
def stop_worker() -> None:
    """End a worker process that was asked to stop."""
    from jobs.worker import end

    end()


@db_periodic_task(crontab(minute="17"))  # type: ignore[untyped-decorator]
def tidy() -> None:
    """Forget turns of people who are long gone."""
    from jobs.kinds import by_rank
    from jobs.models import Turn

    for kind in by_rank():
        Turn.objects.tidy(kind.model)


def wake() -> None:
    """Tell one idle worker that there may be work. Never raises: the ticker finds what a lost message leaves."""
    try:
        work()
    except Exception:
        logger.exception("No worker could be woken; the ticker will.")


def wake_on_commit() -> None:
    """Wake a worker once the rows of this transaction can be seen."""
    transaction.on_commit(wake)
