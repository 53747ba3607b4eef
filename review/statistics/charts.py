"""The geometry of charts. Positions are per cent of the drawing, so that it fits any width; texts are localized.

Templates under templates/review/charts/ draw what is laid out here.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format

from engines.statistics.agreement import Agreement
from engines.statistics.bradley_terry import Contestant
from engines.statistics.intervals import Interval, Share
from review.statistics import wording

MOST_WEEKS = 26
FEWEST_IN_A_WEEK = 5
"""A week with fewer votes says next to nothing and would only stretch the axis."""
LEVELS = 10


def along(value: float, low: float = 0.0, high: float = 1.0) -> str:
    """Return where a value stands between the ends of an axis, in per cent; what is outside stands at the end."""
    return f"{100 * min(1.0, max(0.0, (value - low) / (high - low))):.2f}%"


@dataclass(frozen=True)
class Mark:
    """A share as a dot on an axis from 0 to 100 %, with its interval as a line."""

    x: str
    low: str
    high: str
    text: str
    range_text: str
    hits: int
    total: int
    words: str


def mark(share: Share) -> Mark | None:
    """Lay out a share; None where there is none."""
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
        words=wording.share_in_words(share),
    )


@dataclass(frozen=True)
class Row:
    """One line of a forest chart. ``note`` stands under the label, ``href`` narrows the page to it."""

    label: str
    mark: Mark
    note: str = ""
    href: str = ""


@dataclass(frozen=True)
class Forest:
    """Dots with intervals under each other; ``reference`` is where the rate over all of them stands."""

    rows: list[Row]
    reference: str = ""

    def __bool__(self) -> bool:
        return bool(self.rows)


def forest(
    rates: Iterable[tuple[str, str, Share, str]], overall: Share | None = None, *, ordered: bool = True
) -> Forest:
    """Lay out label, note, share and address of each group, the highest share first unless they come in order."""
    rates = [rate for rate in rates if rate[2].total]
    if ordered:
        rates.sort(key=lambda rate: (-rate[2].hits / rate[2].total, -rate[2].total, rate[0]))
    rows = [
        Row(label, laid, note, href)
        for label, note, share, href in rates
        if (laid := mark(share)) is not None
    ]
    value = overall.value if overall else None
    return Forest(rows, "" if value is None else along(value))


def wins(contestants: Iterable[Contestant], names: Mapping[str, str]) -> Forest:
    """Lay out how probably each contestant of a ranking wins against one of average strength, in their order."""
    rows = [
        Row(
            names.get(one.key, one.key),
            Mark(
                x=along(one.wins.value),
                low=along(one.wins.interval.low),
                high=along(one.wins.interval.high),
                text=wording.percent(one.wins.value),
                range_text=wording.percent_range(one.wins.interval),
                hits=0,
                total=one.comparisons,
                words="",
            ),
        )
        for one in contestants
    ]
    return Forest(rows, along(0.5))


# ----------------------------------------------------------------------------------------------------- agreement
@dataclass(frozen=True)
class AgreementRow:
    """Raw agreement, alpha and AC1 of one group on an axis from 0 to 1; what is not defined is empty."""

    label: str
    paired: int
    raw: str
    ac1: str
    alpha: str
    alpha_low: str
    alpha_high: str
    raw_text: str
    ac1_text: str
    ac1_range: str
    alpha_text: str
    alpha_range: str
    reading: str
    href: str = ""


def agreement_row(label: str, figures: Agreement, href: str = "") -> AgreementRow:
    """Lay out the agreement of a group."""
    alpha, ac1, raw = figures.alpha, figures.ac1, figures.raw
    interval = alpha.interval if alpha else None
    return AgreementRow(
        label=label,
        paired=figures.paired,
        raw=along(raw.value) if raw else "",
        ac1=along(ac1.value) if ac1 else "",
        alpha=along(alpha.value) if alpha else "",
        alpha_low=along(interval.low) if interval else "",
        alpha_high=along(interval.high) if interval else "",
        raw_text=wording.percent(raw.value if raw else None),
        ac1_text=wording.coefficient(ac1.value if ac1 else None),
        ac1_range=wording.coefficient_range(ac1.interval if ac1 else None),
        alpha_text=wording.coefficient(alpha.value if alpha else None),
        alpha_range=wording.coefficient_range(interval),
        reading=wording.reading_of(alpha.value if alpha else None),
        href=href,
    )


# ----------------------------------------------------------------------------------------------------- over time
@dataclass(frozen=True)
class Point:
    """A week of a line chart."""

    x: str
    y: str
    label: str
    text: str
    range_text: str
    total: int


@dataclass(frozen=True)
class Lines:
    """A line over weeks with the band of its intervals, broken where a week has nothing.

    ``lines`` and ``bands`` are the ``points`` of polylines and polygons in a square of 100 × 100.
    """

    points: list[Point]
    lines: list[str]
    bands: list[str]
    ticks: list[tuple[str, str]]
    labels: list[tuple[str, str, str]]

    def __bool__(self) -> bool:
        return bool(self.points)


@dataclass(frozen=True)
class Moment:
    """What a week of a line chart says: a share, its interval, and of how many."""

    start: date
    value: float
    interval: Interval
    total: int


def moments(weeks: Iterable[tuple[date, Share]]) -> list[Moment]:
    """Take the weeks that have a share."""
    return [
        Moment(start, share.value, share.interval, share.total)
        for start, share in weeks
        if share.total >= FEWEST_IN_A_WEEK and share.value is not None and share.interval is not None
    ]


def raw_moments(weeks: Iterable[tuple[date, Agreement]]) -> list[Moment]:
    """Take the weeks that have raw agreement."""
    return [
        Moment(start, figures.raw.value, figures.raw.interval, figures.paired)
        for start, figures in weeks
        if figures.paired >= FEWEST_IN_A_WEEK and figures.raw and figures.raw.interval
    ]


def lines(weeks: Sequence[Moment], *, whole: bool = False) -> Lines:
    """Lay out the latest weeks; the axis goes to the quarters that hold all bands, or is the ``whole`` of 0 … 1."""
    weeks = weeks[-MOST_WEEKS:]
    if not weeks:
        return Lines([], [], [], [], [])
    low, high = (0.0, 1.0) if whole else _quarters(weeks)
    first, last = weeks[0].start, weeks[-1].start
    span = max(1, (last - first).days)

    def across(week: Moment) -> float:
        return 100 * (week.start - first).days / span if first != last else 50.0

    def up(value: float) -> float:
        return 100 - 100 * min(1.0, max(0.0, (value - low) / (high - low)))

    stretches = _unbroken(weeks)
    middle = weeks[len(weeks) // 2]
    named = [(weeks[0], "start"), (middle, "middle"), (weeks[-1], "end")] if len(weeks) > 2 else []
    if not named:
        named = [(weeks[0], "start"), (weeks[-1], "end")] if len(weeks) == 2 else [(weeks[0], "middle")]
    return Lines(
        points=[
            Point(
                x=f"{across(week):.2f}%", y=f"{up(week.value):.2f}%", label=_day(week.start),
                text=wording.percent(week.value), range_text=wording.percent_range(week.interval), total=week.total,
            )
            for week in weeks
        ],
        lines=[_path([(across(week), up(week.value)) for week in stretch]) for stretch in stretches],
        bands=[
            _path(
                [(across(week), up(week.interval.high)) for week in stretch]
                + [(across(week), up(week.interval.low)) for week in reversed(stretch)]
            )
            for stretch in stretches
            if len(stretch) > 1
        ],
        ticks=[
            (f"{up(quarter / 4):.2f}%", wording.percent(quarter / 4))
            for quarter in range(round(4 * low), round(4 * high) + 1)
        ],
        labels=[(f"{across(week):.2f}%", anchor, _day(week.start)) for week, anchor in named],
    )  # fmt: skip


def _quarters(weeks: Sequence[Moment]) -> tuple[float, float]:
    """Return the quarters below and above all intervals."""
    low = min(math.floor(4 * min(week.interval.low for week in weeks)) / 4, 0.75)
    return low, max(math.ceil(4 * max(week.interval.high for week in weeks)) / 4, low + 0.25)


def _unbroken(weeks: Sequence[Moment]) -> list[list[Moment]]:
    """Cut the weeks where one or more are missing between them."""
    stretches: list[list[Moment]] = []
    for week in weeks:
        if stretches and (week.start - stretches[-1][-1].start).days <= 7:
            stretches[-1].append(week)
        else:
            stretches.append([week])
    return stretches


def _path(corners: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{x:.2f},{y:.2f}" for x, y in corners)


def _day(day: date) -> str:
    return date_format(day, "j M")


# ---------------------------------------------------------------------------------------------------------- grids
@dataclass(frozen=True)
class GridCell:
    """A cell of a heat grid; ``level`` is 0 … 9, or None for an empty one."""

    level: int | None
    text: str = ""
    note: str = ""
    title: str = ""
    href: str = ""


@dataclass(frozen=True)
class Grid:
    """A heat grid: the columns' heads, and a label, its address and the cells of each row."""

    columns: list[str]
    rows: list[tuple[str, str, list[GridCell]]]

    def __bool__(self) -> bool:
        return bool(self.rows)


