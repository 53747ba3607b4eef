"""The corners of a board: put in place by hand and by keys, kept, and left alone."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.boards import finish
from tests.browser.boards import (
    SIZES,
    cards,
    file_of,
    patience,  # noqa: F401
    pick,
    result,
)
from upscale.models import Photo

BOARD = [[0.1, 0.1], [0.9, 0.12], [0.88, 0.9], [0.12, 0.88]]
WHOLE = [[0, 0], [1, 0], [1, 1], [0, 1]]


@pytest.fixture(params=SIZES)
def context_options(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Give a desktop, then a phone."""
    return SIZES[request.param]


def test_corners_and_a_rotation_are_set_by_keyboard(page: Page) -> None:
    photo = result(page)
    page.get_by_role("button", name="Crop").click()
    page.get_by_role("button", name="Whole photo").click()
    corner = page.get_by_role("button", name="Top left corner")
    corner.focus()
    for _ in range(5):
        page.keyboard.press("Shift+ArrowRight")
        page.keyboard.press("Shift+ArrowDown")
    page.get_by_role("button", name="Turn right").click()
    expect(corner).to_have_attribute("data-corner", "3")
    page.get_by_role("button", name="Make it readable").click()
    expect(page.locator("#board[data-state=queued]")).to_be_visible()
    photo.refresh_from_db()
    assert photo.rotation == 90
    assert photo.corners[0] == pytest.approx([0.15, 0.15], abs=0.001)
    assert photo.corners[1:] == [[1, 0], [1, 1], [0, 1]]
    finish(photo)
    expect(page.locator("#board[data-state=done] [data-viewer=after][data-ready]")).to_be_visible()


def test_a_corner_never_leaves_a_shape_that_means_nothing(page: Page) -> None:
    photo = result(page)
    page.get_by_role("button", name="Crop").click()
    page.get_by_role("button", name="Whole photo").click()
    corner = page.locator("[data-corner='0']")
    corner.focus()
    for _ in range(40):
        page.keyboard.press("Shift+ArrowRight")
        page.keyboard.press("Shift+ArrowDown")
    page.get_by_role("button", name="Make it readable").click()
    expect(page.locator("#board[data-state=queued]")).to_be_visible()
    photo.refresh_from_db()
    x, y = photo.corners[0]
    assert 0.4 < (x + y) / 2 < 0.5


@pytest.mark.parametrize("suggested", [None, BOARD], ids=["nothing found", "a board found"])
def test_turning_a_photo_does_not_cut_it(page: Page, suggested: Any) -> None:
    photo = result(page)
    Photo.objects.filter(pk=photo.pk).update(suggested_corners=suggested, corners=None)
    page.reload()
    page.get_by_role("button", name="Crop").click()
    if suggested:
        page.get_by_role("button", name="Whole photo").click()
    page.get_by_role("button", name="Turn right").click()
    page.get_by_role("button", name="Make it readable").click()
    expect(page.locator("#board[data-state=queued]")).to_be_visible()
    photo.refresh_from_db()
    assert photo.rotation == 90
    assert photo.corners == (WHOLE if suggested else None)
    # What was wanted whole begins whole the next time.
    page.get_by_role("button", name="Crop").click()
    page.get_by_role("button", name="Turn left").click()
    page.get_by_role("button", name="Make it readable").click()
    expect(page.locator("[data-crop][data-rotation='0']")).to_be_visible()
    photo.refresh_from_db()
    assert photo.corners == (WHOLE if suggested else None)


def test_the_corners_begin_where_the_board_seems_to_be(page: Page) -> None:
    photo = result(page)
    Photo.objects.filter(pk=photo.pk).update(suggested_corners=BOARD)
    page.reload()
    page.get_by_role("button", name="Crop").click()
    page.get_by_role("button", name="Make it readable").click()
    expect(page.locator("#board[data-state=queued]")).to_be_visible()
    photo.refresh_from_db()
    assert photo.corners == BOARD


def test_a_photo_that_waits_is_cropped_on_its_card_and_keeps_the_focus(page: Page) -> None:
    page.goto("/boards/")
    pick(page, file_of("energy"))
    card = cards(page, "queued")
    card.get_by_role("button", name="Crop").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Turn right").click()
    page.get_by_role("button", name="Make it readable").press("Enter")
    expect(card.locator("[data-crop][data-rotation='90']")).to_have_count(1)
    expect(card.locator(":focus")).to_have_count(1)
    assert Photo.objects.get().rotation == 90


def test_nothing_is_cut_before_the_photo_is_seen(page: Page) -> None:
    page.expected_errors = ["ERR_FAILED"]  # type: ignore[attr-defined]
    result(page)
    image = page.locator("[data-crop]").get_attribute("data-image")
    page.route(f"**{image}", lambda route: route.abort())
    page.get_by_role("button", name="Crop").click()
    dialog = page.locator("#crop")
    expect(dialog.get_by_role("alert")).to_contain_text("The photo cannot be shown now")
    apply = dialog.get_by_role("button", name="Make it readable")
    expect(apply).to_be_disabled()
    page.unroute(f"**{image}")
    dialog.get_by_role("button", name="Try again").click()
    expect(apply).to_be_enabled()
    expect(dialog.get_by_role("alert")).to_be_hidden()
    expect(dialog.get_by_role("button", name="Top left corner")).to_be_visible()
