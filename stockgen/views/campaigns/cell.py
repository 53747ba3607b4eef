"""One cell of a campaign, opened beside the grid: its numbers, its locations, why pictures are rejected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Func

from engines.statistics.intervals import Share
from stockgen import wording
from stockgen.campaigns.arms import Arms, LocationArm, arms_of
from stockgen.campaigns.standing import CellState, Standing
from stockgen.models import PauseReason, Picture, Reason, Run, Step, Verdict
from stockgen.models.campaign_stage import Stage
from stockgen.views.campaigns.board import Figure, board_cell, figure, forecast_in_words
from stockgen.views.campaigns.notes import way_out

LOCATIONS = 12
REASONS = 6
RUNS = 5


@dataclass(frozen=True)
class LocationRow:
    """A location with what became of its pictures, and how the campaign treats it."""

    text: str
    approved: int
    decided: int
    pending: int
    yield_: Figure
    belief: str
    is_worn: bool
    is_favoured: bool


@dataclass(frozen=True)
class ReasonRow:
    """A reason to reject, how often it was given, and in how many of the rejected pictures, in per cent."""

    name: str
    count: int
    percent: str
    share: str


def cell_context(standing: Standing, cell: int) -> dict[str, Any] | None:
    """Return what the panel of a cell shows; None if the campaign has no such cell."""
    found = next((one for one in standing.cells if one.cell.pk == cell), None)
    if found is None:
        return None
    arms = arms_of(found.cell)
    reason = found.cell.pause_reason
    runs = Run.objects.filter(cell=found.cell).select_related("plan").order_by("-id")
    return {
        "campaign": standing.campaign,
        "open": board_cell(found),
        "cell": found.cell,
        "counts": found.counts,
        "yield": figure(found.counts.yield_),
        "links": way_out(found, PauseReason(reason)) if reason else [],
        "forecast": forecast_in_words(found) if found.missing else [],
        "locations": location_rows(arms),
        "location_count": len(arms.locations),
        "reasons": reason_rows(found.cell.pk, found.counts.rejected),
        "runs": runs[:RUNS],
        "steps": list(Step),
        "may_pause": found.state not in {CellState.MET, CellState.PAUSED},
        "may_resume": bool(reason) and standing.campaign.stage != Stage.STOPPED,
    }


def location_rows(arms: Arms) -> list[LocationRow]:
    """Lay out the most promising locations: those with the highest yield to be expected first.

    Favoured are those that are not worn out and promise more than a location that nobody has tried yet.
    """

    def belief(location: LocationArm) -> float:
        return arms.prior.posterior(location.arm).mean

    ordered = sorted(arms.locations, key=lambda one: (-belief(one), -one.arm.pulls, one.text))
    rows = []
    for location in ordered[:LOCATIONS]:
        arm = location.arm
        share = Share(int(arm.successes), int(arm.successes + arm.failures))
        worn = arms.is_worn(location)
        rows.append(
            LocationRow(
                text=location.text,
                approved=share.hits,
                decided=share.total,
                pending=arm.pending,
                yield_=figure(share),
                belief=f"{100 * belief(location):.1f}",
                is_worn=worn,
                is_favoured=bool(not worn and share.hits and belief(location) > arms.prior.mean),
            )
        )
    return rows


def reason_rows(cell: int, rejected: int) -> Sequence[ReasonRow]:
    """Count the reasons of a cell's rejected pictures, the most frequent first."""
    counts = (
        Picture.objects.filter(cell=cell, verdict=Verdict.REJECTED)
        .order_by()
        .annotate(reason=Func("verdict_reasons", function="unnest"))
        .values_list("reason")
        .annotate(count=Count("pk"))
        .order_by("-count", "reason")
    )
    found = list(counts[:REASONS])
    names = Reason.objects.names()
    most = max((count for _key, count in found), default=1)
    return [
        ReasonRow(
            names.get(key, key), count, f"{100 * count / most:.1f}", wording.percent(count / max(1, rejected))
        )
        for key, count in found
    ]
