"""A page to try what a slide gets: paste its text, see what comes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.decorators import SignedInRequest, role_required
from accounts.models import Role
from stockgen.forms.match import MatchForm
from stockgen.library.matching import may_make
from stockgen.library.queries import Query
from stockgen.library.wanted import Found, in_order
from stockgen.models import Match
from stockgen.models.registered import image_models
from stockgen.views.runs import STOP_POLLING


@role_required(Role.DESIGNER, Role.OPERATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def match(request: SignedInRequest) -> HttpResponse:
    """Show the form; sent, find pictures and lead to them."""
    form = MatchForm(request.POST or None)
    status = 422
    if form.is_valid():
        asked = form.cleaned_data
        if asked["generate"] and not may_make(request.user, asked["idempotency_key"]):
            form.add_error(None, _("Too many requests. Try again in a minute."))
            status = 429
        elif found := form.ask(request.user):
            return redirect(found)
    return render(
        request, "stockgen/library/match.html", {"form": form}, status=status if form.errors else 200
    )


@role_required(Role.DESIGNER, Role.OPERATOR)
@require_safe
def match_result(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Show what was found for a slide; to htmx only the picture that is being made, until it is there."""
    found = get_object_or_404(
        Match.objects.visible_to(request.user).select_related("run__plan", "run__topic", "concept", "topic"), pk=pk
    )  # fmt: skip
    context: dict[str, Any] = {"match": found, "made": found.made, "is_waiting": found.is_waiting}
    if request.htmx:
        status = 200 if found.is_waiting else STOP_POLLING
        return render(request, "stockgen/library/_made.html", context, status=status)
    similarities = found.similarities
    specs = image_models()
    context |= {
        "form": MatchForm(initial=_asked(found)),
        "query": Query(found.text, found.searched_for, found.is_translated, tuple(found.unknown)),
        "found": Found(in_order(list(similarities)), similarities, None),
        "threshold": f"{found.threshold:.0%}",
        "demonstrations": {key for key, spec in specs.items() if spec.demonstration},
    }
    return render(request, "stockgen/library/match.html", context)


def _asked(found: Match) -> dict[str, object]:
    return {
        "text": found.text, "concept": found.concept.key, "topic": found.topic and found.topic.key,
        "generate": True,
    }  # fmt: skip
