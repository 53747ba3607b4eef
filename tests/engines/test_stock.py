"""StockPipeline: a topic and a concept go in, exactly the asked number of pictures comes out."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from engines import stock
from engines.callbacks import IsCancelled, OnProgress
from engines.diffusion.metadata import read_png_metadata
from engines.diffusion.model import ImageModel
from engines.errors import Cancelled, EngineError
from engines.llm.base import TextRequest
from engines.planning.brief import Brief, ConceptBrief, LocationPrompts, LocationProposal, TopicBrief
from engines.registry import IMAGE_MODELS, LANGUAGE_MODELS
from engines.sources import FolderSource
from engines.stock import StockPicture, StockPipeline

TOPIC = TopicBrief(name="Business and office")
CONCEPT = ConceptBrief(
    key="interior",
    name="Interiors",
    locations_system="",
    locations_examples="",
    descriptions_system="",
    descriptions_examples="",
    negative_prompt="people, text",
)


class SilentLanguageModel:
    """A language model that is never asked: planning has its own tests."""

    spec = next(iter(LANGUAGE_MODELS.values()))
    revision = "digest"

    def complete(self, requests: Sequence[TextRequest], **callbacks: object) -> list[str]:
        raise AssertionError("Planning is replaced in these tests.")


class Plan:
    """What planning gives back: locations by number, and for each as many prompts as are asked for."""

    def __init__(self) -> None:
        self.found = 100
        self.written = 100
        self.asked_locations = 0

    def propose(
        self,
        llm: object,
        embedder: object,
        brief: Brief,
        count: int,
        covered: Sequence[str] = (),
        *,
        seed: int,
        on_progress: OnProgress,
        is_cancelled: IsCancelled,
    ) -> LocationProposal:
        self.asked_locations = count
        on_progress(1.0)
        return LocationProposal(tuple(f"place {n}" for n in range(min(count, self.found))), count, 1)

    def write(
        self,
        llm: object,
        embedder: object,
        brief: Brief,
        locations: Sequence[str],
        per_location: int,
        *,
        seed: int,
        on_progress: OnProgress,
        is_cancelled: IsCancelled,
    ) -> Iterator[LocationPrompts]:
        for location in locations:
            prompts = tuple(f"{location}, view {n}" for n in range(min(per_location, self.written)))
            yield LocationPrompts(location, prompts, per_location, 1)
        on_progress(1.0)


@pytest.fixture
def plan(monkeypatch: pytest.MonkeyPatch) -> Plan:
    plan = Plan()
    monkeypatch.setattr(stock, "propose_locations", plan.propose)
    monkeypatch.setattr(stock, "write_prompts", plan.write)
    return plan


@pytest.fixture(scope="module")
def image_model(tmp_path_factory: pytest.TempPathFactory) -> ImageModel:
    folder = tmp_path_factory.mktemp("stock") / "demonstration"
    spec = replace(
        IMAGE_MODELS["demonstration"],
        source=FolderSource(str(folder)),
        default_width=64,
        default_height=64,
        default_steps=2,
        batch_size=3,
    )
    return ImageModel.load(spec, device="cpu")


@pytest.fixture
def run(image_model: ImageModel, plan: Plan) -> Callable[..., list[StockPicture]]:
    pipeline = StockPipeline(SilentLanguageModel(), image_model)

    def run(count: int, **options: object) -> list[StockPicture]:
        topic = options.pop("topic", TOPIC)
        concept = options.pop("concept", CONCEPT)
        return list(pipeline.run(topic, concept, count, **options))  # type: ignore[arg-type]

    return run


@pytest.mark.parametrize("count", [1, 3, 7])
def test_exactly_the_asked_number_comes_out_and_no_two_are_alike(
    count: int, run: Callable[..., list[StockPicture]]
) -> None:
    pictures = run(count, seed=5)
    assert len({(picture.prompt, picture.rendered.request.seed) for picture in pictures}) == count
    assert [picture.rendered.request.seed for picture in pictures] == list(range(5, 5 + count))
    assert len({picture.rendered.image.tobytes() for picture in pictures}) == count


def test_the_count_is_reached_with_fewer_locations_and_prompts_than_wanted(
    run: Callable[..., list[StockPicture]], plan: Plan
) -> None:
    plan.found, plan.written = 1, 1
    pictures = run(5)
    assert [picture.prompt for picture in pictures] == ["place 0, view 0"] * 5
    assert len({picture.rendered.request.seed for picture in pictures}) == 5


def test_few_pictures_still_show_many_locations(run: Callable[..., list[StockPicture]], plan: Plan) -> None:
    assert {picture.location for picture in run(4, locations=4)} == {f"place {n}" for n in range(4)}
    assert plan.asked_locations == 4


def test_named_locations_are_used_as_they_are(run: Callable[..., list[StockPicture]], plan: Plan) -> None:
    assert [picture.location for picture in run(2, locations=["lobby", "archive"])] == ["lobby", "archive"]
    assert plan.asked_locations == 0


def test_defaults_are_the_models_and_can_be_changed(
    run: Callable[..., list[StockPicture]], image_model: ImageModel
) -> None:
    [usual] = run(1)
    spec = image_model.spec
    request = usual.rendered.request
    assert (request.width, request.steps, request.guidance_scale) == (64, 2, spec.default_guidance_scale)
    assert request.negative_prompt == "people, text"
    [changed] = run(1, width=128, steps=1, guidance_scale=1.0)
    assert changed.rendered.image.size == (128, 64)
    assert (changed.rendered.request.steps, changed.rendered.request.guidance_scale) == (1, 1.0)


def test_pictures_come_as_they_are_ready(image_model: ImageModel, plan: Plan) -> None:
    shares: list[float] = []
    pictures = StockPipeline(SilentLanguageModel(), image_model).run(
        TOPIC, CONCEPT, 6, on_progress=shares.append
    )
    next(pictures)
    assert 0.5 < shares[-1] < 0.7
    assert len(list(pictures)) == 5
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1.0)


def test_a_cancelled_run_stops(image_model: ImageModel, plan: Plan) -> None:
    made: list[StockPicture] = []
    pictures = StockPipeline(SilentLanguageModel(), image_model).run(
        TOPIC, CONCEPT, 9, is_cancelled=lambda: len(made) >= 3
    )
    with pytest.raises(Cancelled):
        made.extend(pictures)
    assert len(made) == 3


def test_a_saved_picture_carries_its_whole_lineage(run: Callable[..., list[StockPicture]]) -> None:
    [picture] = run(1, seed=9)
    file = io.BytesIO()
    picture.save(file)
    lineage = read_png_metadata(file).lineage
    assert lineage["topic"] == "Business and office"
    assert lineage["concept"] == "Interiors"
    assert lineage["location"] == "place 0"
    assert lineage["prompt"] == "place 0, view 0"
    assert (lineage["seed"], lineage["language_model_seed"]) == (9, 9)
    assert lineage["language_model"] == SilentLanguageModel.spec.key
    assert lineage["image_model_revision"] == picture.rendered.model_revision


def test_no_location_at_all_is_an_error_that_says_what_to_do(
    run: Callable[..., list[StockPicture]], plan: Plan
) -> None:
    plan.found = 0
    with pytest.raises(EngineError, match=r"no usable location for “Business and office”.*another seed"):
        run(3)


def test_no_prompt_at_all_is_an_error_that_says_what_to_do(
    run: Callable[..., list[StockPicture]], plan: Plan
) -> None:
    plan.written = 0
    with pytest.raises(EngineError, match=r"no usable prompt.*another seed"):
        run(3)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"count": 0}, "ask for 1 or more"),
        ({"count": -1}, "ask for 1 or more"),
        ({"count": 1, "seed": 2**32}, "seed"),
        ({"count": 1, "width": 65}, "multiple of 64"),
        ({"count": 1, "steps": 0}, "steps"),
        ({"count": 1, "guidance_scale": float("nan")}, "guidance scale"),
        ({"count": 1, "locations": 0}, "1 location or more"),
        ({"count": 1, "locations": []}, "1 location or more"),
        ({"count": 1, "topic": "Alchemy"}, r"no topic “Alchemy”; there are .*Business and office"),
        ({"count": 1, "concept": "smell"}, r"no concept “smell”; there are interior, exterior, item"),
    ],
)
def test_what_cannot_be_asked_for_is_refused_before_anything_is_planned(
    options: dict[str, object], sentence: str, image_model: ImageModel, plan: Plan
) -> None:
    topic, concept = options.pop("topic", TOPIC), options.pop("concept", CONCEPT)
    with pytest.raises(ValueError, match=sentence):
        StockPipeline(SilentLanguageModel(), image_model).run(topic, concept, **options)  # type: ignore[arg-type]
    assert plan.asked_locations == 0


@pytest.mark.slow
def test_the_embedded_models_make_a_small_pool_from_names_alone(tmp_path: Path) -> None:
    pictures = list(StockPipeline.default().run("Business and office", "interior", count=4, seed=1, steps=2))
    assert len(pictures) == 4
    assert len({picture.rendered.image.tobytes() for picture in pictures}) == 4
    assert all(len(picture.location) > 2 and len(picture.prompt) > 20 for picture in pictures)
    for number, picture in enumerate(pictures):
        picture.save(tmp_path / f"{number}.png")
    assert read_png_metadata(tmp_path / "0.png").lineage["location"] == pictures[0].location


@pytest.mark.slow
def test_the_whole_job_needs_no_django() -> None:
    code = "import sys, engines.stock; sys.exit(any(name.split('.')[0] == 'django' for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
