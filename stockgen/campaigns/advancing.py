"""What a campaign does next. It follows from the rows alone: done again, or by two workers at once, it adds nothing."""

from __future__ import annotations

import logging
import math
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from engines.diffusion.limits import MAX_SEED
from engines.statistics.bandits import FEWEST_IN_FLIGHT
from engines.statistics.intervals import wilson
from jobs.states import State
from stockgen.campaigns.arms import arms_of, combination_of, runs_of
from stockgen.campaigns.standing import CellStanding, Standing, standing_of
from stockgen.campaigns.waking import lock
from stockgen.models.campaign import Campaign, CampaignCell
from stockgen.models.campaign_stage import PauseReason
from stockgen.models.picture import Picture
from stockgen.models.plan import Location, Plan, Prompt
from stockgen.models.registered import image_models
from stockgen.models.run import Run
from stockgen.models.verdict import Verdict

logger = logging.getLogger(__name__)

HOPELESS_AFTER = 40
"""A cell's yield is judged from so many verdicts on, …"""

HOPELESS_YIELD = 0.1
"""… and it is hopeless where it is below this, with 95 % certainty."""

FAILING_AFTER = 10
"""So many pictures in a row that cannot be rendered pause a cell."""

FUTILE_PLANS = 2
"""So many plans in a row without a new location, and no more are asked for."""

FEWEST_LOCATIONS, MOST_LOCATIONS = 6, 24
"""How many locations one plan of a campaign is asked for."""


@dataclass
class Advance:
    """What one call did."""

    pictures: int = 0
    plans: int = 0
    paused: list[PauseReason] = field(default_factory=list)
    reached: bool = False


def advance(key: UUID) -> Advance:
    """Let a campaign do what it should do next: ask for pictures and locations, pause, or end.

    In each cell that misses approvals, as many pictures are in flight (in work, or waiting for a verdict) as may
    still be approved without passing the quota, and no more than the limit of unrated ones. So a cell ends with its
    quota exactly, unless verdicts are changed afterwards. A campaign that is paused, stopped or gone is left alone.
    """
    # Before anything is read, and committed: whatever happens from here on wakes the campaign again.
    Campaign.objects.filter(pk=key, woken=True).update(woken=False)
    with transaction.atomic():
        lock(Campaign(pk=key))
        campaign = Campaign.objects.running().select_related("owner").filter(pk=key).first()
        return _Round(campaign).go() if campaign else Advance()


