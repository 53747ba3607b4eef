"""How many of the decided pictures were approved, by whatever they have in common."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from django.db.models import Count, Q

from engines.statistics.intervals import Share
from review.statistics.scope import Scope
from stockgen.models import Concept, Run, Topic, Verdict
from stockgen.models.addition import Step
from stockgen.models.registered import image_models

Key = TypeVar("Key", bound=Hashable)

APPROVED = Count("pk", filter=Q(verdict=Verdict.APPROVED))
NOTHING = Share(0, 0)


@dataclass(frozen=True)
class Rate:
    """The approval rate of one group. ``key`` selects it in the filter, where it can."""

    label: str
    share: Share
    key: str = ""


@dataclass(frozen=True)
class Cell:
    """A topic × concept."""

    topic: Topic
    concept: Concept
    share: Share


@dataclass(frozen=True)
class AdditionRates:
    """The approval rates of a cell under each version of one addition to its system prompts.

    Version 0 stands for no addition. Versions rise; a version under which nothing was decided is missing.
    """

    topic: Topic
    concept: Concept
    step: Step
    versions: list[tuple[int, Share]]

    @property
    def total(self) -> int:
        return sum(share.total for _version, share in self.versions)


@dataclass(frozen=True)
class Approval:
    """Every approval rate that hangs on the run of a picture. Groups without a decided picture are missing."""

    overall: Share = NOTHING
    topics: list[Rate] = field(default_factory=list)
    concepts: list[Rate] = field(default_factory=list)
    models: list[Rate] = field(default_factory=list)
    cells: list[Cell] = field(default_factory=list)
    additions: list[AdditionRates] = field(default_factory=list)


@dataclass(frozen=True)
class _Batch:
    """What the decided pictures of one run have in common, and what they came to."""

    topic: int
    concept: int
    image_model: str
    versions: tuple[int, int]
    share: Share


def approval(scope: Scope) -> Approval:
    """Compute the approval rates; two queries over pictures and runs, whatever the number of groups."""
    batches = _batches(scope)
    topics = {topic.pk: topic for topic in Topic.objects.all()}
    concepts = {concept.pk: concept for concept in Concept.objects.all()}
    titles = {key: spec.title for key, spec in image_models().items()}
    cells = _sums(batches, lambda batch: (batch.topic, batch.concept))
    return Approval(
        overall=sum((batch.share for batch in batches), NOTHING),
        topics=[
            Rate(str(topics[topic]), share, topics[topic].key)
            for topic, share in _sums(batches, lambda batch: batch.topic).items()
        ],
        concepts=[
            Rate(str(concepts[concept]), share, concepts[concept].key)
            for concept, share in _sums(batches, lambda batch: batch.concept).items()
        ],
        models=[
            Rate(titles.get(model, model), share)
            for model, share in _sums(batches, lambda batch: batch.image_model).items()
        ],
        cells=[Cell(topics[topic], concepts[concept], share) for (topic, concept), share in cells.items()],
        additions=[
            AdditionRates(topics[topic], concepts[concept], step, versions)
            for topic, concept, step, versions in _additions(batches)
        ],
    )


def _batches(scope: Scope) -> list[_Batch]:
    counted = scope.decided().order_by().values_list("run").annotate(approved=APPROVED, decided=Count("pk"))
    shares = {run: Share(approved, decided) for run, approved, decided in counted}
    runs = Run.objects.filter(pk__in=shares).order_by()
    rows = runs.values_list(
        "pk",
        "topic",
        "concept",
        "image_model",
        "plan__locations_addition__version",
        "plan__descriptions_addition__version",
    )
    return [
        _Batch(topic, concept, model, (locations or 0, descriptions or 0), shares[run])
        for run, topic, concept, model, locations, descriptions in rows
    ]


def _sums(batches: Iterable[_Batch], key: Callable[[_Batch], Key]) -> dict[Key, Share]:
    """Add up the shares of batches with the same key."""
    found: defaultdict[Key, Share] = defaultdict(lambda: NOTHING)
    for batch in batches:
        found[key(batch)] += batch.share
    return dict(found)


def _additions(batches: list[_Batch]) -> list[tuple[int, int, Step, list[tuple[int, Share]]]]:
    """Return cell, step and the share under each version, rising."""
    found: defaultdict[tuple[int, int, Step], dict[int, Share]] = defaultdict(dict)
    for batch in batches:
        for step, version in zip((Step.LOCATIONS, Step.DESCRIPTIONS), batch.versions, strict=True):
            versions = found[batch.topic, batch.concept, step]
            versions[version] = versions.get(version, NOTHING) + batch.share
    return [(*key, sorted(versions.items(), key=lambda item: item[0])) for key, versions in found.items()]


@dataclass(frozen=True)
class LocationRate:
    """The approval rate of one location (for items: an object) of a topic, over all runs that had it."""

    text: str
    topic: Topic
    share: Share


def locations(scope: Scope, *, at_least: int = 5) -> list[LocationRate]:
    """Return the approval rate of every location with ``at_least`` decided pictures.

    Pictures of a given prompt have no location and are left out.
    """
    rows = (
        scope.decided()
        .filter(prompt__location__isnull=False)
        .order_by()
        .values_list("prompt__location__text", "topic")
        .annotate(approved=APPROVED, decided=Count("pk"))
        .filter(decided__gte=at_least)
    )
    topics = Topic.objects.in_bulk()
    return [LocationRate(text, topics[topic], Share(hits, total)) for text, topic, hits, total in rows]
