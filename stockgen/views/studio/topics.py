"""Topics: the grid of all, a new one, and the page of one."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.decorators import SignedInRequest
from engines.planning.brief import TopicBrief, details_of
from engines.statistics.intervals import Share
from stockgen.forms.conflict import Difference
from stockgen.forms.studio import NamedForm, TopicForm
from stockgen.models import Concept, PromptAddition, Topic
from stockgen.models.addition import Step
from stockgen.models.brief import CONCEPT_TEXTS
from stockgen.studio_figures import Made, made_under_versions, newest_versions, shares_of_cells
from stockgen.views.studio.named import edit, move, offer, steers


@dataclass(frozen=True)
class StepLink:
    """A step of a cell with its newest version, 0 for none, and the version itself and its pictures where shown."""

    step: Step
    version: int
    addition: PromptAddition | None = None
    made: Made = field(default_factory=Made)


@dataclass(frozen=True)
class GridCell:
    """A topic × concept."""

    concept: Concept
    made: Made
    steps: list[StepLink]


@steers
@require_safe
def topics(request: SignedInRequest) -> HttpResponse:
    """Show every topic with its cells; ``?arrange`` to change their order and which are offered."""
    if "arrange" in request.GET:
        return render(
            request, "stockgen/studio/topics_arrange.html", {"rows": Topic.objects.defer("description")}
        )
    concepts = list(Concept.objects.defer(*CONCEPT_TEXTS))
    shares, versions = shares_of_cells(), newest_versions()
    rows = [
        (
            topic,
            [
                GridCell(
                    concept,
                    Made(share=shares.get((topic.pk, concept.pk), Share(0, 0))),
                    [StepLink(step, versions.get((topic.pk, concept.pk, step), 0)) for step in Step],
                )
                for concept in concepts
            ],
        )
        for topic in Topic.objects.defer("description")
    ]
    return render(request, "stockgen/studio/topics.html", {"concepts": concepts, "rows": rows})


@steers
@require_http_methods(["GET", "HEAD", "POST"])
def new_topic(request: SignedInRequest) -> HttpResponse:
    """Make a topic."""
    form = TopicForm(request.POST) if request.method == "POST" else TopicForm()
    if form.is_bound and (topic := form.store()):
        messages.success(request, _("The topic is made. Now write its additions."))
        return redirect(f"{reverse('topic', args=[topic.key])}?made")
    status = 422 if form.is_bound else 200
    return render(request, "stockgen/studio/topic_new.html", {"form": form}, status=status)


@steers
@require_http_methods(["GET", "HEAD", "POST"])
def topic_page(request: SignedInRequest, slug: str) -> HttpResponse:
    """Show a topic and its additions; POST saves it."""
    topic = get_object_or_404(Topic, key=slug)
    return edit(request, topic, TopicForm, partial(_show, request, topic))


@steers
@require_POST
def move_topic(request: SignedInRequest, slug: str, by: int) -> HttpResponse:
    """Move a topic up (a negative number) or down the list."""
    return move(Topic.objects.all(), slug, by, "topics")


@steers
@require_POST
def offer_topic(request: SignedInRequest, slug: str, is_active: bool) -> HttpResponse:
    """Offer a topic for new runs, or no longer."""
    return offer(request, Topic.objects.all(), slug, is_active, "topics")


def _show(
    request: SignedInRequest,
    topic: Topic,
    form: NamedForm,
    differences: list[Difference] | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    made = made_under_versions(topic)
    newest = {
        (addition.concept_id, addition.step): addition
        for addition in PromptAddition.objects.filter(topic=topic)
        .select_related("author")
        .defer("text")
        .order_by("concept_id", "step", "-version")
        .distinct("concept_id", "step")
    }
    cells = []
    for concept in Concept.objects.defer(*CONCEPT_TEXTS):
        steps = []
        for step in Step:
            addition = newest.get((concept.pk, step))
            version = addition.version if addition else 0
            versions = made.get((concept.pk, step))
            steps.append(StepLink(step, version, addition, versions.under(version) if versions else Made()))
        cells.append((concept, steps))
    parts = details_of(TopicBrief(name=topic.name, description=topic.description))
    context = {"row": topic, "form": form, "cells": cells, "differences": differences, "parts": parts}
    return render(request, "stockgen/studio/topic.html", context, status=status)
