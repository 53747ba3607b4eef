"""Campaigns that are well on their way: cells with pictures in every state, stored in bulk.

For what reads a campaign. What advances, renders or votes is tested with :mod:`tests.factories`, step by step.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import count, cycle, islice
from typing import Any

from django.utils import timezone

from jobs.states import State, worker_name
from stockgen.models import CampaignCell, Picture, Plan, Prompt, Run, Verdict

_seeds = count(1)
_DONE = {"state": State.DONE, "image": "made/up.png", "sha256": "0" * 64, "seconds": 4.0}


def plan_cell(cell: CampaignCell, locations: Sequence[str], prompts: int = 2) -> list[Prompt]:
    """Give a cell a plan with these locations, as a worker would have written it."""
    run = Run.objects.launch(
        cell.campaign.owner,
        topic=cell.topic,
        concept=cell.concept,
        count=0,
        cell=cell,
        location_count=len(locations),
        image_model=cell.campaign.image_model,
        language_model=cell.campaign.language_model,
        seed=7,
    )
    Plan.objects.filter(run=run).update(priority=100)
    [plan] = Plan.objects.claim(worker_name())
    plan.add_locations(locations, asked=len(locations), attempts=1)
    for location in run.locations.all():
        plan.add_prompts(location, [f"{location.text}, photograph {number}" for number in range(prompts)])
    plan.finish(language_model_revision="test")
    return list(run.prompts.select_related("location").order_by("pk"))


def fill_cell(
    cell: CampaignCell,
    *,
    approved: int = 0,
    rejected: int = 0,
    waiting: int = 0,
    rendering: int = 0,
    failed: int = 0,
    reasons: Sequence[str] = (),
    prompts: Sequence[Prompt] = (),
    since: datetime | None = None,
) -> list[Picture]:
    """Give a cell pictures in these states, spread over its prompts; verdicts spread from ``since`` to now.

    ``reasons`` are given in turn to the rejected ones. Without prompts, the cell gets a plan of two locations.
    """
    prompts = prompts or plan_cell(cell, ["the first room", "the second room"])
    now = timezone.now()
    since = since or now
    kinds: list[dict[str, Any]] = [
        *({"verdict": Verdict.APPROVED} | _DONE for _ in range(approved)),
        *({"verdict": Verdict.REJECTED} | _DONE for _ in range(rejected)),
        *(dict(_DONE) for _ in range(waiting)),
        *({"state": State.QUEUED} for _ in range(rendering)),
        *({"state": State.FAILED, "error": "It did not work."} for _ in range(failed)),
    ]
    given = cycle(reasons) if reasons else None
    decided = {Verdict.APPROVED: approved, Verdict.REJECTED: rejected}
    numbers = {verdict: count(1) for verdict in decided}
    run = Run.objects.select_related("owner", "topic", "concept").get(pk=prompts[0].run_id)
    pictures = []
    for prompt, fields in zip(islice(cycle(prompts), len(kinds)), kinds, strict=True):
        picture = Picture.of(run, prompt, next(_seeds))
        for name, value in fields.items():
            setattr(picture, name, value)
        if picture.state == State.DONE:
            picture.started_at, picture.finished_at = now - timedelta(seconds=4), now
        verdict = fields.get("verdict")
        if verdict:
            picture.verdict_at = since + (now - since) * next(numbers[verdict]) / decided[verdict]
        if verdict == Verdict.REJECTED and given:
            picture.verdict_reasons = [next(given)]
        pictures.append(picture)
    Picture.objects.bulk_create(pictures, batch_size=2000)
    return pictures


def hours_ago(hours: float) -> datetime:
    """Return a moment in the past."""
    return timezone.now() - timedelta(hours=hours)
