"""The grid: a page of pictures, the bad ones marked, all committed by one key."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from review.models import Preferences
from tests.browser.rating import REASONS, all_sent, fill_queue, live_votes, open_rating, start_rating, until


def pictures_of(page: Page) -> list[UUID]:
    """Return the pictures of the page of the grid, in their order."""
    return [
        UUID(picture)
        for picture in page.locator("[data-tile]").evaluate_all(
            "(tiles) => tiles.map((tile) => tile.dataset.picture)"
        )
    ]


@pytest.fixture
def grid(page: Page, transactional_db: None) -> Any:
    """Open a grid of twelve with two pages to come; give the expert."""
    fill_queue(36)
    rater = start_rating(page)
    Preferences(rater=rater, grid_size=12).save()
    open_rating(page)
    page.keyboard.press("g")
    expect(page.locator("[data-tile]")).to_have_count(12)
    until(page, "rating.cards.queue.length >= 24")
    return rater


def test_marked_pictures_are_rejected_and_the_others_approved(page: Page, grid: Any) -> None:
    first = pictures_of(page)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("x")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("2")
    page.keyboard.press("1")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("f")
    expect(page.locator("[data-part=commit-text]")).to_have_text("Commit: 8 good, 2 bad")
    page.keyboard.press("Enter")
    second = pictures_of(page)
    assert len(second) == 12
    assert not set(first) & set(second)
    all_sent(page)
    expected: dict[UUID, tuple[str, list[str]]] = dict.fromkeys(first, ("approve", []))
    expected |= {
        first[1]: ("reject", []), first[2]: ("reject", [REASONS[1], REASONS[0]]), first[3]: ("skip", []),
        first[4]: ("flag", []),
    }  # fmt: skip
    assert live_votes(grid) == expected


def test_undo_takes_the_whole_page_back_with_its_marks(page: Page, grid: Any) -> None:
    first = pictures_of(page)
    page.keyboard.press("3")
    page.keyboard.press("Enter")
    all_sent(page)
    page.keyboard.press("Backspace")
    assert pictures_of(page) == first
    expect(page.locator("[data-tile]").first).to_have_attribute("data-choice", "reject")
    expect(page.locator("[data-part=commit-text]")).to_have_text("Commit: 11 good, 1 bad")
    all_sent(page)
    assert live_votes(grid) == {}
    page.keyboard.press("x")
    page.keyboard.press("Enter")
    all_sent(page)
    assert live_votes(grid) == dict.fromkeys(first, ("approve", []))


def test_a_range_is_selected_with_shift_and_inverted(page: Page, grid: Any) -> None:
    for _ in range(3):
        page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("x")
    expect(page.locator("[data-tile][data-choice=reject]")).to_have_count(4)
    page.keyboard.press("i")
    expect(page.locator("[data-tile][data-choice=reject]")).to_have_count(8)
    page.keyboard.press("i")
    page.keyboard.press("x")
    expect(page.locator("[data-tile][data-choice=reject]")).to_have_count(0)


def test_a_click_marks_and_a_click_with_shift_marks_up_to_there(page: Page, grid: Any) -> None:
    tiles = page.locator("[data-tile]")
    tiles.nth(2).click()
    expect(tiles.nth(2)).to_have_attribute("data-choice", "reject")
    tiles.nth(6).click(modifiers=["Shift"])
    expect(page.locator("[data-tile][data-choice=reject]")).to_have_count(5)
    tiles.nth(2).click()
    expect(tiles.nth(2)).to_have_attribute("data-choice", "approve")


def test_a_close_look_opens_and_closes_with_the_same_key(page: Page, grid: Any) -> None:
    page.keyboard.press("z")
    expect(page.locator("#rate-closer")).to_be_visible()
    page.keyboard.press("x")  # dead: a dialog is open
    page.keyboard.press("z")
    expect(page.locator("#rate-closer")).to_be_hidden()
    expect(page.locator("[data-tile][data-choice=reject]")).to_have_count(0)
    expect(page.locator("[data-tile]").first).to_be_focused()


def test_the_grid_stays_after_a_reload_and_leads_back(page: Page, grid: Any) -> None:
    open_rating(page)
    expect(page.locator("[data-tile]")).to_have_count(12)
    page.keyboard.press("g")
    expect(page.locator(".slide")).to_be_visible()
    page.keyboard.press("a")
    page.keyboard.press("g")
    page.keyboard.press("Backspace")
    expect(page.locator(".slide")).to_be_visible()


def test_a_page_of_48_has_the_next_page_behind_it(page: Page, transactional_db: None) -> None:
    fill_queue(100)
    rater = start_rating(page)
    Preferences(rater=rater, grid_size=48).save()
    open_rating(page)
    page.keyboard.press("g")
    expect(page.locator("[data-tile]")).to_have_count(48)
    until(page, "rating.cards.queue.length >= 96")
    page.keyboard.press("Enter")
    assert len(pictures_of(page)) == 48
    all_sent(page)
    assert len(live_votes(rater)) == 48
