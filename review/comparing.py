"""Which pair of pictures a rater judges next: the one place where pairs are given out.

The order: pairs of pictures that the fewest have looked at, a drawn few a second time early (that is what tells how far
raters agree); of those, pairs of models whose order is least certain; then by a hash of rater and pair, so that several
raters at once begin at different ends. Nobody is given a pair twice. Nothing is held: any number may judge a pair, so a
judgement that comes late counts, too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from accounts.models import Role, User
from review.errors import ComparisonClosed
from review.models import Competence, Judgement, Pair
from stockgen.models import Comparison, Concept, Topic

MOST_HELD = 100
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
# How often a pair of pictures was judged, or is with somebody this moment; how often two models met, and which of them
# was preferred how often.
_NEXT = f"""
WITH shown AS ({_SHOWN}), looked AS (
    SELECT LEAST(pair.left_id, pair.right_id) AS one, GREATEST(pair.left_id, pair.right_id) AS other,
           count(*) FILTER (WHERE judgement.choice <> 'skip' OR judgement.id IS NULL
                            AND pair.created_at > statement_timestamp() - interval '10 minutes') AS count,
           bool_or(pair.rater_id = %(rater)s) AS is_own
    FROM review_pair pair LEFT JOIN review_judgement judgement ON judgement.pair_id = pair.id AND judgement.live
    WHERE pair.comparison_id = %(comparison)s GROUP BY 1, 2
), met AS (
    SELECT LEAST(l.contestant, r.contestant) AS one, GREATEST(l.contestant, r.contestant) AS other,
           count(*) AS count, sum(CASE judgement.choice WHEN 'same' THEN 0.5
               WHEN CASE WHEN l.contestant < r.contestant THEN 'left' ELSE 'right' END THEN 1 ELSE 0 END) AS won
    FROM review_pair pair JOIN review_judgement judgement
        ON judgement.pair_id = pair.id AND judgement.live AND judgement.choice <> 'skip'
    JOIN shown l ON l.id = pair.left_id JOIN shown r ON r.id = pair.right_id
    WHERE pair.comparison_id = %(comparison)s GROUP BY 1, 2
), couples AS (
    SELECT one.id AS one, other.id AS other, one.contestant AS first, other.contestant AS second,
           md5(%(rater)s::text || LEAST(one.id, other.id)::text || GREATEST(one.id, other.id)) AS lot,
           ('x' || left(md5(LEAST(one.id, other.id)::text || GREATEST(one.id, other.id)), 7))::bit(28)::int %% 100
               < %(twice)s AS twice
    {_COUPLES}
), free AS (
    SELECT couples.*, GREATEST(coalesce(looked.count, 0) - twice::int, 0) AS looks,
           coalesce(met.count, 0) AS count, (coalesce(met.won, 0) + 1) / (coalesce(met.count, 0) + 2.0) AS chance
    FROM couples
    LEFT JOIN looked ON looked.one = LEAST(couples.one, couples.other)
        AND looked.other = GREATEST(couples.one, couples.other)
    LEFT JOIN met ON met.one = couples.first AND met.other = couples.second
    WHERE NOT coalesce(looked.is_own, false)
)
SELECT one, other FROM free
ORDER BY looks, chance * (1 - chance)
    / (count + row_number() OVER (PARTITION BY first, second, looks ORDER BY lot)) DESC, lot
LIMIT %(limit)s
"""  # noqa: S608
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


def _choose(comparison: Comparison, rater: User, count: int) -> list[tuple[UUID, UUID]]:
    """Choose pairs of pictures that the rater has not seen, in the order of this module."""
    values = _values(comparison, rater) | {"limit": count, "twice": TWICE_SHARE}
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, values)
        return [(one, other) for one, other in cursor.fetchall()]


def _values(comparison: Comparison, rater: User) -> dict[str, Any]:
    topics = Competence.objects.topics_of(rater)
    return {"comparison": comparison.pk, "topics": topics, "rater": rater.pk}
