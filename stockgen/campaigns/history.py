"""How a campaign came to where it is: its approvals over time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.core.cache import cache
from django.db.models import Count, FloatField, IntegerField, Value
from django.db.models.functions import Cast, Extract, Floor, Now
from django.utils import timezone

from stockgen.models.campaign import Campaign
from stockgen.models.picture import Picture
from stockgen.models.verdict import Verdict

SLOTS = 60
KEEP_SECONDS = 20


@dataclass(frozen=True)
class History:
    """How many pictures that are approved now were approved in each of ``SLOTS`` equal parts of a time.

    ``last_day`` are those of the last 24 hours.
    """

    begin: datetime
    end: datetime
    counts: Sequence[int]
    last_day: int


def approved_in_a_day(campaigns: Iterable[Campaign]) -> dict[UUID, int]:
    """Count what was approved in the last 24 hours, by the campaign's id; one query for all of them."""
    rows = Picture.objects.filter(
        cell__campaign__in=campaigns, verdict=Verdict.APPROVED, verdict_at__gte=Now() - timedelta(days=1)
    )
    return dict(rows.order_by().values_list("cell__campaign").annotate(count=Count("pk")))


def history_of(campaign: Campaign) -> History:
    """Count a campaign's approvals from its start to now, or to its end. Kept for a moment, for many viewers."""
    key = f"campaign-history:{campaign.pk}"
    found: History | None = cache.get(key)
    if found is None:
        found = count_history(campaign)
        cache.set(key, found, KEEP_SECONDS)
    return found


def count_history(campaign: Campaign) -> History:
    """Count a campaign's approvals from its start to now, or to its end."""
    begin = campaign.created_at
    end = campaign.stopped_at or campaign.reached_at or timezone.now()
    end = max(end, begin + timedelta(seconds=SLOTS))
    moment = Cast(Extract("verdict_at", "epoch", tzinfo=UTC), FloatField())
    width = (end - begin).total_seconds() / SLOTS
    slot = Cast(Floor((moment - Value(begin.timestamp())) / Value(width)), IntegerField())
    rows = (
        Picture.objects.filter(cell__campaign=campaign, verdict=Verdict.APPROVED)
        .order_by()
        .annotate(slot=slot)
        .values_list("slot")
        .annotate(count=Count("pk"))
    )
    counts = [0] * SLOTS
    for number, count in rows:
        # What lies outside, by a clock that differs or a verdict after the end, counts at the edge.
        counts[min(max(number, 0), SLOTS - 1)] += count
    return History(begin, end, counts, approved_in_a_day([campaign]).get(campaign.pk, 0))
