"""What the detectors found is shown on the picture, can be put away, and is as readable on a phone."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from stockgen.models import Flag
from tests.browser.conftest import PHONE
from tests.browser.rating import current, fill_queue, next_after, start_rating

BOX = {"left": 0.25, "top": 0.5, "width": 0.5, "height": 0.1, "text": "ZBGIOKD"}


def flag(picture: UUID) -> None:
    """Find two defects in a picture."""
    values: dict[str, Any] = {"picture_id": picture, "version": 1}
    Flag.objects.create(kind="fake-text", measure=7, threshold=4, boxes=[BOX], **values)
    Flag.objects.create(kind="dark", measure=0.11, threshold=0.24, **values)


@pytest.fixture
def flagged(page: Page, transactional_db: None) -> UUID:
    """Open the rating page on a picture with two flags; the one after it has none."""
    fill_queue(2)
    start_rating(page)
    picture = current(page)
    flag(picture)
    page.goto("/review/")
    expect(page.locator("[data-part=flags]")).to_be_visible()
    assert current(page) == picture
    return picture


def test_chips_sentences_and_a_box_show_what_was_found(page: Page, flagged: UUID) -> None:
    assert page.locator("[data-part=flags] .flag-name").all_inner_texts() == ["Dark", "Fake text"]
    sentences = page.locator("[data-part=flag-list]").inner_text()
    assert "nine tenths are darker than 11.0%" in sentences
    assert "7 letters belong to no word" in sentences
    assert "ZBGIOKD" in sentences
    picture = page.locator("[data-part=viewer] .slide").bounding_box()
    box = page.locator("[data-part=viewer] .evidence span").bounding_box()
    assert (box["x"] - picture["x"]) / picture["width"] == pytest.approx(0.25, abs=0.02)
    assert (box["y"] - picture["y"]) / picture["height"] == pytest.approx(0.5, abs=0.02)
    assert box["width"] / picture["width"] == pytest.approx(0.5, abs=0.03)


def test_a_key_puts_the_evidence_away_for_this_and_the_next_pictures(page: Page, flagged: UUID) -> None:
    page.keyboard.press("e")
    expect(page.locator("[data-part=flags]")).to_be_hidden()
    expect(page.locator(".evidence").first).to_be_hidden()
    expect(page.locator(".rate-tools [data-act=evidence]")).to_have_attribute("aria-pressed", "false")
    page.reload()
    expect(page.locator("#rate")).to_have_attribute("data-state", "rating")
    expect(page.locator("[data-part=flags]")).to_be_hidden()
    page.keyboard.press("e")
    expect(page.locator("[data-part=flags]")).to_be_visible()


def test_a_picture_without_flags_shows_none(page: Page, flagged: UUID) -> None:
    page.keyboard.press("a")
    next_after(page, flagged)
    expect(page.locator("[data-part=flags]")).to_be_hidden()
    expect(page.locator("[data-part=flags-row]")).to_be_hidden()
    expect(page.locator(".rate-tools [data-act=evidence]")).to_be_hidden()
    assert page.locator("[data-part=viewer] .evidence span").count() == 0


def test_the_page_of_a_picture_shows_the_same_and_puts_it_away(page: Page, flagged: UUID) -> None:
    page.goto(f"/pictures/{flagged}/")
    expect(page.locator(".flag-list")).to_contain_text("7 letters belong to no word")
    expect(page.locator(".picture-slide .evidence span")).to_be_visible()
    page.keyboard.press("e")
    expect(page.locator(".picture-slide .evidence")).to_be_hidden()


class TestOnAPhone:
    @pytest.fixture
    def context_options(self) -> dict[str, Any]:
        return {"viewport": PHONE, "locale": "ru-RU", "has_touch": True, "is_mobile": True}

    def test_the_chips_are_read_in_russian_and_cover_no_button(self, page: Page, flagged: UUID) -> None:
        chips = page.locator("[data-part=flags]")
        expect(chips).to_be_visible()
        assert chips.locator(".flag-name").all_inner_texts() == ["Тёмное", "Ненастоящий текст"]
        box = chips.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= PHONE["width"]
        assert box["y"] + box["height"] <= page.locator(".rate-acts").bounding_box()["y"]
        page.locator(".rate-tools [data-act=evidence]").tap()
        expect(chips).to_be_hidden()
