"""Concepts: the list, a new one, and the page of one."""

from __future__ import annotations

from collections import defaultdict
from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.decorators import SignedInRequest
from engines.statistics.intervals import Share
from stockgen.forms.conflict import Difference
from stockgen.forms.studio import ConceptForm, NamedForm, copy_of
from stockgen.models import Concept, Topic
from stockgen.models.brief import CONCEPT_TEXTS
from stockgen.models.registered import offered_image_models
from stockgen.studio_figures import Made, shares_of_cells
from stockgen.views.studio.named import edit, move, offer, steers


@steers
@require_safe
def concepts(request: SignedInRequest) -> HttpResponse:
    """Show every concept with its share; ``?arrange`` to change their order and which are offered."""
    rows = Concept.objects.defer(*CONCEPT_TEXTS)
    if "arrange" in request.GET:
        return render(request, "stockgen/studio/concepts_arrange.html", {"rows": rows})
    shares: defaultdict[int, Share] = defaultdict(lambda: Share(0, 0))
    for (_topic, concept), share in shares_of_cells().items():
        shares[concept] += share
    context = {
        "rows": [(concept, Made(share=shares[concept.pk])) for concept in rows],
        "total": Concept.objects.total_share(),
    }
    return render(request, "stockgen/studio/concepts.html", context)


@steers
@require_http_methods(["GET", "HEAD", "POST"])
def new_concept(request: SignedInRequest) -> HttpResponse:
    """Make a concept; ``?from=`` the key of another begins with its texts."""
    others = Concept.objects.defer(*CONCEPT_TEXTS)
    source = None
    if key := request.GET.get("from", "").replace("\0", ""):
        source = get_object_or_404(Concept, key=key)
    if request.method == "POST":
        form = ConceptForm(request.POST)
        if concept := form.store():
            messages.success(request, _("The concept is made."))
            return redirect(f"{reverse('concept', args=[concept.key])}?made")
    else:
        form = ConceptForm(initial=copy_of(source) if source else None)
    context = {"form": form, "others": others, "source": source, "total": Concept.objects.total_share()}
    status = 422 if form.is_bound else 200
    return render(request, "stockgen/studio/concept_new.html", context, status=status)


@steers
@require_http_methods(["GET", "HEAD", "POST"])
def concept_page(request: SignedInRequest, slug: str) -> HttpResponse:
    """Show a concept; POST saves it."""
    concept = get_object_or_404(Concept, key=slug)
    return edit(request, concept, ConceptForm, partial(_show, request, concept))


@steers
@require_POST
def move_concept(request: SignedInRequest, slug: str, by: int) -> HttpResponse:
    """Move a concept up (a negative number) or down the list."""
    return move(Concept.objects.all(), slug, by, "concepts")


@steers
@require_POST
def offer_concept(request: SignedInRequest, slug: str, is_active: bool) -> HttpResponse:
    """Offer a concept for new runs, or no longer."""
    return offer(request, Concept.objects.all(), slug, is_active, "concepts")


def _show(
    request: SignedInRequest,
    concept: Concept,
    form: NamedForm,
    differences: list[Difference] | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    context = {
        "row": concept,
        "form": form,
        "differences": differences,
        "total": Concept.objects.total_share(),
        "sizes": [
            (spec.title, [f"{width}×{height}" for width, height in concept.sizes_for(spec)])
            for spec in offered_image_models().values()
        ],
        "topics": Topic.objects.defer("description"),
    }
    return render(request, "stockgen/studio/concept.html", context, status=status)
