"""What the experts made of the pictures of a topic and concept, under each version of its additions."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.db.models import Count, Q, QuerySet

from engines.statistics.intervals import Share
from stockgen.models.addition import PromptAddition, Step
from stockgen.models.brief import Concept, Topic
from stockgen.models.picture import Picture
from stockgen.models.verdict import Reason, Verdict

FEWEST_DECIDED = 10
"""With fewer decided pictures, a rate says next to nothing."""

DECIDED = ~Q(verdict=Verdict.PENDING)
APPROVED = Count("pk", filter=Q(verdict=Verdict.APPROVED))


@dataclass(frozen=True)
class Made:
    """How many pictures there are, and how many of the decided ones were approved."""

    pictures: int = 0
    share: Share = field(default_factory=partial(Share, 0, 0))

    def __add__(self, other: Made) -> Made:
        return Made(self.pictures + other.pictures, self.share + other.share)

    @property
    def is_enough(self) -> bool:
        """True if enough pictures are decided for a rate."""
        return self.share.total >= FEWEST_DECIDED


@dataclass(frozen=True)
class Versions:
    """The pictures of one concept of a topic by the version of one step's addition, 0 for none."""

    by_version: Mapping[int, Made]

    def under(self, version: int) -> Made:
        """Return what was made under one version."""
        return self.by_version.get(version, Made())

    @property
    def total(self) -> Made:
        """Return what was made under all versions together."""
        return sum(self.by_version.values(), Made())


@dataclass(frozen=True)
class ReasonCount:
    """How many rejected pictures have a reason: of those under the current version, and of all."""

    reason: Reason
    current: int
    total: int


@dataclass(frozen=True)
class Rejections:
    """Why pictures were rejected, the most frequent reason of all first; a picture may have several, or none."""

    current: int
    total: int
    reasons: list[ReasonCount]


def shares_of_cells() -> dict[tuple[int, int], Share]:
    """Return the approved of the decided pictures of each topic × concept, by primary keys; one query.

    A cell without a decided picture is missing.
    """
    rows = Picture.objects.filter(DECIDED).order_by().values_list("topic", "concept")
    return {
        (topic, concept): Share(approved, decided)
        for topic, concept, approved, decided in rows.annotate(approved=APPROVED, decided=Count("pk"))
    }


def made_under_versions(topic: Topic, concept: Concept | None = None) -> dict[tuple[int, Step], Versions]:
    """Return a topic's pictures by concept (its primary key), step and version; one query.

    Only pictures that the language model wrote the prompt of count: what somebody gave, edited or added by hand says
    nothing about a text that the model was told.
    """
    pictures = _written_by_the_model(topic, concept).done()
    rows = pictures.values_list("concept", *_versions()).annotate(
        made=Count("pk"), approved=APPROVED, decided=Count("pk", filter=DECIDED)
    )
    found: defaultdict[tuple[int, Step], Counter[int]] = defaultdict(Counter)
    sums: defaultdict[tuple[int, Step, int], Made] = defaultdict(Made)
    for key, locations, descriptions, made, approved, decided in rows:
        for step, version in zip(Step, (locations, descriptions), strict=True):
            sums[key, step, version or 0] += Made(made, Share(approved, decided))
            found[key, step][version or 0] += made
    return {
        (key, step): Versions({version: sums[key, step, version] for version in versions})
        for (key, step), versions in found.items()
    }


def rejections(topic: Topic, concept: Concept, step: Step, version: int) -> Rejections:
    """Count the reasons of a cell's rejected pictures; ``version`` is the step's current one. Two queries.

    Counts the pictures that :func:`made_under_versions` counts.
    """
    rejected = _written_by_the_model(topic, concept).filter(verdict=Verdict.REJECTED)
    field = _versions()[list(Step).index(step)]
    current, total = Counter[str](), Counter[str]()
    pictures = {True: 0, False: 0}
    for keys, under, count in rejected.values_list("verdict_reasons", field).annotate(Count("pk")):
        is_current = (under or 0) == version
        pictures[is_current] += count
        for key in set(keys):
            total[key] += count
            current[key] += count if is_current else 0
    names = Reason.objects.in_bulk(field_name="key") if total else {}
    ranked = sorted(total, key=lambda key: (-total[key], key))
    return Rejections(
        current=pictures[True],
        total=sum(pictures.values()),
        reasons=[
            ReasonCount(names.get(key, Reason(key=key, name=key)), current[key], total[key]) for key in ranked
        ],
    )


def newest_versions(topic: Topic | None = None) -> dict[tuple[int, int, str], int]:
    """Return the newest version of every addition by topic and concept (primary keys) and step; one query."""
    additions: QuerySet[PromptAddition] = PromptAddition.objects.all()
    if topic is not None:
        additions = additions.filter(topic=topic)
    newest = additions.order_by("topic_id", "concept_id", "step", "-version").distinct(
        "topic_id", "concept_id", "step"
    )
    return {
        (topic_pk, concept_pk, step): version
        for topic_pk, concept_pk, step, version in newest.values_list("topic", "concept", "step", "version")
    }


def _versions() -> tuple[str, str]:
    return ("run__plan__locations_addition__version", "run__plan__descriptions_addition__version")


def _written_by_the_model(topic: Topic, concept: Concept | None) -> Any:
    pictures = Picture.objects.filter(topic=topic, prompt__location__isnull=False).order_by()
    if concept is not None:
        pictures = pictures.filter(concept=concept)
    by_hand = Q(prompt__author__isnull=False) | Q(prompt__template__author__isnull=False)
    return pictures.exclude(by_hand)
