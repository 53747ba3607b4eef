"""The pictures that experts have flagged, for those who may decide on them."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from accounts.decorators import SignedInRequest, role_required
from accounts.models import Role
from review.forms import FlaggedForm
from review.models import Choice, Entry, Vote
from stockgen.models import Reason
from stockgen.views.shared import render_part

PAGE = 30


@role_required(Role.DESIGNER, Role.OPERATOR)
@require_safe
@vary_on_headers("HX-Request")
def flagged(request: SignedInRequest) -> HttpResponse:
    """List flagged pictures, the longest waiting first: operators all, designers their own."""
    return _show(request, {})


@role_required(Role.DESIGNER, Role.OPERATOR)
@require_POST
def answer_flag(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Clear the flags of a picture, or decide it; show the list again."""
    decidable = Entry.objects.decidable_by(request.user)
    entry = get_object_or_404(decidable, pk=pk)
    if not decidable.flagged().filter(pk=pk).exists():
        messages.warning(request, _("Somebody has dealt with this picture already."))
    else:
        form = FlaggedForm(request.POST)
        said = form.apply(entry, request.user)
        if said is None:
            return _show(request, {pk: form}, status=422)
        messages.success(request, said)
    return _show(request, {}) if request.htmx else redirect("review-flagged")


def _show(request: SignedInRequest, wrong: Mapping[UUID, FlaggedForm], *, status: int = 200) -> HttpResponse:
    flags = Vote.objects.live().filter(choice=Choice.FLAG).select_related("rater").order_by("created_at")
    waiting = (
        Entry.objects.flagged()
        .decidable_by(request.user)
        .select_related("topic", "concept", "picture")
        .prefetch_related(Prefetch("ballots", queryset=flags, to_attr="flags"))
        .order_by("pk")[: PAGE + 1]
    )
    entries = list(waiting)
    context = {
        "rows": [(entry, wrong.get(entry.pk)) for entry in entries[:PAGE]],
        "more": len(entries) > PAGE,
        "page_size": PAGE,
        "reasons": Reason.objects.active(),
    }
    template = "review/_flagged.html" if request.htmx else "review/flagged.html"
    return render_part(request, template, context, status=status)
