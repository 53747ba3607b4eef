"""What the REST endpoints of campaigns take and give."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from django.urls import reverse
from ninja import Field, Schema
from pydantic import BeforeValidator

from accounts.rest import Body, Filters, Key, Page, Text
from stockgen.campaigns.forecast import Forecast, Range
from stockgen.campaigns.standing import CellStanding, CellState, Counts, Standing
from stockgen.forms.shares import LARGEST_WEIGHT
from stockgen.models import PauseReason
from stockgen.models.campaign_stage import Stage

PAGE_SIZE = 20
LARGEST_PAGE = 50
MOST_SHARES = 500


def _day(value: Any) -> Any:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        return value  # what is no date is refused where all types are


Weights = Annotated[
    dict[Key, Annotated[int, Field(ge=1, le=LARGEST_WEIGHT)]],
    Field(max_length=MOST_SHARES, description='Topics\' keys with their weights, such as `{"medicine": 1}`.'),
]
Percents = Annotated[
    dict[Key, Annotated[int, Field(ge=1, le=100)]],
    Field(max_length=MOST_SHARES, description="Concepts' keys with their shares in per cent; 100 together."),
]
Day = Annotated[date, BeforeValidator(_day)]


class CampaignIn(Body):
    """A target in approved pictures. Everything but name, target, topics and concepts has a good default."""

    name: Text
    target: int = Field(description="Approved pictures, 1 to 1,000,000.")
    topics: Weights
    concepts: Percents
    image_model: Text | None = Field(None, description="A key from GET /models.")
    language_model: Text | None = Field(None, description="A key from GET /models.")
    unrated_limit: int | None = Field(None, description="Unrated pictures in a cell, at most.")
    pictures_per_location: int | None = Field(None, description="Pictures of one location, at most.")
    max_renders: int | None = Field(None, description="The budget of pictures; null: no limit.")
    max_gpu_hours: float | None = Field(None, description="The budget of GPU hours; null: no limit.")
    ends_on: Day | None = Field(None, description="The last day, YYYY-MM-DD; null: no end.")


class CampaignChange(Body):
    """What to change; what is left out stays. Null takes a budget or the end date away."""

    name: Text | None = None
    target: int | None = None
    topics: Weights | None = None
    concepts: Percents | None = None
    image_model: Text | None = None
    language_model: Text | None = None
    unrated_limit: int | None = None
    pictures_per_location: int | None = None
    max_renders: int | None = None
    max_gpu_hours: float | None = None
    ends_on: Day | None = None


class CampaignFilters(Filters):
    """Which campaigns to list."""

    before: UUID | None = Field(None, description="The id that ended the page before.")
    limit: int = Field(PAGE_SIZE, ge=1, le=LARGEST_PAGE)


class RangeOut(Schema):
    """A figure that is not known exactly: `low` ≤ `likely` ≤ `high`."""

    low: float
    likely: float
    high: float

    @classmethod
    def of(cls, found: Range | None) -> RangeOut | None:
        """Describe a range; None for none."""
        return cls(low=found.low, likely=found.likely, high=found.high) if found else None


class ForecastOut(Schema):
    """What is still needed; null where it is too early to say."""

    renders: RangeOut | None
    gpu_hours: RangeOut | None
    expert_hours: RangeOut | None

    @classmethod
    def of(cls, forecast: Forecast) -> ForecastOut:
        """Describe a forecast."""
        return cls(
            renders=RangeOut.of(forecast.renders),
            gpu_hours=RangeOut.of(forecast.gpu_hours),
            expert_hours=RangeOut.of(forecast.expert_hours),
        )


class CountsOut(Schema):
    """Pictures by what became of them."""

    asked: int
    approved: int
    rejected: int
    waiting: int = Field(description="Done, and waiting for a verdict.")
    rendering: int = Field(description="Queued, or being rendered.")
    failed: int

    @classmethod
    def of(cls, counts: Counts) -> CountsOut:
        """Describe counts."""
        return cls(**{name: getattr(counts, name) for name in cls.model_fields})


class ApprovalRate(Schema):
    """The approved of the decided, with its 95 % interval; null where nothing is decided."""

    value: float | None
    low: float | None
    high: float | None
    decided: int

    @classmethod
    def of(cls, counts: Counts) -> ApprovalRate:
        """Describe the approval rate of counts."""
        share = counts.yield_
        interval = share.interval
        return cls(
            value=share.value,
            low=interval.low if interval else None,
            high=interval.high if interval else None,
            decided=share.total,
        )


class CellOut(Schema):
    """A topic and a concept of a campaign."""

    id: int
    topic: str
    concept: str
    quota: int
    missing: int = Field(description="Approved pictures that are still wanted.")
    state: CellState
    pause_reason: PauseReason | None
    counts: CountsOut
    approval_rate: ApprovalRate
    forecast: ForecastOut

    @classmethod
    def of(cls, standing: CellStanding) -> CellOut:
        """Describe a cell."""
        cell = standing.cell
        values: dict[str, Any] = {
            "id": cell.pk, "topic": cell.topic.key, "concept": cell.concept.key, "quota": cell.quota,
            "missing": standing.missing, "state": standing.state,
            "pause_reason": PauseReason(cell.pause_reason) if cell.pause_reason else None,
            "counts": CountsOut.of(standing.counts), "approval_rate": ApprovalRate.of(standing.counts),
            "forecast": ForecastOut.of(standing.forecast),
        }  # fmt: skip
        return cls(**values)


class CampaignOut(Schema):
    """A campaign and how far it is."""

    id: UUID
    url: str = Field(description="The address of this campaign in the API.")
    name: str
    target: int
    approved: int = Field(description="Approved pictures that count towards the target.")
    missing: int
    stage: Stage
    pause_reason: PauseReason | None
    image_model: str
    language_model: str
    unrated_limit: int
    pictures_per_location: int
    max_renders: int | None
    max_gpu_hours: float | None
    ends_on: date | None
    created_at: datetime
    reached_at: datetime | None
    counts: CountsOut
    approval_rate: ApprovalRate
    renders_asked: int = Field(description="What the budget of pictures counts.")
    gpu_hours_used: float = Field(description="What the budget of GPU hours counts.")
    pace: float | None = Field(description="Approved pictures in the last hour; null where there were none.")
    forecast: ForecastOut

    @classmethod
    def fields_of(cls, standing: Standing) -> dict[str, Any]:
        """Read a campaign with its standing."""
        campaign = standing.campaign
        own = {name: getattr(campaign, name) for name in CAMPAIGN_COLUMNS}
        return own | {
            "url": reverse("api:campaign", args=[campaign.pk]),
            "approved": standing.approved,
            "missing": standing.missing,
            "stage": campaign.stage,
            "pause_reason": PauseReason(campaign.pause_reason) if campaign.pause_reason else None,
            "counts": CountsOut.of(standing.total),
            "approval_rate": ApprovalRate.of(standing.total),
            "renders_asked": standing.renders_asked,
            "gpu_hours_used": standing.hours_used,
            "pace": standing.pace,
            "forecast": ForecastOut.of(standing.forecast),
        }

    @classmethod
    def of(cls, standing: Standing) -> CampaignOut:
        """Describe a campaign."""
        return cls(**cls.fields_of(standing))


CAMPAIGN_COLUMNS = frozenset(
    {
        "id", "name", "target", "image_model", "language_model", "unrated_limit", "pictures_per_location",
        "max_renders", "max_gpu_hours", "ends_on", "created_at", "reached_at",
    }
)  # fmt: skip


class CampaignDetail(CampaignOut):
    """A campaign with its cells, in the order of topics and concepts."""

    cells: Sequence[CellOut]

    @classmethod
    def read(cls, standing: Standing) -> CampaignDetail:
        """Describe a campaign with its cells."""
        return cls(**cls.fields_of(standing), cells=[CellOut.of(cell) for cell in standing.cells])


class CampaignPage(Page):
    """Campaigns, newest first."""

    items: list[CampaignOut]
