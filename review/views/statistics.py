"""The pages of the figures: what the votes come to, and the pictures that split the experts."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.vary import vary_on_headers

from accounts.decorators import SignedInRequest, role_required
from accounts.models import Role
from review.statistics.filters import SplitsFilter, StatisticsFilter
from review.statistics.page import own_report, report
from review.statistics.scope import owner_for, votes_open_to
from review.statistics.splits import splits as contested
from stockgen.models.registered import image_models

PAGE = 24


@role_required(Role.EXPERT, Role.DESIGNER, Role.OPERATOR)
@vary_on_headers("HX-Request")
def statistics(request: SignedInRequest) -> HttpResponse:
    """Show operators all figures, designers those of their pictures, experts their own."""
    form = StatisticsFilter(request.GET, reader=request.user)
    own = not request.user.has_role(Role.DESIGNER, Role.OPERATOR)
    context: dict[str, Any] = {"form": form, "is_own": own, "is_filtered": any(request.GET.values())}
    if form.is_valid() and own:
        context |= own_report(request.user, form.scope(None))
    elif form.is_valid():
        context |= report(
            form.scope(owner_for(request.user)),
            with_experts=request.user.has_role(Role.OPERATOR),
            address=lambda **changes: _address(request, **changes),
        )
    template = "review/statistics_results.html" if request.htmx else "review/statistics.html"
    return render(request, template, context, status=200 if form.is_valid() else 422)


@role_required(Role.DESIGNER, Role.OPERATOR)
@vary_on_headers("HX-Request")
def splits(request: SignedInRequest) -> HttpResponse:
    """Show the pictures on which the experts differ, the most contested first, page by page."""
    form = SplitsFilter(request.GET, reader=request.user)
    start = 0
    context: dict[str, Any] = {"form": form, "is_filtered": any(request.GET.values())}
    if form.is_valid():
        start = form.cleaned_data["start"] or 0
        votes = form.scope(owner_for(request.user)).votes().filter(votes_open_to(request.user))
        found = contested(votes, start=start, size=PAGE + 1)
        demonstrations = {key for key, spec in image_models().items() if spec.demonstration}
        context |= {
            "splits": found[:PAGE],
            "more": _address(request, start=str(start + PAGE)) if len(found) > PAGE else None,
            "has_demonstrations": any(one.picture.image_model in demonstrations for one in found),
        }
    template = "review/splits.html"
    if request.htmx:
        template = "review/splits_cards.html" if start else "review/splits_results.html"
    return render(request, template, context, status=200 if form.is_valid() else 422)


def _address(request: SignedInRequest, **changes: str) -> str:
    """Return the address of this page with other parameters."""
    query = {name: value for name, value in request.GET.items() if value} | changes
    return f"{request.path}?{urlencode(query)}"
