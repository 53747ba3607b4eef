"""What differs between two versions of an addition."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.decorators import SignedInRequest
from stockgen.models import PromptAddition
from stockgen.studio_figures import Versions, made_under_versions
from stockgen.views.studio.additions import Version, version_or_404
from stockgen.views.studio.cells import Cell, cell_or_404
from stockgen.views.studio.named import steers
from stockgen.word_diff import diff_words


@steers
@require_safe
def addition_diff(request: SignedInRequest, slug: str, concept: str, step: str) -> HttpResponse:
    """Show what differs from ``?from=`` to ``?to=`` (the newest two, where they are left out; 0 is no addition)."""
    cell = cell_or_404(slug, concept, step)
    versions = list(
        PromptAddition.objects.filter(topic=cell.topic, concept=cell.concept, step=cell.step)
        .defer("text")
        .order_by("-version")
    )
    newest = versions[0].version if versions else 0
    to = _number(request, "to", newest)
    start = _number(request, "from", max(0, to - 1))
    made = made_under_versions(cell.topic, cell.concept).get((cell.concept.pk, cell.step), Versions({}))
    old, new = _text_of(cell, start), _text_of(cell, to)
    context = {
        "cell": cell,
        "versions": versions,
        "newest": newest,
        "start": start,
        "to": to,
        "old": Version(old, made.under(start)),
        "new": Version(new, made.under(to)),
        "pieces": diff_words(old.text if old else "", new.text if new else ""),
        "view": "panes" if request.GET.get("view") == "panes" else "inline",
    }
    return render(request, "stockgen/studio/addition_diff.html", context)


def _text_of(cell: Cell, version: int) -> PromptAddition | None:
    return version_or_404(cell, version) if version else None


def _number(request: SignedInRequest, name: str, usual: int) -> int:
    text = request.GET.get(name, "") or str(usual)
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Http404
    return int(text)
