"""Campaigns over REST."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Query, Router, Status

from accounts.models import Role
from accounts.rest import PerMinute, answers, next_page
from stockgen.api import IdempotencyKey, user_of
from stockgen.campaigns.standing import standing_of, standings_of
from stockgen.models import Campaign, CampaignCell, Concept, PauseReason, Topic
from stockgen.models.campaign import CampaignQuerySet
from stockgen.schemas_campaigns import (
    CampaignChange,
    CampaignDetail,
    CampaignFilters,
    CampaignIn,
    CampaignOut,
    CampaignPage,
)

router = Router(tags=["campaigns"])

MAY_BE_NULL = {"max_renders", "max_gpu_hours", "ends_on"}


@router.get("/campaigns", response=answers({200: CampaignPage}, 403, 422))
def list_campaigns(request: HttpRequest, filters: Query[CampaignFilters]) -> CampaignPage:
    """List your campaigns (operators: everyone's), newest first."""
    rows = _campaigns_of(request).order_by("-id")
    if filters.before:
        rows = rows.filter(id__lt=filters.before)
    found = list(rows[: filters.limit + 1])
    shown = found[: filters.limit]
    standings = standings_of(shown)
    return CampaignPage(
        items=[CampaignOut.of(standings[campaign.pk]) for campaign in shown],
        next=next_page(request, filters, shown[-1].pk) if len(found) > len(shown) else None,
    )


@router.post(
    "/campaigns",
    response=answers({201: CampaignDetail, 200: CampaignDetail}, 400, 403, 409, 422),
    throttle=[PerMinute("API_REQUESTS_PER_MINUTE"), PerMinute("API_LAUNCHES_PER_MINUTE")],
)
def start_campaign(
    request: HttpRequest, body: CampaignIn, idempotency_key: IdempotencyKey = None
) -> Status[CampaignDetail]:
    """Start a campaign. Designers and operators only.

    With an `Idempotency-Key`, the same request sent again answers 200 with the campaign that the first one started;
    another request under the same key is 409.
    """
    user = user_of(request)
    user.require_role(Role.DESIGNER, Role.OPERATOR)
    key = idempotency_key or ""
    known = bool(key) and Campaign.objects.filter(owner=user, idempotency_key=key).exists()
    asked = body.model_dump(exclude_none=True) | _look_up(body)
    campaign = Campaign.objects.start(user, **asked, idempotency_key=key)
    return Status(200 if known else 201, _read(campaign))


@router.get(
    "/campaigns/{uuid:campaign_id}", response=answers({200: CampaignDetail}, 403, 404), url_name="campaign"
)
def get_campaign(request: HttpRequest, campaign_id: UUID) -> CampaignDetail:
    """Show a campaign with its cells: counts, yields, forecasts."""
    return _read(get_object_or_404(_campaigns_of(request), pk=campaign_id))


@router.patch(
    "/campaigns/{uuid:campaign_id}", response=answers({200: CampaignDetail}, 400, 403, 404, 409, 422)
)
def change_campaign(request: HttpRequest, campaign_id: UUID, body: CampaignChange) -> CampaignDetail:
    """Change what is given; it goes on from there. 409 for one that was stopped."""
    campaign = get_object_or_404(_campaigns_of(request), pk=campaign_id)
    wanted = body.model_dump(exclude_unset=True)
    if nothing := [name for name, value in wanted.items() if value is None and name not in MAY_BE_NULL]:
        raise ValidationError({name: _("This is required.") for name in nothing})
    campaign.change(**wanted | _look_up(body, campaign))
    return _read(get_object_or_404(_campaigns_of(request), pk=campaign_id))


@router.post("/campaigns/{uuid:campaign_id}/pause", response=answers({200: CampaignDetail}, 403, 404, 409))
def pause_campaign(request: HttpRequest, campaign_id: UUID) -> CampaignDetail:
    """Ask for nothing more, and hold back what waits to be rendered. 409 for one that was stopped."""
    campaign = get_object_or_404(_campaigns_of(request), pk=campaign_id)
    campaign.pause()
    return _read(campaign)


@router.post("/campaigns/{uuid:campaign_id}/resume", response=answers({200: CampaignDetail}, 403, 404, 409))
def resume_campaign(request: HttpRequest, campaign_id: UUID) -> CampaignDetail:
    """Go on, the paused cells too. 409 for one that was stopped."""
    campaign = get_object_or_404(_campaigns_of(request), pk=campaign_id)
    campaign.resume()
    return _read(campaign)


@router.post("/campaigns/{uuid:campaign_id}/stop", response=answers({200: CampaignDetail}, 403, 404))
def stop_campaign(request: HttpRequest, campaign_id: UUID) -> CampaignDetail:
    """Give the campaign up for good: what is not rendered is cancelled, what is done stays. Twice is 200."""
    campaign = get_object_or_404(_campaigns_of(request), pk=campaign_id)
    campaign.stop()
    return _read(campaign)


@router.post(
    "/campaigns/{uuid:campaign_id}/cells/{int:cell_id}/pause",
    response=answers({200: CampaignDetail}, 403, 404, 409),
)
def pause_cell(request: HttpRequest, campaign_id: UUID, cell_id: int) -> CampaignDetail:
    """Ask for nothing more of one cell. 409 where the campaign was stopped."""
    cell = _cell_of(request, campaign_id, cell_id)
    cell.pause(PauseReason.HAND)
    return _read(cell.campaign)


@router.post(
    "/campaigns/{uuid:campaign_id}/cells/{int:cell_id}/resume",
    response=answers({200: CampaignDetail}, 403, 404, 409),
)
def resume_cell(request: HttpRequest, campaign_id: UUID, cell_id: int) -> CampaignDetail:
    """Go on with one cell, judged anew from here. 409 where the campaign was stopped."""
    cell = _cell_of(request, campaign_id, cell_id)
    cell.resume()
    return _read(cell.campaign)


def _cell_of(request: HttpRequest, campaign_id: UUID, cell_id: int) -> CampaignCell:
    campaign: Campaign = get_object_or_404(_campaigns_of(request), pk=campaign_id)
    return get_object_or_404(campaign.cells.all(), pk=cell_id)


def _campaigns_of(request: HttpRequest) -> CampaignQuerySet:
    """Return the campaigns that the person may see. Raises ``PermissionDenied`` for who has no part in them."""
    user = user_of(request)
    user.require_role(Role.DESIGNER, Role.OPERATOR)
    return Campaign.objects.visible_to(user)


def _read(campaign: Campaign) -> CampaignDetail:
    return CampaignDetail.read(standing_of(campaign))


def _look_up(body: CampaignIn | CampaignChange, campaign: Campaign | None = None) -> dict[str, Any]:
    """Find the rows that the shares name, in page order: those offered, and those that the campaign has.

    Raises ``ValidationError`` at the fields that name something else.
    """
    found: dict[str, Any] = {}
    errors = {}
    mine = campaign.shares() if campaign else ({}, {})
    for field, model, kept in (("topics", Topic, mine[0]), ("concepts", Concept, mine[1])):
        shares: Mapping[str, int] | None = getattr(body, field)
        if shares is None:
            continue
        rows: Iterable[Any] = model.objects.filter(key__in=shares)
        found[field] = {row: shares[row.key] for row in rows if row.is_active or row in kept}
        if unknown := sorted(set(shares) - {row.key for row in found[field]}):
            errors[field] = _("There is none of this key: %(keys)s.") % {"keys": ", ".join(unknown)}
    if errors:
        raise ValidationError(errors)
    return found
