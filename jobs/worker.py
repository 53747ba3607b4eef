"""The loop of a worker process: claim, do, report; and the ticker that keeps it honest."""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
import uuid
from collections.abc import Sequence

from django.conf import settings
from django.db import close_old_connections, connections
from huey.contrib.djhuey import HUEY

from engines.errors import Cancelled, EngineError, ModelUnavailable, OutOfMemory
from jobs import kinds
from jobs.models import Job, Worker
from jobs.states import worker_name
from jobs.tasks import wake

logger = logging.getLogger(__name__)


class Work:
    """One claim in progress: how a handler reports progress and learns that its work is no longer wanted.

    ``beat`` writes to the database at most once a second, so it may be called at every step. ``lease_seconds`` is how
    long one step of the engine may take before the worker counts as hung; a handler with long steps raises it.
    """

    def __init__(self, jobs: Sequence[Job]) -> None:
        self.token: uuid.UUID = jobs[0].token  # type: ignore[assignment]
        self._model = type(jobs[0])
        self._ours = {job.pk for job in jobs}
        self._next_beat = 0.0
        self.lease_seconds: float = settings.JOB_LEASE_SECONDS
        self.share = 0.0
        self.deadline = time.monotonic() + self.lease_seconds

    def beat(self, share: float, *, seconds: float | None = None) -> None:
        """Report the finished share, 0.0 … 1.0, and extend the lease; ``seconds`` announces one long step."""
        self.share = share
        now = time.monotonic()
        if now < self._next_beat and seconds is None:
            return
        lease = self.lease_seconds if seconds is None else seconds
        self._ours = self._model.objects.heartbeat(self.token, share, seconds=lease)
        self.deadline = now + lease
        self._next_beat = now + min(self.lease_seconds / 6, 1.0)

    def is_lost(self, job: Job) -> bool:
        """True once the job was cancelled or taken away."""
        return job.pk not in self._ours

    def is_over(self) -> bool:
        """True once no job of the claim is ours any more: the engine may stop."""
        return not self._ours

    def should_give_way(self) -> bool:
        """True while more urgent work waits for a worker: a handler that can go on later may return at once.

        What it leaves unfinished goes back to the queue without blame, behind the urgent work. Costs a query for each
        more urgent kind.
        """
        rank = kinds.rank_of(self._model)
        return any(place.rank < rank and place.is_due() for place in kinds.places())


_current: Work | None = None
"""The claim in progress of this process, watched by the ticker."""

_gave_way: kinds.Kind | None = None
"""The kind that went last and lets the others go first now."""


def work_once() -> bool:
    """Claim the next jobs of the most urgent kind and do them. False if nothing was due."""
    global _current, _gave_way
    for place in sorted(kinds.places(), key=lambda one: one.kind is _gave_way and not one.is_urgent):
        kind = place.kind
        if not place.is_urgent:
            kind.model.objects.sweep()
        if not place.is_due():
            continue
        handler = kind.load_handler()  # brings the engines at first, which takes seconds: not on a lease
        jobs = kind.model.objects.claim(worker_name())
        if jobs:
            break
    else:
        return False
    _gave_way = kind if kind.gives_way else None
    wake()  # passes the baton: another idle worker, or this one once it is through
    work = _current = Work(jobs)
    try:
        handler(jobs, work)
    except Cancelled:
        logger.info("%s: given up, no longer wanted", kind.model.kind)
    except Exception as error:
        logger.exception("%s failed", kind.model.kind)
        close_old_connections()  # it may have been the connection that failed
        if len(jobs) > 1 and not isinstance(error, ModelUnavailable):
            kind.model.objects.set_apart(work.token)
        for job in jobs:
            job.fail(_explain(error), retry=_may_pass(error))
    finally:
        _current = None
        close_old_connections()
        # What the handler neither finished nor failed (a stop was asked for) goes back without blame.
        kind.model.objects.release(work.token)
    return True


def end() -> None:
    """Sign this worker process off."""
    close_old_connections()
    Worker.objects.filter(name=worker_name()).delete()


def _explain(error: Exception) -> str:
    """Say an error to a person: engines' errors speak for themselves, others are named by their type."""
    return str(error) if isinstance(error, EngineError) else f"{type(error).__name__}: {error}"


def _may_pass(error: Exception) -> bool:
    """Tell whether another attempt could succeed."""
    return not isinstance(error, ModelUnavailable | OutOfMemory | ValueError)


class Ticker(threading.Thread):
    """Sweeps expired leases, wakes workers for work that is due, and kills a worker that hangs.

    One in every worker process, so that no single death stops the clock.
    """

    def __init__(self) -> None:
        super().__init__(name="ticker", daemon=True)
        self._parent = os.getppid()

    def run(self) -> None:
        while True:
            try:
                self.tick()
            except Exception:
                logger.exception("The ticker stumbled and goes on.")
            finally:
                close_old_connections()
            time.sleep(settings.JOB_TICK_SECONDS)
            self._watch()

    def tick(self) -> None:
        """Say that this worker lives, sweep, and wake a worker if something is due and no message waits."""
        Worker.objects.beat(worker_name())
        due = False
        for kind in kinds.by_rank():
            kind.model.objects.sweep()
            due = due or kind.model.objects.due().exists()
        if due and HUEY.pending_count() == 0:
            wake()

    def _watch(self) -> None:
        """End this process when its lease passed without progress, or when the consumer above it is gone."""
        work = _current
        hung = work is not None and time.monotonic() > work.deadline
        if hung or os.getppid() != self._parent:
            logger.error(
                "%s: this worker ends itself.", "No progress within the lease" if hung else "Orphaned"
            )
            os.kill(os.getpid(), signal.SIGKILL)


def begin() -> None:
    """Begin a worker process: own database connections, and a ticker, which looks at once for what is due."""
    connections.close_all()
    # Read by OpenMP when the engines load: idle threads sleep instead of spinning, so that several workers, or a
    # worker and a database, share the cores of one host.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    Ticker().start()
