"""The table of a planned run's prompts: the page, and what each change answers."""

from __future__ import annotations

from typing import Any

import pytest

from stockgen.models import Prompt, Run
from stockgen.models.tally import Phase
from tests.factories import make_campaign, make_planned_run, make_run, write_plans
from tests.web.conftest import Browser


@pytest.fixture
def run(designer: Browser) -> Run:
    """Give a planned run with a prompt at each of two locations."""
    return make_planned_run(designer.user, locations=2, count=4, stops_after_planning=True)


def first(run: Run) -> Prompt:
    prompt = run.prompts.order_by("pk").first()
    assert prompt
    return prompt


def post(browser: Browser, run: Run, path: str, **fields: Any) -> Any:
    return browser.post(f"/runs/{run.pk}/{path}", fields)


# ---------------------------------------------------------------------- the page
def test_the_page_shows_every_prompt_and_what_it_stands_for(designer: Browser, run: Run) -> None:
    prompt = first(run)
    prompt.text = "{morning|evening} light <b>"
    prompt.save()
    text = designer.get(f"/runs/{run.pk}/prompts/").text
    shown = (
        "location 0", "location 1", "a picture of location 1", "{morning|evening} light &lt;b&gt;",
        "evening light &lt;b&gt;", "<strong>2</strong> prompts", "<strong>3</strong> combinations",
    )  # fmt: skip
    for part in shown:
        assert part in text
    assert "data-edit>" in text


def test_the_number_of_queries_does_not_grow_with_the_table(
    designer: Browser, django_assert_max_num_queries: Any
) -> None:
    run = make_planned_run(designer.user, locations=100, count=100, stops_after_planning=True)
    for location in run.locations.all():
        Prompt.objects.bulk_create(
            Prompt(run=run, location=location, text="{a|b}", position=n) for n in (1, 2)
        )
    with django_assert_max_num_queries(14):
        designer.get(f"/runs/{run.pk}/prompts/")
    with django_assert_max_num_queries(18):
        post(designer, run, f"prompts/{first(run).pk}/edit/", text="x", base="a picture of location 0")


@pytest.mark.parametrize("state", ["waiting", "rendering", "cancelled", "automatic"])
def test_a_run_that_cannot_be_changed_is_shown_as_it_is(designer: Browser, run: Run, state: str) -> None:
    if state == "waiting":
        run = make_run(designer.user, stops_after_planning=True)
    elif state == "automatic":
        run = make_planned_run(designer.user)
    elif state == "rendering":
        run.start_rendering()
    else:
        run.cancel()
    response = designer.get(f"/runs/{run.pk}/prompts/")
    assert response.status_code == 200
    assert response.context["closed"]
    assert str(response.context["closed"]) in response.text
    assert "data-edit" not in response.text
    assert "Start the rendering" not in response.text


def test_the_page_is_for_the_owner_and_operators(
    run: Run, other_designer: Browser, expert: Browser, operator: Browser, anonymous: Browser
) -> None:
    path = f"/runs/{run.pk}/prompts/"
    assert other_designer.get(path).status_code == 404
    assert expert.get(path).status_code == 403
    assert anonymous.get(path).status_code == 302
    assert operator.get(path).status_code == 200


# ---------------------------------------------------------------------- changes
def test_an_edit_answers_with_its_row_and_the_new_totals(designer: Browser, run: Run) -> None:
    prompt = first(run)
    answer = post(
        designer, run, f"prompts/{prompt.pk}/edit/", text="{a|b|c}\r\nroom ", base="a picture of location 0"
    )
    assert answer.status_code == 200
    body = answer.json()
    assert [part["id"] for part in body["parts"]] == [f"prompt-{prompt.pk}"]
    assert "<strong>4</strong> combinations" in body["totals"]
    prompt.refresh_from_db()
    assert (prompt.text, prompt.author) == ("{a|b|c}\nroom", designer.user)


def test_an_edit_of_an_outdated_text_answers_with_both(designer: Browser, run: Run) -> None:
    prompt = first(run)
    post(designer, run, f"prompts/{prompt.pk}/edit/", text="theirs <i>", base="a picture of location 0")
    answer = post(designer, run, f"prompts/{prompt.pk}/edit/", text="mine", base="a picture of location 0")
    assert answer.status_code == 409
    assert answer.json()["latest"] == "theirs <i>"
    assert "&lt;i&gt;" in answer.json()["html"] or "&lt;" in answer.json()["html"]
    assert "mine" in answer.json()["html"]
    answer = post(designer, run, f"prompts/{prompt.pk}/edit/", text="mine", base="theirs <i>")
    assert answer.status_code == 200


@pytest.mark.parametrize("text", ["", "{a", "x" * 2001, "a\0b"])
def test_a_text_that_cannot_be_is_said_why(designer: Browser, run: Run, text: str) -> None:
    for path, fields in (
        (f"prompts/{first(run).pk}/edit/", {"text": text}),
        ("prompts/add/", {"text": text}),
        ("locations/add/", {"text": text, "name": "a roof"}),
    ):
        answer = post(designer, run, path, **fields)
        assert answer.status_code == 422
        assert list(answer.json()["fields"]) == ["text"]
        assert answer.json()["message"]
    assert run.prompts.count() == 2


