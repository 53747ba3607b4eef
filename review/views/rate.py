"""The page on which experts rate. Everything on it but its first rendering goes through the REST API."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from accounts.decorators import SignedInRequest, role_required
from accounts.models import Role
from review.models import Preferences
from review.models.experts import GRID_SIZES, KEYS
from review.schemas import PreferencesOut, ReasonOut
from stockgen.models import Reason

ACTIONS = {
    "approve": _("Approve"),
    "reject": _("Reject"),
    "skip": _("Skip"),
    "flag": _("Flag"),
    "undo": _("Undo"),
    "zoom": _("Fit or 100%"),
    "details": _("What was asked"),
    "note": _("Note"),
    "grid": _("Grid"),
    "invert": _("Invert the grid"),
    "confirm": _("Confirm"),
    "cancel": _("Back"),
    "help": _("Help"),
    "evidence": _("What the detectors found"),
}
"""What each action of :data:`review.models.experts.KEYS` is called in the settings."""


@role_required(Role.EXPERT)
@require_safe
@ensure_csrf_cookie
def rate(request: SignedInRequest) -> HttpResponse:
    """Show the rating page, set up as the expert likes it; the pictures come by ``POST /review/next``."""
    reasons = [ReasonOut.of(reason).model_dump() for reason in Reason.objects.active()]
    context: dict[str, Any] = {
        "api": reverse("api:next_pictures").removesuffix("/next"),
        "hold_seconds": settings.REVIEW_HOLD_SECONDS,
        "reasons": reasons,
        "grid_sizes": [size for size, _name in GRID_SIZES],
        "actions": [(action, ACTIONS[action]) for action in KEYS],
        "settings": {
            "reasons": reasons,
            "preferences": PreferencesOut.of(Preferences.of(request.user)).model_dump(),
            "usual_keys": KEYS,
        },
    }
    return render(request, "review/rate.html", context)
