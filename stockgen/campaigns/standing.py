"""How a campaign stands: its cells counted, in three queries however many pictures there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import models
from django.db.models import Count, Sum
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from engines.statistics.intervals import Share
from jobs.states import OPEN_STATES, State
from stockgen.campaigns.forecast import DONE, Forecast, forecast
from stockgen.models.brief import texts_of_cell
from stockgen.models.campaign import Campaign, CampaignCell
from stockgen.models.campaign_stage import Stage
from stockgen.models.picture import Picture
from stockgen.models.plan import Plan
from stockgen.models.verdict import Verdict

PACE_HOURS = 1
"""The pace is what was approved in so many hours."""


class CellState(models.TextChoices):
    """What a cell is doing."""

    MET = "met", _("quota met")
    PAUSED = "paused", _("paused")
    PLANNING = "planning", _("looking for locations")
    RENDERING = "rendering", _("rendering")
    WAITING = "waiting", _("waiting for experts")
    IDLE = "idle", _("about to go on")


@dataclass(frozen=True)
class Counts:
    """Pictures of a cell, or of several, by what became of them. Cancelled ones count nowhere.

    ``waiting`` are done and wait for a verdict, ``rendering`` are queued or being rendered.
    """

    approved: int = 0
    rejected: int = 0
    waiting: int = 0
    rendering: int = 0
    failed: int = 0
    seconds: float = 0.0

    def __add__(self, other: Counts) -> Counts:
        return Counts(*(getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__))

    @property
    def done(self) -> int:
        return self.approved + self.rejected + self.waiting

    @property
    def asked(self) -> int:
        return self.done + self.rendering + self.failed

    @property
    def in_flight(self) -> int:
        """Pictures that may still be approved."""
        return self.waiting + self.rendering

    @property
    def yield_(self) -> Share:
        """The approved of the decided."""
        return Share(self.approved, self.approved + self.rejected)


@dataclass(frozen=True)
class CellStanding:
    """A cell and how far it is."""

    cell: CampaignCell
    counts: Counts
    planning: bool
    campaign_paused: bool
    forecast: Forecast

    @property
    def quota(self) -> int:
        return self.cell.quota

    @property
    def missing(self) -> int:
        """Approved pictures that are still wanted."""
        return max(0, self.cell.quota - self.counts.approved)

    @property
    def share_done(self) -> float:
        """The part of the quota that is approved, 0 … 1."""
        return min(1.0, self.counts.approved / self.cell.quota) if self.cell.quota else 1.0

    @property
    def state(self) -> CellState:
        if not self.missing:
            return CellState.MET
        if self.cell.pause_reason or self.campaign_paused:
            return CellState.PAUSED
        if self.counts.rendering:
            return CellState.RENDERING
        if self.planning:
            return CellState.PLANNING
        return CellState.WAITING if self.counts.waiting else CellState.IDLE


@dataclass(frozen=True)
class Standing:
    """A campaign with its cells in the order of topics and concepts; ``pace`` is approved pictures an hour lately."""

    campaign: Campaign
    cells: Sequence[CellStanding]
    pace: float | None

    @property
    def total(self) -> Counts:
        return sum((cell.counts for cell in self.cells), Counts())

    @property
    def target(self) -> int:
        return sum(cell.quota for cell in self.cells)

    @property
    def approved(self) -> int:
        """Approved pictures that count: what a cell has beyond its quota does not."""
        return sum(min(cell.counts.approved, cell.quota) for cell in self.cells)

    @property
    def missing(self) -> int:
        return sum(cell.missing for cell in self.cells)

    @property
    def renders_asked(self) -> int:
        """What the budget of pictures counts: rendered, or about to be."""
        return self.total.done + self.total.rendering

    @property
    def seconds_each(self) -> float | None:
        """How long a picture renders, on the mean; None before the first."""
        return self.total.seconds / self.total.done if self.total.done else None

    @property
    def hours_used(self) -> float:
        """What the budget of GPU hours counts: rendered, and about to be at the mean's pace."""
        return (self.total.seconds + self.total.rendering * (self.seconds_each or 0.0)) / 3600

    @property
    def forecast(self) -> Forecast:
        return sum((cell.forecast for cell in self.cells), DONE)

    @property
    def hours_left(self) -> float | None:
        """Hours until the target at the present pace; None while there is none."""
        return self.missing / self.pace if self.pace else None


