"""The history in a browser: ticks that stay, the way back, and downloads that take a while or fail."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, Route, expect

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
def photos(guest: Visitor) -> dict[str, Photo]:
    """Give three photos with a word each."""
    return {word: finish(make_photo(guest), text=f"{word} here") for word in ("entropy", "matrix", "rivers")}


def tick(page: Page, photo: Photo) -> Locator:
    return page.locator(f".photo-tick input[value='{photo.pk}']")


def search(page: Page, words: str, count: int) -> None:
    page.get_by_role("searchbox").fill(words)
    expect(page.locator(".photo-tile")).to_have_count(count)


def test_what_is_chosen_stays_chosen_while_one_searches(
    page: Page, photos: dict[str, Photo], tmp_path: Path
) -> None:
    page.goto("/boards/history/")
    chosen = page.locator("[data-chosen]")
    tick(page, photos["entropy"]).check()
    search(page, "matrix", 1)
    expect(chosen).to_have_text("1 chosen, 1 of them not shown here")
    tick(page, photos["matrix"]).check()
    expect(chosen).to_have_text("2 chosen, 1 of them not shown here")
    search(page, "nothing like this", 0)
    expect(chosen).to_be_visible()
    expect(chosen).to_have_text("2 chosen, 2 of them not shown here")
    with page.expect_download() as download:
        page.get_by_role("button", name="ZIP").click()
    download.value.save_as(tmp_path / "two.zip")
    assert len(zipfile.ZipFile(tmp_path / "two.zip").namelist()) == 2
    search(page, "", 3)
    expect(chosen).to_have_text("2 chosen")
    expect(tick(page, photos["entropy"])).to_be_checked()
    expect(tick(page, photos["rivers"])).not_to_be_checked()
    search(page, "rivers", 1)
    page.get_by_role("button", name="Delete").click()
    expect(page.locator("#confirm-text")).to_contain_text("(2)")
    page.locator("#confirm [data-confirm-yes]").click()
    expect(page.locator(".toast")).to_contain_text("2 photos are deleted.")
    assert Photo.objects.get() == photos["rivers"]


def test_one_press_chooses_none(page: Page, photos: dict[str, Photo]) -> None:
    page.goto("/boards/history/")
    tick(page, photos["entropy"]).check()
    search(page, "matrix", 1)
    page.get_by_role("button", name="Choose none").click()
    expect(page.locator("[data-chosen]")).to_contain_text("Tick photos")
    search(page, "", 3)
    expect(page.locator(".photo-tick :checked")).to_have_count(0)
    expect(page.get_by_role("button", name="ZIP")).to_be_disabled()


def test_the_way_back_is_one_step_however_long_one_searched(page: Page, photos: dict[str, Photo]) -> None:
    page.goto("/rooms/")
    page.goto("/boards/history/")
    for words, count in (("ent", 1), ("e", 3), ("matrix", 1)):
        search(page, words, count)
        expect(page).to_have_url(re.compile(rf"\?q={words}$"))
    page.go_back()
    page.wait_for_url("**/rooms/")


def test_a_download_shows_that_it_is_made_and_is_made_once(page: Page, photos: dict[str, Photo]) -> None:
    asked: list[Route] = []
    page.route("**/boards/download/", lambda route: asked.append(route))
    page.goto("/boards/history/")
    page.get_by_role("button", name="All shown").click()
    button = page.locator("[data-download][value=pdf]")
    with page.expect_download() as download:
        button.focus()
        page.keyboard.press("Enter")
        expect(button).to_have_attribute("aria-busy", "true")
        expect(page.get_by_role("status").filter(has_text="The PDF is being made")).to_be_visible()
        expect(page.locator("[data-download][value=zip]")).to_be_disabled()
        page.keyboard.press("Enter")
        asked[0].continue_()
    assert download.value.suggested_filename.endswith(".pdf")
    assert Path(download.value.path()).read_bytes()[:5] == b"%PDF-"
    expect(button).not_to_have_attribute("aria-busy", "true")
    expect(page.locator("[data-making]")).to_be_empty()
    expect(page.locator("[data-download][value=zip]")).to_be_enabled()
    assert len(asked) == 1
    expect(page.locator(".photo-tick :checked")).to_have_count(3)


@pytest.mark.parametrize("fault", ["network", "server", "no result"])
def test_a_download_that_fails_says_so(
    page: Page, guest: Visitor, photos: dict[str, Photo], fault: str
) -> None:
    page.expected_errors = ["ERR_FAILED", "500", "422"]  # type: ignore[attr-defined]
    waiting = make_photo(guest)
    page.goto("/boards/history/")
    tick(page, waiting if fault == "no result" else photos["matrix"]).check()
    if fault == "network":
        page.route("**/boards/download/", lambda route: route.abort())
    if fault == "server":
        page.route("**/boards/download/", lambda route: route.fulfill(status=500, body="x"))
    said = {
        "network": page.locator("body").get_attribute("data-text-network"),
        "server": page.locator("body").get_attribute("data-text-server"),
        "no result": "Choose photos that have a result first.",
    }[fault]
    assert said
    page.get_by_role("button", name="PDF").click()
    expect(page.locator(".toast-error")).to_contain_text(said)
    expect(page.get_by_role("button", name="PDF")).not_to_have_attribute("aria-busy", "true")
    expect(page.locator("[data-chosen]")).to_have_text("1 chosen")