def test_rows_and_locations_are_dropped_brought_back_copied_and_added(designer: Browser, run: Run) -> None:
    prompt, location = first(run), run.locations.order_by("pk")[0]
    assert post(designer, run, f"prompts/{prompt.pk}/drop/").status_code == 200
    assert run.prompts.in_the_plan().count() == 1
    assert "data-edit" not in post(designer, run, f"prompts/{prompt.pk}/drop/").json()["parts"][0]["html"]
    assert post(designer, run, f"prompts/{prompt.pk}/restore/").status_code == 200
    copy = post(designer, run, f"prompts/{prompt.pk}/duplicate/").json()
    assert copy["parts"][0]["id"] == f"location-{location.pk}"
    assert copy["focus"] == f"prompt-{run.prompts.order_by('pk').last().pk}"
    assert post(designer, run, "prompts/add/", text="another", location=location.pk).status_code == 200
    assert (
        post(designer, run, "prompts/add/", text="without a place").json()["parts"][0]["id"]
        == "location-none"
    )
    assert post(designer, run, f"locations/{location.pk}/drop/").status_code == 200
    assert run.prompts.in_the_plan().count() == 2
    assert post(designer, run, f"locations/{location.pk}/restore/").status_code == 200
    copied = post(designer, run, f"locations/{location.pk}/duplicate/").json()
    assert copied["parts"][0]["after"] == f"location-{location.pk}"
    named = post(designer, run, f"locations/{location.pk}/rename/", name="a hall", base="location 0")
    assert "a hall" in named.json()["parts"][0]["html"]
    added = post(designer, run, "locations/add/", name="a roof", text="a roof at noon").json()
    assert "a roof at noon" in added["parts"][0]["html"]
    assert [place.text for place in run.locations.order_by("position")] == [
        "a hall", "location 0", "location 1", "a roof"
    ]  # fmt: skip


def test_find_and_replace_is_looked_at_and_then_done(designer: Browser, run: Run) -> None:
    asked = {"needle": "picture", "replacement": "photograph <u>"}
    looked = post(designer, run, "prompts/replace/", **asked).json()
    assert looked["count"] == 2
    assert "<ins>photograph &lt;u&gt;</ins>" in looked["html"]
    assert first(run).text == "a picture of location 0"
    done = post(designer, run, "prompts/replace/", **asked, digest=looked["digest"]).json()
    assert len(done["parts"]) == 2
    assert first(run).text == "a photograph <u> of location 0"


def test_replacements_of_what_has_changed_are_shown_again(designer: Browser, run: Run) -> None:
    asked = {"needle": "picture", "replacement": "photograph"}
    looked = post(designer, run, "prompts/replace/", **asked).json()
    post(designer, run, f"prompts/{first(run).pk}/drop/")
    answer = post(designer, run, "prompts/replace/", **asked, digest=looked["digest"])
    assert answer.status_code == 409
    assert answer.json()["count"] == 1
    assert "have changed since you looked" in answer.json()["html"]
    assert not run.prompts.filter(text__contains="photograph").exists()


def test_nothing_to_look_for_and_too_long_texts_are_refused(designer: Browser, run: Run) -> None:
    assert post(designer, run, "prompts/replace/", needle="").status_code == 422
    assert post(designer, run, "prompts/replace/", needle="x" * 2001).status_code == 422


def test_once_the_rendering_has_started_every_change_is_a_conflict(designer: Browser, run: Run) -> None:
    run.start_rendering()
    prompt, location = first(run).pk, run.locations.order_by("pk")[0].pk
    for path in (
        *(f"prompts/{prompt}/{verb}/" for verb in ("edit", "drop", "restore", "duplicate")),
        *(f"locations/{location}/{verb}/" for verb in ("rename", "drop", "restore", "duplicate")),
        "prompts/add/", "locations/add/", "prompts/replace/",
    ):  # fmt: skip
        answer = post(designer, run, path, text="x", name="y", needle="a", digest="z")
        assert answer.status_code == 409, path
        assert "cannot be changed" in answer.json()["message"]
    assert run.prompts.count() == 2


def test_what_is_not_yours_or_not_there_is_not_found(
    designer: Browser, run: Run, other_designer: Browser, expert: Browser
) -> None:
    prompt, location = first(run).pk, run.locations.order_by("pk")[0].pk
    mine = make_planned_run(other_designer.user, stops_after_planning=True)
    for path in (f"prompts/{prompt}/drop/", f"locations/{location}/drop/", "prompts/add/", "locations/add/",
                 "prompts/replace/", "render/"):  # fmt: skip
        fields = {"text": "x", "name": "y", "needle": "a"}
        assert post(other_designer, run, path, **fields).status_code == 404
        assert post(expert, run, path, **fields).status_code == 403
        assert designer.get(f"/runs/{run.pk}/{path}").status_code == 405
    assert post(other_designer, mine, f"prompts/{prompt}/drop/").status_code == 404
    assert post(other_designer, mine, f"locations/{location}/drop/").status_code == 404
    assert post(other_designer, mine, f"prompts/{10**30}/drop/").status_code == 404
    assert post(other_designer, mine, "prompts/add/", text="x", location=location).status_code == 404
    assert run.prompts.in_the_plan().count() == 2


