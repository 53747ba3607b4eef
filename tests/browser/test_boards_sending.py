"""Photos on their way: at once, over a network that fails, to a server that refuses."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, Route, expect

from tests.boards import make_room
from tests.browser.boards import (
    LONG,
    SIZES,
    cards,
    file_of,
    finish_next,
    patience,  # noqa: F401
    pick,
)
from upscale.models import Photo
from upscale.visitors import COOKIE, guest_token, new_guest

UPLOAD = "**/boards/upload/"


@pytest.fixture(params=SIZES)
def context_options(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Give a desktop, then a phone."""
    return SIZES[request.param]


def sending(page: Page, state: str = "") -> Locator:
    return page.locator(f".photo-sending{f'[data-state={state}]' if state else ''}")


def meet(page: Page, *answers: Callable[[Route], Any]) -> list[str]:
    """Let something befall the first attempts to send, one after the other. Returns the keys of all attempts."""
    keys: list[str] = []

    def befall(route: Route) -> None:
        keys.append(route.request.headers["idempotency-key"])
        if len(keys) <= len(answers):
            answers[len(keys) - 1](route)
        else:
            route.continue_()

    page.route(UPLOAD, befall)
    return keys


def expect_errors(page: Page, *parts: str) -> None:
    page.expected_errors = list(parts)  # type: ignore[attr-defined]


def asleep(page: Page) -> None:
    """Open the page with a clock that stands until it is moved on."""
    page.clock.install(time=datetime(2026, 11, 2, 9, tzinfo=UTC))
    page.goto("/boards/")
    page.clock.pause_at(datetime(2026, 11, 2, 10, tzinfo=UTC))


# --- As it should be -----------------------------------------------------------------------------------------------
def test_photos_sent_at_once_by_a_new_browser_belong_to_one_person(page: Page) -> None:
    page.goto("/boards/")
    pick(page, *[file_of(f"line {number}") for number in range(4)])
    expect(cards(page, "queued")).to_have_count(4)
    assert Photo.objects.values("person").distinct().count() == 1
    page.reload()
    expect(cards(page, "queued")).to_have_count(4)


def test_a_result_appears_by_itself_in_its_card(page: Page) -> None:
    page.goto("/boards/")
    pick(page, file_of("energy equals mass"))
    expect(cards(page, "queued").locator(".photo-status")).to_contain_text("Next in line")
    expect(cards(page, "queued").locator("img")).to_have_attribute("src", re.compile("^blob:"))
    photo = finish_next()
    done = cards(page, "done")
    expect(done.locator("strong")).to_have_text("energy equals mass")
    expect(done.locator("img")).to_have_attribute("src", re.compile(f"^/boards/{photo.pk}/preview/"))
    expect(page.locator("[data-spoken]")).to_have_text("A photo is ready.")
    done.locator("a.photo-media").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("energy equals mass")


# --- A network that fails -------------------------------------------------------------------------------------------
def test_a_photo_whose_answer_is_lost_goes_out_again_and_is_not_doubled(page: Page) -> None:
    expect_errors(page, "ERR_FAILED")
    page.goto("/boards/")

    def lose_the_answer(route: Route) -> None:
        route.fetch(timeout=LONG)
        route.abort()

    keys = meet(page, lose_the_answer)
    pick(page, file_of("energy equals mass"))
    expect(sending(page)).to_contain_text("The connection was lost")
    expect(cards(page, "queued")).to_have_count(1)
    expect(sending(page)).to_have_count(0)
    assert len(keys) == 2
    assert len(set(keys)) == 1
    assert Photo.objects.count() == 1


