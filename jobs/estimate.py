"""How long it will still take, said only when it means something."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

ENOUGH = 3
"""Finished jobs before their pace says anything."""

WINDOW = 40
"""How many of the latest finished jobs the pace is taken from."""

PATIENCE = 20
"""How many times its own pace (at least a minute) nothing may finish before a pace means nothing any more."""


@dataclass(frozen=True)
class Pace:
    """The pace of a set of jobs: seconds from one finished job to the next, and when the rest will be done."""

    seconds_each: float
    done_at: datetime

    def seconds_left(self, now: datetime) -> float:
        """Return the seconds until ``done_at``, at least 0. Time passing alone only ever lowers it."""
        return max(0.0, (self.done_at - now).total_seconds())


def estimate(begun_at: datetime, finished: Sequence[datetime], left: int, now: datetime) -> Pace | None:
    """Estimate from the throughput seen lately, whoever else shares the workers; None before it means something.

    ``begun_at`` is when the present stretch of work began (a start, a resume or a retry), ``finished`` when up to
    ``WINDOW`` jobs of it were finished, oldest first, ``left`` how many are to come. The estimate hangs on the last
    finished job, so it is a fixed moment between two of them; after a stall there is none.
    """
    if len(finished) < ENOUGH:
        return None
    first, intervals = (
        (finished[0], len(finished) - 1) if len(finished) == WINDOW else (begun_at, len(finished))
    )
    each = max(finished[-1] - first, timedelta(0)) / intervals
    if now - finished[-1] > max(timedelta(minutes=1), PATIENCE * each):
        return None
    return Pace(seconds_each=each.total_seconds(), done_at=finished[-1] + each * left)
