"""Which pair of pictures a rater judges next: the one place where pairs are given out.

The order: pairs of pictures that the fewest have looked at, a drawn few a second time early (that is what tells how far
raters agree); of those, pairs of models whose order is least certain; then by a hash of rater and pair, so that several
raters at once begin at different ends. Nobody is given a pair twice. Nothing is held: any number may judge a pair, so a
judgement that comes late counts, too.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from heapq import nsmallest
from itertools import combinations
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import BooleanField, ExpressionWrapper, FilteredRelation, Q
from django.db.models.functions import Now

from accounts.models import Role, User
from review.errors import ComparisonClosed
from review.models import Competence, Judgement, Pair
from review.models.judgement import COUNTED
from stockgen.models import Comparison, Concept, Topic

Couple = tuple[UUID, UUID]

MOST_HELD = 100
BEFORE_SOMEBODY = timedelta(minutes=10)
"""How long a pair that was given and not judged counts as being looked at."""
TWICE_SHARE = 12
"""Of 100 pairs of pictures, so many are judged twice before others are judged at all."""

# What can be shown, with the model that each picture stands for.
_SHOWN = """
    SELECT picture.id, picture.topic_id, picture.concept_id, picture.seed,
           CASE comparison.varies WHEN 'image' THEN picture.image_model ELSE run.language_model END AS contestant
    FROM stockgen_picture picture
    JOIN stockgen_run run ON run.id = picture.run_id
    JOIN stockgen_comparison comparison ON comparison.id = run.comparison_id
    WHERE comparison.id = %(comparison)s AND picture.state = 'done'
      AND (%(topics)s::bigint[] IS NULL OR picture.topic_id = ANY(%(topics)s))
"""
_COUPLES = """
    FROM shown one JOIN shown other USING (topic_id, concept_id, seed)
    WHERE one.contestant < other.contestant
"""
_PICTURES = f"WITH shown AS ({_SHOWN}) SELECT id, topic_id, concept_id, seed, contestant FROM shown"  # noqa: S608
_ALL = f"WITH shown AS ({_SHOWN}) SELECT count(*) {_COUPLES}"
_ANY = f"""
WITH shown AS ({_SHOWN})
SELECT EXISTS (SELECT {_COUPLES} AND NOT EXISTS (
    SELECT FROM review_pair pair JOIN review_judgement judgement ON judgement.pair_id = pair.id AND judgement.live
    WHERE pair.rater_id = %(rater)s AND LEAST(pair.left_id, pair.right_id) = LEAST(one.id, other.id)
      AND GREATEST(pair.left_id, pair.right_id) = GREATEST(one.id, other.id)
))
"""  # noqa: S608


@dataclass(frozen=True)
class Progress:
    """How many pairs of a comparison a rater has judged, skipped ones too, and how many are left for them."""

    judged: int
    left: int

    @property
    def total(self) -> int:
        return self.judged + self.left


@dataclass(frozen=True)
class Task:
    """An open comparison as its raters know it: what it is about, but neither its name nor its models."""

    comparison: Comparison
    topics: list[Topic]
    concepts: list[Concept]
    progress: Progress

    @property
    def more_topics(self) -> int:
        """How many topics there are beside the first three."""
        return max(0, len(self.topics) - 3)


def next_pairs(comparison: Comparison, rater: User, count: int) -> list[Pair]:
    """Give a rater pairs to judge: first those given before and not judged yet, then new ones.

    Another tab of the same rater gets the same ones. Nobody has more than :data:`MOST_HELD` in hand. Raises
    ``PermissionDenied`` without the expert role and ``ComparisonClosed`` where nothing is judged any more.
    """
    rater.require_role(Role.EXPERT)
    if comparison.is_closed:
        raise ComparisonClosed
    wanted = min(count, MOST_HELD)
    with transaction.atomic():
        # One request of a rater after the other: each sees what the one before was given.
        User.objects.select_for_update(no_key=True).only("pk").get(pk=rater.pk)
        mine = Pair.objects.of(rater).filter(comparison=comparison).unjudged()
        pairs = list(mine.order_by("created_at", "pk")[:wanted])
        if len(pairs) < wanted:
            pairs += Pair.objects.give(comparison, rater, _choose(comparison, rater, wanted - len(pairs)))
    return pairs


def progress_of(comparison: Comparison, rater: User) -> Progress:
    """Count a rater's judged pairs, and those left."""
    judged = Judgement.objects.live().of(rater).filter(pair__comparison=comparison)
    if (topics := Competence.objects.topics_of(rater)) is not None:
        judged = judged.filter(pair__left__topic__in=topics)
    done = judged.count()
    with connection.cursor() as cursor:
        cursor.execute(_ALL, _values(comparison, rater))
        every = int(cursor.fetchone()[0])
    return Progress(done, max(0, every - done))


