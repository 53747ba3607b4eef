"""The page of an addition: its text, the composed system prompt, what came of each version."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from accounts.decorators import SignedInRequest
from engines.planning.systems import compose_system
from stockgen.forms.studio import AdditionForm
from stockgen.models import AdditionConflict, Concept, PromptAddition
from stockgen.models.addition import Step, compose_brief
from stockgen.models.brief import CONCEPT_TEXTS
from stockgen.studio_figures import Made, Versions, made_under_versions, newest_versions, rejections
from stockgen.views.drafts import draft_of
from stockgen.views.studio.cells import Cell, cell_or_404
from stockgen.views.studio.named import steers
from stockgen.word_diff import Piece, diff_words

PAGE = 10


@dataclass(frozen=True)
class Version:
    """A version with what was made under it; None stands for the time before the first."""

    addition: PromptAddition | None
    made: Made


@dataclass(frozen=True)
class Conflict:
    """What somebody else saved while another text was being written."""

    latest: PromptAddition
    mine: str

    @property
    def pieces(self) -> list[Piece]:
        """Return what was removed from theirs and added in mine."""
        return diff_words(self.latest.text, self.mine)


@steers
@require_http_methods(["GET", "HEAD", "POST"])
@vary_on_headers("HX-Request")
def addition(request: SignedInRequest, slug: str, concept: str, step: str) -> HttpResponse:
    """Show an addition (to htmx older versions, below ``?before=``); POST saves the next version."""
    cell = cell_or_404(slug, concept, step)
    if request.method == "POST":
        return _save(request, cell, AdditionForm(request.POST))
    if request.htmx:
        return render(request, "stockgen/studio/_versions.html", _versions(cell, _before(request)))
    return _page(request, cell, draft_of(request, cell))


@steers
@require_POST
def restore(request: SignedInRequest, slug: str, concept: str, step: str, version: int) -> HttpResponse:
    """Save an older text as the next version; 0 is no addition at all."""
    cell = cell_or_404(slug, concept, step)
    text = version_or_404(cell, version).text if version else ""
    note = _("Back to version %(version)d") % {"version": version} if version else _("Back to no addition")
    return _save(
        request, cell, AdditionForm({"text": text, "note": note, "base": request.POST.get("base", "")})
    )


def version_or_404(cell: Cell, version: int) -> PromptAddition:
    """Find a version of a cell's addition. Raises ``Http404``."""
    additions = PromptAddition.objects.filter(topic=cell.topic, concept=cell.concept, step=cell.step)
    found = additions.filter(version=version).select_related("author").first()
    if found is None:
        raise Http404
    return found


def _save(request: SignedInRequest, cell: Cell, form: AdditionForm) -> HttpResponse:
    try:
        saved = form.store(topic=cell.topic, concept=cell.concept, step=cell.step, author=request.user)
    except AdditionConflict as error:
        mine = {name: form.cleaned_data[name] for name in ("text", "note", "proposal")}
        latest = error.latest or PromptAddition(text="", version=0)
        again = AdditionForm(mine | {"base": str(latest.version)})
        return _page(request, cell, again, status=409, conflict=Conflict(latest, mine["text"]))
    if saved is None:
        return _page(request, cell, form, status=422)
    if saved.version == form.cleaned_data["base"]:
        messages.info(
            request, _("Nothing has changed: that is the text of version %(version)d.") % vars(saved)
        )
    else:
        messages.success(request, _("Version %(version)d is saved. New runs use it.") % vars(saved))
    return redirect(cell.url)


def _page(
    request: SignedInRequest,
    cell: Cell,
    form: AdditionForm | None = None,
    *,
    conflict: Conflict | None = None,
    status: int = 200,
) -> HttpResponse:
    current = PromptAddition.objects.current(cell.topic, cell.concept)
    now = current.get(cell.step)
    base = now.version if now else 0
    if form is None:
        form = AdditionForm(initial={"text": now.text if now else "", "base": base})
    newest = newest_versions(cell.topic)
    versions = _versions(cell, None)
    context = versions | {
        "cell": cell,
        "topic": cell.topic,
        "concept": cell.concept,
        "step": cell.step,
        "form": form,
        "conflict": conflict,
        "current": now,
        "made": versions["figures"].under(base),
        "composed": compose_system(compose_brief(cell.topic, cell.concept, current), cell.planning_step),
        "steps": [(step, newest.get((cell.topic.pk, cell.concept.pk, step), 0)) for step in Step],
        "concepts": [
            (concept, newest.get((cell.topic.pk, concept.pk, cell.step), 0))
            for concept in Concept.objects.defer(*CONCEPT_TEXTS)
        ],
        "rejections": rejections(cell.topic, cell.concept, cell.step, base),
    }
    return render(request, "stockgen/studio/addition.html", context, status=status)


def _versions(cell: Cell, before: int | None) -> dict[str, Any]:
    """Return a page of versions, newest first, and behind the last what was made without any."""
    additions = PromptAddition.objects.filter(topic=cell.topic, concept=cell.concept, step=cell.step)
    newest = additions.order_by("-version").values_list("version", flat=True).first() or 0
    if before is not None:
        additions = additions.filter(version__lt=before)
    rows = list(additions.select_related("author").defer("text").order_by("-version")[: PAGE + 1])
    made = made_under_versions(cell.topic, cell.concept).get((cell.concept.pk, cell.step), Versions({}))
    versions = [Version(row, made.under(row.version)) for row in rows[:PAGE]]
    more = rows[PAGE - 1].version if len(rows) > PAGE else None
    if more is None and made.under(0).pictures:
        versions.append(Version(None, made.under(0)))
    return {"cell": cell, "figures": made, "versions": versions, "more": more, "newest": newest}


def _before(request: SignedInRequest) -> int | None:
    text = request.GET.get("before", "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Http404
    return int(text)