class _Round:
    """One look at a campaign, and what follows from it. Runs under the campaign's lock."""

    def __init__(self, campaign: Campaign) -> None:
        self.campaign = campaign
        self.standing: Standing = standing_of(campaign)
        self.done = Advance()

    def go(self) -> Advance:
        missing = [cell for cell in self.standing.cells if cell.missing]
        if not missing:
            self.done.reached = True
            Campaign.objects.filter(pk=self.campaign.pk, reached_at=None).update(reached_at=Now())
            return self.done
        if self.campaign.reached_at:  # a verdict was taken back since
            Campaign.objects.filter(pk=self.campaign.pk).update(reached_at=None)
        if self.campaign.ends_on and timezone.localdate() > self.campaign.ends_on:
            return self._pause(PauseReason.DATE)
        left, reason = self._budget()
        # Those furthest from their quota first, so that a budget that runs out was spent evenly.
        for standing in sorted(missing, key=lambda cell: cell.share_done):
            if standing.cell.pause_reason:
                continue
            if why := _reason_to_pause(standing):
                self._pause_cell(standing.cell, why)
                continue
            wanted = self._wanted(standing)
            if wanted and left <= 0 and reason:
                return self._pause(reason)
            left -= self._top_up(standing, int(min(wanted, left)))
        reasons = Counter(cell.cell.pause_reason for cell in missing)
        if not reasons[""] and not any(cell.counts.in_flight for cell in missing):
            self._pause(PauseReason(reasons.most_common(1)[0][0]))
        return self.done

    def _pause(self, reason: PauseReason) -> Advance:
        self.campaign.pause(reason)
        self.done.paused.append(reason)
        return self.done

    def _budget(self) -> tuple[float, PauseReason | None]:
        """Return how many more pictures the budgets allow, and which one to name where that is none."""
        left: list[tuple[float, PauseReason | None]] = [(math.inf, None)]
        if self.campaign.max_renders is not None:
            left.append((self.campaign.max_renders - self.standing.renders_asked, PauseReason.RENDERS))
        if self.campaign.max_gpu_hours is not None:
            hours = self.campaign.max_gpu_hours - self.standing.hours_used
            if each := self.standing.seconds_each:
                left.append((math.floor(hours * 3600 / each), PauseReason.HOURS))
            else:
                # Nobody knows yet what a picture costs: one batch tells.
                left.append((self._batch_size() - self.standing.total.rendering, None))
        return min(left, key=lambda budget: budget[0])

    def _batch_size(self) -> int:
        spec = image_models().get(self.campaign.image_model)
        return spec.batch_size if spec else 1

    def _wanted(self, standing: CellStanding) -> int:
        """Return how many pictures to ask for now: none before they make a batch worth rendering."""
        aim = min(self.campaign.unrated_limit, standing.missing)
        wanted = aim - standing.counts.in_flight
        return wanted if wanted >= min(self._batch_size(), math.ceil(aim / 2)) else 0

    def _top_up(self, standing: CellStanding, wanted: int) -> int:
        """Ask for up to ``wanted`` pictures of a cell, and for locations where they are worn out. Return how many."""
        if wanted <= 0:
            return 0
        cell = standing.cell
        arms = arms_of(cell)
        fresh = arms.fresh_wanted(wanted)
        planning = standing.planning
        latest = _latest_plans(cell) if fresh and not planning else []
        if [plan.state for plan in latest] == [State.FAILED] * FUTILE_PLANS:
            return self._pause_cell(cell, PauseReason.FAILING)
        if fresh and not planning and not _are_futile(cell, latest):
            planning = self._plan(cell, fresh)
            if cell.pause_reason:
                return 0
        if planning:
            # What the locations at hand have no room for waits for the fresh ones.
            wanted = max(0, wanted - fresh * FEWEST_IN_FLIGHT)
        prompts = arms.choose(wanted, self._rng(standing)) if arms.locations else []
        if prompts:
            self._ask(cell, prompts, self._rng(standing))
        elif wanted and not planning and not standing.counts.in_flight:
            self._pause_cell(cell, PauseReason.NO_LOCATIONS)
        return len(prompts)

    def _pause_cell(self, cell: CampaignCell, reason: PauseReason) -> int:
        cell.pause(reason)
        self.done.paused.append(reason)
        return 0

    def _rng(self, standing: CellStanding) -> random.Random:
        return random.Random(f"{self.campaign.seed} {standing.cell.pk} {standing.counts.asked}")

    def _plan(self, cell: CampaignCell, fresh: int) -> bool:
        """Start a run that only plans. False, and the cell paused, where that cannot be asked for any more."""
        number = cell.runs.count()
        spec = image_models().get(self.campaign.image_model)
        sizes = cell.concept.sizes_for(spec) if spec else [(None, None)]
        width, height = sizes[number % len(sizes)]
        try:
            Run.objects.launch(
                self.campaign.owner,
                topic=cell.topic,
                concept=cell.concept,
                count=0,
                cell=cell,
                location_count=min(MOST_LOCATIONS, max(FEWEST_LOCATIONS, fresh)),
                image_model=self.campaign.image_model,
                language_model=self.campaign.language_model,
                width=width,
                height=height,
                seed=random.Random(f"{self.campaign.seed} {cell.pk} plan {number}").randrange(MAX_SEED + 1),
            )
        except ValidationError as error:
            logger.warning("%s, %s: %s", self.campaign, cell, error)
            self._pause_cell(cell, PauseReason.NOT_OFFERED)
            return False
        self.done.plans += 1
        return True

    def _ask(self, cell: CampaignCell, prompts: Sequence[Prompt], rng: random.Random) -> None:
        """Queue a picture for each prompt, with the next seeds of its run."""
        locked = Run.objects.select_for_update(of=["self"], no_key=True).order_by("pk")
        runs = {
            run.pk: run
            for run in locked.select_related("owner", "topic", "concept").filter(pk__in=runs_of(prompts))
        }
        # Read again under the lock: somebody may have edited or dropped one meanwhile.
        kept = Prompt.objects.filter(pk__in={prompt.pk for prompt in prompts}, is_dropped=False).in_bulk()
        pictures: list[Picture] = []
        for prompt in (kept[prompt.pk] for prompt in prompts if prompt.pk in kept):
            run = runs[prompt.run_id]
            seed = (run.seed + run.count) % (MAX_SEED + 1)
            pictures.append(Picture.of(run, combination_of(prompt, rng), seed, self.campaign.image_model))
            run.count += 1
        Picture.objects.submit(pictures)
        Run.objects.bulk_update(runs.values(), ["count"])
        self.done.pictures += len(pictures)


def _reason_to_pause(standing: CellStanding) -> PauseReason | None:
    """Return why a cell should wait for somebody, if it should."""
    cell, counts = standing.cell, standing.counts
    overall = wilson(counts.approved, counts.yield_.total)
    if counts.yield_.total >= HOPELESS_AFTER and overall and overall.high < HOPELESS_YIELD:
        decided = cell.pictures.exclude(verdict=Verdict.PENDING)
        if cell.resumed_at:
            decided = decided.filter(created_at__gt=cell.resumed_at)
        verdicts = list(decided.values_list("verdict", flat=True))
        lately = wilson(verdicts.count(Verdict.APPROVED), len(verdicts))
        if len(verdicts) >= HOPELESS_AFTER and lately and lately.high < HOPELESS_YIELD:
            return PauseReason.HOPELESS
    if counts.failed >= FAILING_AFTER:
        ended = cell.pictures.filter(state__in=[State.DONE, State.FAILED])
        if cell.resumed_at:
            ended = ended.filter(created_at__gt=cell.resumed_at)
        states = list(ended.order_by("-finished_at").values_list("state", flat=True)[:FAILING_AFTER])
        if states.count(State.FAILED) == FAILING_AFTER:
            return PauseReason.FAILING
    return None


def _latest_plans(cell: CampaignCell) -> list[Plan]:
    """Return the cell's last plans that ended by themselves, since somebody last said to go on."""
    plans = Plan.objects.filter(run__cell=cell, state__in=[State.DONE, State.FAILED])
    if cell.resumed_at:
        plans = plans.filter(created_at__gt=cell.resumed_at)
    return list(plans.order_by("-run")[:FUTILE_PLANS])


def _are_futile(cell: CampaignCell, plans: Sequence[Plan]) -> bool:
    """Tell whether plans, as many as it takes to say so, found no location that was new to the cell."""
    return len(plans) == FUTILE_PLANS and not any(_found_new(cell, plan.run_id) for plan in plans)


def _found_new(cell: CampaignCell, run: UUID) -> bool:
    mine = Location.objects.filter(run=run).values_list("text", flat=True)
    others = Location.objects.filter(run__cell=cell, run__lt=run).values_list("text", flat=True)
    return bool({text.casefold() for text in mine} - {text.casefold() for text in others})
