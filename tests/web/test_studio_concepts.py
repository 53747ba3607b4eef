"""Concepts in the studio: a new one, its texts, sizes, negative prompts, shares."""

from __future__ import annotations

from typing import Any

import pytest

from engines.registry import IMAGE_MODELS
from stockgen.models import Concept, NegativePrompt
from tests.factories import make_concept
from tests.web.conftest import Browser

LOCATIONS = "Topic: A — b\n- one\n- two\n\nTopic: {topic} — {details}"
DESCRIPTIONS = "Place: one\nShows: a, b\nLight: c\n\nPlace: {location}\nPrompt: {location}, {shows}, {light}"
TEXTS = {
    "locations_system": "List.",
    "locations_examples": LOCATIONS,
    "descriptions_system": "Describe.",
    "descriptions_examples": DESCRIPTIONS,
}
FORM = {
    "name": "Food", "name_ru": "Еда", "subject": "dish", "subject_ru": "блюдо", "share": "15", "is_active": "on",
    "sizes": "1024 x 768\n768×1024", "negative_prompt": "people", **TEXTS,
}  # fmt: skip
MODEL = next(key for key, spec in IMAGE_MODELS.items() if spec.negative_prompt)


@pytest.fixture
def concept(db: None) -> Concept:
    """Give a concept."""
    return make_concept(key="interior", name="Interiors", name_ru="Интерьеры", share=60, **TEXTS)


def sent(page: Any, **changes: Any) -> dict[str, Any]:
    """Return what the form of a page would send, with changes."""
    form = page.context["form"]
    data = {"base": form["base"].value()}
    for name in form.value_names():
        value = form[name].value()
        data[f"initial-{name}"] = form.fields[name].prepare_value(value)
        if value is True:
            data[name] = "on"
        elif value not in (False, None):
            data[name] = value
    return {name: "" if value is None else value for name, value in (data | changes).items()}


PAGES = [
    "/concepts/",
    "/concepts/?arrange",
    "/concepts/new/",
    "/concepts/new/?from=interior",
    "/concepts/interior/",
]


@pytest.mark.parametrize("page", PAGES)
def test_designers_and_operators_may_experts_may_not(
    designer: Browser, operator: Browser, expert: Browser, anonymous: Browser, concept: Concept, page: str
) -> None:
    assert designer.get(page).status_code == 200
    assert operator.get(page).status_code == 200
    assert expert.get(page).status_code == 403
    assert anonymous.get(page).status_code == 302


@pytest.mark.parametrize("address", ["/concepts/interior/", "/concepts/new/", "/concepts/interior/withdraw/"])
def test_experts_change_nothing(expert: Browser, concept: Concept, address: str) -> None:
    assert expert.post(address, FORM).status_code == 403
    assert list(Concept.objects.values_list("name", "is_active")) == [("Interiors", True)]


def test_a_new_concept_has_all_that_was_typed(designer: Browser) -> None:
    response = designer.post("/concepts/new/", FORM | {f"negative_for_{MODEL}": "plates"})
    assert response.url == "/concepts/food/?made"
    concept = Concept.objects.get()
    assert (concept.key, concept.local_subject, concept.share) == ("food", "dish", 15)
    assert concept.sizes == ["1024×768", "768×1024"]
    assert concept.negative_prompt_for(MODEL) == "plates"
    assert concept.negative_prompt_for("another") == "people"
    assert concept.descriptions_examples == DESCRIPTIONS


def test_a_new_concept_may_start_as_a_copy(designer: Browser, concept: Concept) -> None:
    Concept.objects.update(sizes=["640×480"], negative_prompt="people")
    NegativePrompt.objects.create(concept=concept, image_model=MODEL, text="")
    form = designer.get("/concepts/new/?from=interior").context["form"]
    assert not form["name"].value()
    assert form["locations_examples"].value() == LOCATIONS
    assert form["sizes"].value() == "640×480"
    assert form[f"negative_for_{MODEL}"].value() == "-"
    assert designer.get("/concepts/new/?from=nowhere").status_code == 404
    assert designer.get("/concepts/new/?from=%00").status_code == 200


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("name", "Еда", "Write the name in English"),
        ("share", "101", "100"),
        ("share", "-1", "0"),
        ("share", "x", "whole number"),
        ("sizes", "big", "“big”: Write a size as width × height"),
        ("sizes", "1024×768, 9×9", "Use sides from 64 to 8192 pixels."),
        ("sizes", "\n".join(f"{64 + n}×64" for n in range(9)), "8 sizes at most"),
        ("locations_system", "", "required"),
        ("locations_system", "x" * 10_001, "10000"),
        ("locations_examples", "no list", "hold no block"),
        (
            "locations_examples",
            "Topic: A\n- one\n\nno place holder",
            "must end with a question that holds {topic}",
        ),
        ("descriptions_examples", "Place: {location}", "must end with a question that holds {location}"),
        ("descriptions_examples", "x" * 50_001, "50000"),
        ("negative_prompt", "x" * 2001, "2000"),
        (f"negative_for_{MODEL}", "x" * 2001, "2000"),
    ],
)
def test_what_is_wrong_is_said_at_the_field_and_nothing_is_lost(
    designer: Browser, field: str, value: str, message: str
) -> None:
    response = designer.post("/concepts/new/", FORM | {field: value})
    assert response.status_code == 422
    form = response.context["form"]
    assert set(form.errors) == {field}
    assert message in form.errors.as_text()
    assert form[field].value() == value
    assert form["descriptions_system"].value() == TEXTS["descriptions_system"]
    assert not Concept.objects.exists()


