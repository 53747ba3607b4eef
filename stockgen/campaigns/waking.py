"""Waking campaigns: whatever changes what one of them should do next says so here, and costs its caller nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction

if TYPE_CHECKING:
    from stockgen.models.campaign import Campaign


def lock(campaign: Campaign) -> None:
    """Make whoever else changes or advances the campaign wait until this transaction ends.

    An advisory lock, not the row's: a vote that wakes the campaign must not wait for it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 4))", [f"campaign {campaign.pk}"])


def wake(campaigns: Sequence[Campaign]) -> None:
    """Have campaigns advanced once this transaction is committed; many wake-ups in a row count as one."""
    keys = [campaign.pk for campaign in campaigns]
    transaction.on_commit(lambda: _wake(keys))


def wake_cells(cells: Sequence[int]) -> None:
    """Have the campaigns of these cells advanced once this transaction is committed."""
    from stockgen.models.campaign import CampaignCell

    keys = CampaignCell.objects.filter(pk__in=cells).order_by().values("campaign").distinct()
    transaction.on_commit(lambda: _wake(keys))


def _wake(keys: Any) -> None:
    from stockgen.models.campaign import Campaign
    from stockgen.tasks import advance_soon

    asleep = Campaign.objects.running().filter(pk__in=keys, woken=False)
    for key in list(asleep.values_list("pk", flat=True)):
        if Campaign.objects.filter(pk=key, woken=False).update(woken=True):
            advance_soon(key)
