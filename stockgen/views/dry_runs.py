"""Dry runs: try the text of an addition before it is saved, and watch the answer come."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from accounts.decorators import SignedInRequest
from jobs.kinds import by_rank
from jobs.models import Worker, WrongState
from jobs.states import State
from stockgen.forms.dry_runs import DryRunForm
from stockgen.models import DryRun, Step
from stockgen.models.registered import language_models
from stockgen.views.runs import STOP_POLLING
from stockgen.views.shared import render_part
from stockgen.views.studio.cells import Cell, cell_or_404
from stockgen.views.studio.named import steers
from stockgen.word_diff import Kind, Piece, diff_words


@steers
@require_POST
def start_dry_run(request: SignedInRequest, slug: str, concept: str, step: str) -> HttpResponse:
    """Start a dry run of the text that is sent; to htmx the part that shows it, else its page."""
    cell = cell_or_404(slug, concept, step)
    form = DryRunForm(request.POST)
    dry_run = form.start(request.user, cell.topic, cell.concept, cell.step)
    if dry_run is not None and not request.htmx:
        return redirect("dry-run-part", pk=dry_run.pk)
    template = "_dry_run_result.html" if request.htmx else "dry_run.html"
    context = context_of(dry_run) if dry_run else {"cell": cell, "form": form}
    return render(request, f"stockgen/studio/{template}", context, status=200 if dry_run else 422)


@steers
@require_safe
@vary_on_headers("HX-Request")
def dry_run_part(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Show a dry run; to htmx only the part that fills, with status 286 once it is over."""
    context = context_of(_own(request, pk))
    if not request.htmx:
        return render(request, "stockgen/studio/dry_run.html", context)
    status = 200 if context["is_moving"] else STOP_POLLING
    return render_part(request, "stockgen/studio/_dry_run_result.html", context, status=status)


@steers
@require_POST
def cancel_dry_run(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Give a dry run up; one that is over stays as it is."""
    dry_run = _own(request, pk)
    try:
        dry_run.cancel()
    except WrongState:
        dry_run.refresh_from_db()
    if not request.htmx:
        return redirect("dry-run-part", pk=pk)
    return render_part(request, "stockgen/studio/_dry_run_result.html", context_of(dry_run))


def _own(request: SignedInRequest, pk: UUID) -> DryRun:
    rows = DryRun.objects.visible_to(request.user).select_related("topic", "concept")
    return get_object_or_404(rows, pk=pk)


# ------------------------------------------------------------------ what the part shows
@dataclass(frozen=True)
class PromptPair:
    """A prompt on both sides, in pieces that tell what differs; empty where a side has none."""

    pieces: list[Piece]
    has_saved: bool
    has_unsaved: bool


@dataclass(frozen=True)
class LocationRow:
    """A location with its prompts on both sides; None while they are being written."""

    text: str
    pairs: list[PromptPair] | None
    from_pattern: bool


@dataclass(frozen=True)
class LocationLine:
    """A location of one side; ``is_changed`` where the other side has none like it."""

    text: str
    is_changed: bool
    prompts: list[str] | None
    from_pattern: bool


@dataclass(frozen=True)
class Waiting:
    """What a dry run waits for that is not begun: people before it, what the workers do, or a worker at all."""

    place: int | None
    busy_with: str
    no_worker: bool


def context_of(dry_run: DryRun) -> dict[str, Any]:
    """Return what the templates need."""
    spec = language_models().get(dry_run.language_model)
    is_moving = not dry_run.is_final
    return {
        "cell": Cell(dry_run.topic, dry_run.concept, Step(dry_run.step)),
        "dry_run": dry_run,
        "text": dry_run.unsaved[dry_run.step],
        "system": diff_words(dry_run.system("saved"), dry_run.system("unsaved")),
        "model_title": spec.title if spec else dry_run.language_model,
        "is_moving": is_moving,
        "waiting": _waiting(dry_run) if is_moving else None,
        "seconds": _seconds(dry_run),
        "rows": _rows(dry_run) if dry_run.step == Step.DESCRIPTIONS else None,
        "lists": _lists(dry_run) if dry_run.step == Step.LOCATIONS else None,
    }


def _seconds(dry_run: DryRun) -> float | None:
    if dry_run.state != State.DONE or dry_run.finished_at is None:
        return None
    return (dry_run.finished_at - dry_run.created_at).total_seconds()


def _waiting(dry_run: DryRun) -> Waiting:
    queued = dry_run.state == State.QUEUED
    busy = (kind.model.kind for kind in by_rank() if kind.model.objects.running().exists())
    return Waiting(
        place=dry_run.place() if queued else None,
        busy_with=next(busy, "") if queued else "",
        no_worker=not Worker.objects.alive().exists(),
    )


def _lists(dry_run: DryRun) -> list[tuple[str, list[LocationLine] | None]]:
    """Return the locations of each side, those that the other side lacks marked; None while they are looked for."""
    found = {side: dry_run.result.get(side, {}).get("locations") for side in dry_run.sides}
    known = {side: {one["text"] for one in locations or ()} for side, locations in found.items()}
    both_known = len(found) == 2 and None not in found.values()
    lists: list[tuple[str, list[LocationLine] | None]] = []
    for side, locations in found.items():
        others = known["unsaved" if side == "saved" else "saved"] if both_known else None
        lines = [
            LocationLine(
                text=one["text"],
                is_changed=others is not None and one["text"] not in others,
                prompts=one.get("prompts"),
                from_pattern=one.get("from_pattern", False),
            )
            for one in locations or ()
        ]
        lists.append((side, lines if locations is not None else None))
    return lists


def _rows(dry_run: DryRun) -> list[LocationRow] | None:
    """Return the locations, the same on both sides, with the prompts beside each other; None while looked for."""
    if "saved" not in dry_run.result:
        return None
    sides = [dry_run.result.get(side, {}).get("locations", []) for side in dry_run.sides]
    rows = []
    for both in zip_longest(*sides, fillvalue={}):
        saved, unsaved = both[0], both[1] if len(both) > 1 else {}
        has_any = "prompts" in saved or "prompts" in unsaved
        rows.append(
            LocationRow(
                text=saved["text"],
                pairs=_pairs(saved.get("prompts"), unsaved.get("prompts")) if has_any else None,
                from_pattern=bool(saved.get("from_pattern") or unsaved.get("from_pattern")),
            )
        )
    return rows


def _pairs(saved: list[str] | None, unsaved: list[str] | None) -> list[PromptPair]:
    """Put prompts beside each other; what differs is marked once both are there."""
    pairs = []
    for old, new in zip_longest(saved or [], unsaved or [], fillvalue=""):
        pieces = diff_words(old, new) if old and new else [Piece(Kind.SAME, old or new)]
        pairs.append(PromptPair(pieces, has_saved=bool(old), has_unsaved=bool(new)))
    return pairs
