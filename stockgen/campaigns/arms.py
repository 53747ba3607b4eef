"""What a campaign has learnt of a cell's locations and prompts, and which of them the next pictures use."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q
from django.db.models.functions import Coalesce

from engines.planning import wildcards
from engines.statistics.bandits import Arm, Beta, choose, fit_prior, is_worn, wants_fresh
from jobs.states import State
from stockgen.models.campaign import CampaignCell
from stockgen.models.picture import Picture
from stockgen.models.plan import Prompt
from stockgen.models.verdict import Verdict

EXPLORATION = 0.1
"""The part of the pictures that goes to what was tried least, whatever was approved."""

PROMPT_BELIEF = 2.0
"""How many verdicts the location's yield is worth when its prompts are told apart."""


@dataclass(frozen=True)
class PromptArm:
    """A prompt with what became of its pictures; combinations of one with wildcards count for it."""

    prompt: Prompt
    arm: Arm


@dataclass(frozen=True)
class LocationArm:
    """A location by its text, which several runs may have found, with its prompts."""

    text: str
    prompts: Sequence[PromptArm]

    @property
    def arm(self) -> Arm:
        return Arm(
            sum(prompt.arm.successes for prompt in self.prompts),
            sum(prompt.arm.failures for prompt in self.prompts),
            sum(prompt.arm.pending for prompt in self.prompts),
        )


@dataclass(frozen=True)
class Arms:
    """The locations of a cell that its campaign may use, and what a fresh one promises."""

    locations: Sequence[LocationArm]
    prior: Beta
    most: int

    def fresh_wanted(self, count: int) -> int:
        """Return how many fresh locations the next ``count`` pictures should wait for."""
        return wants_fresh([location.arm for location in self.locations], self.prior, count, most=self.most)

    def is_worn(self, location: LocationArm) -> bool:
        """Tell whether a location is used up, or a fresh one promises more."""
        return is_worn(location.arm, self.prior, most=self.most)

    def choose(self, count: int, rng: random.Random) -> list[Prompt]:
        """Return the prompts of the next ``count`` pictures, fewer where there is no room for more.

        Thompson sampling, over the locations and then over the prompts of each.
        """
        arms = [location.arm for location in self.locations]
        picks = choose(arms, count, prior=self.prior, floor=EXPLORATION, most=self.most, rng=rng)
        chosen: list[Prompt] = []
        for index in dict.fromkeys(picks):
            location = self.locations[index]
            mean = self.prior.posterior(location.arm).mean
            belief = Beta(PROMPT_BELIEF * mean, PROMPT_BELIEF * (1 - mean))
            prompts = [prompt.arm for prompt in location.prompts]
            wanted = picks.count(index)
            picked = choose(prompts, wanted, prior=belief, floor=EXPLORATION, leaves_worn=False, rng=rng)
            chosen += [location.prompts[pick].prompt for pick in picked]
        return chosen


def arms_of(cell: CampaignCell) -> Arms:
    """Read what is known of a cell's locations, in two queries. Dropped prompts and paused runs are left out.

    What another image model made of them, before the campaign changed its own, is no evidence.
    """
    prompts = (
        Prompt.objects.filter(
            run__cell=cell, run__cancelled_at=None, run__paused_at=None, run__plan__state=State.DONE,
            template=None, is_dropped=False,
        )
        .select_related("location")
        .order_by("pk")
    )  # fmt: skip
    pulls = _pulls(cell)
    by_text: dict[str, list[PromptArm]] = {}
    for prompt in prompts:
        text = prompt.location.text if prompt.location else prompt.text
        by_text.setdefault(text.casefold(), []).append(PromptArm(prompt, pulls.get(prompt.pk, Arm(0, 0))))
    locations = [
        LocationArm(
            group[0].prompt.location.text if group[0].prompt.location else group[0].prompt.text, group
        )
        for group in by_text.values()
    ]
    prior = fit_prior([location.arm for location in locations])
    return Arms(locations, prior, cell.campaign.pictures_per_location)


def _pulls(cell: CampaignCell) -> dict[int, Arm]:
    rows = (
        Picture.objects.filter(cell=cell, image_model=cell.campaign.image_model)
        .exclude(state__in=[State.FAILED, State.CANCELLED])
        .order_by()
        .values_list(Coalesce("prompt__template", "prompt"))
        .annotate(
            approved=Count("pk", filter=Q(verdict=Verdict.APPROVED)),
            rejected=Count("pk", filter=Q(verdict=Verdict.REJECTED)),
            pending=Count("pk", filter=Q(verdict=Verdict.PENDING)),
        )
    )
    return {prompt: Arm(approved, rejected, pending) for prompt, approved, rejected, pending in rows}


def combination_of(prompt: Prompt, rng: random.Random) -> Prompt:
    """Return the prompt, or one combination of one with wildcards, as a row of its own."""
    texts = wildcards.expand(prompt.text)
    if texts == [prompt.text]:
        return prompt
    made, _new = Prompt.objects.get_or_create(
        run_id=prompt.run_id,
        template=prompt,
        text=rng.choice(texts),
        defaults={"location_id": prompt.location_id, "position": prompt.position},
    )
    return made


def runs_of(prompts: Sequence[Prompt]) -> list[UUID]:
    """Return the runs of prompts, each once, in a stable order."""
    return sorted({prompt.run_id for prompt in prompts})
