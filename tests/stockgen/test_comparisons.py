"""Comparisons of models: which runs they launch, and that their pictures are no stock."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from accounts.models import Role
from engines.registry import IMAGE_MODELS
from jobs.states import State, worker_name
from review.models import Entry
from stockgen.models import Comparison, Picture, Plan, RegisteredModel, Run
from stockgen.models.comparison import common_size
from stockgen.models.quota import full_cells
from stockgen.models.registered import image_models
from stockgen.models.tally import Phase
from tests.comparing import end_plans, finish_all, make_comparison
from tests.factories import claim_pictures, make_concept, make_planned_run, make_topic, make_user

pytestmark = pytest.mark.django_db

IMAGE = {"varies": "image", "contestants": ["sdxl", "realvisxl-5"]}
MANY = list(IMAGE_MODELS)[:9]
LANGUAGE = {"varies": "language", "contestants": ["smollm2-135m-instruct", "qwen2.5-7b-instruct"]}


def wrong_fields(**fields: Any) -> set[str]:
    """Return the fields at which a comparison is refused, and check that nothing was stored."""
    with pytest.raises(ValidationError) as refused:
        make_comparison(**fields)
    assert not Comparison.objects.exists()
    assert not Run.objects.exists()
    return set(refused.value.message_dict)


# ---------------------------------------------------------------------- what is launched
def test_image_models_share_one_run_a_cell_and_each_renders_every_prompt() -> None:
    topics, concepts = [make_topic(), make_topic()], [make_concept()]
    comparison = make_comparison(**IMAGE, topics=topics, concepts=concepts, pictures_per_cell=3, seed=70)
    assert {run.topic for run in comparison.runs.all()} == set(topics)
    end_plans(comparison, prompts=2)
    for run in comparison.runs.all():
        made = set(run.pictures.values_list("prompt", "seed", "image_model"))
        assert len(made) == run.pictures.count() == run.expected == 6
        by_model = {
            model: {(prompt, seed) for prompt, seed, other in made if other == model}
            for model in comparison.contestants
        }
        assert by_model["sdxl"] == by_model["realvisxl-5"]
        assert {seed for _prompt, seed, _model in made} == {70, 71, 72}


def test_each_language_model_plans_a_run_of_its_own_with_the_same_seeds() -> None:
    comparison = make_comparison(**LANGUAGE, image_model="sdxl", pictures_per_cell=4, seed=5)
    end_plans(comparison)
    runs = {run.language_model: run for run in comparison.runs.all()}
    assert set(runs) == set(comparison.contestants)
    seeds = [set(run.pictures.values_list("seed", flat=True)) for run in runs.values()]
    assert seeds == [{5, 6, 7, 8}] * 2
    assert {picture.image_model for run in runs.values() for picture in run.pictures.all()} == {"sdxl"}
    assert [run.expected for run in runs.values()] == [4, 4]


def test_language_models_need_not_avoid_each_others_locations_nor_does_the_stock() -> None:
    comparison = make_comparison(**LANGUAGE)
    end_plans(comparison)
    first = comparison.runs.first()
    stock = make_planned_run(topic=first.topic, concept=first.concept, locations=2)
    assert [run.plan.covered_locations() for run in comparison.runs.all()] == [
        ["location 1", "location 0"]
    ] * 2
    assert stock.plan.covered_locations() == []


def test_the_negative_prompt_is_the_same_for_all_image_models() -> None:
    concept = make_concept(negative_prompt="people")
    concept.negative_prompts.create(image_model="sdxl", text="cartoon")
    comparison = make_comparison(**IMAGE, concepts=[concept])
    end_plans(comparison)
    assert {picture.request().negative_prompt for picture in Picture.objects.all()} == {"people"}


@pytest.mark.parametrize(
    ("models", "sizes", "expected"),
    [
        (["sdxl", "realvisxl-5"], [], (1024, 1024)),
        (["sd-1.5", "sdxl"], [], (1024, 1024)),
        (["sd-1.5", "sdxl"], ["1216×832", "768×512"], (768, 512)),
        (["demonstration", "sdxl"], [], (512, 512)),
        (["demonstration", "qwen-image"], ["1328×1328"], None),
    ],
)
def test_models_are_compared_in_one_size_where_all_can_render_it(
    models: list[str], sizes: list[str], expected: tuple[int, int] | None
) -> None:
    concept = make_concept(sizes=sizes)
    if models[0] == "demonstration" and not sizes:
        concept.sizes = ["512×512"]
    assert common_size(concept, [image_models()[key] for key in models]) == expected


def test_pictures_of_one_comparison_have_one_size_but_each_models_own_steps() -> None:
    comparison = make_comparison(varies="image", contestants=["sd-1.5", "sdxl-lightning", "flux.1-schnell"])
    end_plans(comparison)
    rendered = set(Picture.objects.values_list("image_model", "width", "height", "steps"))
    assert rendered == {
        ("sd-1.5", 1024, 1024, 30), ("sdxl-lightning", 1024, 1024, 4), ("flux.1-schnell", 1024, 1024, 4),
    }  # fmt: skip


def test_models_without_a_common_size_render_their_own() -> None:
    comparison = make_comparison(varies="image", contestants=["demonstration", "sdxl"])
    end_plans(comparison)
    rendered = set(Picture.objects.values_list("image_model", "width", "height"))
    assert rendered == {("demonstration", 256, 256), ("sdxl", 1024, 1024)}


# ---------------------------------------------------------------------- what is refused
@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"name": "  "}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"varies": "sound"}, "varies"),
        ({"contestants": []}, "contestants"),
        ({"contestants": ["sdxl"]}, "contestants"),
        ({"contestants": ["sdxl", "sdxl"]}, "contestants"),
        ({"contestants": ["sdxl", "nothing"]}, "contestants"),
        ({"contestants": ["sdxl", "smollm2-135m-instruct"]}, "contestants"),
        ({"contestants": MANY}, "contestants"),
        ({"language_model": "nothing"}, "language_model"),
        ({"pictures_per_cell": 0}, "pictures_per_cell"),
        ({"pictures_per_cell": 51}, "pictures_per_cell"),
        ({"seed": -1}, "seed"),
        ({"seed": 2**32}, "seed"),
        ({"topics": []}, "topics"),
        ({"concepts": []}, "concepts"),
    ],
)  # fmt: skip
def test_what_cannot_be_compared_is_said_at_its_field(fields: dict[str, Any], wrong: str) -> None:
    assert wrong_fields(**IMAGE | fields) == {wrong}


def test_language_models_are_compared_with_an_image_model_that_is_offered() -> None:
    assert wrong_fields(**LANGUAGE, image_model="nothing") == {"image_model"}


def test_models_topics_and_concepts_must_be_offered() -> None:
    RegisteredModel.objects.create(
        role="image",
        key="mine",
        title="Mine",
        licence="own",
        source_kind="folder",
        location="/m",
        is_active=False,
    )
    assert wrong_fields(varies="image", contestants=["sdxl", "mine"]) == {"contestants"}
    gone = {"topics": [make_topic(is_active=False)], "concepts": [make_concept(is_active=False)]}
    assert wrong_fields(**IMAGE, **gone) == {"topics", "concepts"}


def test_every_fault_is_told_at_once() -> None:
    assert wrong_fields(name="", varies="image", contestants=[], topics=[], concepts=[]) == {
        "name", "contestants", "topics", "concepts",
    }  # fmt: skip


# ---------------------------------------------------------------------- how far it is
def test_a_run_of_two_models_is_done_when_both_have_rendered_everything() -> None:
    comparison = make_comparison(**IMAGE, pictures_per_cell=4)
    end_plans(comparison)
    [run] = comparison.runs.all()
    pictures, first = run.window(3)
    assert (len(pictures), first) == (3, 1)
    finish_all(comparison, most=5)
    assert (run.tally().done, run.tally().open, run.phase(run.tally())) == (5, 3, Phase.RENDERING)
    assert run.window(3)[1] == 4
    finish_all(comparison)
    assert (run.tally().done, run.phase(run.tally())) == (8, Phase.DONE)
    assert run.window(3)[1] == 7


# ---------------------------------------------------------------------- verbs
def test_cancelling_gives_up_what_is_not_rendered_and_keeps_the_rest() -> None:
    comparison = make_comparison(**IMAGE, topics=[make_topic(), make_topic()], pictures_per_cell=2)
    planned, unplanned = comparison.runs.order_by("id")
    Plan.objects.filter(run=unplanned).update(priority=-100)
    end_plans(comparison, runs=[planned])
    finish_all(comparison, most=1)
    assert comparison.cancel() == 2
    assert comparison.cancel() == 0
    assert sorted(Picture.objects.values_list("state", flat=True)) == [State.CANCELLED] * 3 + [State.DONE]
    assert Plan.objects.get(run=unplanned).state == State.CANCELLED
    assert not claim_pictures()
    assert not Plan.objects.claim(worker_name())


def test_cancelling_what_is_all_done_changes_nothing() -> None:
    comparison = make_comparison(**IMAGE)
    end_plans(comparison)
    finish_all(comparison)
    assert comparison.cancel() == 0
    assert set(Picture.objects.values_list("state", flat=True)) == {State.DONE}


def test_closing_and_reopening() -> None:
    comparison = make_comparison(**IMAGE)
    comparison.close()
    closed_at = comparison.closed_at
    comparison.close()
    assert closed_at is not None
    assert comparison.closed_at == closed_at
    assert not Comparison.objects.open().exists()
    comparison.reopen()
    comparison.reopen()
    assert Comparison.objects.open().get() == comparison


# ---------------------------------------------------------------------- who sees what
def test_a_comparison_is_its_owners_and_the_operators() -> None:
    owner, other = make_user(Role.DESIGNER), make_user(Role.DESIGNER)
    comparison = make_comparison(**IMAGE, owner=owner)
    seen = [
        comparison in Comparison.objects.visible_to(user)
        for user in (owner, make_user(Role.OPERATOR), other, make_user(Role.EXPERT))
    ]
    assert seen == [True, True, False, False]


def test_experts_do_not_see_the_pictures_of_a_comparison() -> None:
    owner = make_user(Role.DESIGNER)
    comparison = make_comparison(**IMAGE, owner=owner)
    end_plans(comparison)
    finish_all(comparison)
    assert not Picture.objects.visible_to(make_user(Role.EXPERT)).exists()
    assert Picture.objects.visible_to(owner).count() == Picture.objects.count() > 0


def test_pictures_of_a_comparison_are_no_stock() -> None:
    comparison = make_comparison(**IMAGE)
    end_plans(comparison)
    finish_all(comparison)
    assert Entry.objects.take_in() == 0
    assert not Entry.objects.exists()
    assert not Picture.objects.stock().exists()
    assert not full_cells() & {(run.topic_id, run.concept_id) for run in comparison.runs.all()}
