"""Comparisons of models as their owner sees them: the list, the form, the ranking, the pictures, the file."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import Role
from review.comparing import next_pairs
from review.models import Judgement
from stockgen.models import Comparison, Run
from tests.comparing import (
    end_plans,
    finish_all,
    judge,
    judge_all,
    make_compared,
    make_comparison,
    prefer,
)
from tests.factories import make_concept, make_expert, make_topic, make_user, some_uuid
from tests.web.conftest import Browser

LIST = "/comparisons/"


def page_of(comparison: Comparison) -> str:
    return f"{LIST}{comparison.pk}/"


def form(**changes: Any) -> dict[str, Any]:
    make_topic(key="office"), make_topic(key="medicine"), make_concept(key="interior")
    return {
        "name": "Which one", "varies": "image", "image_contestants": ["sdxl", "realvisxl-5"],
        "language_model": "smollm2-135m-instruct", "image_model": "demonstration", "topics": ["office", "medicine"],
        "concepts": ["interior"], "pictures_per_cell": 4, "seed": "",
    } | changes  # fmt: skip


@pytest.fixture
def compared(designer: Browser) -> Comparison:
    return make_compared(owner=designer.user, name="Which one", pictures_per_cell=8)


def decide_for(comparison: Comparison, contestant: str, judgements: int) -> None:
    """Let an expert prefer the pictures of one model."""
    rater = make_expert()
    for pair in next_pairs(comparison, rater, judgements):
        prefer(rater, pair, contestant)


# ---------------------------------------------------------------------- list
def test_the_list_shows_own_comparisons_with_their_models_and_how_far_they_are(
    designer: Browser, compared: Comparison
) -> None:
    judge_all(compared, make_expert())
    page = designer.get(LIST).text
    assert "Stable Diffusion XL · RealVisXL 5" in page
    assert "16 pictures" in page
    assert "8 judgements" in page


def test_the_list_goes_on_page_by_page(designer: Browser) -> None:
    topic, concept = make_topic(), make_concept()
    made = [
        make_comparison(owner=designer.user, name=f"No {index}", topics=[topic], concepts=[concept])
        for index in range(32)
    ]
    first = designer.get(LIST)
    assert len(first.context["rows"]) == 30
    [more] = re.findall(r'href="(/comparisons/\?before=[^"]+)"', first.text)
    second = designer.get(more)
    assert [row["comparison"].pk for row in second.context["rows"]] == [made[1].pk, made[0].pk]
    assert designer.get(LIST, {"before": "x"}).status_code == 404


def test_an_empty_list_offers_the_first_one(designer: Browser) -> None:
    make_comparison()
    assert "Start the first comparison" in designer.get(LIST).text


# ---------------------------------------------------------------------- a new one
def test_the_form_starts_the_runs_of_every_cell(designer: Browser) -> None:
    response = designer.post(f"{LIST}new/", form(seed="7"))
    comparison = Comparison.objects.get()
    assert response.headers["Location"] == page_of(comparison)
    assert comparison.owner == designer.user
    assert comparison.contestants == ["sdxl", "realvisxl-5"]
    assert (comparison.seed, comparison.pictures_per_cell, comparison.image_model) == (7, 4, "")
    assert Run.objects.filter(comparison=comparison, count=4, seed=7).count() == 2


def test_language_models_are_taken_from_their_own_boxes(designer: Browser) -> None:
    keys = ["smollm2-135m-instruct", "qwen2.5-7b-instruct"]
    designer.post(f"{LIST}new/", form(varies="language", language_contestants=keys))
    comparison = Comparison.objects.get()
    assert (comparison.contestants, comparison.image_model, comparison.language_model) == (
        keys,
        "demonstration",
        "",
    )


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"name": ""}, "name"), ({"image_contestants": ["sdxl"]}, "image_contestants"),
        ({"image_contestants": []}, "image_contestants"), ({"image_contestants": ["x", "y"]}, "image_contestants"),
        ({"varies": "language"}, "language_contestants"), ({"varies": "x"}, "varies"), ({"topics": []}, "topics"),
        ({"topics": ["nothing"]}, "topics"), ({"concepts": []}, "concepts"),
        ({"pictures_per_cell": 0}, "pictures_per_cell"), ({"pictures_per_cell": 51}, "pictures_per_cell"),
        ({"pictures_per_cell": ""}, "pictures_per_cell"), ({"seed": "-1"}, "seed"), ({"seed": str(2**32)}, "seed"),
        ({"language_model": "x"}, "language_model"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost_or_stored(
    designer: Browser, changes: dict[str, Any], wrong: str
) -> None:
    response = designer.post(f"{LIST}new/", form(**changes))
    assert response.status_code == 422
    assert set(response.context["form"].errors) == {wrong}
    assert "name" in changes or 'value="Which one"' in response.text
    assert not Comparison.objects.exists()


# ---------------------------------------------------------------------- the ranking
def test_the_page_names_the_winner_once_it_is_sure(designer: Browser, compared: Comparison) -> None:
    assert "Nothing has been judged yet." in designer.get(page_of(compared)).text
    decide_for(compared, "realvisxl-5", 5)
    assert "Too few judgements to tell." in designer.get(page_of(compared)).text
    decide_for(compared, "realvisxl-5", 8)
    page = designer.get(page_of(compared))
    assert page.context["says"] == "RealVisXL 5 (SDXL, tuned for photographs) is preferred."
    assert page.context["overall"].rows[0].label.startswith("RealVisXL")
    assert page.context["standing"].judgements == 13


def test_the_page_says_where_the_lead_may_be_chance(designer: Browser, compared: Comparison) -> None:
    decide_for(compared, "sdxl", 7)
    decide_for(compared, "realvisxl-5", 6)
    assert "may be chance" in designer.get(page_of(compared)).context["says"]


def test_ties_skips_and_what_was_taken_back_are_told_apart(designer: Browser, compared: Comparison) -> None:
    rater = make_expert()
    choices = ["same", "same", "skip", "left", "right", "left"]
    made = [
        judge(rater, pair, choice)
        for pair, choice in zip(next_pairs(compared, rater, 6), choices, strict=True)
    ]
    Judgement.objects.undo(rater, made[-1].pk, undo_id=some_uuid())
    standing = designer.get(page_of(compared)).context["standing"]
    assert (standing.judgements, standing.ties, standing.raters) == (4, 2, 1)
    assert (standing.left.hits, standing.left.total) == (1, 2)


def test_there_is_a_ranking_for_each_topic_and_concept(designer: Browser) -> None:
    topics = [make_topic(name="Offices"), make_topic(name="Hospitals")]
    concepts = [make_concept(name="Rooms"), make_concept(name="Things")]
    comparison = make_compared(owner=designer.user, topics=topics, concepts=concepts, pictures_per_cell=5)
    rater = make_expert()
    for pair in next_pairs(comparison, rater, 50):
        prefer(rater, pair, "sdxl" if pair.left.topic == topics[0] else "realvisxl-5")
    context = designer.get(page_of(comparison)).context
    leaders = {name: forest.rows[0].label[:6] for name, _says, forest in context["topics"]}
    assert leaders == {"Offices": "Stable", "Hospitals": "RealVi"}
    assert {name for name, _says, _forest in context["concepts"]} == {"Rooms", "Things"}
    assert {forest.rows[0].mark.total for _name, _says, forest in context["topics"]} == {10}


def test_raters_who_judge_the_same_pairs_show_their_agreement(
    designer: Browser, compared: Comparison
) -> None:
    for _index in range(2):
        decide_for(compared, "sdxl", 8)
    standing = designer.get(page_of(compared)).context["standing"]
    assert standing.agreement.paired == 8
    assert standing.agreement.raw.value == 1.0


def test_three_models_are_shown_against_each_other(designer: Browser) -> None:
    comparison = make_compared(
        owner=designer.user, contestants=["sdxl", "realvisxl-5", "sdxl-turbo"], pictures_per_cell=4
    )
    decide_for(comparison, "sdxl", 12)
    grid = designer.get(page_of(comparison)).context["met"]
    first = grid.rows[0][2]
    assert [cell.text for cell in first] == ["–", "100%", "100%"]
    assert first[1].note == "4 : 0, 0 same"


def test_the_ranking_costs_as_many_queries_however_many_judged(
    designer: Browser, compared: Comparison, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    for _index in range(3):
        judge_all(compared, make_expert())
    with django_assert_max_num_queries(40):
        designer.get(page_of(compared))


# ---------------------------------------------------------------------- live, pictures
def test_the_live_part_is_asked_for_again_until_all_is_rendered_and_closed(designer: Browser) -> None:
    comparison = make_comparison(owner=designer.user)
    assert 'hx-trigger="every 3s' in designer.get(page_of(comparison)).text
    part = designer.htmx(page_of(comparison))
    assert part.status_code == 200
    assert "<html" not in part.text
    end_plans(comparison)
    finish_all(comparison)
    assert 'hx-trigger="every 15s' in designer.htmx(page_of(comparison)).text
    comparison.close()
    closed = designer.htmx(page_of(comparison))
    assert closed.status_code == 286
    assert "hx-trigger" not in closed.text


def test_the_contact_sheet_shows_items_side_by_side_with_their_models(
    designer: Browser, compared: Comparison
) -> None:
    decide_for(compared, "sdxl", 8)
    page = designer.get(page_of(compared))
    items = page.context["items"]
    assert [item.seed for item in items] == [compared.seed + index for index in range(8)]
    for item in items:
        assert [(shown.contestant, shown.preferred, shown.judged) for shown in item.pictures] == [
            ("sdxl", 1, 1), ("realvisxl-5", 0, 1),
        ]  # fmt: skip
    assert page.text.count('class="item-model"') == 16


def test_the_contact_sheet_goes_on_page_by_page_and_shows_what_is_missing(designer: Browser) -> None:
    comparison = make_comparison(owner=designer.user, pictures_per_cell=10)
    end_plans(comparison)
    finish_all(comparison, most=18)
    page = designer.get(page_of(comparison))
    [more] = re.findall(r'hx-get="([^"]+from=8)"', page.text)
    rest = designer.get(more)
    assert "<html" not in rest.text
    assert [item.seed - comparison.seed for item in rest.context["items"]] == [8, 9]
    assert "not rendered" in page.text + rest.text
    assert designer.get(page_of(comparison), {"from": "x"}).status_code == 404


# ---------------------------------------------------------------------- verbs, the file
def test_closing_reopening_and_cancelling(designer: Browser) -> None:
    comparison = make_comparison(owner=designer.user)
    for verb, sentence in (
        ("close", "Closed: nothing more is judged."), ("reopen", "Experts can judge it again."),
        ("cancel", "1 run is cancelled."),
    ):  # fmt: skip
        response = designer.press(f"{page_of(comparison)}{verb}/")
        assert response.status_code == 200
        assert sentence in response.headers["HX-Trigger"]
    assert designer.post(f"{page_of(comparison)}close/").headers["Location"] == page_of(comparison)
    assert Comparison.objects.get().is_closed


def test_the_file_has_every_judgement_with_the_models_named(designer: Browser, compared: Comparison) -> None:
    rater = make_expert(username="=evil()")
    one, two, three = next_pairs(compared, rater, 3)
    prefer(rater, one, "realvisxl-5")
    judge(rater, two, "same", seconds=2.5)
    undone = judge(rater, three, "skip")
    Judgement.objects.undo(rater, undone.pk, undo_id=some_uuid())
    response = designer.get(f"{page_of(compared)}judgements.csv")
    assert response.headers["Content-Disposition"].startswith('attachment; filename="comparison-')
    content = b"".join(response.streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(content)))
    assert [row["preferred"] for row in rows] == ["realvisxl-5", "same", ""]
    assert [row["live"] for row in rows] == ["true", "true", "false"]
    assert [bool(row["undone_at"]) for row in rows] == [False, False, True]
    assert {row["rater"] for row in rows} == {"'=evil()"}
    assert {frozenset((row["left_model"], row["right_model"])) for row in rows} == {
        frozenset(compared.contestants)
    }
    assert rows[1]["seconds"] == "2.5"


# ---------------------------------------------------------------------- who
def test_a_comparison_of_somebody_else_is_not_there(
    other_designer: Browser, operator: Browser, expert: Browser, anonymous: Browser, compared: Comparison
) -> None:
    paths = [page_of(compared), f"{page_of(compared)}judgements.csv"]
    verbs = [f"{page_of(compared)}{verb}/" for verb in ("close", "reopen", "cancel")]
    for path in paths:
        assert [browser.get(path).status_code for browser in (other_designer, operator, expert, anonymous)] == [
            404, 200, 403, 302,
        ]  # fmt: skip
    for path in verbs:
        assert [browser.post(path).status_code for browser in (other_designer, expert, anonymous)] == [
            404,
            403,
            302,
        ]
        assert operator.get(path).status_code == 405
    assert other_designer.get(LIST).context["rows"] == []
    assert expert.get(LIST).status_code == expert.get(f"{LIST}new/").status_code == 403
    compared.refresh_from_db()
    assert not compared.is_closed


def test_a_designer_who_is_an_expert_too_judges_without_reading_the_models_there(
    compared: Comparison,
) -> None:
    owner = compared.owner
    owner.give_roles(Role.DESIGNER, Role.EXPERT)
    both = Browser(make_user(None))
    both.force_login(owner)
    page = both.get(f"/review/compare/{compared.pk}/")
    assert page.status_code == 200
    assert not [key for key in compared.contestants if key in page.text]


def test_pictures_of_a_comparison_are_in_the_gallery_only_with_their_run(
    designer: Browser, compared: Comparison
) -> None:
    [run] = compared.runs.all()
    assert designer.get("/gallery/").context["pictures"] == []
    assert len(designer.get("/gallery/", {"run": str(run.pk)}).context["pictures"]) == 16
    assert designer.get("/").context["pictures"] == []
    assert "16<span" in designer.get(f"/runs/{run.pk}/").text
    assert "16 pictures" in designer.get("/runs/").text
