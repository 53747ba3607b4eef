"""Writing in the studio: the counter, the composed prompt, drafts, Ctrl+S, conflicts between two browsers."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Dialog, Page, expect

from accounts.models import Role, User
from engines.planning.systems import compose_system
from stockgen.models import Concept, PromptAddition, Topic
from stockgen.models.addition import Step, compose_brief
from tests.browser.conftest import PHONE, sign_in
from tests.factories import make_concept, make_topic, make_user

pytestmark = pytest.mark.usefixtures("transactional_db")

ADDRESS = "/topics/office/interior/descriptions/"


@pytest.fixture
def topic(transactional_db: None) -> Topic:
    """Give a topic."""
    return make_topic(key="office", name="Offices", description="desks")


@pytest.fixture
def concept(transactional_db: None) -> Concept:
    """Give a concept."""
    return make_concept(key="interior", name="Interiors", descriptions_system="Describe it in three lines.")


@pytest.fixture
def editor(page: Page, designer: User, topic: Topic, concept: Concept) -> Page:
    """Open the editor of an addition that has a version."""
    PromptAddition.objects.append(
        topic=topic, concept=concept, step=Step.DESCRIPTIONS, text="Desks are of oak."
    )
    page.goto(ADDRESS)
    return page


@pytest.fixture
def other(chromium: Browser, live_server: Any) -> Iterator[Page]:
    """Open the browser of another designer on the same addition."""
    context = chromium.new_context(base_url=live_server.url, locale="en-GB")
    context.set_default_timeout(10_000)
    page = context.new_page()
    sign_in(page, make_user(Role.DESIGNER, first_name="Oleg"))
    yield page
    context.close()


def stored() -> list[tuple[int, str]]:
    """Return the versions that are stored."""
    return list(PromptAddition.objects.order_by("version").values_list("version", "text"))


def wait_for_draft(page: Page) -> None:
    """Wait until the browser has kept what was typed."""
    deadline = time.monotonic() + 10
    while not page.evaluate("localStorage.length"):
        assert time.monotonic() < deadline, "no draft was kept"
        page.wait_for_timeout(50)


def accept_warnings(page: Page) -> list[str]:
    """Leave the page whenever it warns; the list returned tells what warned so far."""
    warned: list[str] = []

    def leave(dialog: Dialog) -> None:
        warned.append(dialog.type)
        dialog.accept()

    page.on("dialog", leave)
    return warned


def text_of(page: Page) -> Any:
    """Return the editor's text."""
    return page.locator("#id_text")


def test_ctrl_s_saves_the_next_version(editor: Page) -> None:
    text_of(editor).fill("Desks are of walnut.")
    editor.locator("#id_note").fill("darker")
    with editor.expect_navigation():
        editor.keyboard.press("Control+s")
    expect(editor.locator(".toast")).to_contain_text("Version 2 is saved.")
    assert stored() == [(1, "Desks are of oak."), (2, "Desks are of walnut.")]
    expect(editor.locator("[data-draft-note]")).to_be_hidden()
    expect(editor.locator(".version-row").first).to_contain_text("darker")


def test_the_counter_counts_as_the_server_does_and_says_what_is_too_much(editor: Page) -> None:
    counter = editor.locator("[data-counter=id_text]")
    expect(counter).to_have_text("17 / 10,000")
    text_of(editor).fill("two\nlines 🪑 ")
    expect(counter).to_have_text("11 / 10,000")
    text_of(editor).fill("я" * 10_003)
    expect(counter).to_have_text("10,003 / 10,000 · too long by 3")
    editor.expected_errors = ["422"]  # type: ignore[attr-defined]
    with editor.expect_navigation():
        editor.keyboard.press("Control+s")
    expect(editor.locator(".editor-text .error")).to_contain_text("10000")
    assert len(text_of(editor).input_value()) == 10_003
    assert len(stored()) == 1


def test_the_composed_prompt_follows_the_text_and_is_what_is_sent(
    editor: Page, topic: Topic, concept: Concept
) -> None:
    shown = editor.locator("#composed-text")
    expect(shown).to_have_text("Describe it in three lines.\nDesks are of oak.")
    text_of(editor).fill("  Desks are of walnut.\n\nNo people.\n ")
    composed = shown.evaluate("node => node.textContent")
    with editor.expect_navigation():
        editor.keyboard.press("Control+s")
    current = PromptAddition.objects.current(topic, concept)
    sent = compose_system(compose_brief(topic, concept, current), "descriptions")
    assert composed == sent == "Describe it in three lines.\nDesks are of walnut.\n\nNo people."
    text_of(editor).fill("")
    assert shown.evaluate("node => node.textContent") == "Describe it in three lines."


