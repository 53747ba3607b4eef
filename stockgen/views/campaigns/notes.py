"""What a campaign waits for, and where somebody can do something about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stockgen import wording
from stockgen.campaigns.standing import CellStanding, Standing
from stockgen.models import PauseReason, Proposal, Step
from stockgen.models.campaign_stage import Stage
from stockgen.models.proposal import Decision

MOST_CELLS = 3
"""So many cells that wait are named one by one for a reason; of the others only the number is told."""


class Level(StrEnum):
    """How much a note asks for."""

    GOOD = "good"
    INFO = "info"
    WARN = "warn"


@dataclass(frozen=True)
class Link:
    """Where something can be done."""

    text: str
    url: str


@dataclass(frozen=True)
class Note:
    """One thing that the campaign waits for."""

    key: str
    level: Level
    text: str
    links: Sequence[Link] = ()


def notes_of(standing: Standing, *, has_workers: bool) -> list[Note]:
    """Tell what the campaign waits for, the most urgent first."""
    campaign = standing.campaign
    change = Link(_("Change the campaign"), reverse("change-campaign", args=[campaign.pk]))
    notes = []
    if campaign.stage == Stage.STOPPED:
        notes.append(Note("stopped", Level.INFO, _("Stopped for good. What was rendered stays.")))
    if campaign.stage == Stage.PAUSED:
        reason = PauseReason(campaign.pause_reason)
        limits = {PauseReason.RENDERS, PauseReason.HOURS, PauseReason.DATE}
        links = [change] if reason in limits else []
        said = _("The whole campaign is paused: %(reason)s.") % {"reason": reason.label}
        notes.append(Note("paused", Level.WARN, said, links))
    if campaign.stage == Stage.REACHED:
        notes.append(Note("reached", Level.GOOD, _("Every quota is met.")))
    in_work = standing.total.rendering or any(one.planning for one in standing.cells)
    if campaign.stage == Stage.RUNNING and in_work and not has_workers:
        said = _("No worker is running: nothing is rendered until an operator starts one.")
        notes.append(Note("workers", Level.WARN, said))
    if campaign.stage != Stage.STOPPED:
        notes += _paused_cells(standing)
        notes += _proposals(standing)
    if waiting := standing.total.waiting:
        text = ngettext(
            "%(count)s picture waits for experts.", "%(count)s pictures wait for experts.", waiting
        )
        notes.append(Note("waiting", Level.INFO, text % {"count": wording.count(waiting)}))
    return notes


def _paused_cells(standing: Standing) -> list[Note]:
    by_reason: dict[str, list[CellStanding]] = {}
    for one in standing.cells:
        if one.missing and one.cell.pause_reason:
            by_reason.setdefault(one.cell.pause_reason, []).append(one)
    notes = []
    for reason, cells in by_reason.items():
        label = PauseReason(reason).label
        for one in cells if len(cells) <= MOST_CELLS else []:
            said = _("%(cell)s: %(reason)s.") % {"cell": one.cell, "reason": label}
            notes.append(Note(f"cell-{one.cell.pk}", Level.WARN, said, way_out(one, PauseReason(reason))))
        if len(cells) > MOST_CELLS:
            text = ngettext(
                "%(count)s cell is paused: %(reason)s.", "%(count)s cells are paused: %(reason)s.", len(cells)
            )
            said = text % {"count": len(cells), "reason": label}
            notes.append(Note(f"cells-{reason}", Level.WARN, said))
    return notes


def way_out(standing: CellStanding, reason: PauseReason) -> list[Link]:
    """Return where somebody can do something about a pause of a cell."""
    cell = standing.cell

    def addition(text: str, step: Step) -> Link:
        return Link(text, reverse("addition", args=[cell.topic.key, cell.concept.key, step.value]))

    if reason == PauseReason.HOPELESS:
        return [addition(_("Edit the addition"), Step.DESCRIPTIONS)]
    if reason == PauseReason.NO_LOCATIONS:
        return [addition(_("Edit the addition"), Step.LOCATIONS)]
    if reason == PauseReason.NOT_OFFERED:
        return [Link(_("Open the topic"), reverse("topic", args=[cell.topic.key]))]
    return []


def _proposals(standing: Standing) -> list[Note]:
    cells = {(one.cell.topic_id, one.cell.concept_id) for one in standing.cells}
    topics, concepts = {topic for topic, _concept in cells}, {concept for _topic, concept in cells}
    ready = Proposal.objects.done().filter(decision=Decision.OPEN, topic__in=topics, concept__in=concepts)
    count = len(cells.intersection(ready.values_list("topic", "concept")))
    if not count:
        return []
    text = ngettext(
        "For %(count)s cell an edit to the addition is proposed.",
        "For %(count)s cells an edit to the addition is proposed.",
        count,
    )
    link = Link(_("Look at the proposals"), reverse("proposals"))
    return [Note("proposals", Level.INFO, text % {"count": count}, [link])]
