"""On a phone everything that is pressed on the pages of boards, rooms and the history is large enough for a finger."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.boards import draw_board, finish, make_photo, make_room
from tests.browser.conftest import PHONE
from tests.browser.test_pages import too_wide
from upscale.models import Photo, Room
from upscale.visitors import COOKIE, Visitor, guest_token, new_guest

LEAST = 44
"""Pixels (WCAG 2.5.5)."""


@pytest.fixture
def context_options() -> dict[str, Any]:
    """Give a phone."""
    return {"viewport": PHONE, "locale": "en-GB", "has_touch": True, "is_mobile": True}


@pytest.fixture
def guest(context: BrowserContext, live_server: Any) -> Visitor:
    """Make the phone that of a guest whom the site knows."""
    visitor = new_guest()
    context.add_cookies([{"name": COOKIE, "value": guest_token(visitor), "url": live_server.url}])
    return visitor


def too_small(page: Page) -> list[str]:
    """Return what is pressed and is under 44 px in a direction; links within a line of text are excepted.

    A tick or a switch may be as small as it likes where its label is large enough.
    """
    found: list[str] = page.evaluate(
        """(least) => {
            const inText = (one) => one.matches("a") && getComputedStyle(one).display === "inline"
                && [...one.parentElement.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
            const ticks = "[type=checkbox], [type=radio], [type=file]";
            const target = (one) => (one.matches(ticks) && one.closest("label")) || one;
            const pressed = "a[href], button, summary, select, input:not([type=hidden]), [role=slider]";
            return [...document.querySelectorAll(pressed)]
                .filter((one) => one.checkVisibility({ visibilityProperty: true }) && !one.matches(".skip-link"))
                .filter((one) => !inText(one))
                .map((one) => [one, target(one).getBoundingClientRect()])
                .filter(([, { width, height }]) => width > 0 && Math.min(width, height) < least - 0.01)
                .map(([one, { width, height }]) =>
                    `${width.toFixed(1)} × ${height.toFixed(1)}: ${one.outerHTML.slice(0, 160)}`);
        }""",
        LEAST,
    )
    return found


def photo_of(visitor: Visitor, room: Room | None = None, text: str = "energy equals mass") -> Photo:
    photo = finish(
        make_photo(visitor, image=draw_board([text], size=(320, 200), height=18)),
        text=text,
        marks=[{"kind": "unsure", "box": [[0.1, 0.2], [0.4, 0.2], [0.4, 0.3], [0.1, 0.3]]}],
    )
    if room is not None:
        photo.share(room)
    return photo


def check(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.locator("main")).to_be_visible()
    assert not too_small(page), address
    assert not too_wide(page), address


@pytest.mark.parametrize("language", ["en", "ru"])
def test_everything_on_the_pages_of_photos_is_large_enough(
    page: Page, context: BrowserContext, guest: Visitor, live_server: Any, language: str
) -> None:
    context.add_cookies([{"name": "django_language", "value": language, "url": live_server.url}])
    make_room(guest)
    photos = [photo_of(guest) for _ in range(3)]
    make_photo(guest)
    make_photo(guest).cancel()
    for address in ("/boards/", "/boards/videos/", f"/boards/{photos[1].pk}/", "/boards/history/"):
        check(page, address)


def test_everything_is_large_enough_once_it_is_opened(page: Page, guest: Visitor) -> None:
    photo = photo_of(guest)
    page.goto(f"/boards/{photo.pk}/")
    page.locator(".survey-partly").tap()
    expect(page.locator("#survey-note")).to_be_visible()
    page.locator("[data-set-mode=slider]").tap()
    assert not too_small(page)
    page.locator("[data-crop]").tap()
    expect(page.locator("#crop")).to_be_visible()
    assert not too_small(page)
    page.locator("[data-crop-close]").tap()
    page.locator(".topbar .menu summary").tap()
    expect(page.locator(".topbar .menu-panel")).to_be_visible()
    assert not too_small(page)
    page.goto("/boards/history/")
    page.locator(".photo-tick").first.tap()
    page.locator("[data-delete]").tap()
    expect(page.locator("#confirm")).to_be_visible()
    assert not too_small(page)
    page.locator("#confirm [data-confirm-yes]").tap()
    expect(page.locator(".toast")).to_be_visible()
    assert not too_small(page)


@pytest.mark.parametrize("language", ["en", "ru"])
def test_everything_on_the_pages_of_rooms_is_large_enough(
    page: Page, context: BrowserContext, guest: Visitor, live_server: Any, language: str
) -> None:
    context.add_cookies([{"name": "django_language", "value": language, "url": live_server.url}])
    room, theirs = make_room(guest), make_room()
    anna = Visitor(new_guest().person)
    room.join(anna, "Anna")
    photo_of(anna, room)
    photo_of(guest, room)
    for address in ("/rooms/", f"/rooms/{theirs.code}/", f"/rooms/{room.code}/projector/"):
        check(page, address)
    check(page, f"/rooms/{room.code}/")
    page.locator("#people summary").tap()
    expect(page.locator(".room-people button")).to_be_visible()
    assert not too_small(page)
