"""Campaigns against simulated experts: renders for each approved picture, beside uniform allocation.

The campaign's own code runs, on the real database; planning and rendering are instant. In one world the locations'
yields vary like Beta(1, 2), in the other all are the same. Uniform allocation gives every location the same number of
pictures and asks for new ones when all have theirs.

    python -m bench.campaign [--cells 12] [--quota 150] [--seeds 2] [--check]
    python -m bench.campaign --full [--experts 20] [--workers 2] [--check]

``--full`` rehearses the first delivery: see bench/campaign_rehearsal.py.
"""

from __future__ import annotations

import contextlib
import math
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from unittest import mock
from uuid import UUID

from bench.campaign_rehearsal import rehearse
from bench.campaign_world import WORLDS, World, write_plan
from bench.report import Promise, conclude, parser, table
from bench.scratch import scratch_database

if TYPE_CHECKING:
    from stockgen.campaigns.arms import LocationArm
    from stockgen.models import Campaign, CampaignCell, Prompt


def main() -> None:
    """Measure and print."""
    arguments = parser(__doc__)
    arguments.add_argument("--cells", type=int, default=12)
    arguments.add_argument("--quota", type=int, default=150, help="approved pictures of a cell")
    arguments.add_argument("--seeds", type=int, default=2)
    arguments.add_argument("--full", action="store_true", help="rehearse the whole first delivery")
    arguments.add_argument("--target", type=int, default=10_000, help="of the rehearsal")
    arguments.add_argument("--experts", type=int, default=20, help="of the rehearsal")
    arguments.add_argument("--workers", type=int, default=2, help="of the rehearsal")
    options = arguments.parse_args()
    with scratch_database():
        if options.full:
            promises = rehearse(options.target, options.experts, options.workers)
        else:
            promises = compare(options.cells, options.quota, options.seeds)
    conclude(promises, check=options.check)


def compare(cells: int, quota: int, seeds: int) -> list[Promise]:
    """Let both ways reach the same quotas in both worlds."""
    rows, promises = [], []
    for kind in WORLDS:
        found: dict[str, list[Outcome]] = {"ours": [], "uniform": []}
        for seed in range(seeds):
            found["ours"].append(run(World(kind, seed), cells, quota, seed))
            with uniform_allocation():
                found["uniform"].append(run(World(kind, seed), cells, quota, seed))
        costs = {}
        for way, outcomes in found.items():
            costs[way] = sum(one.renders for one in outcomes) / sum(one.approved for one in outcomes)
            rows.append(
                (
                    kind, way, f"{costs[way]:.3f}", sum(one.renders for one in outcomes),
                    sum(one.approved for one in outcomes), sum(one.locations for one in outcomes),
                    sum(one.plans for one in outcomes), f"{sum(one.seconds for one in outcomes):.0f}",
                )
            )  # fmt: skip
        saved = 100 * (1 - costs["ours"] / costs["uniform"])
        if kind == "varying":
            promises.append(Promise("renders saved where yields vary", saved, 25, at_least=True, unit=" %"))
        else:
            promises.append(
                Promise("renders more where they do not", abs(saved) if saved < 0 else 0, 3, unit=" %")
            )
        inexact = sum(one.inexact for outcomes in found.values() for one in outcomes)
        promises.append(Promise(f"cells without their exact quota, {kind}", inexact, 0))
    print(f"{cells} cells of {quota} approved pictures each, {seeds} worlds of each kind")
    table(
        ("yields", "way", "renders per approved", "renders", "approved", "locations", "plans", "seconds"),
        rows,
    )
    return promises


@dataclass(frozen=True)
class Outcome:
    """What a campaign needed."""

    renders: int
    approved: int
    locations: int
    plans: int
    inexact: int
    seconds: float


