"""Deciding over the votes, and the rules for votes, over REST: for operators, and designers on their own pictures."""

from __future__ import annotations

from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import HttpRequest, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Query, Router, Status

from accounts.models import Role, User
from accounts.rest import answers
from review.models import Entry, Policy, Rule
from review.schemas_decisions import (
    DecisionOut,
    KnownIn,
    OverrideIn,
    ReopenIn,
    RuleBody,
    RuleOut,
    VoteExportFilters,
)
from review.views.export import votes_download
from stockgen.models import Campaign, Topic, Verdict

router = Router(tags=["decisions"])


def entry_of(request: HttpRequest, picture_id: UUID) -> Entry:
    """Return a picture's entry that the person may decide on: 403 without such a role, 404 for others' pictures."""
    assert isinstance(request.user, User)
    request.user.require_role(Role.DESIGNER, Role.OPERATOR)
    return get_object_or_404(
        Entry.objects.decidable_by(request.user).select_related("picture"), pk=picture_id
    )


def decider(request: HttpRequest) -> User:
    """Return the person who asks; :func:`entry_of` has checked them."""
    assert isinstance(request.user, User)
    return request.user


@router.get("/pictures/{uuid:picture_id}", response=answers({200: DecisionOut}, 403, 404))
def get_decision(request: HttpRequest, picture_id: UUID) -> DecisionOut:
    """Show the votes on a picture, its verdict, and every change of it."""
    return DecisionOut.of(entry_of(request, picture_id), decider(request))


@router.post("/pictures/{uuid:picture_id}/override", response=answers({200: DecisionOut}, 400, 403, 404, 422))
def override(request: HttpRequest, picture_id: UUID, body: OverrideIn) -> DecisionOut:
    """Decide over the votes, with a reason. It holds until the picture is reopened."""
    entry = entry_of(request, picture_id)
    entry.override(decider(request), Verdict(_known(body.verdict)), note=body.note, reasons=body.reasons)
    return DecisionOut.of(entry_of(request, picture_id), decider(request))


@router.post("/pictures/{uuid:picture_id}/reopen", response=answers({200: DecisionOut}, 400, 403, 404, 422))
def reopen(request: HttpRequest, picture_id: UUID, body: ReopenIn) -> DecisionOut:
    """Take the verdict back and ask for one vote more; a decision over the votes is lifted."""
    entry_of(request, picture_id).reopen(decider(request), note=body.note)
    return DecisionOut.of(entry_of(request, picture_id), decider(request))


@router.post("/pictures/{uuid:picture_id}/flags/clear", response=answers({200: DecisionOut}, 400, 403, 404))
def clear_flags(request: HttpRequest, picture_id: UUID) -> DecisionOut:
    """Take back the experts' flags: somebody has looked."""
    entry_of(request, picture_id).clear_flags(decider(request))
    return DecisionOut.of(entry_of(request, picture_id), decider(request))


@router.put("/pictures/{uuid:picture_id}/known", response=answers({200: DecisionOut}, 400, 403, 404, 422))
def set_known(request: HttpRequest, picture_id: UUID, body: KnownIn) -> DecisionOut:
    """Make it a known picture, which measures experts, or an ordinary one again."""
    entry = entry_of(request, picture_id)
    if body.expected is None:
        entry.forget_known(decider(request))
    else:
        entry.mark_known(decider(request), Verdict(_known(body.expected, "expected")), note=body.note)
    return DecisionOut.of(entry_of(request, picture_id), decider(request))


def _known(value: str, field: str = "verdict") -> str:
    if value not in (Verdict.APPROVED, Verdict.REJECTED):
        raise ValidationError({field: _("Decide: approved or rejected.")})
    return value


@router.get("/export", response=answers({200: None}, 403, 422))
def export(request: HttpRequest, filters: Query[VoteExportFilters]) -> StreamingHttpResponse:
    """Stream all votes as a file, those taken back too: operators all, designers those on their own pictures."""
    assert isinstance(request.user, User)
    request.user.require_role(Role.DESIGNER, Role.OPERATOR)
    return votes_download(request.user, filters.format)


# ---------------------------------------------------------------------- rules for votes
@router.get("/policies", response=answers({200: list[RuleOut]}, 403))
def list_policies(request: HttpRequest) -> list[RuleOut]:
    """List the rule of every topic and those of campaigns, behind the default (topic and campaign null).

    A picture goes by its campaign's rule, else by its topic's, else by the default. Campaigns without a rule of their
    own are not listed; designers are told of their own campaigns only.
    """
    assert isinstance(request.user, User)
    request.user.require_role(Role.DESIGNER, Role.OPERATOR)
    rules = Policy.objects.rules()
    topics = [(None, None), *Topic.objects.values_list("pk", "key")]
    campaigns = Campaign.objects.visible_to(request.user).filter(
        pk__in=[key for key in rules if isinstance(key, UUID)]
    )
    return [
        *(RuleOut(topic=key, own=pk in rules, **vars(rules.get(pk, rules[None]))) for pk, key in topics),
        *(RuleOut(campaign=campaign.pk, own=True, **vars(rules[campaign.pk])) for campaign in campaigns),
    ]


@router.put("/policies/{key}", response=answers({200: RuleOut}, 400, 403, 404, 422))
def put_policy(request: HttpRequest, key: str, body: RuleBody) -> RuleOut:
    """Set the rule of a topic by its key; `default` is the rule of all topics without one. Operators only."""
    topic = _topic_for_operator(request, key)
    rule = Rule(**body.model_dump())
    Policy.objects.set(topic, rule)
    return RuleOut(topic=topic.key if topic else None, own=True, **vars(rule))


@router.delete("/policies/{key}", response=answers({200: RuleOut}, 403, 404))
def delete_policy(request: HttpRequest, key: str) -> RuleOut:
    """Let the default hold for a topic again. Operators only."""
    topic = _topic_for_operator(request, key)
    if topic is not None:
        Policy.objects.follow_default(topic)
    return RuleOut(
        topic=topic.key if topic else None, own=topic is None, **vars(Policy.objects.rules()[None])
    )


@router.put("/policies/campaigns/{uuid:campaign_id}", response=answers({200: RuleOut}, 400, 403, 404, 422))
def put_campaign_policy(request: HttpRequest, campaign_id: UUID, body: RuleBody) -> RuleOut:
    """Set the rule of a campaign; it comes before the rules of its topics. Operators only."""
    campaign = _campaign_for_operator(request, campaign_id)
    rule = Rule(**body.model_dump())
    Policy.objects.set(campaign, rule)
    return RuleOut(campaign=campaign.pk, own=True, **vars(rule))


@router.delete("/policies/campaigns/{uuid:campaign_id}", response=answers({204: None}, 403, 404))
def delete_campaign_policy(request: HttpRequest, campaign_id: UUID) -> Status[None]:
    """Let the rules of its topics, or the default, hold for a campaign again. Operators only."""
    Policy.objects.follow_default(_campaign_for_operator(request, campaign_id))
    return Status(204, None)


def _topic_for_operator(request: HttpRequest, key: str) -> Topic | None:
    assert isinstance(request.user, User)
    request.user.require_role(Role.OPERATOR)
    return None if key == "default" else get_object_or_404(Topic, key=key)


def _campaign_for_operator(request: HttpRequest, campaign_id: UUID) -> Campaign:
    assert isinstance(request.user, User)
    request.user.require_role(Role.OPERATOR)
    return get_object_or_404(Campaign, pk=campaign_id)
