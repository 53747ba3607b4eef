"""Keys of the rating page: what they do, when they do nothing, and how they are changed."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect

from review.models import Preferences, Vote
from tests.browser.rating import (
    REASONS,
    all_sent,
    current,
    fill_queue,
    live_votes,
    open_rating,
    start_rating,
)

PRESS = """({key, code, ...more}) => document.body.dispatchEvent(
    new KeyboardEvent("keydown", {key, code, bubbles: true, cancelable: true, ...more}))"""


def press(page: Page, key: str, code: str, **more: Any) -> None:
    """Press a key as another layout gives it, or held down."""
    page.evaluate(PRESS, {"key": key, "code": code, **more})


def test_keys_are_dead_while_somebody_writes_a_note(page: Page, transactional_db: None) -> None:
    fill_queue(12)
    rater = start_rating(page)
    picture = current(page)
    page.keyboard.press("n")
    page.keyboard.type("axf 12 gz?")
    expect(page.locator("[data-part=note]")).to_have_value("axf 12 gz?")
    assert current(page) == picture
    page.keyboard.press("Enter")
    page.keyboard.press("4")
    assert current(page) == picture
    page.keyboard.press("a")
    all_sent(page)
    vote = Vote.objects.live().of(rater).get(entry=picture)
    assert (vote.choice, vote.note, vote.score) == ("approve", "axf 12 gz?", 4)
    expect(page.locator("[data-part=note]")).to_have_value("")
    expect(page.locator("[data-score][aria-pressed=true]")).to_have_count(0)


def test_keys_are_dead_while_a_dialog_or_a_menu_is_open(page: Page, transactional_db: None) -> None:
    fill_queue(12)
    start_rating(page)
    picture = current(page)
    page.keyboard.press("?")
    expect(page.locator("#rate-help")).to_be_visible()
    for key in ("a", "f", "Backspace", "x"):
        page.keyboard.press(key)
    page.keyboard.press("?")
    expect(page.locator("#rate-help")).to_be_hidden()
    page.locator(".side-foot summary").click()
    page.keyboard.press("a")
    page.keyboard.press("Escape")
    assert current(page) == picture
    assert page.evaluate("rating.outbox.waiting") == 0


def test_modifiers_repeats_and_arrows_never_vote(page: Page, transactional_db: None) -> None:
    fill_queue(12)
    start_rating(page)
    picture = current(page)
    for keys in (
        "Control+f",
        "Alt+a",
        "Meta+x",
        "ArrowLeft",
        "ArrowRight",
        "ArrowUp",
        "ArrowDown",
        "Delete",
        "Tab",
    ):
        page.keyboard.press(keys)
    page.evaluate("document.activeElement.blur()")
    press(page, "a", "KeyA", repeat=True)
    press(page, " ", "Space", repeat=True)
    assert current(page) == picture
    expect(page.locator("[data-part=reasons]")).to_be_hidden()


def test_space_on_a_focused_button_presses_the_button(page: Page, transactional_db: None) -> None:
    fill_queue(12)
    rater = start_rating(page)
    picture = current(page)
    page.locator(".act-approve").focus()
    page.keyboard.press("Space")
    all_sent(page)
    assert live_votes(rater) == {picture: ("approve", [])}


def test_after_a_click_the_next_key_is_a_vote_again(page: Page, transactional_db: None) -> None:
    fill_queue(12)
    rater = start_rating(page)
    first = current(page)
    page.locator(".act-approve").click()
    second = current(page)
    page.keyboard.press("Space")
    all_sent(page)
    assert live_votes(rater) == {first: ("approve", []), second: ("skip", [])}


def test_the_keys_work_on_a_russian_layout(page: Page, transactional_db: None) -> None:
    fill_queue(12)
    rater = start_rating(page)
    first = current(page)
    press(page, "ф", "KeyA")
    second = current(page)
    press(page, "Ч", "KeyX", shiftKey=True)
    expect(page.locator("[data-part=reasons]")).to_be_visible()
    press(page, '"', "Digit2", shiftKey=True)
    press(page, "№", "Digit3", shiftKey=True)
    press(page, "ч", "KeyX")
    third = current(page)
    press(page, "а", "KeyF")
    press(page, ",", "Slash", shiftKey=True)
    expect(page.locator("#rate-help")).to_be_visible()
    all_sent(page)
    assert live_votes(rater) == {
        first: ("approve", []), second: ("reject", [REASONS[1], REASONS[2]]), third: ("flag", []),
    }  # fmt: skip


def test_escape_goes_back_from_the_reasons_and_keeps_the_picture(page: Page, transactional_db: None) -> None:
    fill_queue(12)
    rater = start_rating(page)
    picture = current(page)
    page.keyboard.press("x")
    page.keyboard.press("Shift+Digit1")
    page.keyboard.press("Escape")
    expect(page.locator("[data-part=reasons]")).to_be_hidden()
    assert current(page) == picture
    page.keyboard.press("x")
    page.keyboard.press("9")  # there is no such reason
    assert current(page) == picture
    page.keyboard.press("3")
    all_sent(page)
    assert live_votes(rater) == {picture: ("reject", [REASONS[2]])}


def test_a_key_is_changed_and_kept_on_the_server(page: Page, transactional_db: None) -> None:
    fill_queue(12)
    rater = start_rating(page)
    page.get_by_role("button", name="Settings of rating").click()
    page.get_by_role("button", name="Approve").last.click()
    page.keyboard.press("5")
    expect(page.locator("[data-part=keys-help]")).to_contain_text("cannot be used")
    with page.expect_response("**/preferences"):
        page.keyboard.press("j")
    expect(page.locator("[data-part=keys-help]")).to_contain_text("changed")
    page.get_by_role("button", name="Skip").last.click()
    with page.expect_response("**/preferences"):
        page.keyboard.press("x")
    expect(page.locator("[data-part=keys-help]")).to_contain_text("exchanged")
    page.keyboard.press("Escape")
    open_rating(page)
    bindings = Preferences.of(rater).bindings
    assert (bindings["approve"], bindings["skip"], bindings["reject"]) == ("j", "x", " ")
    expect(page.locator(".act-approve kbd")).to_have_text("J")
    picture = current(page)
    page.keyboard.press("a")
    assert current(page) == picture
    page.keyboard.press("j")
    assert current(page) != picture
    page.keyboard.press("Space")
    expect(page.locator("[data-part=reasons]")).to_be_visible()


def test_what_was_asked_is_hidden_and_stays_hidden(page: Page, transactional_db: None) -> None:
    fill_queue(12)
    rater = start_rating(page)
    expect(page.locator("[data-part=prompt]")).to_be_visible()
    with page.expect_response("**/preferences"):
        page.keyboard.press("d")
    expect(page.locator("[data-part=prompt]")).to_be_hidden()
    assert Preferences.of(rater).show_prompt is False
    open_rating(page)
    expect(page.locator("[data-part=prompt]")).to_be_hidden()


def test_z_shows_true_size_and_the_zoom_is_kept_if_asked(page: Page, transactional_db: None) -> None:
    fill_queue(12)
    start_rating(page)
    label = page.locator("[data-part=zoom]")
    expect(label).to_be_hidden()
    page.keyboard.press("z")
    expect(label).to_be_visible()
    page.keyboard.press("a")
    expect(label).to_be_hidden()
    page.get_by_role("button", name="Settings of rating").click()
    page.get_by_label("Keep the zoom").check()
    page.keyboard.press("Escape")
    page.keyboard.press("z")
    zoomed = label.inner_text()
    page.keyboard.press("a")
    expect(label).to_have_text(zoomed)
    page.keyboard.press("Escape")
    expect(label).to_be_hidden()
