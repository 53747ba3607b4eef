"""A world for campaigns: locations with yields of their own, and everything but the campaign itself instant.

Plans are written and pictures made in no time; which picture an expert approves follows from the location's yield.
"""

from __future__ import annotations

import hashlib
import random
from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from unittest import mock

if TYPE_CHECKING:
    from engines.diffusion.requests import RenderedPicture, RenderRequest
    from jobs.worker import Work
    from stockgen.models import Examination, Plan

MEAN_YIELD = 1 / 3
WORLDS = ("varying", "same")
PROMPTS = 3


class World:
    """How often pictures of a location are approved: Beta(1, 2) from location to location, or the same everywhere.

    The n-th location of a cell has the same yield, and the n-th picture that is decided in it meets the same luck,
    whatever way chose it: two ways differ by what they choose.
    """

    def __init__(self, kind: str, seed: int) -> None:
        self.kind = kind
        self.seed = seed
        self._decided: dict[str, int] = defaultdict(int)

    def yield_of(self, location: str) -> float:
        """Return the chance of a location's pictures, 0 … 1."""
        if self.kind == "same":
            return MEAN_YIELD
        return random.Random(f"{self.seed} {location}").betavariate(1, 2)

    def approves(self, location: str) -> bool:
        """Decide the next picture of a location's cell."""
        cell = location.partition(",")[0]
        self._decided[cell] += 1
        return random.Random(f"{self.seed} {cell} {self._decided[cell]}").random() < self.yield_of(location)


def write_plan(plans: list[Plan], work: Work | None = None) -> None:
    """Write the locations and prompts that a plan asks for, all distinct, as an instant language model would."""
    from stockgen.models import CampaignCell, Location

    [plan] = plans
    cells = CampaignCell.objects.filter(campaign__cells=plan.run.cell).order_by("pk")
    number = [cell.pk for cell in cells].index(plan.run.cell_id or 0)
    known = Location.objects.filter(run__cell=plan.run.cell).count()
    asked = plan.run.location_count or 1
    names = [f"cell {number}, location {known + index}" for index in range(asked)]
    plan.add_locations(names, asked=asked, attempts=1)
    for location in plan.run.locations.all():
        plan.add_prompts(location, [f"{location.text}, view {view}" for view in range(PROMPTS)])
    plan.finish(language_model_revision="instant")


def find_nothing(examinations: list[Examination], work: Work | None = None) -> None:
    """Find no defect in any picture: how good one is follows from its location here."""
    from engines.gates.results import Examined

    for examination in examinations:
        examination.store(Examined((), ()), looks=(), seconds=0.0)


class InstantImageModel:
    """Gives small pictures of colours that hang on prompt and seed alone: no two look alike."""

    def render(
        self,
        requests: Sequence[RenderRequest],
        on_progress: Any = None,
        is_cancelled: Any = None,
    ) -> list[RenderedPicture]:
        """Return one picture a request, at once."""
        from PIL import Image

        from engines.diffusion.requests import RenderedPicture

        rendered = []
        for request in requests:
            digest = hashlib.sha512(f"{request.prompt} {request.seed}".encode()).digest() * 3
            image = Image.frombytes("RGB", (8, 8), digest[:192]).resize((64, 64), Image.Resampling.BICUBIC)
            rendered.append(
                RenderedPicture(
                    image=image, request=request, model_key="instant", model_revision="instant", seconds=0.01
                )
            )
        return rendered


def install() -> None:
    """Let this process, and what it forks, plan, render and examine in no time."""
    from jobs import kinds
    from stockgen.models import Examination, Plan

    examining = "bench.campaign_world.find_nothing"
    kinds.register(kinds.Kind(model=Examination, rank=28, handler=examining, gives_way=True))
    kinds.register(kinds.Kind(model=Plan, rank=20, handler="bench.campaign_world.write_plan", gives_way=True))
    mock.patch("stockgen.work.rendering.image_model", return_value=InstantImageModel()).start()
