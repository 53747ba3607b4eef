"""What the page of an addition shows of proposals."""

from __future__ import annotations

from django import template

from stockgen.models import Concept, Proposal, Topic
from stockgen.views.proposals import ProposalCard, cards_of

register = template.Library()


@register.simple_tag(takes_context=True)
def open_proposal(
    context: template.Context, topic: Topic, concept: Concept, step: str
) -> ProposalCard | None:
    """Return the newest undecided proposal for an addition."""
    rows = Proposal.objects.with_names().undecided().of(topic, concept, step).order_by("-id")
    return next(iter(cards_of(rows[:1], context["user"])), None)


@register.simple_tag
def may_ask_for_proposal(topic: Topic, concept: Concept, step: str) -> bool:
    """Tell whether enough pictures were rejected for a reason that the text could cure."""
    return Proposal.objects.reason_to_ask(topic, concept, step) is not None
