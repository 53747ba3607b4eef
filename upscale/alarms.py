"""When the promise breaks: what an operator must know at once."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.conf import settings

from upscale.statistics import ENOUGH_ANSWERS, READABLE, SUCCESS, Figures, Queue


class Trouble(StrEnum):
    """What is wrong, the worst first."""

    NO_WORKER = "no-worker"
    OVERDUE = "overdue"
    LATE = "late"
    FAILING = "failing"
    UNREADABLE = "unreadable"


@dataclass(frozen=True)
class Alarm:
    """One broken promise. ``period`` is the one of the ``figures`` ("hour", "day"), empty for what is so now."""

    trouble: Trouble
    period: str = ""
    figures: Figures | None = None


def alarms(queue: Queue, hour: Figures, day: Figures) -> list[Alarm]:
    """Return what is wrong now, within the last hour and today; today only where the last hour does not tell it."""
    found = []
    if queue.waiting and not queue.workers:
        found.append(Alarm(Trouble.NO_WORKER))
    elif queue.overdue:
        found.append(Alarm(Trouble.OVERDUE))
    told: set[Trouble] = set()
    for period, figures in (("hour", hour), ("day", day)):
        for trouble in _broken(figures):
            if trouble not in told:
                told.add(trouble)
                found.append(Alarm(trouble, period, figures))
    return sorted(found, key=lambda alarm: list(Trouble).index(alarm.trouble))


def _broken(figures: Figures) -> list[Trouble]:
    found = []
    if figures.p95 is not None and figures.p95 > settings.PHOTO_DEADLINE_SECONDS:
        found.append(Trouble.LATE)
    success, readable = figures.success, figures.readable
    if success.value is not None and success.value < SUCCESS:
        found.append(Trouble.FAILING)
    if readable.total >= ENOUGH_ANSWERS and readable.hits < READABLE * readable.total:
        found.append(Trouble.UNREADABLE)
    return found
