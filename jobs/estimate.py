"""How long it will still take, said only when it means something."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

ENOUGH = 3
"""Finished jobs before their pace says anything."""


@dataclass(frozen=True)
class Pace:
    """The pace of a set of jobs: seconds from one finished job to the next, and when the rest will be done."""

    seconds_each: float
    done_at: datetime

    def seconds_left(self, now: datetime) -> float:
        """Return the seconds until ``done_at``, at least 0. Time passing alone only ever lowers it."""
        return max(0.0, (self.done_at - now).total_seconds())


def estimate(
    started_at: datetime | None, finished: int, last_finished_at: datetime | None, left: int
) -> Pace | None:
    """Estimate from the throughput seen so far, whoever else shares the workers; None before it means something.

    ``started_at`` is when the first job began, ``left`` how many are queued or running. The estimate hangs on the
    last finished job, so it is a fixed moment between two of them.
    """
    if started_at is None or last_finished_at is None or finished < ENOUGH:
        return None
    each = (last_finished_at - started_at) / finished
    return Pace(seconds_each=each.total_seconds(), done_at=last_finished_at + each * left)
