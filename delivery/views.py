"""The list of exports with the form to ask for one, the page of one, and what is downloaded."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import HttpResponseStopPolling

from accounts.decorators import SignedInRequest, role_required
from accounts.models import Role
from delivery.forms import ExportForm
from delivery.models import Export
from delivery.serving import MANIFESTS, archive_response, manifest_response
from delivery.targets import Target
from jobs.models import Worker, WrongState
from jobs.states import OPEN_STATES, State
from stockgen.views.shared import render_part

PAGE = 20
STOP_POLLING = HttpResponseStopPolling.status_code
VERBS = ("cancel", "retry", "discard")


@role_required(Role.DESIGNER, Role.OPERATOR)
@require_http_methods(["GET", "HEAD", "POST"])
@vary_on_headers("HX-Request")
def exports(request: SignedInRequest) -> HttpResponse:
    """List your exports, newest first; POST the form to start another."""
    if request.method != "POST":
        return _list(request, ExportForm(owner=request.user))
    form = ExportForm(request.POST, owner=request.user)
    export = form.start()
    if export is None:
        return _list(request, form, status=422)
    return redirect(export)


@role_required(Role.DESIGNER, Role.OPERATOR)
@require_safe
@vary_on_headers("HX-Request")
def export_page(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Show an export; to htmx only its live part, with status 286 once nothing moves any more."""
    context = _live_context(_own(request, pk))
    if not request.htmx:
        return render(request, "delivery/export.html", context)
    return render_part(
        request, "delivery/_live.html", context, status=200 if context["is_moving"] else STOP_POLLING
    )


@role_required(Role.DESIGNER, Role.OPERATOR)
@require_POST
def change_export(
    request: SignedInRequest, pk: UUID, verb: Literal["cancel", "retry", "discard"]
) -> HttpResponse:
    """Cancel, retry or delete an export; where its state does not allow it, say so."""
    export = _own(request, pk)
    try:
        getattr(export, verb)()
    except WrongState as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _said(verb))
    if request.htmx:
        return render_part(request, "delivery/_live.html", _live_context(_own(request, pk)))
    return redirect(export)


@role_required(Role.DESIGNER, Role.OPERATOR)
@require_POST
def start_news(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Start an export of what is new since this one."""
    export = _own(request, pk)
    try:
        news = Export.objects.start(request.user, since=export)
    except ValidationError as error:
        messages.warning(request, " ".join(error.messages))
        return redirect(export)
    return redirect(news)


@role_required(Role.DESIGNER, Role.OPERATOR)
@require_safe
def archive(request: SignedInRequest, pk: UUID) -> HttpResponseBase:
    """Send the ZIP, or a range of it."""
    return archive_response(request, _own(request, pk))


@role_required(Role.DESIGNER, Role.OPERATOR)
@require_safe
def manifest(request: SignedInRequest, pk: UUID, kind: str) -> FileResponse:
    """Send the manifest as CSV or JSON Lines."""
    if kind not in MANIFESTS:
        raise Http404
    return manifest_response(_own(request, pk), kind)  # type: ignore[arg-type]


def _own(request: SignedInRequest, pk: UUID) -> Export:
    return get_object_or_404(Export.objects.visible_to(request.user).with_names(), pk=pk)


def _list(request: SignedInRequest, form: ExportForm, *, status: int = 200) -> HttpResponse:
    rows = Export.objects.visible_to(request.user).with_names().order_by("-id")
    if "before" in request.GET:
        rows = rows.filter(id__lt=_uuid(request.GET["before"]))
    found = list(rows[: PAGE + 1])
    context = {
        "form": form,
        "exports": found[:PAGE],
        "more": found[PAGE - 1].pk if len(found) > PAGE else None,
    }
    template = "delivery/_rows.html" if request.htmx else "delivery/exports.html"
    return render(request, template, context, status=status)


def _live_context(export: Export) -> dict[str, Any]:
    is_moving = export.state in OPEN_STATES
    return {
        "export": export,
        "is_moving": is_moving,
        "is_zip": export.target == Target.ZIP,
        "is_done": export.state == State.DONE,
        "culprit": _culprit(export),
        "no_worker": is_moving and not Worker.objects.alive().exists(),
        "left": export.count - export.packed,
    }


def _culprit(export: Export) -> str:
    """Return the address of the picture that an error is about, empty where it is about something else."""
    try:
        return reverse("stock-picture", args=[UUID(export.detail)])
    except ValueError:
        return ""


def _said(verb: str) -> str:
    if verb == "cancel":
        return _("Cancelled. What was made by now is removed.")
    return (
        _("The export is made anew.") if verb == "retry" else _("Deleted. What is new can still be exported.")
    )


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None
