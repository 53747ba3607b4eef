"""The rules for votes, by topic and by campaign: designers read them, operators set them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from uuid import UUID

from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from accounts.decorators import SignedInRequest, role_required
from accounts.models import Role, User
from review.forms import RuleForm
from review.models import Entry, Policy, Rule
from stockgen.models import Campaign, Topic
from stockgen.views.shared import render_part

DEFAULT = "default"
CAMPAIGN = "campaign-"


@dataclass(frozen=True)
class Row:
    """What a rule can be set for, the rule that holds, and how many pictures wait.

    The scope None is the default. A campaign without a rule of its own goes by the rules of its topics: it has none.
    """

    scope: Topic | Campaign | None
    rule: Rule | None
    is_own: bool
    waiting: int
    form: RuleForm | None = None

    @property
    def is_campaign(self) -> bool:
        return isinstance(self.scope, Campaign)

    @property
    def key(self) -> str:
        """Return what ``?edit=`` and the page's anchors call it."""
        if isinstance(self.scope, Campaign):
            return f"{CAMPAIGN}{self.scope.pk}"
        return self.scope.key if self.scope else DEFAULT

    @property
    def address(self) -> str:
        """Return where its form goes."""
        if isinstance(self.scope, Campaign):
            return reverse("set-campaign-rule", args=[self.scope.pk])
        return reverse("set-rule", args=[self.key])

    @property
    def default_address(self) -> str:
        """Return where its own rule is taken away."""
        if isinstance(self.scope, Campaign):
            return reverse("follow-topics", args=[self.scope.pk])
        return reverse("follow-default", args=[self.key])


@role_required(Role.DESIGNER, Role.OPERATOR)
@require_safe
@vary_on_headers("HX-Request")
def rules(request: SignedInRequest) -> HttpResponse:
    """Show every rule; ``?edit=`` a row's key opens its form to operators."""
    edited = request.GET.get("edit", "")
    if edited:
        request.user.require_role(Role.OPERATOR)
        if not edited.startswith(CAMPAIGN):
            _topic(edited)
    return _show(request, edited, None)


@role_required(Role.OPERATOR)
@require_POST
def set_rule(request: SignedInRequest, key: str) -> HttpResponse:
    """Set the rule of a topic, or the default."""
    return _set(request, _topic(key), key)


@role_required(Role.OPERATOR)
@require_POST
def set_campaign_rule(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Set the rule of a campaign."""
    return _set(request, get_object_or_404(Campaign, pk=pk), f"{CAMPAIGN}{pk}")


@role_required(Role.OPERATOR)
@require_POST
def follow_default(request: SignedInRequest, key: str) -> HttpResponse:
    """Let the default hold for a topic again."""
    Policy.objects.follow_default(get_object_or_404(Topic, key=key))
    return _done(request, _("The default holds for this topic again."))


@role_required(Role.OPERATOR)
@require_POST
def follow_topics(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Let the rules of its topics hold for a campaign again."""
    Policy.objects.follow_default(get_object_or_404(Campaign, pk=pk))
    return _done(request, _("The rules of its topics hold for this campaign again."))


def _topic(key: str) -> Topic | None:
    if "\0" in key:
        raise Http404
    return None if key == DEFAULT else get_object_or_404(Topic, key=key)


def _set(request: SignedInRequest, scope: Topic | Campaign | None, key: str) -> HttpResponse:
    form = RuleForm(request.POST)
    if not form.apply(scope):
        return _show(request, key, form, status=422)
    return _done(request, _("The rule holds from now on."))


def _done(request: SignedInRequest, message: str) -> HttpResponse:
    messages.success(request, message)
    return _show(request, "", None) if request.htmx else redirect("review-rules")


def _rows(user: User) -> list[Row]:
    """Return the default, the campaigns that somebody may see and that may still get pictures, and the topics."""
    holding = Policy.objects.rules()
    counts = Entry.objects.open().order_by().values_list("campaign", "topic").annotate(count=Count("pk"))
    by_campaign: Counter[UUID | None] = Counter()
    by_topic: Counter[int] = Counter()
    for campaign, topic, count in counts:
        by_campaign[campaign] += count
        by_topic[topic] += count
    campaigns = [
        Row(campaign, holding.get(campaign.pk), campaign.pk in holding, by_campaign[campaign.pk])
        for campaign in Campaign.objects.visible_to(user)
        if campaign.stopped_at is None or by_campaign[campaign.pk] or campaign.pk in holding
    ]
    topics = [
        Row(topic, holding.of(topic.pk), topic.pk in holding, by_topic[topic.pk])
        for topic in Topic.objects.all()
        if topic.is_active or by_topic[topic.pk]
    ]
    return [Row(None, holding[None], True, by_topic.total()), *campaigns, *topics]


def _show(request: SignedInRequest, edited: str, form: RuleForm | None, *, status: int = 200) -> HttpResponse:
    rows = _rows(request.user)
    usual = rows[0].rule or Rule()
    context = {
        "rows": [
            row if row.key != edited else replace(row, form=form or RuleForm.of(row.rule or usual))
            for row in rows
        ],
    }
    template = "review/_rules.html" if request.htmx else "review/rules.html"
    return render_part(request, template, context, status=status)
