"""The list of runs, and the page of one, live."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Prefetch
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import HttpResponseStopPolling

from accounts.decorators import SignedInRequest, role_required
from accounts.models import Role
from jobs.models import Worker, WrongState
from stockgen.models import Prompt, Run
from stockgen.views.shared import RunStatus, render_part, status_of, statuses_of

PAGE = 30
LIVE_PICTURES = 60
STOP_POLLING = HttpResponseStopPolling.status_code


@role_required(Role.DESIGNER, Role.OPERATOR)
@vary_on_headers("HX-Request")
def run_list(request: SignedInRequest) -> HttpResponse:
    """List the runs, newest first; ``before`` is the last one of the page before."""
    runs = (
        Run.objects.visible_to(request.user).with_names().page(before=_uuid(request, "before"), size=PAGE + 1)
    )
    context = {"statuses": statuses_of(runs[:PAGE]), "more": runs[PAGE - 1].pk if len(runs) > PAGE else None}
    return render(request, "stockgen/_run_rows.html" if request.htmx else "stockgen/runs.html", context)


@login_required
@vary_on_headers("HX-Request")
def run_page(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Show a run; to htmx only its live part, with status 286 once nothing moves any more."""
    status = status_of(_visible_run(request, pk))
    if not request.htmx:
        return render(request, "stockgen/run.html", _live_context(status))
    stop = not status.is_moving
    return render_part(
        request, "stockgen/_live.html", _live_context(status), status=STOP_POLLING if stop else 200
    )


@role_required(Role.DESIGNER, Role.OPERATOR)
@require_POST
def change_run(
    request: SignedInRequest, pk: UUID, verb: Literal["pause", "resume", "cancel", "retry"]
) -> HttpResponse:
    """Pause, resume, cancel or retry a run; where its state does not allow it, say so."""
    run = _visible_run(request, pk)
    try:
        changed = getattr(run, verb)()
    except WrongState as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _done(verb, changed))
    return live_part(request, pk) if request.htmx else redirect("run", pk=pk)


def live_part(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Answer a verb: the live part of the run as it is now."""
    return render_part(request, "stockgen/_live.html", _live_context(status_of(_visible_run(request, pk))))


def _done(verb: str, changed: int | None) -> str:
    if verb == "pause":
        return _("Paused. What is being rendered is finished first.")
    if verb == "resume":
        return _("The run goes on.")
    if verb == "cancel":
        return _("Cancelled. Finished pictures stay.")
    if not changed:
        return _("The run waits for its rendering to be started again.")
    return ngettext("%(count)d job is queued again.", "%(count)d jobs are queued again.", changed) % {
        "count": changed
    }


def _visible_run(request: SignedInRequest, pk: UUID) -> Run:
    return get_object_or_404(Run.objects.visible_to(request.user).with_names(), pk=pk)


def _live_context(status: RunStatus) -> dict[str, Any]:
    run = status.run
    pictures, first = run.window(LIVE_PICTURES)
    return {
        "status": status,
        "run": run,
        "plan": run.plan,
        "tally": status.tally,
        "phase": status.phase,
        "locations": run.locations.prefetch_related(Prefetch("prompts", Prompt.objects.in_the_plan())),
        "location_goal": run.plan.asked_locations or run.location_count,
        "pictures": pictures,
        "first": first,
        "last": first + len(pictures) - 1,
        "errors": run.pictures.errors() if status.tally.failed else [],
        "no_worker": status.is_moving and not Worker.objects.alive().exists(),
        "spec": run.spec,
    }


def _uuid(request: SignedInRequest, name: str) -> UUID | None:
    if name not in request.GET:
        return None
    try:
        return UUID(request.GET[name])
    except ValueError:
        raise Http404 from None
