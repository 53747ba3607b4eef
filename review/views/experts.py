"""The experts, and the topics that they know."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from accounts.decorators import SignedInRequest, role_required
from accounts.models import Role
from review.forms import CompetenceForm
from review.roster import experts, roster
from stockgen.models import Topic
from stockgen.views.shared import render_part


@role_required(Role.OPERATOR)
@require_safe
@vary_on_headers("HX-Request")
def expert_list(request: SignedInRequest) -> HttpResponse:
    """Show every expert with topics, votes and pictures in hand."""
    return _show_experts(request, None, None)


@role_required(Role.OPERATOR)
@require_POST
def set_topics(request: SignedInRequest, pk: int) -> HttpResponse:
    """Give an expert the ticked topics; none means all."""
    expert = get_object_or_404(experts(), pk=pk)
    form = CompetenceForm(request.POST)
    if not form.apply(expert):
        return _show_experts(request, pk, form, status=422)
    messages.success(request, _("Saved. It holds for the next pictures that they are given."))
    return _show_experts(request, pk, None) if request.htmx else redirect("review-experts")


def _show_experts(
    request: SignedInRequest, opened: int | None, form: CompetenceForm | None, *, status: int = 200
) -> HttpResponse:
    context = {"raters": roster(), "topics": Topic.objects.active(), "opened": opened, "form": form}
    template = "review/_experts.html" if request.htmx else "review/experts.html"
    return render_part(request, template, context, status=status)