def tasks_of(rater: User) -> list[Task]:
    """Return the open comparisons of which a rater has judged something, or has something left, the newest first."""
    known = Competence.objects.topics_of(rater)
    tasks = []
    for comparison in Comparison.objects.open().prefetch_related("runs__topic", "runs__concept"):
        runs = [run for run in comparison.runs.all() if known is None or run.topic_id in known]
        progress = progress_of(comparison, rater)
        if progress.judged or progress.left:
            topics = {run.topic_id: run.topic for run in runs}
            concepts = {run.concept_id: run.concept for run in runs}
            tasks.append(Task(comparison, list(topics.values()), list(concepts.values()), progress))
    return tasks


def has_pairs_for(rater: User) -> bool:
    """Tell whether a rater could be given a pair of any comparison; one cheap query where nothing is compared."""
    return any(_has_pairs(comparison, rater) for comparison in Comparison.objects.open())


def _has_pairs(comparison: Comparison, rater: User) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_ANY, _values(comparison, rater))
        return bool(cursor.fetchone()[0])


@dataclass(frozen=True)
class _Seen:
    """What is known of the pairs of a comparison, each by its two pictures in the order of their ids.

    ``looks`` counts judgements, and raters who have the pair before them at the moment; ``own`` are those that the
    rater was given. ``met`` says of two models how often they met, and how often the first was preferred.
    """

    looks: Counter[Couple]
    own: set[Couple]
    met: dict[tuple[str, str], tuple[int, float]]


def _choose(comparison: Comparison, rater: User, count: int) -> list[Couple]:
    """Choose pairs of pictures that the rater has not seen, in the order of this module.

    In Python: the planner of the database knows nothing of how many pairs there are, and takes seconds where this takes
    a fraction of one (28,000 pairs).
    """
    with connection.cursor() as cursor:
        cursor.execute(_PICTURES, _values(comparison, rater))
        pictures = {row[0]: (row[1:4], row[4]) for row in cursor.fetchall()}
    seen = _seen(comparison, rater, {picture: model for picture, (_item, model) in pictures.items()})
    items: dict[tuple[int, int, int], list[tuple[str, UUID]]] = {}
    for picture, (item, model) in pictures.items():
        items.setdefault(item, []).append((model, picture))
    free = []
    for made in items.values():
        for (first, one), (second, other) in combinations(sorted(made), 2):
            couple = (one, other) if one < other else (other, one)
            if couple not in seen.own:
                looks = seen.looks[couple]
                if looks and _lot(couple) % 100 < TWICE_SHARE:
                    looks -= 1
                free.append((looks, (first, second), _lot(couple, rater), couple))
    free.sort()
    return _most_telling(free, seen.met, count)


def _most_telling(
    free: list[tuple[int, tuple[str, str], int, Couple]],
    met: dict[tuple[str, str], tuple[int, float]],
    count: int,
) -> list[Couple]:
    """Return the first of the least looked at, those of models first whose order one judgement more tells most about.

    What it tells falls with the certainty of the outcome, p (1 − p), and with how often the two have met, the pairs
    chosen before it included.
    """
    chosen = []
    places: Counter[tuple[int, tuple[str, str]]] = Counter()
    for looks, models, lot, couple in free:
        places[looks, models] += 1
        times, won = met.get(models, (0, 0.0))
        chance = (won + 1) / (times + 2)
        told = chance * (1 - chance) / (times + places[looks, models])
        chosen.append((looks, -told, lot, couple))
    return [couple for *_order, couple in nsmallest(count, chosen)]


def _seen(comparison: Comparison, rater: User, models: dict[UUID, str]) -> _Seen:
    """Read what was given and judged; one query."""
    looks: Counter[Couple] = Counter()
    own: set[Couple] = set()
    met: dict[tuple[str, str], tuple[int, float]] = {}
    standing = FilteredRelation("judgements", condition=Q(judgements__live=True))
    recent = ExpressionWrapper(Q(created_at__gt=Now() - BEFORE_SOMEBODY), output_field=BooleanField())
    pairs = Pair.objects.filter(comparison=comparison).annotate(said=standing, recent=recent)
    for left, right, of, choice, is_recent in pairs.values_list(
        "left", "right", "rater", "said__choice", "recent"
    ):
        couple = (left, right) if left < right else (right, left)
        if of == rater.pk:
            own.add(couple)
        if choice in COUNTED or (choice is None and is_recent):
            looks[couple] += 1
        if choice in COUNTED and left in models and right in models:
            first, second = sorted((models[left], models[right]))
            times, won = met.get((first, second), (0, 0.0))
            preferred = {"left": models[left], "right": models[right]}.get(choice)
            met[first, second] = times + 1, won + (0.5 if preferred is None else preferred == first)
    return _Seen(looks, own, met)


def _lot(couple: Couple, rater: User | None = None) -> int:
    """Draw a number for a pair of pictures that is always the same, for a rater or for all."""
    drawn = hashlib.blake2b(
        couple[0].bytes + couple[1].bytes, digest_size=8, person=b"%d" % (rater.pk if rater else 0)
    )
    return int.from_bytes(drawn.digest(), "big")


def _values(comparison: Comparison, rater: User) -> dict[str, Any]:
    topics = Competence.objects.topics_of(rater)
    return {"comparison": comparison.pk, "topics": topics, "rater": rater.pk}