def grid_cell(share: Share, *, most: float = 1.0, note: str = "", href: str = "") -> GridCell:
    """Lay out a share as a cell; ``most`` is the share that is darkest."""
    if share.value is None:
        return GridCell(None, "–")
    return GridCell(
        level=min(LEVELS - 1, int(LEVELS * share.value / most)),
        text=wording.percent(share.value),
        note=note,
        title=wording.share_in_words(share),
        href=href,
    )


def grid(
    rows: Iterable[tuple[str, str]], columns: Sequence[str], cell: Callable[[int, int], GridCell]
) -> Grid:
    """Lay out a grid; ``cell`` is asked with the numbers of row and column."""
    return Grid(
        columns=list(columns),
        rows=[
            (label, href, [cell(row, column) for column in range(len(columns))])
            for row, (label, href) in enumerate(rows)
        ],
    )


# ----------------------------------------------------------------------------------------------------------- bars
@dataclass(frozen=True)
class Bar:
    """A bar from 0; the longest is as wide as the drawing."""

    label: str
    width: str
    count: int
    text: str


def bars(counts: Iterable[tuple[str, int]], total: int) -> list[Bar]:
    """Lay out counts with their share of a total."""
    counts = list(counts)
    most = max((count for _label, count in counts), default=0)
    return [
        Bar(label, along(count, 0, most), count, wording.percent(count / total))
        for label, count in counts
        if count
    ]
