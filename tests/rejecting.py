"""Pictures that experts rejected, for tests of what follows from the reasons."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from accounts.models import User
from stockgen.models import Cause, Concept, Picture, Plan, PromptAddition, Step, Topic
from tests.factories import make_pictures, make_user


def make_decided(
    count: int,
    topic: Topic,
    concept: Concept,
    *,
    reasons: Sequence[str] | None = (),
    owner: User | None = None,
) -> list[Picture]:
    """Make pictures under the present additions, rejected for reasons by their keys; None: approved."""
    pictures = make_pictures(count, owner or make_user(), topic=topic, concept=concept)
    current = PromptAddition.objects.current(topic, concept)
    Plan.objects.filter(run=pictures[0].run).update(
        locations_addition=current.get(Step.LOCATIONS), descriptions_addition=current.get(Step.DESCRIPTIONS)
    )
    for picture in pictures:
        if reasons is None:
            picture.approve(Cause.VOTES)
        else:
            picture.reject(Cause.VOTES, reasons=reasons)
    return pictures


def make_dominated(topic: Topic, concept: Concept, reason: str = "fake-text", **fields: Any) -> list[Picture]:
    """Make 20 rejected pictures, 15 of them for one reason, which dominates then, and 5 approved ones."""
    make_decided(5, topic, concept, reasons=None, **fields)
    return [
        *make_decided(15, topic, concept, reasons=[reason], **fields),
        *make_decided(
            5, topic, concept, reasons=["composition" if reason != "composition" else "blurred"], **fields
        ),
    ]
