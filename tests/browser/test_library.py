"""The library by mouse and by keyboard, on a desktop and on a phone."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from jobs.states import worker_name
from stockgen.models import Collection, Picture, Plan
from tests.browser.conftest import PHONE, sign_in
from tests.browser.test_pages import too_wide
from tests.factories import claim_pictures, finish_picture, make_topic, make_user
from tests.stocked import SHOWN, show, stock

MORE = {
    "open office": "an open office with rows of desks and laptops, daylight",
    "classroom": "a classroom with a green chalkboard and desks",
    "hotel lobby": "a hotel lobby with armchairs and a reception desk",
    "greenhouse": "a greenhouse with rows of tomatoes",
    "server room": "a server room with racks and blue light",
    "gym": "a gym with treadmills and dumbbells",
}


def shot(page: Page, name: str) -> None:
    """Keep a screenshot where SCREENSHOTS names a folder, for people to look at."""
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


@pytest.fixture
def known(designer: User, transactional_db: None) -> dict[str, Picture]:
    """Fill the library with ten pictures."""
    pictures = stock(
        make_user(), SHOWN | MORE, topic=make_topic(name="Rooms", key="rooms"), width=512, height=384
    )
    for seed, picture in enumerate(pictures.values()):
        show(picture, seed)
    return pictures


def tiles(page: Page) -> list[str]:
    found: list[str] = page.locator("[data-tiles] a[data-tile]").evaluate_all(
        "(links) => links.map((link) => link.getAttribute('href').split('/').at(-2))"
    )
    return found


def test_s_on_the_page_of_a_picture_shows_what_is_like_a_similar_one(
    page: Page, known: dict[str, Picture]
) -> None:
    page.goto(f"/library/pictures/{known['classroom'].pk}/")
    first = page.locator("[data-tiles] a[data-tile]").first
    [key] = tiles(page)[:1]
    first.focus()
    page.keyboard.press("s")
    page.wait_for_url(f"**/library/?like={key}")
    expect(page.locator(".chip").first).to_contain_text("Like a picture of")


def test_a_search_in_russian_finds_and_says_what_it_looked_for(page: Page, known: dict[str, Picture]) -> None:
    page.goto("/library/")
    expect(page.locator("[data-tile]")).to_have_count(10)
    shot(page, "library")
    page.keyboard.press("/")
    page.keyboard.type("команда у маркерной доски")
    page.keyboard.press("Enter")
    expect(page.locator(".searched-for")).to_contain_text("team near whiteboard")
    expect(page.locator(".tile-similarity").first).to_be_visible()
    assert tiles(page)[0] == str(known["meeting room"].pk)
    shot(page, "library-search")
    page.get_by_label("Location").locator("visible=true")
    page.get_by_text("More filters").click()
    page.get_by_label("Location").fill("bakery")
    page.get_by_label("Location").press("Enter")
    expect(page.locator("[data-tile]")).to_have_count(1)
    assert "location=bakery" in page.url
    shot(page, "library-filters")


def test_pictures_are_chosen_by_keyboard_and_put_into_a_new_collection(
    page: Page, known: dict[str, Picture]
) -> None:
    page.goto("/library/")
    expect(page.locator("[data-tile]")).to_have_count(10)
    page.keyboard.press("j")
    page.keyboard.press("x")
    for _step in range(2):
        page.keyboard.press("j")
    page.keyboard.press("Shift+X")
    expect(page.locator("[data-count]")).to_have_text("3")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("x")
    expect(page.locator("[data-count]")).to_have_text("2")
    shot(page, "library-chosen")
    page.keyboard.press("a")
    page.get_by_label("Name of the new collection").fill("Spring deck")
    page.get_by_role("button", name="Add").click()
    expect(page.locator(".toast")).to_contain_text("2 pictures are now in “Spring deck”.")
    expect(page.locator("[data-bar]")).to_be_hidden()
    collection = Collection.objects.get()
    page.goto(collection.get_absolute_url())
    expect(page.locator("[data-tile]")).to_have_count(2)
    page.locator("[data-choose]").first.check()
    page.get_by_role("button", name="Take out").click()
    expect(page.locator("[data-tile]")).to_have_count(1)
    page.goto("/library/collections/")
    shot(page, "library-collections")


def test_the_help_lists_the_keys_and_escape_closes_it(page: Page, known: dict[str, Picture]) -> None:
    page.goto("/library/")
    page.keyboard.press("?")
    expect(page.locator("#library-help")).to_be_visible()
    shot(page, "library-help")
    page.keyboard.press("Escape")
    expect(page.locator("#library-help")).to_be_hidden()
    page.keyboard.press("j")
    page.keyboard.press("s")
    expect(page.locator(".chip")).to_contain_text("Like a picture of")
    expect(page.locator("[data-tile]")).to_have_count(9)


def test_enter_opens_a_picture_with_what_is_like_it(page: Page, known: dict[str, Picture]) -> None:
    page.goto("/library/")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/library/pictures/**")
    expect(page.get_by_role("heading", name="Similar pictures")).to_be_visible()
    shot(page, "library-picture")
    page.get_by_label("Name of the new collection").fill("One")
    page.get_by_role("button", name="Add").click()
    expect(page.locator(".toast")).to_contain_text("1 picture is now in “One”.")


def test_more_come_while_scrolling(
    page: Page, known: dict[str, Picture], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stockgen.views.library.pictures.PAGE", 4)
    page.set_viewport_size({"width": 1280, "height": 500})
    for query in ("", "?q=room"):
        page.goto(f"/library/{query}")
        for _turn in range(6):
            page.mouse.wheel(0, 2000)
            page.wait_for_timeout(250)
        expect(page.locator("[data-tile]")).to_have_count(10)
        assert len(set(tiles(page))) == 10


def test_on_a_phone_nothing_is_too_wide(page: Page, known: dict[str, Picture]) -> None:
    page.set_viewport_size(PHONE)
    Collection.objects.start(User.objects.get(first_name="Dana"), name="Spring deck", is_shared=True)
    addresses = {
        "library": "/library/", "search": "/library/?q=a+room", "collections": "/library/collections/",
        "picture": f"/library/pictures/{known['bakery'].pk}/",
    }  # fmt: skip
    for name, path in addresses.items():
        page.goto(path)
        assert not too_wide(page), path
        shot(page, f"phone-{name}")
    page.goto("/library/")
    page.locator("[data-choose]").first.check()
    expect(page.locator("[data-bar]")).to_be_visible()
    assert not too_wide(page)
    shot(page, "phone-chosen")


def test_without_a_picture_the_library_says_what_to_do(
    page: Page, designer: User, transactional_db: Any
) -> None:
    page.goto("/library/")
    expect(page.get_by_role("heading", name="The library is empty")).to_be_visible()
    shot(page, "library-empty")


def test_an_expert_has_no_library_in_the_navigation(page: Page, transactional_db: Any) -> None:
    sign_in(page, make_user(None))
    assert page.locator("nav a[href='/library/']").count() == 0


def test_a_slide_is_pasted_and_its_pictures_come(page: Page, known: dict[str, Picture]) -> None:
    page.goto("/library/match/")
    shot(page, "match-form")
    page.get_by_label("Text of the slide").fill("Еженедельное совещание: команда обсуждает план у доски")
    page.get_by_role("button", name="Find pictures").click()
    page.wait_for_url("**/library/match/*-*/")
    expect(page.locator(".searched-for")).to_contain_text("meeting")
    assert tiles(page)[0] == str(known["meeting room"].pk)
    shot(page, "match-found")
    page.set_viewport_size(PHONE)
    assert not too_wide(page)
    shot(page, "phone-match")


def test_a_picture_that_is_made_for_a_slide_appears_by_itself(page: Page, known: dict[str, Picture]) -> None:
    page.goto("/library/match/")
    page.get_by_label("Text of the slide").fill("Вулканы Камчатки")
    page.get_by_role("button", name="Find pictures").click()
    expect(page.locator("#made")).to_contain_text("The language model writes its prompt")
    shot(page, "match-waiting")
    [plan] = Plan.objects.claim(worker_name())
    plan.add_locations(["volcano"], asked=1, attempts=1)
    plan.add_prompts(plan.run.locations.get(), ["a volcano at dawn, smoke, wide view"])
    plan.finish(language_model_revision="test")
    expect(page.locator("#made")).to_contain_text("a volcano at dawn")
    for picture in claim_pictures():
        finish_picture(picture)
        show(picture, 77)
    expect(page.locator("#made")).to_contain_text("Made for this slide")
    expect(page.locator("#made img")).to_be_visible()
    page.set_viewport_size(PHONE)
    assert not too_wide(page)
    shot(page, "phone-match-made")
