"""The rules for votes, topic by topic: designers read them, operators set them."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from accounts.decorators import SignedInRequest, role_required
from accounts.models import Role
from review.forms import RuleForm
from review.models import Entry, Policy, Rule
from stockgen.models import Topic
from stockgen.views.shared import render_part

DEFAULT = "default"


@dataclass(frozen=True)
class Row:
    """A topic (None: the default) with the rule that holds for it and how many of its pictures wait."""

    topic: Topic | None
    rule: Rule
    is_own: bool
    waiting: int
    form: RuleForm | None = None

    @property
    def key(self) -> str:
        return self.topic.key if self.topic else DEFAULT


@role_required(Role.DESIGNER, Role.OPERATOR)
@require_safe
@vary_on_headers("HX-Request")
def rules(request: SignedInRequest) -> HttpResponse:
    """Show every rule; ``?edit=`` a topic's key, or ``default``, opens its form to operators."""
    edited = request.GET.get("edit", "")
    if edited:
        request.user.require_role(Role.OPERATOR)
        _topic(edited)
    return _show(request, edited, None)


@role_required(Role.OPERATOR)
@require_POST
def set_rule(request: SignedInRequest, key: str) -> HttpResponse:
    """Set the rule of a topic, or the default."""
    topic = _topic(key)
    form = RuleForm(request.POST)
    if not form.apply(topic):
        return _show(request, key, form, status=422)
    messages.success(request, _("The rule holds from now on."))
    return _show(request, "", None) if request.htmx else redirect("review-rules")


@role_required(Role.OPERATOR)
@require_POST
def follow_default(request: SignedInRequest, key: str) -> HttpResponse:
    """Let the default hold for a topic again."""
    Policy.objects.follow_default(get_object_or_404(Topic, key=key))
    messages.success(request, _("The default holds for this topic again."))
    return _show(request, "", None) if request.htmx else redirect("review-rules")


def _topic(key: str) -> Topic | None:
    if "\0" in key:
        raise Http404
    return None if key == DEFAULT else get_object_or_404(Topic, key=key)


def _show(request: SignedInRequest, edited: str, form: RuleForm | None, *, status: int = 200) -> HttpResponse:
    holding = Policy.objects.rules()
    waiting = dict(
        Entry.objects.open()
        .order_by()
        .values("topic")
        .annotate(count=Count("pk"))
        .values_list("topic", "count")
    )
    topics = [topic for topic in Topic.objects.all() if topic.is_active or waiting.get(topic.pk)]
    rows = [Row(None, holding[None], True, sum(waiting.values()))]
    rows += [
        Row(topic, holding.get(topic.pk, holding[None]), topic.pk in holding, waiting.get(topic.pk, 0))
        for topic in topics
    ]
    context = {
        "rows": [
            row if row.key != edited else Row(**vars(row) | {"form": form or RuleForm.of(row.rule)})
            for row in rows
        ],
    }
    template = "review/_rules.html" if request.htmx else "review/rules.html"
    return render_part(request, template, context, status=status)
