"""Topics, concepts, additions and reasons from the files in ``prompts/``; from then on the database rules."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import transaction

from engines.planning.files import load_additions, load_concepts, load_reasons, load_topics
from stockgen.models import Concept, PromptAddition, Reason, Topic

PROMPTS_FOLDER = Path(settings.BASE_DIR) / "prompts"
NOTE = "From the seed file"
"""The note of an addition that no designer wrote."""


@dataclass(frozen=True)
class Seeded:
    """How many topics, concepts, additions and reasons were added; those already there are never touched."""

    topics: int
    concepts: int
    additions: int
    reasons: int


@transaction.atomic
def seed(folder: Path = PROMPTS_FOLDER) -> Seeded:
    """Add what the files have and the database has not, by key. A reason whose digit is taken is not offered.

    An addition becomes version 1 where its topic, concept and step has no version yet.
    """
    topics = concepts = reasons = 0
    for position, topic in enumerate(load_topics(folder), start=1):
        made = Topic.objects.get_or_create(
            key=topic.key,
            defaults={
                "name": topic.name, "name_ru": topic.name_ru, "description": topic.description, "position": position,
            },
        )[1]  # fmt: skip
        topics += made
    for concept in load_concepts(folder):
        brief = concept.brief
        made = Concept.objects.get_or_create(
            key=brief.key,
            defaults={
                "name": brief.name, "name_ru": concept.name_ru, "position": concept.position, "share": concept.share,
                "subject": concept.subject, "subject_ru": concept.subject_ru, "negative_prompt": brief.negative_prompt,
                "locations_system": brief.locations_system, "locations_examples": brief.locations_examples,
                "descriptions_system": brief.descriptions_system,
                "descriptions_examples": brief.descriptions_examples,
            },
        )[1]  # fmt: skip
        concepts += made
    additions = _seed_additions(folder)
    for reason in load_reasons(folder):
        taken = Reason.objects.active().filter(position=reason.position).exists()
        made = Reason.objects.get_or_create(
            key=reason.key,
            defaults={
                "name": reason.name, "name_ru": reason.name_ru, "position": reason.position, "is_active": not taken,
            },
        )[1]  # fmt: skip
        reasons += made
    return Seeded(topics=topics, concepts=concepts, additions=additions, reasons=reasons)


def _seed_additions(folder: Path) -> int:
    topics, concepts = Topic.objects.in_bulk(field_name="key"), Concept.objects.in_bulk(field_name="key")
    there = set(PromptAddition.objects.values_list("topic__key", "concept__key", "step").distinct())
    missing = [
        PromptAddition(
            topic=topics[seed.topic],
            concept=concepts[seed.concept],
            step=seed.step,
            text=seed.text,
            note=NOTE,
        )
        for seed in load_additions(folder)
        if (seed.topic, seed.concept, seed.step) not in there
    ]
    return len(PromptAddition.objects.bulk_create(missing))
