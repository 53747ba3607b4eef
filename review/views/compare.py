"""Judging comparisons: the list of open ones, and the page of one. The pairs come over the REST API."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from accounts.decorators import SignedInRequest, role_required
from accounts.models import Role
from review.comparing import tasks_of
from review.models import Preferences
from stockgen.models import Comparison

SIDES = [("left", _("The left picture")), ("right", _("The right picture"))]


@role_required(Role.EXPERT)
@require_safe
def compare_list(request: SignedInRequest) -> HttpResponse:
    """List the open comparisons that have pairs for the expert, or had."""
    return render(request, "review/compare_list.html", {"tasks": tasks_of(request.user)})


@role_required(Role.EXPERT)
@require_safe
@ensure_csrf_cookie
def compare(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Show the page on which pairs are judged. It knows neither the comparison's name nor its models."""
    comparison = get_object_or_404(Comparison, pk=pk)
    preferences = Preferences.of(request.user)
    context: dict[str, Any] = {
        "comparison": comparison,
        "api": reverse("api:next_pictures").removesuffix("/next"),
        "renew_seconds": settings.REVIEW_HOLD_SECONDS,
        "sides": SIDES,
        "settings": {
            "reasons": [],
            "preferences": {"keys": preferences.bindings, "show_prompt": preferences.show_prompt},
        },
    }
    return render(request, "review/compare.html", context)
