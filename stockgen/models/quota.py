"""How many approved pictures the stock wants of each cell (topic × concept), and where it has enough."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from stockgen.models.brief import Concept, Topic
from stockgen.models.picture import Picture
from stockgen.models.verdict import Verdict

MOST_CELLS = 500


class Cell(NamedTuple):
    """A topic and a concept, by their primary keys."""

    topic: int
    concept: int


def apportion(total: int, weights: Sequence[float]) -> list[int]:
    """Share a whole number out by weights so that the parts add up to it exactly.

    Largest remainders (Hamilton's method); between equal ones, the first gets more. Raises ``ValueError`` without a
    positive weight.
    """
    whole = sum(weights)
    if whole <= 0 or min(weights) < 0:
        raise ValueError(f"{list(weights)} share nothing out.")
    exact = [total * weight / whole for weight in weights]
    parts = [int(part) for part in exact]
    by_remainder = sorted(range(len(parts)), key=lambda index: parts[index] - exact[index])
    for index in by_remainder[: total - sum(parts)]:
        parts[index] += 1
    return parts


def quotas_of(
    target: int, topics: Mapping[Topic, int], concepts: Mapping[Concept, int]
) -> dict[tuple[Topic, Concept], int]:
    """Share a target out over topics × concepts by their shares; the quotas add up to it exactly.

    Raises ``ValueError`` where the shares share nothing out.
    """
    cells = [(topic, concept) for topic in topics for concept in concepts]
    quotas = apportion(target, [topics[topic] * concepts[concept] for topic, concept in cells])
    return dict(zip(cells, quotas, strict=True))


def problems_with_shares(topics: Mapping[Topic, int], concepts: Mapping[Concept, int]) -> dict[str, Any]:
    """Return what is wrong with the shares of topics and of concepts, in per cent, by field."""
    errors: dict[str, Any] = {}
    for field, shares, none in (
        ("topics", topics, _("Choose at least one topic.")),
        ("concepts", concepts, _("Choose at least one concept.")),
    ):
        total = sum(shares.values())
        if not shares:
            errors[field] = none
        elif min(shares.values()) < 0:
            errors[field] = _("A share cannot be less than nothing.")
        elif field == "concepts" and total != 100:
            errors[field] = _("The shares add up to %(total)d %%; make it 100 %%.") % {"total": total}
        elif total == 0:
            errors[field] = _("Give at least one of them a share.")
    if not errors and len(topics) * len(concepts) > MOST_CELLS:
        errors["topics"] = _("That makes more than %(most)d cells.") % {"most": MOST_CELLS}
    return errors


def quotas() -> dict[Cell, int]:
    """Return the wanted approved pictures of each cell that is offered.

    ``STOCK_TARGET`` is shared out evenly over the topics and, within each, by the concepts' shares. Where no
    concept has a share, each gets the same.
    """
    topics = list(Topic.objects.active().values_list("pk", flat=True))
    shares = dict(Concept.objects.active().values_list("pk", "share"))
    if not any(shares.values()):
        shares = dict.fromkeys(shares, 1)
    whole = sum(shares.values()) * len(topics)
    return {
        Cell(topic, concept): -(-settings.STOCK_TARGET * share // whole)
        for topic in topics
        for concept, share in shares.items()
    }


def full_cells() -> set[Cell]:
    """Return the cells that have their quota in approved pictures, and those that are not wanted (any more).

    Counts off one index; about 3 ms where 10,000 are approved.
    """
    wanted = quotas()
    counts = (
        Picture.objects.filter(verdict=Verdict.APPROVED)
        .order_by()
        .values_list("topic", "concept")
        .annotate(count=Count("pk"))
    )
    approved = {Cell(topic, concept): count for topic, concept, count in counts}
    concepts = list(Concept.objects.values_list("pk", flat=True))
    every = {
        Cell(topic, concept) for topic in Topic.objects.values_list("pk", flat=True) for concept in concepts
    }
    return {cell for cell in every if cell not in wanted or approved.get(cell, 0) >= wanted[cell]}
