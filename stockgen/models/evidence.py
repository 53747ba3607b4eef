"""Why pictures of a topic and concept are rejected, and whether one reason says what to change."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from engines.statistics.intervals import Share
from stockgen.models.addition import PromptAddition, Step
from stockgen.models.brief import Concept, Topic
from stockgen.models.picture import Picture, PictureQuerySet
from stockgen.models.plan import Plan
from stockgen.models.verdict import Verdict

LEAST_REJECTED = 20
LEAST_SHARE = 0.4

PROMPTS_KEPT = 12
"""Of each kind, as evidence of a proposal."""

STEP_OF = {"off-topic": Step.LOCATIONS}
"""The step whose text can cure a reason, where that is not the descriptions.

What is *not the topic* was proposed as a location in the first place: however it is described, it stays the wrong
place. Every other reason is about how a suitable place is pictured, which the description decides: what is seen in
it (text, people, brands, shapes too intricate to draw), of what it is made (artificial), in which light and from
where (blurred, composition), and whether the picture keeps to what was asked. Reasons that operators add are of the
second kind as long as nobody says otherwise here.
"""


def step_of(reason: str) -> Step:
    """Return the step whose addition a reason concerns, by the reason's key."""
    return STEP_OF.get(reason, Step.DESCRIPTIONS)


@dataclass
class CellReasons:
    """What became of the decided pictures of a topic × concept that its present additions led to.

    ``reasons`` counts by key; a rejected picture may have several reasons, or none.
    """

    topic: int
    concept: int
    decided: int = 0
    rejected: int = 0
    reasons: Counter[str] = field(default_factory=Counter)

    def ranked(self) -> list[tuple[str, int]]:
        """Return the reasons with their counts, the most frequent first, equal ones by key."""
        return sorted(self.reasons.items(), key=lambda pair: (-pair[1], pair[0]))

    def most_frequent(self, step: Step) -> str | None:
        """Return the most frequent reason that concerns a step; None where there is none."""
        return next((key for key, _count in self.ranked() if step_of(key) == step), None)

    def dominating(self) -> str | None:
        """Return the reason that dominates; None where none does.

        At least 20 pictures are rejected, at least 40 % of them for it, and it is surely the most frequent one: the
        low end of its share's 95 % Wilson interval lies above the share of the next.
        """
        if self.rejected < LEAST_REJECTED or not self.reasons:
            return None
        (first, count), *others = self.ranked()
        interval = Share(count, self.rejected).interval
        next_share = others[0][1] / self.rejected if others else 0.0
        enough = count >= LEAST_SHARE * self.rejected and interval is not None and interval.low > next_share
        return first if enough else None

    def as_evidence(self, reason: str) -> dict[str, Any]:
        """Return what a proposal against a reason keeps of it, with some prompts of both kinds."""
        return {
            "decided": self.decided,
            "rejected": self.rejected,
            "reasons": dict(self.ranked()),
            "prompts": rejected_prompts(self.topic, self.concept, reason),
            "approved_prompts": approved_prompts(self.topic, self.concept),
        }


def reasons_by_cell() -> list[CellReasons]:
    """Count the reasons of every cell that has decided pictures under its present additions. One query."""
    return _count(_of_present_additions(Picture.objects.all()))


def reasons_of(topic: Topic, concept: Concept) -> CellReasons:
    """Count the reasons of one cell."""
    found = _count(_of_present_additions(Picture.objects.filter(topic=topic, concept=concept)))
    return found[0] if found else CellReasons(topic.pk, concept.pk)


def rejected_since(topic: int, concept: int, moment: datetime) -> int:
    """Count the pictures of a cell under its present additions that were rejected after a moment."""
    pictures = Picture.objects.filter(
        topic=topic, concept=concept, verdict=Verdict.REJECTED, verdict_at__gt=moment
    )
    return _of_present_additions(pictures).count()


def rejected_prompts(topic: int, concept: int, reason: str) -> list[str]:
    """Return different prompts whose pictures were rejected for a reason lately, the latest first."""
    return _latest_prompts(
        topic=topic, concept=concept, verdict=Verdict.REJECTED, verdict_reasons__contains=[reason]
    )


def approved_prompts(topic: int, concept: int) -> list[str]:
    """Return different prompts of which pictures were approved lately, the latest first."""
    return _latest_prompts(topic=topic, concept=concept, verdict=Verdict.APPROVED)


def _latest_prompts(**of: Any) -> list[str]:
    latest = _of_present_additions(Picture.objects.filter(**of)).order_by("-verdict_at", "-id")
    # A prompt may have many pictures: look at some more than are wanted.
    texts = latest.values_list("prompt__text", flat=True)[: 20 * PROMPTS_KEPT]
    return list(dict.fromkeys(texts))[:PROMPTS_KEPT]


def _of_present_additions(pictures: PictureQuerySet) -> PictureQuerySet:
    """Narrow to decided pictures of prompts that the language model wrote with the additions as they are now."""
    by_hand = Q(prompt__author__isnull=False) | Q(prompt__template__author__isnull=False)
    decided = pictures.done().exclude(verdict=Verdict.PENDING).filter(prompt__location__isnull=False)
    return decided.exclude(by_hand).filter(run__plan__in=_plans_of_present_additions())


def _plans_of_present_additions() -> Any:
    """Return the plans that were made with the newest versions of both additions, or without where there are none."""

    def newest(step: Step) -> Any:
        versions = PromptAddition.objects.filter(
            topic=OuterRef("run__topic"), concept=OuterRef("run__concept"), step=step
        )
        return Coalesce(Subquery(versions.order_by("-version").values("pk")[:1]), 0)

    return Plan.objects.alias(
        used_locations=Coalesce("locations_addition", 0), used_descriptions=Coalesce("descriptions_addition", 0)
    ).filter(
        used_locations=newest(Step.LOCATIONS), used_descriptions=newest(Step.DESCRIPTIONS)
    )  # fmt: skip


def _count(pictures: PictureQuerySet) -> list[CellReasons]:
    """Count pictures by cell, grouped by the whole list of their reasons, of which there are few."""
    rows = (
        pictures.order_by()
        .values_list("topic", "concept", "verdict", "verdict_reasons")
        .annotate(count=Count("pk"))
        .order_by(F("topic"), F("concept"))
    )
    cells: dict[tuple[int, int], CellReasons] = {}
    for topic, concept, verdict, keys, count in rows:
        cell = cells.setdefault((topic, concept), CellReasons(topic, concept))
        cell.decided += count
        if verdict == Verdict.REJECTED:
            cell.rejected += count
            for key in set(keys):
                cell.reasons[key] += count
    return list(cells.values())
