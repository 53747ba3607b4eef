"""What the judgements of a comparison come to: who is preferred, how surely, and how far the raters agree."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count

from engines.statistics.agreement import Agreement, Counts, agreement
from engines.statistics.bradley_terry import Pairing, Ranking, rank
from engines.statistics.intervals import Share
from review.models import Judgement, Pair, Preferred
from stockgen.models import Comparison, Concept, Topic

FEWEST_JUDGEMENTS = 10
"""With fewer, nothing is said about who is better."""


@dataclass(frozen=True)
class GroupRanking:
    """The ranking within one topic or concept."""

    group: Topic | Concept
    ranking: Ranking


@dataclass(frozen=True)
class Standing:
    """Everything that is said of a comparison's judgements.

    ``met`` says for each two contestants, in the comparison's order, how often either was preferred. ``left`` is the
    share of judgements for the left side among those for a side: far from half, the raters favour a side.
    """

    ranking: Ranking
    topics: list[GroupRanking]
    concepts: list[GroupRanking]
    met: list[Pairing]
    agreement: Agreement
    left: Share
    ties: int
    raters: int

    @property
    def judgements(self) -> int:
        return self.ranking.comparisons


def contestant_field(comparison: Comparison) -> str:
    """Return the field, seen from a picture, of the model that it stands for."""
    return "image_model" if comparison.compares_images else "run__language_model"


def standing_of(comparison: Comparison) -> Standing:
    """Rank the contestants of a comparison over all, by topic and by concept; in four queries, however many judged."""
    cells: defaultdict[tuple[int, int], Counter[tuple[str, str, str]]] = defaultdict(Counter)
    sides: Counter[str] = Counter()
    for topic, concept, left, right, choice, count in _rows(comparison):
        sides[choice] += count
        if choice == Preferred.RIGHT:
            left, right, choice = right, left, Preferred.LEFT.value
        cells[topic, concept][left, right, choice] += count
    keys = comparison.contestants
    topics = Topic.objects.filter(pk__in={topic for topic, _concept in cells})
    concepts = Concept.objects.filter(pk__in={concept for _topic, concept in cells})

    def ranked(chosen: Iterable[Counter[tuple[str, str, str]]]) -> Ranking:
        return rank(_pairings(keys, chosen), contestants=keys)

    return Standing(
        ranking=ranked(cells.values()),
        topics=[
            GroupRanking(topic, ranked(counts for cell, counts in cells.items() if cell[0] == topic.pk))
            for topic in topics
        ],
        concepts=[
            GroupRanking(concept, ranked(counts for cell, counts in cells.items() if cell[1] == concept.pk))
            for concept in concepts
        ],
        met=_pairings(keys, cells.values()),
        agreement=agreement(_histogram(comparison)),
        left=Share(sides["left"], sides["left"] + sides["right"]),
        ties=sides["same"],
        raters=Pair.objects.filter(comparison=comparison, judgements__live=True)
        .values("rater")
        .distinct()
        .count(),
    )


def _rows(comparison: Comparison) -> Iterable[tuple[int, int, str, str, str, int]]:
    """Count the judgements by cell, contestants and choice."""
    field = contestant_field(comparison)
    counted = Judgement.objects.counted().filter(pair__comparison=comparison).order_by()
    places = ("topic", "concept", field)
    return counted.values_list(
        *(f"pair__left__{place}" for place in places), f"pair__right__{field}", "choice"
    ).annotate(Count("pk"))


def _pairings(keys: list[str], cells: Iterable[Counter[tuple[str, str, str]]]) -> list[Pairing]:
    """Add up what came of each two contestants, in the order of the keys; those that never met are left out."""
    total: Counter[tuple[str, str, str]] = sum(cells, Counter())
    found = []
    for place, first in enumerate(keys):
        for second in keys[place + 1 :]:
            pairing = Pairing(
                first,
                second,
                total[first, second, "left"],
                total[second, first, "left"],
                total[first, second, "same"] + total[second, first, "same"],
            )
            if pairing.comparisons:
                found.append(pairing)
    return found


def _histogram(comparison: Comparison) -> Counter[Counts]:
    """Count the pairs of pictures by how many raters preferred the one, neither and the other."""
    counted = Judgement.objects.counted().filter(pair__comparison=comparison)
    pairs: defaultdict[frozenset[UUID], list[int]] = defaultdict(lambda: [0, 0, 0])
    for left, right, choice in counted.values_list("pair__left", "pair__right", "choice"):
        place = 1 if choice == Preferred.SAME else 0 if (choice == Preferred.LEFT) == (left < right) else 2
        pairs[frozenset((left, right))][place] += 1
    return Counter((one, neither, other) for one, neither, other in pairs.values())
