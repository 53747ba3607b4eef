"""The prompts of a planned run as people read them: by location, with what their wildcards stand for."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from engines.planning import wildcards
from jobs.states import State
from stockgen.models.picture import Picture
from stockgen.models.plan import Location, Prompt
from stockgen.models.run import Run
from stockgen.models.tally import OVER, Phase


@dataclass(frozen=True)
class Row:
    """A prompt with the distinct texts that it stands for; ``is_fixed`` where it has pictures."""

    prompt: Prompt
    combinations: Sequence[str]
    is_fixed: bool

    @property
    def has_wildcards(self) -> bool:
        return list(self.combinations) != [self.prompt.text]


@dataclass(frozen=True)
class Group:
    """A location with its prompts; without one, prompts that belong to none."""

    location: Location | None
    rows: Sequence[Row]

    @property
    def is_fixed(self) -> bool:
        """Whether pictures of this location exist, so that its name stays."""
        return any(row.is_fixed for row in self.rows)

    @property
    def is_dropped(self) -> bool:
        """Whether all its prompts are dropped."""
        return bool(self.rows) and all(row.prompt.is_dropped for row in self.rows)


@dataclass(frozen=True)
class Totals:
    """How many prompts are left, how many texts they stand for, and how many pictures are asked for."""

    prompts: int
    combinations: int
    pictures: int

    @property
    def without_picture(self) -> int:
        """Return how many of the texts get no picture."""
        return max(0, self.combinations - self.pictures)


def prompts_of(run: Run) -> QuerySet[Prompt]:
    """Return what was written for a run, in the order of the table; combinations are left out."""
    made = Picture.objects.filter(Q(prompt=OuterRef("pk")) | Q(prompt__template=OuterRef("pk")))
    rows = Prompt.objects.filter(run=run, template=None).select_related("location")
    return rows.annotate(is_fixed=Exists(made)).order_by(
        "location__position", "location_id", "position", "pk"
    )


def row_of(prompt: Prompt) -> Row:
    """Describe a prompt that :func:`prompts_of` gave."""
    return Row(prompt, combinations_of(prompt.text), prompt.is_fixed)  # type: ignore[attr-defined]


def groups_of(run: Run) -> list[Group]:
    """Return the whole table of a run, in two queries."""
    rows: dict[int | None, list[Row]] = {}
    for prompt in prompts_of(run):
        rows.setdefault(prompt.location_id, []).append(row_of(prompt))
    located = [
        Group(location, rows.get(location.pk, [])) for location in run.locations.order_by("position", "pk")
    ]
    return [Group(None, rows[None]), *located] if None in rows else located


def group_of(run: Run, location: Location | None) -> Group:
    """Return one location's part of the table."""
    return Group(location, [row_of(prompt) for prompt in prompts_of(run).filter(location=location)])


def totals_of(run: Run) -> Totals:
    """Count what is left in the table, in one query."""
    kept = Prompt.objects.in_the_plan().filter(run=run).order_by()
    texts = list(kept.values_list("text", flat=True))
    return Totals(len(texts), sum(len(combinations_of(text)) for text in texts), run.count)


def combinations_of(text: str) -> list[str]:
    """Return the texts that a prompt stands for; for one whose braces do not match, the text itself."""
    try:
        return wildcards.expand(text)
    except wildcards.WildcardError:
        return [text]


def revision_of(run: Run) -> str:
    """Return a mark that any change of the table changes."""
    columns = ("pk", "location", "location__text", "location__position", "position", "text", "is_dropped")
    return hashlib.sha256(json.dumps(list(prompts_of(run).values_list(*columns))).encode()).hexdigest()[:16]


def why_closed(run: Run) -> Any:
    """Say in the reader's language why the prompts of a run cannot be changed; None if they can.

    They can while the run waits for its rendering to be started. Those of a campaign's run always can: the campaign
    goes on with what is left.
    """
    if run.plan.state != State.DONE:
        return (
            _("There is no plan to change yet.")
            if not run.plan.is_final
            else _("There is no plan to change.")
        )
    phase = run.phase(run.tally())
    if phase == Phase.PLANNED or (run.cell_id and run.cancelled_at is None):
        return None
    if phase in OVER:
        return _("The prompts cannot be changed any more: this run is %(phase)s.") % {"phase": phase.label}
    return _("The prompts cannot be changed any more: the rendering has started.")
