"""How a run stands: its pictures by state, the phase it is in, and its pace."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import models
from django.db.models import Count, Q
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from jobs.estimate import WINDOW, Pace, estimate
from jobs.states import State
from stockgen.models.verdict import Verdict

if TYPE_CHECKING:
    from stockgen.models.run import Run


class Phase(models.TextChoices):
    """Where a run is, read off its plan and its pictures."""

    WAITING = "waiting", _("waiting")
    PLANNING = "planning", _("planning")
    PLANNED = "planned", _("planned")
    RENDERING = "rendering", _("rendering")
    PAUSED = "paused", _("paused")
    DONE = "done", _("done")
    INCOMPLETE = "incomplete", _("incomplete")
    FAILED = "failed", _("failed")
    CANCELLED = "cancelled", _("cancelled")


OVER = frozenset({Phase.DONE, Phase.INCOMPLETE, Phase.FAILED, Phase.CANCELLED})


@dataclass(frozen=True)
class Tally:
    """How many of a run's pictures are in each state, and the pace of the work while there is any.

    ``approved`` and ``rejected`` are those of the done ones that experts have decided.
    """

    queued: int
    running: int
    done: int
    failed: int
    cancelled: int
    approved: int
    rejected: int
    pace: Pace | None

    @property
    def open(self) -> int:
        return self.queued + self.running

    @property
    def undecided(self) -> int:
        return self.done - self.approved - self.rejected

    @property
    def total(self) -> int:
        return self.open + self.done + self.failed + self.cancelled


def tally_of(runs: Sequence[Run]) -> dict[UUID, Tally]:
    """Count pictures of several runs by state and verdict, in one query and a small one for each run in work."""
    counts = {state.value: Count("pictures", filter=Q(pictures__state=state)) for state in State}
    counts |= {
        verdict.value: Count("pictures", filter=Q(pictures__verdict=verdict))
        for verdict in (Verdict.APPROVED, Verdict.REJECTED)
    }
    model = type(runs[0]) if runs else None
    rows: Any = (
        model.objects.filter(pk__in=[run.pk for run in runs]).order_by().values("pk").annotate(**counts)
        if model
        else []
    )
    by_id = {run.pk: run for run in runs}
    tallies = {}
    for row in rows:
        run = by_id[row.pop("pk")]
        left = row["queued"] + row["running"]
        tallies[run.pk] = Tally(**row, pace=_pace(run, left) if left and row["done"] else None)
    return tallies


def _pace(run: Run, left: int) -> Pace | None:
    """Take the pace from the latest finished pictures of the present stretch of work."""
    latest = run.pictures.done().order_by("-finished_at")
    if run.resumed_at is not None:
        latest = latest.filter(finished_at__gt=run.resumed_at)
    begun = Greatest(
        "started_at", Coalesce(models.Value(run.resumed_at, models.DateTimeField()), "started_at")
    )
    times = list(latest.annotate(begun=begun).values_list("begun", "finished_at")[:WINDOW])
    if not times:
        return None
    return estimate(
        min(time[0] for time in times), sorted(time[1] for time in times if time[1]), left, timezone.now()
    )


def phase_of(run: Run, tally: Tally) -> Phase:
    """Read off where a run is."""
    plan = run.plan
    if run.cancelled_at is not None and not tally.open:
        return Phase.CANCELLED
    if plan.state == State.FAILED:
        return Phase.FAILED
    if run.is_paused and (tally.open or not plan.is_final):
        return Phase.PAUSED
    if plan.state == State.QUEUED:
        return Phase.WAITING
    if plan.state == State.RUNNING:
        return Phase.PLANNING
    if tally.open:
        return Phase.RENDERING
    if not tally.total and plan.state == State.DONE and not run.renders_by_itself:
        return Phase.PLANNED
    return _end(tally)


def _end(tally: Tally) -> Phase:
    if tally.done:
        return Phase.INCOMPLETE if tally.failed or tally.cancelled else Phase.DONE
    return Phase.FAILED if tally.failed else Phase.CANCELLED