def run(world: World, cells: int, quota: int, seed: int) -> Outcome:
    """Let one campaign reach its target in a world, and count."""
    from stockgen.campaigns.advancing import advance
    from stockgen.campaigns.standing import standing_of
    from stockgen.models import Location
    from tests.factories import make_campaign, make_concept, make_topic

    started = time.perf_counter()
    campaign = make_campaign(
        target=cells * quota,
        unrated_limit=60,
        seed=seed,
        topics={make_topic(): 1 for _ in range(cells)},
        concepts={make_concept(): 100},
    )
    rng = random.Random(seed)
    plans = 0
    while not advance(campaign.pk).reached:
        plans += write_plans(campaign.pk)
        render(campaign)
        vote(campaign, world, rng)
    standing = standing_of(campaign)
    return Outcome(
        renders=standing.total.asked,
        approved=standing.total.approved,
        locations=Location.objects.filter(run__cell__campaign=campaign).count(),
        plans=plans,
        inexact=sum(cell.counts.approved != cell.quota for cell in standing.cells),
        seconds=time.perf_counter() - started,
    )


def write_plans(campaign: UUID) -> int:
    """Write every plan that the campaign waits for."""
    from jobs.states import worker_name
    from stockgen.models import Plan

    waiting = Plan.objects.open().filter(run__cell__campaign=campaign).count()
    for _ in range(waiting):
        write_plan(Plan.objects.claim(worker_name()))
    return waiting


def render(campaign: Campaign) -> None:
    """End every queued picture, without files."""
    from django.db.models.functions import Now

    from jobs.states import State
    from stockgen.models import Picture

    Picture.objects.filter(cell__campaign=campaign).queued().update(
        state=State.DONE, image="made", sha256="0" * 64, seconds=1.0, started_at=Now(), finished_at=Now()
    )


def vote(campaign: Campaign, world: World, rng: random.Random) -> None:
    """Decide about two thirds of what waits, oldest first: experts are always somewhat behind."""
    from stockgen.models import Cause, Picture, Verdict
    from stockgen.models.verdict import decide

    waiting = Picture.objects.filter(cell__campaign=campaign, verdict=Verdict.PENDING).done()
    rows = list(waiting.order_by("cell", "id").values_list("pk", "cell", "prompt__location__text"))
    by_cell: dict[int, list[tuple[Any, str]]] = {}
    for pk, cell, location in rows:
        by_cell.setdefault(cell, []).append((pk, location))
    verdicts: dict[Verdict, list[Any]] = {Verdict.APPROVED: [], Verdict.REJECTED: []}
    for pictures in by_cell.values():
        first = math.ceil(len(pictures) * rng.uniform(0.4, 0.9))
        for pk, location in pictures[:first]:
            approved = world.approves(location)
            verdicts[Verdict.APPROVED if approved else Verdict.REJECTED].append(pk)
    for verdict, keys in verdicts.items():
        decide(keys, verdict, Cause.VOTES)


# ---------------------------------------------------------------------- the baseline
@contextlib.contextmanager
def uniform_allocation() -> Iterator[None]:
    """Let campaigns give every location the same number of pictures for the block."""
    from stockgen.campaigns.arms import arms_of

    def uniform(cell: CampaignCell) -> UniformArms:
        return UniformArms(arms_of(cell).locations, cell.campaign.pictures_per_location)

    with mock.patch("stockgen.campaigns.advancing.arms_of", uniform):
        yield


@dataclass(frozen=True)
class UniformArms:
    """The usual way: whichever location, and of it whichever prompt, has the fewest pictures."""

    locations: Sequence[LocationArm]
    most: int

    def fresh_wanted(self, count: int) -> int:
        """Ask for new locations when all have their pictures."""
        room = sum(max(0, self.most - location.arm.pulls) for location in self.locations)
        return math.ceil(max(0, count - room) / self.most)

    def choose(self, count: int, rng: random.Random) -> list[Prompt]:
        """Take turns."""
        pulls = [location.arm.pulls for location in self.locations]
        chosen = []
        for _ in range(count):
            index = min(range(len(pulls)), key=pulls.__getitem__)
            if pulls[index] >= self.most:
                break
            prompts = self.locations[index].prompts
            chosen.append(prompts[pulls[index] % len(prompts)].prompt)
            pulls[index] += 1
        return chosen


if __name__ == "__main__":
    main()
