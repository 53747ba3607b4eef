"""The reasons to reject that experts choose from."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from accounts.decorators import SignedInRequest, role_required
from accounts.models import Role
from review.forms import ReasonForm
from stockgen.models import Reason
from stockgen.views.shared import render_part


@role_required(Role.OPERATOR)
@require_http_methods(["GET", "HEAD", "POST"])
@vary_on_headers("HX-Request")
def reason_list(request: SignedInRequest) -> HttpResponse:
    """Show the reasons to reject, each with its form, and the form of a new one; POST adds it."""
    form = ReasonForm(request.POST, auto_id="new_%s") if request.method == "POST" else None
    if form is None or not form.is_valid():
        return _show(request, None, form, status=200 if form is None else 422)
    form.save()
    messages.success(request, _("Added."))
    return _show(request, None, None) if request.htmx else redirect("review-reasons")


@role_required(Role.OPERATOR)
@require_POST
def set_reason(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change a reason: its digit, its names, whether it is offered."""
    reason = get_object_or_404(Reason, pk=pk)
    form = ReasonForm(request.POST, instance=reason, auto_id=f"reason{pk}_%s")
    if not form.is_valid():
        return _show(request, pk, form, status=422)
    form.save()
    messages.success(request, _("Saved."))
    return _show(request, None, None) if request.htmx else redirect("review-reasons")


def _show(
    request: SignedInRequest, wrong: int | None, form: ReasonForm | None, *, status: int = 200
) -> HttpResponse:
    reasons = list(Reason.objects.order_by("-is_active", "position", "name"))
    used = {reason.position for reason in reasons if reason.is_active}
    free = next((digit for digit in range(1, 10) if digit not in used), None)
    is_new = form is not None and wrong is None
    context = {
        "rows": [
            form
            if form and reason.pk == wrong
            else ReasonForm(instance=reason, auto_id=f"reason{reason.pk}_%s")
            for reason in reasons
        ],
        "new": form if is_new else ReasonForm(initial={"position": free}, auto_id="new_%s"),
        "is_open": is_new,
        "has_room": free is not None,
    }
    template = "review/_reasons.html" if request.htmx else "review/reasons.html"
    return render_part(request, template, context, status=status)
