"""What a cell of a campaign will still cost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

from django.conf import settings

from engines.statistics.intervals import Share, wilson

FEWEST_VERDICTS = 10
"""Before so many verdicts, nothing is foretold of a cell from its own yield."""

LEAST_YIELD = 0.001


@dataclass(frozen=True)
class Range:
    """A figure that is not known exactly: ``low`` ≤ ``likely`` ≤ ``high``."""

    low: float
    likely: float
    high: float

    def __add__(self, other: Range) -> Range:
        return Range(self.low + other.low, self.likely + other.likely, self.high + other.high)

    def map(self, change: Callable[[float], float]) -> Range:
        """Apply a function that keeps the order."""
        return Range(change(self.low), change(self.likely), change(self.high))


NOTHING = Range(0, 0, 0)


@dataclass(frozen=True)
class Forecast:
    """What is still needed: pictures to render, GPU hours, hours of experts; None where nothing can be said yet."""

    renders: Range | None
    gpu_hours: Range | None
    expert_hours: Range | None

    def __add__(self, other: Self) -> Forecast:
        return Forecast(
            _sum(self.renders, other.renders),
            _sum(self.gpu_hours, other.gpu_hours),
            _sum(self.expert_hours, other.expert_hours),
        )


DONE = Forecast(NOTHING, NOTHING, NOTHING)


def forecast(
    *, missing: int, in_flight: int, own: Share, pooled: Share, seconds_each: float | None
) -> Forecast:
    """Foretell from a cell's yield so far, or the whole campaign's while the cell has too few verdicts.

    ``seconds_each`` is how long a picture renders. The range follows the yield's 95 % interval. A campaign learns
    which locations work, so the likely figure is rather too high than too low.
    """
    if not missing:
        return DONE
    share = own if own.total >= FEWEST_VERDICTS else pooled
    interval = wilson(share.hits, share.total)
    if share.total < FEWEST_VERDICTS or interval is None:
        return Forecast(None, None, None)
    yields = Range(interval.high, share.hits / share.total, interval.low)
    renders = yields.map(lambda value: max(0.0, missing / max(value, LEAST_YIELD) - in_flight))
    looks = renders.map(lambda count: count + in_flight)
    return Forecast(
        renders,
        renders.map(lambda count: count * seconds_each / 3600) if seconds_each is not None else None,
        looks.map(lambda count: count * settings.EXPERT_SECONDS_PER_PICTURE / 3600),
    )


def _sum(one: Range | None, other: Range | None) -> Range | None:
    return one + other if one is not None and other is not None else None