def test_a_server_that_is_busy_is_asked_again_ever_less_often(page: Page) -> None:
    expect_errors(page, "503 (Service Unavailable)")
    asleep(page)
    busy = lambda route: route.fulfill(status=503)  # noqa: E731
    keys = meet(page, busy, busy)
    pick(page, file_of("energy"))
    paused = sending(page, "paused")
    expect(paused).to_contain_text("The server is busy")
    expect(paused.locator("[data-status]")).to_have_text("Trying again in 3 s")
    page.clock.run_for(1000)
    expect(paused.locator("[data-status]")).to_have_text("Trying again in 2 s")
    page.clock.run_for(1600)
    expect(paused.locator("[data-status]")).to_have_text(re.compile(r"Trying again in [45] s"))
    assert len(keys) == 2
    page.clock.run_for(3500)
    expect(paused).to_have_count(1)
    page.clock.run_for(2000)
    expect(cards(page, "queued")).to_have_count(1)
    assert len(keys) == 3
    assert len(set(keys)) == 1


def test_an_upload_that_does_not_move_is_cut_off_and_sent_again(page: Page) -> None:
    expect_errors(page, "ERR_FAILED", "ERR_ABORTED")
    asleep(page)
    keys = meet(page, lambda route: None)
    pick(page, file_of("energy"))
    expect(sending(page, "sending")).to_have_count(1)
    page.clock.run_for(29_000)
    expect(sending(page, "sending")).to_have_count(1)
    page.clock.run_for(1_500)
    expect(sending(page, "paused")).to_contain_text("The connection was lost")
    page.clock.run_for(3_000)
    expect(cards(page, "queued")).to_have_count(1)
    assert len(set(keys)) == 1


def test_photos_go_out_by_themselves_when_the_network_is_back(page: Page, context: BrowserContext) -> None:
    expect_errors(page, "ERR_INTERNET_DISCONNECTED")
    asleep(page)
    context.set_offline(True)
    pick(page, file_of("energy"), file_of("mass"))
    expect(sending(page, "paused")).to_have_count(2)
    expect(sending(page).first).to_contain_text("The connection was lost")
    context.set_offline(False)
    expect(sending(page)).to_have_count(0)
    expect(cards(page, "queued")).to_have_count(2)


def test_photos_go_out_when_the_page_is_looked_at_again(page: Page) -> None:
    expect_errors(page, "ERR_FAILED")
    asleep(page)
    meet(page, lambda route: route.abort())
    pick(page, file_of("energy"))
    expect(sending(page, "paused")).to_have_count(1)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(cards(page, "queued")).to_have_count(1)


def test_over_the_rate_all_wait_as_long_as_the_server_says(page: Page) -> None:
    expect_errors(page, "429 (Too Many Requests)")
    asleep(page)
    words = "These are many photos for one hour. Please wait a little."
    much = {"status": 429, "headers": {"Retry-After": "600"}, "content_type": "text/plain", "body": words}
    keys = meet(page, lambda route: route.fulfill(**much), lambda route: route.fulfill(**much))
    pick(page, file_of("one"), file_of("two"), file_of("three"))
    paused = sending(page, "paused")
    expect(paused).to_have_count(2)
    expect(paused.first).to_contain_text("Trying again in 10 min")
    expect(paused.first).to_contain_text(words)
    expect(sending(page, "waiting")).to_have_count(1)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.clock.run_for(590_000)
    assert len(keys) == 2
    for left in (1, 0):
        paused.first.get_by_role("button", name="Try again").click()
        expect(paused).to_have_count(left)
    expect(cards(page, "queued")).to_have_count(3)


def test_the_page_of_a_network_that_asks_to_sign_in_is_no_answer(page: Page) -> None:
    page.goto("/boards/")
    meet(page, lambda route: route.fulfill(status=200, content_type="text/html", body="<h1>Welcome</h1>"))
    pick(page, file_of("energy"))
    expect(cards(page, "queued")).to_have_count(1)


# --- A server that refuses ------------------------------------------------------------------------------------------
def test_a_photo_for_a_room_that_is_closed_is_sent_without_it(page: Page, context: BrowserContext) -> None:
    expect_errors(page, "409 (Conflict)")
    page.goto("/boards/")
    guest = new_guest()
    context.add_cookies([{"name": COOKIE, "value": guest_token(guest), "url": page.evaluate("origin")}])
    room = make_room(guest)
    page.goto(f"/boards/?room={room.code}")
    room.close()
    pick(page, file_of("energy"), file_of("mass"))
    failed = sending(page, "failed")
    expect(failed).to_have_count(2)
    expect(failed.first).to_contain_text("This room is closed")
    expect(failed.first.get_by_role("button", name="Try again")).to_have_count(0)
    failed.first.get_by_role("button", name="Send without the room").click()
    expect(cards(page, "queued")).to_have_count(2)
    expect(page.get_by_label("Share in")).to_have_value("")
    assert {photo.room for photo in Photo.objects.all()} == {None}


