"""Launch a run."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts.decorators import SignedInRequest, role_required
from accounts.models import Role
from stockgen.forms.launch import LaunchForm, settings_of
from stockgen.models import Picture

PREFILLED = ("topic", "concept", "count")


@role_required(Role.DESIGNER, Role.OPERATOR)
def launch(request: SignedInRequest) -> HttpResponse:
    """Show the form, empty or like a picture (``?like=…&keep=prompt&keep=seed``); POST starts the run."""
    if request.method == "POST":
        form = LaunchForm(request.POST)
        run = form.launch(request.user)
        if run is not None:
            messages.success(request, _("The run has started."))
            return redirect("run", pk=run.pk)
        return render(request, "stockgen/launch.html", {"form": form}, status=422)
    initial = {name: request.GET[name] for name in PREFILLED if name in request.GET}
    form = LaunchForm(initial=_like(request) | initial)
    return render(request, "stockgen/launch.html", {"form": form, "is_like": "like" in request.GET})


def _like(request: SignedInRequest) -> dict[str, Any]:
    if "like" not in request.GET:
        return {}
    try:
        pk = UUID(request.GET["like"])
    except ValueError:
        raise Http404 from None
    pictures = Picture.objects.visible_to(request.user).select_related("run", "topic", "concept", "prompt")
    keep = request.GET.getlist("keep")
    return settings_of(get_object_or_404(pictures, pk=pk), prompt="prompt" in keep, seed="seed" in keep)
