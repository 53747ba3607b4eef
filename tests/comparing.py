"""What tests of comparisons share: one that is planned and rendered, pairs given to an expert, judgements."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from PIL import Image

from accounts.models import User
from engines.diffusion.metadata import write_png
from engines.diffusion.requests import RenderedPicture
from jobs.ids import uuid7
from jobs.states import worker_name
from review.comparing import next_pairs
from review.models import Judgement, Opinion, Pair
from stockgen.models import Comparison, Picture, Plan, Run
from tests.factories import make_concept, make_topic, make_user


def make_comparison(**fields: Any) -> Comparison:
    """Start a comparison of two image models over one cell; its plans wait."""
    usual: dict[str, Any] = {
        "name": "Which is better", "varies": "image", "contestants": ["sdxl", "realvisxl-5"], "pictures_per_cell": 2,
    }  # fmt: skip
    fields = usual | fields
    owner = fields.pop("owner", None) or make_user()
    fields.setdefault("topics", None)
    fields.setdefault("concepts", None)
    if fields["topics"] is None:
        fields["topics"] = [make_topic()]
    if fields["concepts"] is None:
        fields["concepts"] = [make_concept()]
    return Comparison.objects.start(owner, **fields)


def end_plans(comparison: Comparison, *, prompts: int = 2, runs: Sequence[Run] | None = None) -> None:
    """End the plans of a comparison with made-up locations; its pictures wait."""
    for run in comparison.runs.order_by("id") if runs is None else runs:
        Plan.objects.filter(run=run).update(priority=100)
        [plan] = Plan.objects.claim(worker_name())
        plan.add_locations([f"location {index}" for index in range(prompts)], asked=prompts, attempts=1)
        for location in run.locations.all():
            plan.add_prompts(location, [f"a picture of {location.text}"])
        plan.finish(language_model_revision="test")


def finish_all(comparison: Comparison, *, most: int | None = None, side: int = 16) -> list[Picture]:
    """Render pictures of a comparison that wait, as a worker would: squares whose colour hangs on model and seed."""
    waiting = Picture.objects.filter(run__comparison=comparison).queued()
    waiting.update(priority=100)
    left = waiting.count() if most is None else most
    finished: list[Picture] = []
    while left > len(finished):
        claimed = Picture.objects.claim(worker_name())
        token = claimed[0].token
        for picture in claimed[: left - len(finished)]:
            finish(picture, side=side)
            finished.append(picture)
        Picture.objects.release(token)
    return finished


def finish(picture: Picture, *, side: int = 16) -> None:
    """Store a real PNG that names its model, as a worker does."""
    place = (picture.run.comparison or Comparison()).contestants.index(contestant_of(picture))
    image = Image.new("RGB", (side, side), (40 + 160 * place % 216, picture.seed * 37 % 256, 120))
    rendered = RenderedPicture(image, picture.request(), picture.image_model, "test", 0.1)
    png, webp = io.BytesIO(), io.BytesIO()
    write_png(rendered, png, lineage=picture.lineage())
    image.save(webp, "WEBP")
    assert picture.store(
        png.getvalue(), webp.getvalue(), sha256=f"{picture.pk.int:064x}", revision="test", seconds=0.1
    )


def contestant_of(picture: Picture) -> str:
    """Return the key of the model that a picture stands for in its comparison."""
    run = picture.run
    assert run.comparison is not None
    return picture.image_model if run.comparison.compares_images else run.language_model


def make_compared(**fields: Any) -> Comparison:
    """Start a comparison whose pictures are all rendered."""
    comparison = make_comparison(**fields)
    end_plans(comparison)
    finish_all(comparison)
    return comparison


def make_opinion(pair: Pair, choice: str = "left", **fields: Any) -> Opinion:
    """Make an opinion of its own id."""
    return Opinion(**{"id": uuid7(), "pair": pair.pk, "choice": choice, **fields})


def judge(rater: User, pair: Pair, choice: str = "left", **fields: Any) -> Judgement:
    """Take a rater's judgement on a pair that they were given."""
    return Judgement.objects.cast(rater, make_opinion(pair, choice, **fields))[0]


def judge_all(comparison: Comparison, rater: User, choice: str = "left") -> list[Judgement]:
    """Let a rater judge every pair that they are given."""
    made = []
    while pairs := next_pairs(comparison, rater, 50):
        made += [judge(rater, pair, choice) for pair in pairs]
    return made


def prefer(rater: User, pair: Pair, contestant: str) -> Judgement:
    """Let a rater prefer the picture of a model, on whichever side it is."""
    side = "left" if contestant_of(pair.left) == contestant else "right"
    return judge(rater, pair, side)
