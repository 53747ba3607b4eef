"""The comparison of a board by keys, by a screen reader, and where pictures cannot be loaded."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.boards import finish, make_photo
from upscale.models import Photo
from upscale.visitors import COOKIE, Visitor, guest_token, new_guest


@pytest.fixture
def guest(context: BrowserContext, live_server: Any, transactional_db: None) -> Visitor:
    """Make the browser that of a guest whom the site knows."""
    visitor = new_guest()
    context.add_cookies([{"name": COOKIE, "value": guest_token(visitor), "url": live_server.url}])
    return visitor


@pytest.fixture
def photo(guest: Visitor) -> Photo:
    """Give the middle one of three photos, so that there is one on either side."""
    return [finish(make_photo(guest)) for _ in range(3)][1]


def open_board(page: Page, photo: Photo) -> Locator:
    """Open the page of a photo and return the viewer of its result."""
    page.goto(f"/boards/{photo.pk}/")
    viewer = page.locator("[data-viewer=after]")
    expect(viewer).to_have_attribute("data-ready", "")
    return viewer


def place(page: Page) -> tuple[float, float]:
    box = page.locator("[data-viewer=after] .slide").bounding_box()
    assert box
    return box["x"], box["y"]


def before_is_there(page: Page) -> None:
    expect(page.locator(".slide-before")).to_have_js_property("naturalWidth", 160)


# --- Keys ----------------------------------------------------------------------------------------------------------
def test_arrows_move_what_is_zoomed_in_and_never_leave_the_photo(page: Page, photo: Photo) -> None:
    viewer = open_board(page, photo)
    here = page.url
    viewer.focus()
    for _ in range(6):
        page.keyboard.press("+")
    x, y = place(page)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    now = place(page)
    assert now[0] < x - 50
    assert now[1] < y - 30
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowUp")
    assert place(page) == pytest.approx((x, y), abs=1)
    for _ in range(9):
        page.keyboard.press("Shift+ArrowLeft")
    edge = viewer.bounding_box()
    assert edge
    assert place(page)[0] == pytest.approx(edge["x"], abs=2)  # no empty edge
    page.keyboard.press("0")
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(300)
    assert page.url == here


def test_arrows_elsewhere_on_the_page_lead_to_the_other_photos(page: Page, photo: Photo) -> None:
    open_board(page, photo)
    here = page.url
    page.keyboard.press("ArrowRight")
    page.wait_for_url(lambda address: address != here)


def test_both_pictures_are_moved_in_step_by_keys(page: Page, photo: Photo) -> None:
    open_board(page, photo)
    before_is_there(page)
    page.get_by_role("button", name="Both").click()
    other = page.locator("[data-viewer=before]")
    other.focus()
    for _ in range(8):
        page.keyboard.press("+")
    page.keyboard.press("ArrowRight")
    transforms = page.locator(".stage .viewer > .slide").evaluate_all(
        "(all) => all.map((one) => one.style.transform)"
    )
    assert len(transforms) == 2
    assert transforms[0] == transforms[1]


def test_the_slider_takes_the_keys_of_a_slider(page: Page, photo: Photo) -> None:
    open_board(page, photo)
    page.get_by_role("button", name="Slider").click()
    slider = page.get_by_role("slider")
    slider.focus()
    for key, value in [
        ("ArrowUp", 52), ("ArrowRight", 54), ("ArrowDown", 52), ("ArrowLeft", 50), ("PageUp", 60), ("PageDown", 50),
        ("End", 100), ("ArrowUp", 100), ("Home", 0),
    ]:  # fmt: skip
        page.keyboard.press(key)
        expect(slider).to_have_attribute("aria-valuenow", str(value))


def test_a_press_of_a_screen_reader_shows_the_original_until_the_next(page: Page, photo: Photo) -> None:
    open_board(page, photo)
    before_is_there(page)
    hold = page.get_by_role("button", name="Hold for the original")
    before = page.locator(".slide-before")
    for pressed, visibility in (("true", "visible"), ("false", "hidden"), ("true", "visible")):
        hold.evaluate("(button) => button.click()")  # as assistive technology does: detail is 0
        expect(before).to_have_css("visibility", visibility)
        expect(hold).to_have_attribute("aria-pressed", pressed)
    page.get_by_role("button", name="Result", exact=True).click()
    expect(before).to_have_css("visibility", "hidden")
    hold.focus()
    for key in ("Space", "Enter"):
        page.keyboard.down(key)
        expect(before).to_have_css("visibility", "visible")
        page.keyboard.up(key)
        expect(before).to_have_css("visibility", "hidden")
        expect(hold).to_have_attribute("aria-pressed", "false")


# --- Pictures that cannot be loaded --------------------------------------------------------------------------------
RESULT = re.compile(r"/boards/[-0-9a-f]{36}/(display|result)/")
BEFORE = re.compile(r"/boards/[-0-9a-f]{36}/before/")


def test_a_result_that_cannot_be_loaded_is_asked_for_again(page: Page, photo: Photo) -> None:
    page.expected_errors = ["ERR_FAILED"]  # type: ignore[attr-defined]
    page.route(RESULT, lambda route: route.abort())
    open_board(page, photo)
    note = page.get_by_role("alert").filter(has_text="The picture cannot be loaded now")
    expect(note).to_be_visible()
    again = note.get_by_role("button", name="Try again")
    with page.expect_event("requestfailed"):
        again.click()
    expect(again).not_to_have_attribute("aria-busy", "true")
    expect(note).to_be_visible()
    page.unroute(RESULT)
    again.click()
    expect(note).to_be_hidden()
    expect(page.locator(".slide-after")).to_have_js_property("naturalWidth", 320)
    before_is_there(page)


def test_pictures_come_by_themselves_when_the_network_is_back(page: Page, photo: Photo) -> None:
    page.expected_errors = ["ERR_FAILED"]  # type: ignore[attr-defined]
    page.route(RESULT, lambda route: route.abort())
    open_board(page, photo)
    note = page.locator("[data-broken]")
    expect(note).to_be_visible()
    page.unroute(RESULT)
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(note).to_be_hidden()
    before_is_there(page)


@pytest.mark.parametrize("way", ["hold", "Slider", "Both"])
def test_an_original_that_cannot_be_loaded_is_said_once_it_is_wanted(
    page: Page, photo: Photo, way: str
) -> None:
    page.expected_errors = ["ERR_FAILED"]  # type: ignore[attr-defined]
    page.route(BEFORE, lambda route: route.abort())
    with page.expect_event("requestfailed"):
        open_board(page, photo)
    note = page.locator("[data-broken]")
    expect(note).to_be_hidden()
    if way == "hold":
        page.keyboard.press("o")
    else:
        page.get_by_role("button", name=way).click()
    expect(note).to_contain_text("The original could not be loaded")
    expect(page.locator(".stage-label").first).to_be_hidden()
    page.unroute(BEFORE)
    note.get_by_role("button", name="Try again").click()
    expect(note).to_be_hidden()
    before_is_there(page)
    if way == "hold":
        page.keyboard.down("o")
    if way == "Both":
        expect(page.locator("[data-viewer=before] img")).to_be_visible()
    else:
        expect(page.locator(".slide-before")).to_have_css("visibility", "visible")