def test_a_campaigns_prompts_are_changed_as_long_as_they_have_no_pictures(designer: Browser) -> None:
    campaign = make_campaign(designer.user)
    from stockgen.campaigns.advancing import advance

    advance(campaign.pk)
    write_plans(campaign)
    advance(campaign.pk)
    run = Run.objects.get(cell__campaign=campaign)
    text = designer.get(f"/runs/{run.pk}/prompts/").text
    assert "The campaign uses what is left here" in text
    assert "has pictures" in text
    assert "Start the rendering" not in text
    fixed = run.prompts.filter(pictures__isnull=False).first()
    free = run.prompts.filter(pictures__isnull=True).first()
    assert post(designer, run, f"prompts/{fixed.pk}/edit/", text="x").status_code == 409
    assert post(designer, run, f"prompts/{free.pk}/edit/", text="x").status_code == 200
    assert post(designer, run, f"prompts/{fixed.pk}/drop/").status_code == 200


# ---------------------------------------------------------------------- starting, and the run's own page
def test_the_rendering_starts_with_another_number_of_pictures(designer: Browser, run: Run) -> None:
    response = post(designer, run, "render/", count=7)
    assert response.url == f"/runs/{run.pk}/"
    assert run.pictures.count() == 7
    response = post(designer, run, "render/", count=7)
    assert "not waiting to be started" in designer.get(response.url).text
    assert run.pictures.count() == 7


@pytest.mark.parametrize("count", ["0", "-3", "10001", "many", "", "1e3"])
def test_a_number_of_pictures_that_cannot_be_is_said_at_its_field(
    designer: Browser, run: Run, count: str
) -> None:
    response = post(designer, run, "render/", count=count)
    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["count"]
    assert "field-wrong" in response.text
    assert not run.pictures.exists()


def test_without_a_prompt_nothing_starts_and_the_page_says_why(designer: Browser, run: Run) -> None:
    run.prompts.update(is_dropped=True)
    response = post(designer, run, "render/", count=3)
    assert response.status_code == 422
    assert "No prompt is left" in response.text


def test_the_page_of_a_planned_run_asks_to_look_and_is_not_polled(designer: Browser, run: Run) -> None:
    response = designer.get(f"/runs/{run.pk}/")
    assert "Look at the prompts" in response.text
    assert "every 1500ms" not in response.text
    assert "hx-trigger" not in response.text.partition('id="live"')[2].partition(">")[0]
    assert designer.htmx(f"/runs/{run.pk}/").status_code == 286
    assert "planned" in designer.get("/runs/").text


def test_the_rendering_starts_from_the_page_of_the_run(designer: Browser, run: Run) -> None:
    assert post(designer, run, "render/").status_code == 302
    assert run.pictures.count() == 4


def test_a_planned_run_is_cancelled_and_taken_up_again(designer: Browser, run: Run) -> None:
    designer.press(f"/runs/{run.pk}/cancel/")
    run.refresh_from_db()
    assert run.phase(run.tally()) == Phase.CANCELLED
    assert "Take it up again" in designer.get(f"/runs/{run.pk}/").text
    designer.press(f"/runs/{run.pk}/retry/")
    run.refresh_from_db()
    assert run.phase(run.tally()) == Phase.PLANNED


# ---------------------------------------------------------------------- what wildcards stand for
@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("{a|b} light", "2 combinations"), ("{a|b", "not closed"), ("{old|}", "empty"),
        ("{a|b|c}{a|b|c}{a|b|c}", "and 19 more"), ("{<i>|b}", "&lt;i&gt;"), ("x" * 2001, "2,000"),
        ("{a|b}" * 30, "too many"),
    ],
)  # fmt: skip
def test_the_preview_shows_what_a_prompt_stands_for(designer: Browser, text: str, part: str) -> None:
    for name in ("text", "prompt"):
        response = designer.post("/wildcards/", {name: text})
        assert response.status_code == 200
        assert part in response.text


@pytest.mark.parametrize("text", ["", "a plain text", "  "])
def test_the_preview_of_a_plain_text_is_empty(designer: Browser, text: str) -> None:
    assert designer.post("/wildcards/", {"prompt": text}).text.strip() == ""


def test_the_preview_is_for_designers(expert: Browser, anonymous: Browser) -> None:
    assert expert.post("/wildcards/", {"text": "{a|b}"}).status_code == 403
    assert anonymous.post("/wildcards/", {"text": "{a|b}"}).status_code == 302
