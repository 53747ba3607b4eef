"""Launching a run from the dashboard."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from stockgen.forms.launch import LaunchForm
from stockgen.models import Concept, Picture, Run, Topic
from tests.factories import make_concept, make_topic, make_user, some_uuid
from tests.web.conftest import Browser


@pytest.fixture
def topic(db: None) -> Topic:
    """Give a topic."""
    return make_topic(key="office", name="Offices")


@pytest.fixture
def concept(db: None) -> Concept:
    """Give a concept."""
    return make_concept(key="interior", name="Interiors", negative_prompt="people")


@pytest.fixture
def form(topic: Topic, concept: Concept) -> dict[str, Any]:
    """Give what a person has to fill in."""
    return {"topic": topic.key, "concept": concept.key, "count": "12"}


def test_topic_concept_and_count_are_enough(designer: Browser, form: dict[str, Any], topic: Topic) -> None:
    response = designer.post("/launch/", form)
    run = Run.objects.get()
    assert response.url == f"/runs/{run.pk}/"
    assert (run.owner, run.topic, run.count) == (designer.user, topic, 12)
    assert run.negative_prompt == "people"
    assert run.width >= 64


def test_every_setting_is_passed_on(designer: Browser, form: dict[str, Any]) -> None:
    settings = {
        "image_model": "sdxl", "width": "1024", "height": "768", "steps": "25", "guidance_scale": "6.5",
        "seed": "4294967295", "location_count": "3", "negative_prompt": "clutter", "prompt": "a desk by a window",
    }  # fmt: skip
    designer.post("/launch/", form | settings)
    run = Run.objects.get()
    stored = {name: str(getattr(run, name)) for name in settings}
    assert stored == settings


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("count", "0"), ("count", "-1"), ("count", "1000000000"), ("count", "NaN"), ("count", "1e9"), ("count", ""),
        ("count", "1.5"), ("topic", "unknown"), ("topic", ""), ("topic", "\x00"), ("concept", "unknown"),
        ("concept", ""), ("image_model", "unknown"), ("image_model", "/etc/passwd"),
        ("image_model", "https://example.org/model"), ("language_model", "unknown"), ("width", "513"),
        ("width", "99999"), ("width", "0"), ("height", "-8"), ("steps", "0"), ("steps", "100000"),
        ("guidance_scale", "NaN"), ("guidance_scale", "inf"), ("guidance_scale", "-1"), ("guidance_scale", "31"),
        ("seed", "-1"), ("seed", "4294967296"), ("seed", "18446744073709551616"), ("seed", "abc"),
        ("location_count", "0"), ("location_count", "13"), ("negative_prompt", "x" * 2001), ("prompt", "x" * 2001),
    ],
)  # fmt: skip
def test_a_bad_value_is_said_at_its_field_and_stores_nothing(
    designer: Browser, form: dict[str, Any], field: str, value: str
) -> None:
    response = designer.post("/launch/", form | {field: value, "negative_prompt": "kept"} | {field: value})
    assert response.status_code == 422
    assert not Run.objects.exists()
    assert list(response.context["form"].errors) == [field]
    assert "field-wrong" in response.text
    if field != "negative_prompt":
        assert "kept" in response.text


def test_a_double_click_makes_one_run(designer: Browser, form: dict[str, Any]) -> None:
    key = designer.get("/launch/").context["form"]["idempotency_key"].value()
    first = designer.post("/launch/", form | {"idempotency_key": key})
    second = designer.post("/launch/", form | {"idempotency_key": key})
    assert first.url == second.url
    assert Run.objects.count() == 1


def test_every_load_of_the_form_can_start_a_run_of_its_own(designer: Browser, form: dict[str, Any]) -> None:
    for _load in range(2):
        key = designer.get("/launch/").context["form"]["idempotency_key"].value()
        designer.post("/launch/", form | {"idempotency_key": key})
    assert Run.objects.count() == 2


def test_a_form_changed_after_going_back_asks_before_it_starts_another_run(
    designer: Browser, form: dict[str, Any]
) -> None:
    designer.post("/launch/", form | {"idempotency_key": "once"})
    again = designer.post("/launch/", form | {"idempotency_key": "once", "count": "7"})
    assert again.status_code == 422
    assert Run.objects.count() == 1
    key = again.context["form"]["idempotency_key"].value()
    designer.post("/launch/", form | {"idempotency_key": key, "count": "7"})
    assert Run.objects.count() == 2


def test_an_expert_may_not_launch(expert: Browser, form: dict[str, Any]) -> None:
    response = expert.post("/launch/", form)
    assert response.status_code == 403
    assert "designer, operator" in response.text
    assert not Run.objects.exists()


def test_a_launch_without_the_csrf_token_is_refused(form: dict[str, Any]) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_user())
    assert client.post("/launch/", form).status_code == 403
    assert not Run.objects.exists()


def test_a_topic_that_is_no_longer_offered_cannot_be_chosen(designer: Browser, form: dict[str, Any]) -> None:
    Topic.objects.update(is_active=False)
    assert designer.post("/launch/", form).status_code == 422
    assert "Offices" not in designer.get("/launch/").text


def test_the_demonstration_model_is_called_one(
    designer: Browser, form: dict[str, Any], settings: Any
) -> None:
    settings.IMAGE_MODEL = "demonstration"
    assert designer.get("/launch/").context["form"].is_stock_model is False
    assert "This image model is a demonstration." in designer.get("/launch/").text
    settings.IMAGE_MODEL = "sdxl"
    page = designer.get("/launch/")
    assert page.context["form"].is_stock_model is True
    assert "data-demonstration-note hidden" in page.text


def test_defaults_of_the_model_stand_as_placeholders(designer: Browser, settings: Any) -> None:
    settings.IMAGE_MODEL = "sdxl"
    page = designer.get("/launch/").text
    assert 'placeholder="1024"' in page


@pytest.mark.parametrize(
    ("keep", "expected"),
    [((), (None, None)), (("prompt",), ("prompt", None)), (("seed",), (None, "seed")),
     (("prompt", "seed"), ("prompt", "seed"))],
)  # fmt: skip
def test_a_picture_fills_the_form_in(
    designer: Browser,
    finished_picture: Picture,
    keep: tuple[str, ...],
    expected: tuple[str | None, str | None],
) -> None:
    form = designer.get("/launch/", {"like": finished_picture.pk, "keep": keep}).context["form"]
    assert form["topic"].value() == finished_picture.topic.key
    assert form["steps"].value() == finished_picture.steps
    assert form["prompt"].value() == (finished_picture.prompt.text if expected[0] else None)
    assert form["seed"].value() == (finished_picture.seed if expected[1] else None)


def test_another_persons_picture_fills_nothing_in(other_designer: Browser, finished_picture: Picture) -> None:
    assert other_designer.get("/launch/", {"like": finished_picture.pk}).status_code == 404


@pytest.mark.parametrize("like", ["nonsense", "", str(some_uuid())])
def test_a_picture_that_is_not_there_fills_nothing_in(designer: Browser, like: str) -> None:
    assert designer.get("/launch/", {"like": like}).status_code == 404


def test_a_hyphen_means_no_negative_prompt_at_all(designer: Browser, form: dict[str, Any]) -> None:
    designer.post("/launch/", form | {"negative_prompt": "-"})
    assert Run.objects.get().negative_prompt == ""


def test_a_run_that_stops_after_planning_is_launched(designer: Browser, form: dict[str, Any]) -> None:
    designer.post("/launch/", form | {"stops_after_planning": "on"})
    assert Run.objects.get().stops_after_planning


@pytest.mark.parametrize("prompt", ["{morning|evening light", "light}", "{a|}", "{a|b}" * 20])
def test_wrong_wildcards_are_said_at_the_prompt(designer: Browser, form: dict[str, Any], prompt: str) -> None:
    response = designer.post("/launch/", form | {"prompt": prompt})
    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["prompt"]
    assert not Run.objects.exists()


def test_what_is_usual_is_said_for_every_concept_and_model(designer: Browser, concept: Concept) -> None:
    concept.sizes = ["1024×768", "768×1024"]
    concept.save()
    concept.negative_prompts.create(image_model="sdxl", text="clutter")
    response = designer.get("/launch/", {"concept": concept.key})
    radio = next(iter(response.context["form"]["concept"]))
    usual = json.loads(radio.data["attrs"]["data-usual"])
    assert usual["sdxl"] == {"sizes": [[1024, 768], [768, 1024]], "negative_prompt": "clutter"}
    assert usual["demonstration"]["negative_prompt"] == "people"
    assert usual["demonstration"]["sizes"] == [[256, 256]]


def test_the_placeholders_are_those_of_the_chosen_concept_and_model(
    designer: Browser, concept: Concept
) -> None:
    concept.sizes = ["1024×768"]
    concept.save()
    concept.negative_prompts.create(image_model="sdxl", text="clutter")
    form = LaunchForm(initial={"concept": concept.key, "image_model": "sdxl"})
    placeholders = {
        name: form.fields[name].widget.attrs["placeholder"] for name in ("width", "height", "negative_prompt")
    }
    assert placeholders == {"width": "1024", "height": "768", "negative_prompt": "clutter"}


def test_a_prompt_with_plain_braces_is_filled_in_as_it_was_rendered(
    designer: Browser, finished_picture: Picture
) -> None:
    finished_picture.prompt.text = "a sign with {braces}"
    finished_picture.prompt.save()
    response = designer.get("/launch/", {"like": finished_picture.pk, "keep": "prompt"})
    assert response.context["form"]["prompt"].value() == r"a sign with \{braces\}"
