"""The start page: to each role what it is here for."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render

from accounts.decorators import SignedInRequest
from accounts.models import Role, User
from jobs.models import Worker
from stockgen.forms.launch import LaunchForm
from stockgen.models import Picture, Plan, Run
from stockgen.models.registered import image_models
from stockgen.views.campaigns.strips import open_strips
from stockgen.views.shared import statuses_of, tiles_of

RUNS = 6
PICTURES = 12
MOST_COUNTED = 1000


@login_required
def home(request: SignedInRequest) -> HttpResponse:
    """Show the launch form and runs to designers, finished pictures to experts, the queue to operators."""
    user = request.user
    pictures = (
        Picture.objects.visible_to(user)
        .done()
        .stock()
        .with_names()
        .prefetch_related("flags")
        .page(size=PICTURES)
    )
    context: dict[str, Any] = tiles_of(pictures, image_models())
    if user.has_role(Role.DESIGNER, Role.OPERATOR):
        # Those of a campaign are many, and stand for themselves in its strip.
        runs = Run.objects.visible_to(user).filter(cell=None).with_names().order_by("-id")[:RUNS]
        context |= {"form": LaunchForm(), "statuses": statuses_of(runs), "strips": open_strips(user)}
    if user.has_role(Role.OPERATOR):
        context["queue"] = queue_state(user)
    return render(request, "stockgen/home.html", context)


def queue_state(user: User) -> dict[str, Any]:
    """Count what waits and runs, each up to a thousand, so that a long queue costs no more."""
    plans, pictures = Plan.objects.all(), Picture.objects.visible_to(user)
    return {
        "plans_waiting": plans.queued()[:MOST_COUNTED].count(),
        "pictures_waiting": pictures.queued()[:MOST_COUNTED].count(),
        "running": plans.running()[:MOST_COUNTED].count() + pictures.running()[:MOST_COUNTED].count(),
        "workers": Worker.objects.alive().count(),
        "most": MOST_COUNTED,
    }