def standing_of(campaign: Campaign) -> Standing:
    """Count a campaign."""
    return standings_of([campaign])[campaign.pk]


def standings_of(campaigns: Iterable[Campaign]) -> dict[UUID, Standing]:
    """Count several campaigns, by their id."""
    by_key = {campaign.pk: campaign for campaign in campaigns}
    cells = (
        CampaignCell.objects.filter(campaign__in=by_key)
        .select_related("topic", "concept")
        .defer(*texts_of_cell())
    )
    of_campaign: dict[UUID, list[CampaignCell]] = {key: [] for key in by_key}
    for cell in cells:
        cell.campaign = by_key[cell.campaign_id]
        of_campaign[cell.campaign_id].append(cell)
    ids = [cell.pk for cells_of_one in of_campaign.values() for cell in cells_of_one]
    counts = count_cells(ids)
    planning = set(Plan.objects.open().filter(run__cell__in=ids).values_list("run__cell", flat=True))
    paces = _paces(ids)
    return {
        key: _standing(by_key[key], cells_of_one, counts, planning, paces)
        for key, cells_of_one in of_campaign.items()
    }


def count_cells(cells: Sequence[int]) -> dict[int, Counts]:
    """Count the pictures of cells, by their primary keys; off one index, which holds all that is read."""
    rows = (
        Picture.objects.filter(cell__in=cells)
        .order_by()
        .values_list("cell", "state", "verdict")
        .annotate(count=Count("*"), seconds=Sum("seconds"))
    )
    found: dict[int, Counts] = defaultdict(Counts)
    for cell, state, verdict, count, seconds in rows:
        kind = _kind(state, verdict)
        if kind:
            found[cell] += Counts(**{kind: count}, seconds=seconds or 0.0)
    return found


def _kind(state: str, verdict: str) -> str | None:
    if state in OPEN_STATES:
        return "rendering"
    if state == State.FAILED:
        return "failed"
    if state == State.DONE:
        return {Verdict.APPROVED: "approved", Verdict.REJECTED: "rejected"}.get(Verdict(verdict), "waiting")
    return None


def _paces(cells: Sequence[int]) -> dict[int, int]:
    since = Now() - timedelta(hours=PACE_HOURS)
    rows = Picture.objects.filter(cell__in=cells, verdict=Verdict.APPROVED, verdict_at__gte=since)
    return dict(rows.order_by().values_list("cell").annotate(count=Count("pk")))


def _standing(
    campaign: Campaign,
    cells: Sequence[CampaignCell],
    counts: dict[int, Counts],
    planning: set[int],
    paces: dict[int, int],
) -> Standing:
    wanted = [cell for cell in cells if cell.quota or counts[cell.pk].asked]
    total = sum((counts[cell.pk] for cell in wanted), Counts())
    seconds_each = total.seconds / total.done if total.done else None
    paused = campaign.stage in {Stage.PAUSED, Stage.STOPPED}
    standings = [
        CellStanding(
            cell,
            counts[cell.pk],
            cell.pk in planning,
            paused,
            forecast(
                missing=max(0, cell.quota - counts[cell.pk].approved),
                in_flight=counts[cell.pk].in_flight,
                own=counts[cell.pk].yield_,
                pooled=total.yield_,
                seconds_each=seconds_each,
            ),
        )
        for cell in wanted
    ]
    approved_lately = sum(paces.get(cell.pk, 0) for cell in wanted)
    return Standing(campaign, standings, approved_lately / PACE_HOURS if approved_lately else None)
