"""Campaigns in one line each, for the list and the start page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone

from accounts.models import User
from stockgen.campaigns.history import approved_in_a_day
from stockgen.campaigns.standing import Standing, standings_of
from stockgen.models import Campaign, PauseReason
from stockgen.views.campaigns.board import Layers, layers
from stockgen.views.campaigns.burn_up import Finish, finish_of

ON_START_PAGE = 3


@dataclass(frozen=True)
class Strip:
    """A campaign in one line."""

    standing: Standing
    layers: Layers
    finish: Finish | None

    @property
    def campaign(self) -> Campaign:
        return self.standing.campaign

    @property
    def reason(self) -> str:
        """Say why it is paused; nothing where it is not."""
        found = self.campaign.pause_reason
        return str(PauseReason(found).label) if found else ""


def strips_of(campaigns: Iterable[Campaign]) -> list[Strip]:
    """Lay several campaigns out, counted together, in their order."""
    campaigns = list(campaigns)
    standings, lately = standings_of(campaigns), approved_in_a_day(campaigns)
    return [
        Strip(
            standing := standings[campaign.pk],
            layers(standing.total, standing.target),
            finish_of(standing, lately.get(campaign.pk, 0), timezone.now()),
        )
        for campaign in campaigns
    ]


def open_strips(user: User) -> list[Strip]:
    """Return a person's latest campaigns that are still on their way; a paused one should be seen, too."""
    found = Campaign.objects.filter(owner=user, stopped_at=None, reached_at=None)
    return strips_of(found.select_related("owner").order_by("-id")[:ON_START_PAGE])
