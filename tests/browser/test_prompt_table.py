"""A designer in the prompt table, by mouse, keyboard and touch: nothing typed is ever lost."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from accounts.models import User
from stockgen.models import Location, Prompt, Run
from stockgen.models.prompt_table import PromptTable
from tests.browser.conftest import PHONE
from tests.factories import make_planned_run


@pytest.fixture
def run(designer: User) -> Run:
    """Give a planned run with two prompts at each of three locations."""
    run = make_planned_run(designer, locations=3, count=6, stops_after_planning=True)
    for location in run.locations.all():
        Prompt.objects.create(run=run, location=location, text=f"{location.text} from above", position=1)
    return run


@pytest.fixture
def opened(page: Page, run: Run) -> Iterator[Page]:
    """Open its table."""
    page.goto(f"/runs/{run.pk}/prompts/")
    expect(page.locator(".pt-row [tabindex='0']").first).to_be_visible()  # the keys are in place
    yield page
    page.goto("about:blank")  # no request of this page outlives the test


def prompt(run: Run, number: int = 0) -> Prompt:
    return run.prompts.order_by("location__position", "position")[number]


def row(page: Page, one: Prompt) -> Locator:
    return page.locator(f"#prompt-{one.pk}")


def until(fact: Any) -> None:
    """Wait until the server has stored something."""
    deadline = time.monotonic() + 10
    while not fact():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def edit(page: Page, one: Prompt, text: str) -> Locator:
    row(page, one).locator("[data-edit]").click()
    area = row(page, one).locator("textarea")
    area.fill(text)
    return area


def test_a_prompt_is_edited_in_place_and_saved_at_once(opened: Page, run: Run) -> None:
    one = prompt(run)
    area = edit(opened, one, "a desk in {morning|evening} light")
    expect(row(opened, one).locator(".pt-expansion")).to_contain_text("2 combinations")
    area.press("Control+Enter")
    expect(row(opened, one).locator(".pt-text")).to_have_text("a desk in {morning|evening} light")
    expect(row(opened, one).locator(".pt-text")).to_be_focused()
    expect(row(opened, one)).to_contain_text("edited", ignore_case=True)
    expect(opened.locator("#pt-totals")).to_have_text(re.compile(r"6 prompts → 7 combinations, 6 pictures"))
    expect(opened.locator("[data-said]")).to_have_text("Saved")
    one.refresh_from_db()
    assert one.text == "a desk in {morning|evening} light"


def test_leaving_a_field_saves_it_and_escape_leaves_the_text_to_be_taken_up(opened: Page, run: Run) -> None:
    edit(opened, prompt(run), "saved by leaving")
    edit(opened, prompt(run, 1), "left")
    until(lambda: prompt(run).text == "saved by leaving")
    opened.keyboard.press("Escape")
    expect(row(opened, prompt(run, 1)).locator(".pt-left")).to_contain_text("Not saved")
    assert prompt(run, 1).text == "location 0 from above"
    row(opened, prompt(run, 1)).locator("[data-again]").click()
    expect(row(opened, prompt(run, 1)).locator("textarea")).to_have_value("left")
    opened.keyboard.press("Control+Enter")
    until(lambda: prompt(run, 1).text == "left")


def test_what_one_is_writing_outlives_other_changes_of_its_location(opened: Page, run: Run) -> None:
    place = opened.locator(".pt-group").first
    place.locator("[data-add]").click()
    opened.keyboard.type("left without saving")
    opened.keyboard.press("Escape")
    edit(opened, prompt(run), "left, too")
    opened.keyboard.press("Escape")
    expect(place.locator(".pt-left")).to_have_count(2)
    row(opened, prompt(run, 1)).locator("[data-verb=duplicate]").click()
    expect(place.locator(".pt-row")).to_have_count(3)
    row(opened, prompt(run)).locator("[data-again]").click()
    expect(row(opened, prompt(run)).locator("textarea")).to_have_value("left, too")
    opened.keyboard.press("Control+Enter")
    place.locator(".pt-head [data-again]").click()
    expect(place.locator("tr.pt-new textarea")).to_have_value("left without saving")
    opened.keyboard.press("Control+Enter")
    expect(place.locator("tr.pt-new")).to_have_count(0)
    expect(place.locator(".pt-row")).to_have_count(4)
    expect(place.locator(".pt-left")).to_have_count(0)
    assert set(run.prompts.filter(location=prompt(run).location).values_list("text", flat=True)) == {
        "left, too", "location 0 from above", "left without saving"
    }  # fmt: skip


def test_what_cannot_be_saved_stays_in_its_field_with_the_reason(opened: Page, run: Run) -> None:
    opened.expected_errors += ["422"]  # type: ignore[attr-defined]
    one = prompt(run)
    area = edit(opened, one, "a {morning|evening light")
    area.press("Control+Enter")
    expect(row(opened, one).locator(".pt-problem")).to_contain_text("character 3 is not closed")
    expect(area).to_have_value("a {morning|evening light")
    area.fill("a {morning|evening} light")
    area.press("Control+Enter")
    expect(row(opened, one).locator("textarea")).to_have_count(0)
    assert prompt(run).text == "a {morning|evening} light"


def test_a_server_out_of_reach_loses_no_text(opened: Page, run: Run) -> None:
    opened.expected_errors += ["ERR_"]  # type: ignore[attr-defined]
    one = prompt(run)
    opened.route("**/edit/", lambda route: route.abort())
    area = edit(opened, one, "typed in a tunnel")
    area.press("Control+Enter")
    expect(row(opened, one).locator(".pt-problem")).to_contain_text("cannot be reached")
    expect(area).to_have_value("typed in a tunnel")
    opened.unroute("**/edit/")
    row(opened, one).locator("[data-save]").click()
    until(lambda: prompt(run).text == "typed in a tunnel")


@pytest.mark.parametrize("choice", ["mine", "theirs"])
def test_two_who_edit_one_prompt_see_both_texts(opened: Page, run: Run, designer: User, choice: str) -> None:
    opened.expected_errors += ["409"]  # type: ignore[attr-defined]
    one = prompt(run)
    area = edit(opened, one, "my view of it")
    PromptTable(run, designer).edit(one.pk, "their view of it")
    area.press("Control+Enter")
    conflict = row(opened, one).locator(".pt-conflict")
    expect(conflict).to_contain_text("their view of it")
    expect(conflict).to_contain_text("my view of it")
    expect(area).to_have_value("my view of it")
    conflict.locator(f"[data-{choice}]").click()
    text = "my view of it" if choice == "mine" else "their view of it"
    expect(row(opened, one).locator(".pt-text")).to_have_text(text)
    expect(row(opened, one).locator("textarea")).to_have_count(0)
    until(lambda: prompt(run).text == text)


def test_the_whole_table_works_by_keyboard(opened: Page, run: Run) -> None:
    first = row(opened, prompt(run)).locator(".pt-text")
    first.focus()
    opened.keyboard.press("ArrowDown")
    expect(row(opened, prompt(run, 1)).locator(".pt-text")).to_be_focused()
    opened.keyboard.press("ArrowDown")
    expect(opened.locator(".pt-name").nth(1)).to_be_focused()
    opened.keyboard.press("ArrowUp")
    opened.keyboard.press("Delete")
    expect(row(opened, prompt(run, 1))).to_have_class(re.compile("pt-dropped"))
    expect(row(opened, prompt(run, 1)).locator(".pt-text")).to_be_focused()
    assert prompt(run, 1).is_dropped
    opened.keyboard.press("Delete")
    expect(row(opened, prompt(run, 1))).not_to_have_class(re.compile("pt-dropped"))
    opened.keyboard.press("ArrowUp")
    expect(first).to_be_focused()
    opened.keyboard.press("Enter")
    opened.keyboard.type(", at noon")
    opened.keyboard.press("Control+Enter")
    expect(first).to_have_text("a picture of location 0, at noon")
    tab_stops = opened.locator(".pt [tabindex='0']").count()
    assert tab_stops <= 5


def test_prompts_and_locations_are_added_copied_dropped_and_renamed(opened: Page, run: Run) -> None:
    place = opened.locator(".pt-group").first
    place.locator("[data-add]").click()
    opened.keyboard.type("a new view")
    opened.keyboard.press("Control+Enter")
    expect(place.locator("tr.pt-new")).to_have_count(0)
    expect(place.locator(".pt-row")).to_have_count(3)
    place.locator(".pt-head [data-verb=duplicate]").click()
    copy = opened.locator(".pt-group").nth(1)
    name = copy.locator(".pt-head textarea")
    expect(name).to_be_focused()
    name.fill("a copy of it")
    name.press("Enter")
    expect(copy.locator(".pt-name")).to_have_text("a copy of it")
    expect(copy.locator(".pt-row")).to_have_count(3)
    copy.locator(".pt-head [data-verb=drop]").click()
    expect(opened.locator("#pt-totals")).to_contain_text("7 prompts")
    copy.locator(".pt-head [data-verb=restore]").click()
    expect(opened.locator("#pt-totals")).to_contain_text("10 prompts")
    opened.get_by_role("button", name="Add a location").click()
    opened.keyboard.type("a roof")
    opened.keyboard.press("Tab")
    opened.keyboard.type("a roof at noon")
    opened.keyboard.press("Control+Enter")
    expect(opened.locator(".pt-group").last).to_contain_text("a roof at noon")
    expect(opened.locator(".pt-group").last.locator(".pt-name")).to_be_focused()
    assert [one.text for one in Location.objects.filter(run=run).order_by("position")] == [
        "location 0", "a copy of it", "location 1", "location 2", "a roof"
    ]  # fmt: skip


def test_the_filter_shows_what_has_a_text_or_whose_location_does(opened: Page) -> None:
    opened.fill("[data-filter]", "FROM above")
    expect(opened.locator(".pt-row:visible")).to_have_count(3)
    expect(opened.locator("[data-shown]")).to_have_text("3 of 6")
    opened.fill("[data-filter]", "location 1")
    expect(opened.locator(".pt-group:visible")).to_have_count(1)
    opened.fill("[data-filter]", "nowhere")
    expect(opened.locator("[data-nothing]")).to_be_visible()
    opened.fill("[data-filter]", "")
    expect(opened.locator(".pt-row:visible")).to_have_count(6)


def test_find_and_replace_shows_the_changes_first(opened: Page, run: Run) -> None:
    opened.get_by_role("button", name="Find and replace").click()
    opened.fill("[name=needle]", "from above")
    opened.fill("[name=replacement]", "from the door")
    expect(opened.locator(".pt-changes li")).to_have_count(3)
    expect(opened.locator(".pt-changes ins").first).to_have_text("from the door")
    assert prompt(run, 1).text == "location 0 from above"
    opened.locator("#pt-replace [data-replace]").click()
    expect(opened.locator("#pt-replace")).to_be_hidden()
    expect(row(opened, prompt(run, 1)).locator(".pt-text")).to_have_text("location 0 from the door")


def test_the_rendering_starts_from_what_is_on_the_page(opened: Page, run: Run) -> None:
    edit(opened, prompt(run), "typed but not saved yet")
    opened.fill("[name=count]", "3")
    opened.get_by_role("button", name="Start the rendering").click()
    opened.wait_for_url(f"**/runs/{run.pk}/")
    run.refresh_from_db()
    assert run.pictures.count() == run.count == 3
    assert run.pictures.filter(prompt__text="typed but not saved yet").count() == 1


def test_three_hundred_prompts_stay_fast(page: Page, designer: User) -> None:
    run = make_planned_run(designer, locations=60, count=100, stops_after_planning=True)
    for location in run.locations.all():
        texts = [f"{location.text}, view {number}, {'soft light, ' * 12}" for number in range(4)]
        Prompt.objects.bulk_create(
            Prompt(run=run, location=location, text=text, position=number)
            for number, text in enumerate(texts, 1)
        )
    page.goto(f"/runs/{run.pk}/prompts/")
    expect(page.locator(".pt-row")).to_have_count(300)
    spent = page.evaluate("""async () => {
        const input = document.querySelector("[data-filter]");
        const start = performance.now();
        input.value = "location 59";
        input.dispatchEvent(new Event("input"));
        await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
        return performance.now() - start;
    }""")
    assert spent < 500
    page.fill("[data-filter]", "")
    one = prompt(run, 150)
    page.evaluate("window.kept = document.querySelectorAll('.pt-row')[10]")
    edit(page, one, "edited").press("Control+Enter")
    expect(row(page, one).locator(".pt-text")).to_have_text("edited")
    assert page.evaluate("window.kept.isConnected")  # only the edited row was drawn anew
    page.goto("about:blank")


class TestOnAPhone:
    @pytest.fixture
    def context_options(self) -> dict[str, Any]:
        return {"viewport": PHONE, "locale": "en-GB", "has_touch": True, "is_mobile": True}

    def test_the_table_fits_and_is_edited_by_touch(
        self, opened: Page, run: Run, context: BrowserContext
    ) -> None:
        assert opened.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        one = prompt(run)
        row(opened, one).locator("[data-edit]").tap()
        row(opened, one).locator("textarea").fill("by touch")
        row(opened, one).locator("[data-save]").tap()
        expect(row(opened, one).locator(".pt-text")).to_have_text("by touch")
        row(opened, one).locator("[data-verb=drop]").tap()
        expect(row(opened, one)).to_have_class(re.compile("pt-dropped"))
