"""How far the experts agree, by topic and by week."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from datetime import date

from engines.statistics.agreement import Agreement, Counts, agreement
from review.statistics.scope import Scope
from review.statistics.sql import by_picture, rows_over
from stockgen.models import Topic

# Votes beyond those that the rule wanted were asked for *because* the first ones split; counted along, they would make
# experts look more at one than they are. A picture belongs to the week and the period of its first vote.
_PATTERNS = """
    SELECT topic_id, week, picks[:wanted], count(*)
    FROM ({inner}) AS pictures JOIN review_entry ON picture_id = entry_key
    WHERE %s::timestamptz IS NULL OR first >= %s
    GROUP BY 1, 2, 3
"""


@dataclass(frozen=True)
class TopicAgreement:
    """The agreement on the pictures of one topic."""

    topic: Topic
    figures: Agreement


@dataclass(frozen=True)
class Agreements:
    """The agreement over all, by topic (those with a picture rated twice) and by week, rising."""

    overall: Agreement
    topics: list[TopicAgreement] = field(default_factory=list)
    weeks: list[tuple[date, Agreement]] = field(default_factory=list)


def agreements(scope: Scope) -> Agreements:
    """Compute raw agreement, alpha and AC1 from the votes that were wanted before any tie; one query.

    Votes on known pictures are left out, and so are tie-breaking ones.
    """
    whole = replace(scope, since=None)
    rows = rows_over(by_picture(whole.votes()), _PATTERNS, [scope.since, scope.since])
    overall: Counter[Counts] = Counter()
    topics: defaultdict[int, Counter[Counts]] = defaultdict(Counter)
    weeks: defaultdict[date, Counter[Counts]] = defaultdict(Counter)
    for topic, week, picks, pictures in rows:
        counts = (picks.count(True), picks.count(False))
        for histogram in (overall, topics[topic], weeks[week.date()]):
            histogram[counts] += pictures
    names = Topic.objects.in_bulk(list(topics))
    by_topic = [TopicAgreement(names[topic], agreement(histogram)) for topic, histogram in topics.items()]
    return Agreements(
        overall=agreement(overall),
        topics=[one for one in by_topic if one.figures.paired],
        weeks=[(week, agreement(histogram)) for week, histogram in sorted(weeks.items())],
    )