def test_unsaved_text_warns_before_it_is_left_and_comes_back(editor: Page) -> None:
    warned = accept_warnings(editor)
    text_of(editor).press_sequentially("x")
    editor.goto("/topics/")
    assert warned == ["beforeunload"]
    editor.goto(ADDRESS)
    expect(text_of(editor)).to_have_value("Desks are of oak.")
    expect(editor.locator("[data-draft-note]")).to_be_visible()
    editor.get_by_role("button", name="Put it back").click()
    assert text_of(editor).input_value().replace("x", "") == "Desks are of oak."
    assert "x" in text_of(editor).input_value()
    expect(editor.locator("[data-draft-note]")).to_be_hidden()
    with editor.expect_navigation():
        editor.keyboard.press("Control+s")
    expect(editor.locator("[data-draft-note]")).to_be_hidden()
    assert warned == ["beforeunload"]
    assert len(stored()) == 2


def test_a_draft_survives_a_crash_and_can_be_thrown_away(editor: Page, context: BrowserContext) -> None:
    text_of(editor).fill("Half a sente")
    wait_for_draft(editor)
    again = context.new_page()  # the other never got to say good-bye
    again.goto(ADDRESS)
    expect(again.locator("[data-draft-note]")).to_be_visible()
    again.get_by_role("button", name="Throw it away").click()
    again.reload()
    expect(again.locator("[data-draft-note]")).to_be_hidden()


def test_opening_a_text_that_is_not_stored_puts_no_earlier_draft_away(editor: Page) -> None:
    text_of(editor).fill("Half a sente")
    wait_for_draft(editor)
    editor.expected_errors = ["422"]  # type: ignore[attr-defined]
    accept_warnings(editor)
    editor.evaluate(
        """() => {
          const form = document.getElementById("addition-form").cloneNode(true);
          form.elements.text.value = "";
          form.elements.note.value = "x".repeat(201);
          document.body.append(form);
          HTMLFormElement.prototype.submit.call(form);
        }"""
    )
    expect(editor.locator(".error").first).to_be_visible()
    editor.goto(ADDRESS)
    editor.get_by_role("button", name="Put it back").click()
    expect(text_of(editor)).to_have_value("Half a sente")


def test_nothing_warns_where_nothing_was_typed(editor: Page) -> None:
    warned = accept_warnings(editor)
    text_of(editor).press_sequentially("x")
    text_of(editor).press("Backspace")
    editor.goto("/topics/")
    assert not warned


def test_a_draft_is_only_its_authors(editor: Page, context: BrowserContext, topic: Topic) -> None:
    text_of(editor).fill("Half a sente")
    wait_for_draft(editor)
    context.clear_cookies()
    again = context.new_page()
    sign_in(again, make_user(Role.DESIGNER))
    again.goto(ADDRESS)
    expect(again.locator("[data-draft-note]")).to_be_hidden()


@pytest.mark.parametrize("choice", ["mine", "theirs", "further"])
def test_the_second_of_two_browsers_sees_both_texts_and_chooses(
    editor: Page, other: Page, designer: User, choice: str
) -> None:
    other.goto(ADDRESS)
    text_of(other).fill("Desks are of pine.")
    text_of(editor).fill("Desks are of walnut.")
    with other.expect_navigation():
        other.get_by_role("button", name="Save as the next version").click()
    editor.expected_errors = ["409"]  # type: ignore[attr-defined]
    with editor.expect_navigation():
        editor.keyboard.press("Control+s")
    expect(editor.locator(".conflict")).to_contain_text("Oleg has saved version 2 meanwhile.")
    expect(editor.locator(".conflict del")).to_have_text("pine")
    expect(editor.locator(".conflict ins")).to_have_text("walnut")
    expect(text_of(editor)).to_have_value("Desks are of walnut.")
    if choice == "mine":
        with editor.expect_navigation():
            editor.get_by_role("button", name="Save mine on top").click()
        assert [text for _version, text in stored()] == [
            "Desks are of oak.", "Desks are of pine.", "Desks are of walnut.",
        ]  # fmt: skip
    elif choice == "theirs":
        with editor.expect_navigation():
            editor.get_by_role("link", name="Take theirs").click()
        expect(text_of(editor)).to_have_value("Desks are of pine.")
        # Mine is kept all the same.
        editor.get_by_role("button", name="Put it back").click()
        expect(text_of(editor)).to_have_value("Desks are of walnut.")
    else:
        text_of(editor).fill("Desks are of pine or walnut.")
        with editor.expect_navigation():
            editor.keyboard.press("Control+s")
        assert stored()[-1] == (3, "Desks are of pine or walnut.")