@pytest.mark.parametrize(
    ("typed", "sizes"),
    [
        ("", []), ("1024x768", ["1024×768"]), ("1024х768", ["1024×768"]),
        (" 64 × 64 ,64X64;128*64", ["64×64", "128×64"]),
    ],
)  # fmt: skip
def test_sizes_are_read_however_they_are_typed(designer: Browser, typed: str, sizes: list[str]) -> None:
    assert designer.post("/concepts/new/", FORM | {"sizes": typed}).status_code == 302
    assert Concept.objects.get().sizes == sizes


def test_opening_and_saving_changes_nothing(designer: Browser, concept: Concept) -> None:
    NegativePrompt.objects.create(concept=concept, image_model=MODEL, text="")
    Concept.objects.update(sizes=["640×480", "480×640"])
    response = designer.post("/concepts/interior/", sent(designer.get("/concepts/interior/")))
    assert response.status_code == 302
    concept.refresh_from_db()
    assert (concept.revision, concept.own_negative_prompts()) == (1, {MODEL: ""})


def test_negative_prompts_of_models_are_added_edited_and_removed(designer: Browser, concept: Concept) -> None:
    name = f"negative_for_{MODEL}"
    for typed, stored in [
        ("plates", {MODEL: "plates"}),
        ("cups", {MODEL: "cups"}),
        ("-", {MODEL: ""}),
        ("", {}),
    ]:
        page = designer.get("/concepts/interior/")
        assert designer.post("/concepts/interior/", sent(page, **{name: typed})).status_code == 302
        assert concept.own_negative_prompts() == stored


def test_a_negative_prompt_of_a_model_that_is_gone_can_still_be_removed(
    designer: Browser, concept: Concept
) -> None:
    NegativePrompt.objects.create(concept=concept, image_model="old-model", text="blur")
    page = designer.get("/concepts/interior/")
    assert "old-model" in page.text
    designer.post("/concepts/interior/", sent(page, **{"negative_for_old-model": ""}))
    assert not NegativePrompt.objects.exists()


def test_the_second_of_two_who_save_sees_each_field_and_loses_nothing(
    designer: Browser, other_designer: Browser, concept: Concept
) -> None:
    page = designer.get("/concepts/interior/")
    theirs = sent(page, locations_system="List rooms.", share="50", **{f"negative_for_{MODEL}": "theirs"})
    assert other_designer.post("/concepts/interior/", theirs).status_code == 302
    mine = sent(page, locations_system="List halls.", sizes="640×480", **{f"negative_for_{MODEL}": "mine"})
    response = designer.post("/concepts/interior/", mine)
    assert response.status_code == 409
    found = {
        one.field_id: (str(one.changed_by), one.theirs, one.mine) for one in response.context["differences"]
    }
    assert found == {
        "id_locations_system": ("both", "List rooms.", "List halls."),
        "id_share": ("them", "50", "60"),
        "id_sizes": ("me", "", "640×480"),
        f"id_negative_for_{MODEL}": ("both", "theirs", "mine"),
    }
    assert designer.post("/concepts/interior/", sent(response)).status_code == 302
    concept.refresh_from_db()
    assert (concept.locations_system, concept.share, concept.sizes) == ("List halls.", 50, ["640×480"])
    assert concept.own_negative_prompts() == {MODEL: "mine"}


def test_withdrawing_is_a_difference_like_any_other(
    designer: Browser, other_designer: Browser, concept: Concept
) -> None:
    page = designer.get("/concepts/interior/")
    other_designer.post("/concepts/interior/withdraw/")
    response = designer.post("/concepts/interior/", sent(page, subject="room"))
    assert response.status_code == 409
    found = {
        one.field_id: (str(one.changed_by), one.theirs, one.mine) for one in response.context["differences"]
    }
    assert found == {"id_is_active": ("them", "no", "yes"), "id_subject": ("me", "location", "room")}
    assert designer.post("/concepts/interior/", sent(response)).status_code == 302
    concept.refresh_from_db()
    assert (concept.is_active, concept.subject) == (False, "room")


def test_shares_that_make_no_whole_are_a_warning_not_a_refusal(designer: Browser, concept: Concept) -> None:
    for page in ("/concepts/", "/concepts/interior/"):
        assert "The shares of the offered concepts add up to 60 %." in designer.get(page).text
    make_concept(share=40)
    assert "add up to 100 %" in designer.get("/concepts/").text
    assert "add up to" not in designer.get("/concepts/interior/").text
    assert (
        designer.post(
            "/concepts/interior/", sent(designer.get("/concepts/interior/"), share="99")
        ).status_code
        == 302
    )


def test_the_page_says_which_sizes_each_image_model_renders(designer: Browser, concept: Concept) -> None:
    Concept.objects.update(sizes=["1024×768"])
    sizes = dict(designer.get("/concepts/interior/").context["sizes"])
    assert sizes[IMAGE_MODELS["sdxl"].title] == ["1024×768"]


def test_order_and_offer_are_changed_where_concepts_are_arranged(designer: Browser, concept: Concept) -> None:
    make_concept(key="food", name="Food", position=2)
    assert designer.post("/concepts/food/up/").url == "/concepts/?arrange#row-food"
    assert list(Concept.objects.values_list("key", flat=True)) == ["food", "interior"]
    designer.post("/concepts/food/down/")
    assert list(Concept.objects.values_list("key", flat=True)) == ["interior", "food"]
    designer.post("/concepts/food/withdraw/")
    assert not Concept.objects.get(key="food").is_active
    designer.post("/concepts/food/offer/")
    assert Concept.objects.get(key="food").is_active


def test_an_unknown_concept_is_404(designer: Browser) -> None:
    assert designer.get("/concepts/nowhere/").status_code == 404
    assert designer.post("/concepts/nowhere/up/").status_code == 404
