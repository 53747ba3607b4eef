"""What several views of the dashboard need."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django_htmx.http import trigger_client_event

from engines.specs import ImageModelSpec
from jobs.states import State
from stockgen.models import Picture, Run
from stockgen.models.tally import Phase, Tally


@dataclass(frozen=True)
class RunStatus:
    """A run with what is read off its pictures."""

    run: Run
    tally: Tally
    phase: Phase

    @property
    def seconds_left(self) -> float | None:
        return self.run.seconds_left(self.tally)

    @property
    def expected(self) -> int:
        """How many pictures it makes; a campaign's run, to which pictures are added, as many as it has by now."""
        return max(self.run.expected, self.tally.total)

    @property
    def is_over(self) -> bool:
        return self.phase in {Phase.DONE, Phase.INCOMPLETE, Phase.FAILED, Phase.CANCELLED}

    @property
    def is_moving(self) -> bool:
        """Whether something may change without anybody pressing a button."""
        if self.phase == Phase.PLANNED:
            return False
        return not self.is_over and (
            self.phase != Phase.PAUSED or self.tally.running > 0 or self.run.plan.state == State.RUNNING
        )


def status_of(run: Run) -> RunStatus:
    """Read off one run's status."""
    tally = run.tally()
    return RunStatus(run, tally, run.phase(tally))


def statuses_of(runs: Iterable[Run]) -> list[RunStatus]:
    """Read off several runs' statuses, in one query."""
    runs = list(runs)
    tallies = Run.tallies(runs)
    return [RunStatus(run, tallies[run.pk], run.phase(tallies[run.pk])) for run in runs]


def tiles_of(pictures: Sequence[Picture], specs: Mapping[str, ImageModelSpec]) -> dict[str, Any]:
    """Return what tiles of pictures need: the pictures, and which image models make no stock."""
    demonstrations = {key for key, spec in specs.items() if spec.demonstration}
    return {
        "pictures": pictures,
        "demonstrations": demonstrations,
        "has_demonstrations": any(picture.image_model in demonstrations for picture in pictures),
    }


def render_part(
    request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """Render a part of a page for htmx; the messages of the request become toasts."""
    response = render(request, template, context, status=status)
    for message in messages.get_messages(request):
        trigger_client_event(response, "toast", {"text": str(message), "level": message.level_tag})
    return response