def test_going_back_asks_first(editor: Page, topic: Topic, concept: Concept) -> None:
    PromptAddition.objects.append(
        topic=topic, concept=concept, step=Step.DESCRIPTIONS, text="Desks are of pine."
    )
    editor.reload()
    editor.get_by_role("button", name="Go back").click()
    expect(editor.locator("#confirm")).to_contain_text("Make the text of version 1 the newest version?")
    editor.get_by_role("button", name="No, go back").click()
    assert len(stored()) == 2
    editor.get_by_role("button", name="Go back").click()
    with editor.expect_navigation():
        editor.get_by_role("button", name="Go back to it").click()
    assert stored()[-1] == (3, "Desks are of oak.")
    expect(text_of(editor)).to_have_value("Desks are of oak.")


def test_older_versions_come_when_asked_for(editor: Page, topic: Topic, concept: Concept) -> None:
    for number in range(14):
        PromptAddition.objects.append(
            topic=topic, concept=concept, step=Step.DESCRIPTIONS, text=f"text {number}"
        )
    editor.reload()
    expect(editor.locator(".version-row")).to_have_count(10)
    editor.get_by_role("link", name="Older versions").click()
    expect(editor.locator(".version-row")).to_have_count(15)


def test_a_conflict_over_a_topic_is_settled_field_by_field(page: Page, designer: User, topic: Topic) -> None:
    page.goto("/topics/office/")
    page.locator("#id_description").fill("desks, lamps")
    topic.edit(base=1, description="desks, chairs", name="Office life")
    page.expected_errors = ["409"]  # type: ignore[attr-defined]
    with page.expect_navigation():
        page.keyboard.press("Control+s")
    expect(page.locator(".conflict del")).to_contain_text(["Office life", "chairs"])
    expect(page.locator("#id_name")).to_have_value("Office life")
    expect(page.locator("#id_description")).to_have_value("desks, lamps")
    page.get_by_role("button", name="Take theirs").click()
    expect(page.locator("#id_description")).to_have_value("desks, chairs")
    page.locator("#id_description").fill("desks, chairs, lamps")
    with page.expect_navigation():
        page.get_by_role("button", name="Save mine on top").click()
    topic.refresh_from_db()
    assert (topic.name, topic.description) == ("Office life", "desks, chairs, lamps")


def test_what_was_typed_for_a_new_topic_is_forgotten_once_it_is_made(page: Page, designer: User) -> None:
    page.goto("/topics/new/")
    page.locator("#id_name").fill("Food")
    page.locator("#id_description").fill("kitchens, plates")
    wait_for_draft(page)
    with page.expect_navigation():
        page.keyboard.press("Control+s")
    expect(page.locator("h1")).to_have_text("Food")
    page.goto("/topics/new/")
    expect(page.locator("[data-draft-note]")).to_be_hidden()
    assert Topic.objects.get().description == "kitchens, plates"


@pytest.mark.parametrize("width", [320, PHONE["width"], 1280])
@pytest.mark.parametrize("language", ["en", "ru"])
def test_no_page_scrolls_sideways(
    page: Page, context: BrowserContext, topic: Topic, concept: Concept, width: int, language: str
) -> None:
    long_word = "Wolfeschlegelsteinhausenbergerdorff" * 2
    topic.edit(base=1, name=long_word, name_ru=long_word, description=long_word)
    operator = sign_in(page, make_user(Role.OPERATOR))
    context.add_cookies([{"name": "django_language", "value": language, "url": page.url}])
    for text in (f"{long_word} {long_word}", long_word * 8):
        PromptAddition.objects.append(
            topic=topic, concept=concept, step=Step.DESCRIPTIONS, text=text, note=long_word, author=operator
        )
    page.set_viewport_size({"width": width, "height": PHONE["height"]})
    for address in (
        "/topics/", "/topics/?arrange", "/topics/new/", "/topics/office/", "/concepts/", "/concepts/interior/",
        "/concepts/new/?from=interior", ADDRESS, f"{ADDRESS}diff/", f"{ADDRESS}diff/?view=panes",
    ):  # fmt: skip
        page.goto(address)
        page.wait_for_load_state("networkidle")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
        if width < 960:
            assert page.locator(".nav a:visible").count() == 5
