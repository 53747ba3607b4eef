"""How one picture was decided, and deciding over the votes; also a panel of the picture's own page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from accounts.decorators import SignedInRequest, role_required
from accounts.models import Role, User
from review.forms import DECISIONS, DecisionForm
from review.models import Choice, Entry
from stockgen.models import Reason
from stockgen.views.shared import render_part


@role_required(Role.DESIGNER, Role.OPERATOR)
@require_safe
@vary_on_headers("HX-Request")
def decision_page(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Show verdict, votes and history of a picture; to htmx only the panel."""
    return _show(request, entry_of(request, pk), {})


@role_required(Role.DESIGNER, Role.OPERATOR)
@require_POST
def change_decision(request: SignedInRequest, pk: UUID, verb: str) -> HttpResponse:
    """Override, reopen, clear the flags, mark as known or forget that; show the panel again."""
    entry = entry_of(request, pk)
    form = DECISIONS[verb](request.POST, auto_id=f"{verb}_%s")
    said = form.apply(entry, request.user)
    if said is None:
        return _show(request, entry, {verb: form}, status=422)
    messages.success(request, said)
    return _show(request, entry_of(request, pk), {}) if request.htmx else redirect("review-picture", pk=pk)


def entry_of(request: SignedInRequest, pk: UUID) -> Entry:
    """Return a picture's entry that the person may decide on; 404 for others' pictures."""
    decidable = Entry.objects.decidable_by(request.user)
    return get_object_or_404(decidable.select_related("picture__topic", "picture__concept", "known"), pk=pk)


def _show(
    request: SignedInRequest, entry: Entry, wrong: Mapping[str, DecisionForm], *, status: int = 200
) -> HttpResponse:
    context = {
        "entry": entry,
        "picture": entry.picture,
        "reason_names": Reason.objects.names(),
        "flags": entry.ballots.live().filter(choice=Choice.FLAG).select_related("rater"),
        "override": entry.overrides.filter(live=True).select_related("by").first(),
        "forms": {
            verb.replace("-", "_"): wrong.get(verb) or form(auto_id=f"{verb}_%s")
            for verb, form in DECISIONS.items()
        },
        **_votes(entry, request.user),
    }
    template = "review/_decision.html" if request.htmx else "review/decision.html"
    return render_part(request, template, context, status=status)


def _votes(entry: Entry, reader: User) -> dict[str, Any]:
    """Return the votes and the changes of the verdict, or that they are not told."""
    if entry.hides_votes_from(reader):
        return {"votes_are_hidden": True}
    votes = entry.ballots.exclude(choice=Choice.FLAG, live=True)
    return {
        "votes": votes.select_related("rater", "undo").order_by("created_at", "pk"),
        "replaced": set(entry.ballots.values_list("replaces", flat=True)),
        "history": entry.picture.verdict_changes.select_related("by"),
    }
