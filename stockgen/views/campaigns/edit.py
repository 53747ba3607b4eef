"""Starting and changing a campaign."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.decorators import SignedInRequest, role_required
from accounts.models import Role
from jobs.models import WrongState
from stockgen.campaigns.standing import standing_of
from stockgen.forms.campaigns import CampaignForm
from stockgen.views.campaigns.pages import visible_campaign, whole_page


@role_required(Role.DESIGNER, Role.OPERATOR)
def new_campaign(request: SignedInRequest) -> HttpResponse:
    """Show the form; POST starts the campaign."""
    form = CampaignForm(_typed(request))
    if request.method != "POST":
        return _form(request, form)
    campaign = form.start(request.user)
    if campaign is None:
        return _form(request, form, status=422)
    messages.success(request, _("The campaign has started."))
    return redirect(campaign)


@role_required(Role.DESIGNER, Role.OPERATOR)
def change_campaign(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Show the form filled in; POST changes the campaign. 409 for one that was stopped."""
    campaign = visible_campaign(request, pk)
    form = CampaignForm(_typed(request), campaign=campaign)
    try:
        campaign.refuse_if_stopped()
        if request.method != "POST":
            return _form(request, form)
        changed = form.change()
    except WrongState as error:
        messages.warning(request, str(error))
        return whole_page(request, standing_of(visible_campaign(request, pk)), status=409)
    if not changed:
        return _form(request, form, status=422)
    messages.success(request, _("Saved. The campaign goes on from there."))
    return redirect(campaign)


@role_required(Role.DESIGNER, Role.OPERATOR)
@require_POST
def preview_quotas(request: SignedInRequest, pk: UUID | None = None) -> HttpResponse:
    """Show the quotas that the form's target and shares give; nothing is stored."""
    form = CampaignForm(request.POST, campaign=visible_campaign(request, pk) if pk else None)
    return render(request, "stockgen/campaigns/_quotas.html", {"preview": form.preview()})


def _typed(request: SignedInRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _form(request: SignedInRequest, form: CampaignForm, *, status: int = 200) -> HttpResponse:
    context = {"form": form, "campaign": form.campaign, "preview": form.preview()}
    return render(request, "stockgen/campaigns/form.html", context, status=status)
