"""What the page of a comparison shows, laid out."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from engines.statistics.bradley_terry import Pairing, Ranking
from engines.statistics.intervals import Share
from jobs.states import State
from review.models import Judgement, Preferred
from review.statistics import charts, wording
from review.statistics.ranking import FEWEST_JUDGEMENTS, GroupRanking, contestant_field, standing_of
from stockgen.models import Comparison, Concept, Picture, Run, Topic
from stockgen.models.tally import Tally


@dataclass(frozen=True)
class Progress:
    """How far the pictures of a comparison are; ``planning`` runs have no pictures yet."""

    done: int
    expected: int
    failed: int
    cancelled: int
    planning: int
    is_moving: bool


@dataclass(frozen=True)
class Shown:
    """A picture of an item, and how often it was preferred in so many judgements."""

    contestant: str
    picture: UUID | None
    preferred: int = 0
    judged: int = 0


@dataclass(frozen=True)
class Item:
    """The pictures of one cell and seed, a place for each contestant."""

    topic: Topic
    concept: Concept
    seed: int
    pictures: list[Shown]
    prompt: str


def progress_of(comparisons: Sequence[Comparison]) -> dict[UUID, Progress]:
    """Count what is rendered of several comparisons, by their ids; in two queries, and one for each run in work."""
    runs = list(Run.objects.filter(comparison__in=comparisons).select_related("plan", "comparison"))
    tallies = Run.tallies(runs)
    by_comparison: defaultdict[UUID | None, list[Run]] = defaultdict(list)
    for run in runs:
        by_comparison[run.comparison_id].append(run)
    return {one.pk: _progress(by_comparison[one.pk], tallies) for one in comparisons}


def _progress(runs: list[Run], tallies: Mapping[UUID, Tally]) -> Progress:
    mine = [tallies[run.pk] for run in runs]
    planning = sum(not run.plan.is_final for run in runs)
    return Progress(
        done=sum(tally.done for tally in mine),
        expected=sum(run.expected for run in runs),
        failed=sum(tally.failed for tally in mine) + sum(run.plan.state == State.FAILED for run in runs),
        cancelled=sum(tally.cancelled for tally in mine),
        planning=planning,
        is_moving=bool(planning) or any(tally.open for tally in mine),
    )


def report(comparison: Comparison) -> dict[str, Any]:
    """Compute and lay out the ranking."""
    standing, names = standing_of(comparison), comparison.titles()
    return {
        "standing": standing,
        "says": says(standing.ranking, names),
        "overall": charts.wins(standing.ranking.contestants, names),
        "topics": [_group(one, names) for one in standing.topics] if len(standing.topics) > 1 else [],
        "concepts": [_group(one, names) for one in standing.concepts] if len(standing.concepts) > 1 else [],
        "met": _met(standing.met, comparison.contestants, names),
        "agreement": charts.agreement_row(_("Overall"), standing.agreement),
        "left": charts.mark(standing.left),
        "ties": wording.percent(Share(standing.ties, standing.judgements).value),
    }


def says(ranking: Ranking, names: dict[str, str]) -> str:
    """Say in a sentence what a ranking allows to conclude, and what it does not."""
    if not ranking.comparisons:
        return _("Nothing has been judged yet.")
    if ranking.comparisons < FEWEST_JUDGEMENTS:
        return _("Too few judgements to tell.")
    if not ranking.is_connected:
        return _("Some models have not met yet, not even through others: they cannot be ranked together.")
    first, second = (names.get(one.key, one.key) for one in ranking.contestants[:2])
    if ranking.is_decided:
        return _("%(first)s is preferred.") % {"first": first}
    return _("%(first)s leads %(second)s, but this may be chance: judge more, or take them for equal.") % {
        "first": first,
        "second": second,
    }


def _group(one: GroupRanking, names: dict[str, str]) -> tuple[str, str, charts.Forest]:
    return str(one.group), says(one.ranking, names), charts.wins(one.ranking.contestants, names)


def _met(met: list[Pairing], keys: list[str], names: dict[str, str]) -> charts.Grid | None:
    """Lay out how often each contestant (row) was preferred to each other one; None for two, who have one number."""
    if len(keys) < 3 or not met:
        return None
    known = {
        (pairing.first, pairing.second): (pairing.first_won, pairing.second_won, pairing.ties)
        for pairing in met
    }
    known |= {(second, first): (lost, won, ties) for (first, second), (won, lost, ties) in known.items()}

    def cell(row: int, column: int) -> charts.GridCell:
        won, lost, ties = known.get((keys[row], keys[column]), (0, 0, 0))
        note = _("%(won)d : %(lost)d, %(ties)d same") % {"won": won, "lost": lost, "ties": ties}
        return charts.grid_cell(Share(won, won + lost), note=note if won + lost + ties else "")

    return charts.grid([(names[key], "") for key in keys], [names[key] for key in keys], cell)


# ---------------------------------------------------------------------------------------------------------- items
def items_of(comparison: Comparison, *, start: int = 0, size: int = 8) -> list[Item]:
    """Return items with at least one picture that is done, in the order of topics, concepts and seeds; four queries."""
    field = contestant_field(comparison)
    done = Picture.objects.filter(run__comparison=comparison).done()
    order = ("topic__position", "topic__name", "concept__position", "concept__name", "seed")
    chosen = list(
        done.order_by(*order)
        .values_list("topic", "concept", "seed", *order[:4])
        .distinct()[start : start + size]
    )
    cells = [row[:3] for row in chosen]
    rows = done.filter(
        topic__in={cell[0] for cell in cells},
        concept__in={cell[1] for cell in cells},
        seed__in={cell[2] for cell in cells},
    ).values_list("topic", "concept", "seed", field, "pk", "prompt__text")
    found: dict[tuple[int, int, int], dict[str, tuple[UUID, str]]] = {}
    for topic, concept, seed, key, pk, prompt in rows:
        found.setdefault((topic, concept, seed), {})[key] = (pk, prompt)
    said = _said_of([pk for cell in cells for pk, _prompt in found[cell].values()])
    topics = Topic.objects.in_bulk({cell[0] for cell in cells})
    concepts = Concept.objects.in_bulk({cell[1] for cell in cells})
    items = []
    for topic, concept, seed in cells:
        made = found[topic, concept, seed]
        pictures = [
            Shown(key, made[key][0], *said.get(made[key][0], (0, 0))) if key in made else Shown(key, None)
            for key in comparison.contestants
        ]
        # Language models have a prompt each.
        prompt = next(iter(made.values()))[1] if comparison.compares_images else ""
        items.append(Item(topics[topic], concepts[concept], seed, pictures, prompt))
    return items


def _said_of(pictures: list[UUID]) -> dict[UUID, tuple[int, int]]:
    """Return how often each picture was preferred, and in how many judgements."""
    preferred: Counter[UUID] = Counter()
    judged: Counter[UUID] = Counter()
    counted = Judgement.objects.counted()
    for side, chosen in (("left", Preferred.LEFT), ("right", Preferred.RIGHT)):
        rows = counted.filter(**{f"pair__{side}__in": pictures}).values_list(f"pair__{side}", "choice")
        for picture, choice in rows:
            judged[picture] += 1
            preferred[picture] += choice == chosen
    return {picture: (preferred[picture], count) for picture, count in judged.items()}
