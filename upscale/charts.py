"""The geometry of the service page's charts. Positions are per cent of the drawing, so that it fits any width."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format

from engines.statistics.intervals import Interval, Share
from upscale import wording

LOWEST = (0.9, 0.8, 0.5, 0.0)
"""Where an axis of shares may begin."""


def along(value: float, high: float = 1.0) -> str:
    """Return where a value stands on an axis from 0, in per cent; what is outside stands at the end."""
    return f"{100 * min(1.0, max(0.0, value / high)):.2f}%"


@dataclass(frozen=True)
class Mark:
    """A share as a dot on an axis from 0 to 100 %, with its interval as a line and its ``goal``."""

    x: str
    low: str
    high: str
    text: str
    range_text: str
    hits: int
    total: int
    is_kept: bool


def mark(share: Share, goal: float = 0.0) -> Mark | None:
    """Lay out a share; None where there is none. ``is_kept``: it is not below the goal."""
    if share.value is None or share.interval is None:
        return None
    return Mark(
        x=along(share.value),
        low=along(share.interval.low),
        high=along(share.interval.high),
        text=wording.percent(share.value),
        range_text=wording.percent_range(share.interval),
        hits=share.hits,
        total=share.total,
        is_kept=share.value >= goal,
    )


@dataclass(frozen=True)
class Value:
    """What a day of a chart says, of how many; the interval is None where the chart has no band."""

    day: date
    value: float
    total: int
    interval: Interval | None = None


@dataclass(frozen=True)
class Point:
    """A day on the line. ``is_kept``: it is on the promised side of the goal."""

    x: str
    y: str
    label: str
    text: str
    range_text: str
    total: int
    is_kept: bool


@dataclass(frozen=True)
class Days:
    """A line over days in a square of 100 × 100, broken where a day has nothing, with the band of its intervals.

    ``goal`` is where the promise stands, empty where there is none. ``more`` is a second line, without points.
    """

    points: Sequence[Point]
    lines: Sequence[str]
    more: Sequence[str]
    bands: Sequence[str]
    goal: str
    ticks: Sequence[tuple[str, str]]
    labels: Sequence[tuple[str, str, str]]

    def __bool__(self) -> bool:
        return bool(self.points)


def shares_by_day(days: Iterable[tuple[date, Share]], goal: float) -> Days:
    """Lay out a share of each day on an axis up to 100 %, which begins where all values and the goal have room.

    A goal of 0 is none.
    """
    values = [
        Value(day, share.value, share.total, share.interval) for day, share in days if share.value is not None
    ]
    least = min([one.value for one in values] + [goal or 1.0])
    low = next(start for start in LOWEST if start <= least)
    ticks = [(value, wording.percent(value)) for value in (low, (low + 1) / 2, 1.0)]
    return _days(values, [], goal, low, 1.0, ticks, is_share=True)


def seconds_by_day(days: Iterable[tuple[date, float | None, float | None, int]], goal: float) -> Days:
    """Lay out p95 and p50 of each day on an axis of seconds that holds them and the deadline."""
    rows = [(day, p50, p95, total) for day, p50, p95, total in days if p50 is not None and p95 is not None]
    high = 1.15 * max([p95 for _day, _p50, p95, _total in rows] + [goal])
    step = _step(high)
    ticks = [(step * count, wording.seconds(step * count)) for count in range(int(high / step) + 1)]
    values = [Value(day, p95, total) for day, _p50, p95, total in rows]
    halves = [Value(day, p50, total) for day, p50, _p95, total in rows]
    return _days(values, halves, goal, 0.0, high, ticks, is_share=False)


def _days(
    values: Sequence[Value],
    more: Sequence[Value],
    goal: float,
    low: float,
    high: float,
    ticks: Sequence[tuple[float, str]],
    *,
    is_share: bool,
) -> Days:
    if not values:
        return Days([], [], [], [], "", [], [])
    first, last = values[0].day, values[-1].day
    span = (last - first).days

    def across(one: Value) -> float:
        return 100 * (one.day - first).days / span if span else 50.0

    def up(value: float) -> float:
        return 100 - 100 * min(1.0, max(0.0, (value - low) / (high - low)))

    def line(stretch: Sequence[Value]) -> str:
        return _path((across(one), up(one.value)) for one in stretch)

    def band(stretch: Sequence[Value]) -> str:
        ends = [(one, one.interval) for one in stretch if one.interval]
        over = [(across(one), up(interval.high)) for one, interval in ends]
        return _path(over + [(across(one), up(interval.low)) for one, interval in reversed(ends)])

    points = [
        Point(
            x=f"{across(one):.2f}%", y=f"{up(one.value):.2f}%", label=date_format(one.day, "j M"),
            text=wording.percent(one.value) if is_share else wording.seconds(one.value),
            range_text=wording.percent_range(one.interval) if one.interval else "", total=one.total,
            is_kept=one.value >= goal if is_share else one.value <= goal,
        )
        for one in values
    ]  # fmt: skip
    stretches = _unbroken(values)
    return Days(
        points=points,
        lines=[line(stretch) for stretch in stretches],
        more=[line(stretch) for stretch in _unbroken(more)],
        bands=[band(stretch) for stretch in stretches if is_share and len(stretch) > 1],
        goal=f"{up(goal):.2f}%" if goal else "",
        ticks=[(f"{up(value):.2f}%", text) for value, text in ticks],
        labels=_labels(points),
    )


def _labels(points: Sequence[Point]) -> list[tuple[str, str, str]]:
    """Name the first and the last day, and one in the middle where there are three."""
    if len(points) == 1:
        return [(points[0].x, "middle", points[0].label)]
    ends = [(points[0].x, "start", points[0].label), (points[-1].x, "end", points[-1].label)]
    middle = points[len(points) // 2]
    return ends if len(points) < 3 else [ends[0], (middle.x, "middle", middle.label), ends[1]]


def _unbroken(values: Sequence[Value]) -> list[list[Value]]:
    """Cut the days where one or more are missing between them."""
    stretches: list[list[Value]] = []
    for one in values:
        if stretches and (one.day - stretches[-1][-1].day).days == 1:
            stretches[-1].append(one)
        else:
            stretches.append([one])
    return stretches


def _path(corners: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{x:.2f},{y:.2f}" for x, y in corners)


def _step(high: float) -> float:
    """Return a round step that cuts an axis of seconds into two to five."""
    steps = (1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600)
    return next((step for step in steps if high / step <= 5), 7200)
