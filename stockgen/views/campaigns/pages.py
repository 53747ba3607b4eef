"""The list of campaigns, and the page of one, live."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from django.contrib import messages
from django.core.cache import cache
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.crypto import salted_hmac
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import retarget

from accounts.decorators import SignedInRequest, role_required
from accounts.models import Role
from jobs.models import WrongState
from stockgen.campaigns.standing import Standing, standing_of
from stockgen.models import Campaign, PauseReason
from stockgen.views.campaigns.board import board_of
from stockgen.views.campaigns.cell import cell_context
from stockgen.views.campaigns.strips import strips_of
from stockgen.views.shared import render_part

PAGE = 20
SHARED_SECONDS = 2
NO_CONTENT = 204


@role_required(Role.DESIGNER, Role.OPERATOR)
@vary_on_headers("HX-Request")
def campaign_list(request: SignedInRequest) -> HttpResponse:
    """List the campaigns, newest first; ``before`` is the last one of the page before."""
    found = Campaign.objects.visible_to(request.user).select_related("owner").order_by("-id")
    if "before" in request.GET:
        found = found.filter(id__lt=_uuid(request.GET["before"]))
    rows = list(found[: PAGE + 1])
    context = {
        "strips": strips_of(rows[:PAGE]),
        "more": rows[PAGE - 1].pk if len(rows) > PAGE else None,
    }
    template = "stockgen/campaigns/_rows.html" if request.htmx else "stockgen/campaigns/list.html"
    return render(request, template, context)


@role_required(Role.DESIGNER, Role.OPERATOR)
@vary_on_headers("HX-Request")
def campaign_page(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Show a campaign; to htmx only its live part, or nothing (204) where that is what it has already."""
    campaign = visible_campaign(request, pk)
    if not request.htmx:
        return whole_page(request, standing_of(campaign))
    response = _shared_part(request, campaign)
    if response.headers["X-Seen"] == request.GET.get("seen"):
        return HttpResponse(status=NO_CONTENT)
    return response


@role_required(Role.DESIGNER, Role.OPERATOR)
@vary_on_headers("HX-Request")
def cell_page(request: SignedInRequest, pk: UUID, cell: int) -> HttpResponse:
    """Show one cell: to htmx the panel alone, else the page of the campaign with it open."""
    standing = standing_of(visible_campaign(request, pk))
    if request.htmx:
        return _panel(request, standing, cell)
    return whole_page(request, standing, _opened(standing, cell))


@role_required(Role.DESIGNER, Role.OPERATOR)
@require_POST
def change_state(
    request: SignedInRequest, pk: UUID, verb: Literal["pause", "resume", "stop"]
) -> HttpResponse:
    """Pause, resume or stop a campaign; 409 where its state does not allow it."""
    campaign = visible_campaign(request, pk)
    try:
        getattr(campaign, verb)()
    except WrongState as error:
        return _refused(request, campaign, error)
    messages.success(request, _said(verb))
    if request.htmx:
        return live_part(request, standing_of(campaign))
    return redirect(campaign)


@role_required(Role.DESIGNER, Role.OPERATOR)
@require_POST
def change_cell(
    request: SignedInRequest, pk: UUID, cell: int, verb: Literal["pause", "resume"]
) -> HttpResponse:
    """Pause or resume one cell; 409 where the campaign was stopped."""
    campaign = visible_campaign(request, pk)
    row = get_object_or_404(campaign.cells.select_related("topic", "concept"), pk=cell)
    row.campaign = campaign
    try:
        row.pause(PauseReason.HAND) if verb == "pause" else row.resume()
    except WrongState as error:
        return _refused(request, campaign, error)
    messages.success(request, _("The cell is paused.") if verb == "pause" else _("The cell goes on."))
    if not request.htmx:
        return redirect("campaign-cell", pk=pk, cell=cell)
    return _panel(request, standing_of(campaign), cell)


def visible_campaign(request: SignedInRequest, pk: UUID) -> Campaign:
    """Return a campaign that the person may see. Raises ``Http404``."""
    return get_object_or_404(Campaign.objects.visible_to(request.user).select_related("owner"), pk=pk)


def whole_page(
    request: SignedInRequest, standing: Standing, opened: dict[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """Render the page of a campaign, with a cell open or none."""
    context = {"campaign": standing.campaign, "board": board_of(standing), **(opened or {})}
    return render(request, "stockgen/campaigns/campaign.html", context, status=status)


def live_part(request: SignedInRequest, standing: Standing, *, status: int = 200) -> HttpResponse:
    """Render the live part; the header ``X-Seen`` tells one from another."""
    context = {"campaign": standing.campaign, "board": board_of(standing)}
    response = render_part(request, "stockgen/campaigns/_live.html", context, status=status)
    response.headers["X-Seen"] = salted_hmac("campaign", response.content).hexdigest()[:16]
    return response


def _opened(standing: Standing, cell: int) -> dict[str, Any]:
    opened = cell_context(standing, cell)
    if opened is None:
        raise Http404
    return opened


def _panel(request: SignedInRequest, standing: Standing, cell: int) -> HttpResponse:
    return render_part(request, "stockgen/campaigns/_cell.html", _opened(standing, cell))


def _shared_part(request: SignedInRequest, campaign: Campaign) -> HttpResponse:
    """Render the live part at most every ``SHARED_SECONDS`` for all who see the same, however many look at it."""
    reader = (get_language(), request.user == campaign.owner)
    key = f"campaign-live:{campaign.pk}:{campaign.stage}:{reader[0]}:{reader[1]}"
    kept: tuple[bytes, str] | None = cache.get(key)
    if kept is not None:
        return HttpResponse(kept[0], headers={"X-Seen": kept[1]})
    response = live_part(request, standing_of(campaign))
    cache.set(key, (response.content, response.headers["X-Seen"]), SHARED_SECONDS)
    return response


def _refused(request: SignedInRequest, campaign: Campaign, error: WrongState) -> HttpResponse:
    messages.warning(request, str(error))
    standing = standing_of(campaign)
    if request.htmx:
        # A cell's panel asked, maybe; what is to be seen now is how the whole stands.
        return retarget(live_part(request, standing, status=409), "#campaign")
    return whole_page(request, standing, status=409)


def _said(verb: str) -> str:
    if verb == "pause":
        return _("Paused. What is being rendered is finished first.")
    return _("The campaign goes on.") if verb == "resume" else _("Stopped. What was rendered stays.")


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None
