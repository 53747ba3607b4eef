"""Comparisons of models, for those who start them: the list, a new one, and what it comes to."""

from __future__ import annotations

from typing import Any, Literal
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import HttpResponseStopPolling

from accounts.decorators import SignedInRequest, role_required
from accounts.models import Role
from review.statistics.judgements_export import judgements_csv
from review.statistics.ranking_page import items_of, progress_of, report
from stockgen.forms.comparison import ComparisonForm
from stockgen.models import Comparison
from stockgen.models.registered import image_models, language_models
from stockgen.views.shared import render_part

PAGE = 30
ITEMS = 8


@role_required(Role.DESIGNER, Role.OPERATOR)
@require_safe
@vary_on_headers("HX-Request")
def comparison_list(request: SignedInRequest) -> HttpResponse:
    """List the comparisons, newest first; ``before`` is the last one of the page before."""
    judged = Count(
        "pairs__judgements", filter=Q(pairs__judgements__live=True) & ~Q(pairs__judgements__choice="skip")
    )
    rows = Comparison.objects.visible_to(request.user).select_related("owner").annotate(judged=judged)
    if before := request.GET.get("before"):
        rows = rows.filter(pk__lt=_uuid(before))
    found = list(rows.order_by("-pk")[: PAGE + 1])
    progress = progress_of(found[:PAGE])
    titles = {key: spec.title for specs in (image_models(), language_models()) for key, spec in specs.items()}
    context = {
        "rows": [
            {
                "comparison": comparison,
                "progress": progress[comparison.pk],
                "titles": [titles.get(key, key) for key in comparison.contestants],
            }
            for comparison in found[:PAGE]
        ],
        "more": found[PAGE - 1].pk if len(found) > PAGE else None,
    }
    template = "review/comparisons/_rows.html" if request.htmx else "review/comparisons/list.html"
    return render(request, template, context)


@role_required(Role.DESIGNER, Role.OPERATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def new_comparison(request: SignedInRequest) -> HttpResponse:
    """Show the form; POST starts the comparison."""
    form = ComparisonForm(request.POST or None)
    if request.method == "POST":
        comparison = form.start(request.user)
        if comparison is not None:
            messages.success(request, _("The comparison has started."))
            return redirect(comparison)
    status = 422 if request.method == "POST" else 200
    return render(request, "review/comparisons/new.html", {"form": form}, status=status)


@role_required(Role.DESIGNER, Role.OPERATOR)
@require_safe
@vary_on_headers("HX-Request")
def comparison_page(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Show a comparison with its ranking; to htmx only the live part, or the items from ``?from=`` on."""
    comparison = _comparison(request, pk)
    if "from" in request.GET:
        return render(request, "review/comparisons/_items.html", _items(request, comparison))
    context = _live(comparison)
    if not request.htmx:
        context |= _items(request, comparison)
        return render(request, "review/comparisons/comparison.html", context)
    stop = comparison.is_closed and not context["progress"].is_moving
    return render_part(
        request, "review/comparisons/_live.html", context,
        status=HttpResponseStopPolling.status_code if stop else 200,
    )  # fmt: skip


@role_required(Role.DESIGNER, Role.OPERATOR)
@require_POST
def change_comparison(
    request: SignedInRequest, pk: UUID, verb: Literal["close", "reopen", "cancel"]
) -> HttpResponse:
    """Close or reopen the judging, or give up what is not rendered."""
    comparison = _comparison(request, pk)
    done = getattr(comparison, verb)()
    messages.success(request, _said(verb, done))
    if not request.htmx:
        return redirect(comparison)
    return render_part(request, "review/comparisons/_live.html", _live(comparison))


@role_required(Role.DESIGNER, Role.OPERATOR)
@require_safe
def export_judgements(request: SignedInRequest, pk: UUID) -> StreamingHttpResponse:
    """Send every judgement of a comparison as CSV, those taken back too."""
    return judgements_csv(_comparison(request, pk))


def _comparison(request: SignedInRequest, pk: UUID) -> Comparison:
    return get_object_or_404(Comparison.objects.visible_to(request.user).select_related("owner"), pk=pk)


def _live(comparison: Comparison) -> dict[str, Any]:
    return {
        "comparison": comparison,
        "progress": progress_of([comparison])[comparison.pk],
        **report(comparison),
    }


def _items(request: SignedInRequest, comparison: Comparison) -> dict[str, Any]:
    try:
        start = max(0, int(request.GET.get("from", 0)))
    except ValueError:
        raise Http404 from None
    items = items_of(comparison, start=min(start, 100_000), size=ITEMS + 1)
    return {
        "comparison": comparison,
        "items": items[:ITEMS],
        "names": comparison.titles(),
        "more": f"{request.path}?{urlencode({'from': start + ITEMS})}" if len(items) > ITEMS else None,
    }


def _said(verb: str, count: int | None) -> str:
    if verb == "close":
        return _("Closed: nothing more is judged.")
    if verb == "reopen":
        return _("Experts can judge it again.")
    return ngettext(
        "%(count)d run is cancelled. Finished pictures stay.",
        "%(count)d runs are cancelled. Finished pictures stay.",
        count or 0,
    ) % {"count": count or 0}


def _uuid(value: str) -> UUID:
    try:
        return UUID(value)
    except ValueError:
        raise Http404 from None