def test_a_page_whose_token_is_no_longer_good_gets_another_by_itself(
    page: Page, context: BrowserContext
) -> None:
    expect_errors(page, "403 (Forbidden)")
    page.goto("/boards/")
    context.clear_cookies(name="csrftoken")
    pick(page, file_of("energy"), file_of("mass"))
    expect(cards(page, "queued")).to_have_count(2)
    cards(page).first.get_by_role("button", name="Delete").click()
    page.locator("#confirm").get_by_role("button", name="Delete").click()
    expect(cards(page)).to_have_count(1)


def test_a_photo_that_is_refused_can_be_saved(page: Page) -> None:
    expect_errors(page, "500 (Internal Server Error)")
    page.goto("/boards/")
    meet(page, lambda route: route.fulfill(status=500))
    photo = file_of("energy")
    pick(page, photo)
    failed = sending(page, "failed")
    with page.expect_download() as download:
        failed.get_by_role("link", name="Save the photo").click()
    assert download.value.suggested_filename == "board.jpg"
    assert download.value.path().read_bytes() == photo["buffer"]
    failed.get_by_role("button", name="Try again").click()
    expect(cards(page, "queued")).to_have_count(1)


def test_what_cannot_be_taken_says_why_and_can_be_removed(page: Page, settings: Any) -> None:
    expect_errors(page, "415 (Unsupported Media Type)")
    settings.PHOTO_MAX_MIB = 1
    page.goto("/boards/")
    pick(
        page,
        {"name": "large.jpg", "mimeType": "image/jpeg", "buffer": bytes(1_500_000)},
        {"name": "notes.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-"},
        {"name": "broken.jpg", "mimeType": "image/jpeg", "buffer": b"hello"},
    )
    refused = sending(page, "failed")
    expect(refused).to_have_count(3)
    expect(refused.filter(has_text="1.4 MiB; a photo may have 1 MiB")).to_have_count(1)
    expect(refused.filter(has_text="This is not a photo.")).to_have_count(1)
    expect(refused.filter(has_text="This is not a photo that can be read.")).to_have_count(1)
    expect(refused.get_by_role("link", name="Save the photo")).to_have_count(2)
    expect(page.get_by_role("button", name="Try again")).to_have_count(0)
    for _ in range(3):
        page.get_by_role("button", name="Remove").first.click()
    expect(refused).to_have_count(0)
    assert not Photo.objects.exists()


# --- Where the focus is ---------------------------------------------------------------------------------------------
def test_the_focus_stays_near_when_a_card_goes(page: Page) -> None:
    page.goto("/boards/")
    pick(page, file_of("one"), file_of("two"))
    expect(cards(page, "queued")).to_have_count(2)
    last = cards(page).last.get_attribute("id")
    for focused in (f"#{last} a.photo-media", "[data-pick]"):
        cards(page).first.get_by_role("button", name="Delete").focus()
        page.keyboard.press("Enter")
        page.locator("#confirm").get_by_role("button", name="Delete").press("Enter")
        expect(page.locator(f"{focused}:focus")).to_have_count(1)
    expect(cards(page)).to_have_count(0)


def test_the_focus_goes_to_the_card_that_comes_in_place_of_another(page: Page) -> None:
    page.goto("/boards/")
    pick(page, file_of("one"), file_of("two"))
    expect(cards(page, "queued")).to_have_count(2)
    [claimed] = Photo.objects.claim("test")
    claimed.fail("There is no memory.", retry=False)
    failed = cards(page, "failed")
    failed.get_by_role("button", name="Try again").focus()
    page.keyboard.press("Enter")
    expect(page.locator(f"#photo-{claimed.pk}[data-state=queued] a.photo-media:focus")).to_have_count(1)
