"""Why pictures are rejected."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from django.db.models import Count

from review.statistics.scope import Scope
from stockgen.models import Reason


@dataclass(frozen=True)
class CellReasons:
    """The rejections of a topic × concept, and how many of them name each reason, by its key."""

    topic: int
    concept: int
    rejections: int
    counts: Counter[str]


@dataclass(frozen=True)
class Reasons:
    """The reasons of all rejections, the most frequent first; one vote may name several, or none."""

    rejections: int = 0
    without: int = 0
    reasons: list[tuple[Reason, int]] = field(default_factory=list)
    cells: list[CellReasons] = field(default_factory=list)

    def by_concept(self) -> dict[int, CellReasons]:
        """Add up the cells of each concept."""
        found: dict[int, CellReasons] = {}
        for cell in self.cells:
            earlier = found.get(cell.concept, CellReasons(0, cell.concept, 0, Counter()))
            found[cell.concept] = CellReasons(
                0, cell.concept, earlier.rejections + cell.rejections, earlier.counts + cell.counts
            )
        return found


def reasons(scope: Scope) -> Reasons:
    """Count the reasons of the votes to reject that count; one query.

    They come grouped by the whole list of reasons, of which there are few, and are told apart here.
    """
    rows = (
        scope.votes()
        .counted()
        .filter(choice="reject")
        .order_by()
        .values_list("entry__topic", "entry__concept", "reasons")
        .annotate(Count("pk"))
    )
    overall: Counter[str] = Counter()
    totals: Counter[tuple[int, int]] = Counter()
    cells: defaultdict[tuple[int, int], Counter[str]] = defaultdict(Counter)
    without = 0
    for topic, concept, keys, count in rows:
        totals[topic, concept] += count
        without += 0 if keys else count
        for key in keys:
            overall[key] += count
            cells[topic, concept][key] += count
    names = {reason.key: reason for reason in Reason.objects.all()}
    return Reasons(
        rejections=totals.total(),
        without=without,
        reasons=[(names.get(key, Reason(key=key, name=key)), count) for key, count in overall.most_common()],
        cells=[
            CellReasons(topic, concept, total, cells[topic, concept])
            for (topic, concept), total in totals.items()
        ],
    )
