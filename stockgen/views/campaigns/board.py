"""What the page of a campaign shows, laid out from its standing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from engines.statistics.intervals import Share
from jobs.models import Worker
from stockgen import wording
from stockgen.campaigns.forecast import Range
from stockgen.campaigns.history import history_of
from stockgen.campaigns.standing import CellStanding, CellState, Counts, Standing
from stockgen.models import Concept, PauseReason, Topic
from stockgen.models.campaign_stage import Stage
from stockgen.views.campaigns.burn_up import BurnUp, Finish, burn_up, finish_of
from stockgen.views.campaigns.notes import Note, notes_of

FEWEST_FOR_A_YIELD = 10
"""Before so many verdicts a yield is not shown: its interval would say nothing."""


@dataclass(frozen=True)
class Layers:
    """What fills a bar, in per cent of its whole width, as CSS writes numbers."""

    approved: str
    waiting: str
    rendering: str


def layers(counts: Counts, whole: int) -> Layers:
    """Lay counts out on a bar; what has no room on it is cut off."""
    left, parts = 100.0, []
    for count in (counts.approved, counts.waiting, counts.rendering):
        part = min(left, 100 * count / whole) if whole else 0.0
        left -= part
        parts.append(f"{part:.2f}")
    return Layers(*parts)


@dataclass(frozen=True)
class Figure:
    """A share in words: empty, and only ``count`` told, while there are too few verdicts to say anything."""

    text: str
    range_text: str
    count: int
    value: str = ""
    low: str = ""
    width: str = ""


def figure(share: Share) -> Figure:
    """Put a yield with its interval into words and positions, the latter in per cent of an axis from 0 to 100 %."""
    interval = share.interval
    if share.value is None or interval is None or share.total < FEWEST_FOR_A_YIELD:
        return Figure("", "", share.total)
    return Figure(
        wording.percent(share.value), wording.percent_range(interval), share.total,
        f"{100 * share.value:.1f}", f"{100 * interval.low:.1f}", f"{100 * interval.width:.1f}",
    )  # fmt: skip


@dataclass(frozen=True)
class BoardCell:
    """A cell of the grid."""

    standing: CellStanding
    layers: Layers
    yield_: Figure

    @property
    def pk(self) -> int:
        return self.standing.cell.pk

    @property
    def url(self) -> str:
        cell = self.standing.cell
        return reverse("campaign-cell", args=[cell.campaign_id, cell.pk])

    @property
    def state(self) -> CellState:
        return self.standing.state

    @property
    def is_stuck(self) -> bool:
        """Whether it waits for somebody while the rest of the campaign goes on."""
        cell = self.standing.cell
        waits = self.state == CellState.PAUSED and cell.campaign.stage != Stage.STOPPED
        return waits and bool(cell.pause_reason)

    @property
    def label(self) -> str:
        """Say what the cell is doing, or why it is not."""
        if self.is_stuck:
            return str(PauseReason(self.standing.cell.pause_reason).label)
        if self.state == CellState.PAUSED:
            return str(self.standing.cell.campaign.stage.label)
        return str(self.state.label)


@dataclass(frozen=True)
class Board:
    """All that the live part of the page shows."""

    standing: Standing
    columns: Sequence[Concept]
    rows: Sequence[tuple[Topic, Sequence[BoardCell | None], Counts, int]]
    layers: Layers
    yield_: Figure
    notes: Sequence[Note]
    chart: BurnUp
    finish: Finish | None
    forecast: Sequence[tuple[str, str, str]]
    budgets: Sequence[Budget]
    planning: int
    has_workers: bool

    @property
    def is_moving(self) -> bool:
        """Whether it should be looked at every few seconds rather than now and then."""
        return self.standing.campaign.stage == Stage.RUNNING

    @property
    def finish_range(self) -> str:
        """Write when the target is reached early and late: by the day, by the minute where it is one day."""
        if self.finish is None:
            return ""
        early, late = (timezone.localtime(self.finish[end]) for end in (0, 2))
        form = "H:i" if early.date() == late.date() else "j M"
        return f"{date_format(early, form)} – {date_format(late, form)}"


@dataclass(frozen=True)
class Budget:
    """What is used of a budget."""

    name: str
    used: str
    most: str
    percent: str


def board_of(standing: Standing) -> Board:
    """Lay a campaign out."""
    cells = {(one.cell.topic_id, one.cell.concept_id): one for one in standing.cells}
    topics = list(dict.fromkeys(one.cell.topic for one in standing.cells))
    concepts = sorted({one.cell.concept for one in standing.cells}, key=lambda one: (one.position, one.name))
    rows = []
    for topic in topics:
        row = [cells.get((topic.pk, concept.pk)) for concept in concepts]
        there = [one for one in row if one]
        rows.append(
            (
                topic,
                [board_cell(one) if one else None for one in row],
                sum((one.counts for one in there), Counts()),
                sum(one.quota for one in there),
            )
        )
    has_workers = Worker.objects.alive().exists()
    history = history_of(standing.campaign)
    # From when the history was read, so that nothing changes on the page only because a second has passed.
    finish = finish_of(standing, history.last_day, history.end)
    return Board(
        standing=standing,
        columns=concepts,
        rows=rows,
        layers=layers(standing.total, standing.target),
        yield_=figure(standing.total.yield_),
        notes=notes_of(standing, has_workers=has_workers),
        chart=burn_up(standing, history, finish),
        finish=finish,
        forecast=forecast_in_words(standing),
        budgets=budgets_of(standing),
        planning=sum(one.planning for one in standing.cells),
        has_workers=has_workers,
    )


def board_cell(standing: CellStanding) -> BoardCell:
    """Lay a cell out."""
    return BoardCell(standing, layers(standing.counts, standing.quota), figure(standing.counts.yield_))


def forecast_in_words(standing: Standing | CellStanding) -> list[tuple[str, str, str]]:
    """Return name, likely figure and range of what is still needed; empty while nothing can be said."""
    told: list[tuple[str, Range | None, Any]] = [
        (_("Pictures to render"), standing.forecast.renders, wording.count),
        (_("GPU hours"), standing.forecast.gpu_hours, wording.hours),
        (_("Hours of experts"), standing.forecast.expert_hours, wording.hours),
    ]
    return [
        (name, words(found.likely), f"{words(found.low)} – {words(found.high)}")
        for name, found, words in told
        if found is not None
    ]


def budgets_of(standing: Standing) -> list[Budget]:
    """Lay the budgets out that the campaign has."""
    campaign = standing.campaign
    spent = [
        (_("Pictures"), standing.renders_asked, campaign.max_renders, wording.count),
        (_("GPU hours"), standing.hours_used, campaign.max_gpu_hours, wording.hours),
    ]
    return [
        Budget(name, words(used), words(most), f"{min(100.0, 100 * used / most):.1f}")
        for name, used, most, words in spent
        if most
    ]
