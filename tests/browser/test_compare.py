"""Comparing in a real browser: keys, buttons, undo, zoom in step, a lost network, a phone, and that it is blind."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Page, Request, Route, expect

from accounts.models import User
from review.models import Judgement, Pair
from stockgen.models import Comparison
from tests.browser.conftest import PHONE, sign_in
from tests.browser.rating import all_sent, until
from tests.browser.test_pages import too_wide
from tests.comparing import make_compared
from tests.factories import make_expert


@pytest.fixture
def comparison(transactional_db: None) -> Comparison:
    return make_compared(pictures_per_cell=6)


def start_comparing(page: Page, comparison: Comparison) -> User:
    """Sign an expert in and open the page of a comparison."""
    rater = sign_in(page, make_expert())
    open_comparison(page, comparison)
    return rater


def open_comparison(page: Page, comparison: Comparison) -> None:
    """Open the page and wait for the first pair."""
    page.goto(f"/review/compare/{comparison.pk}/")
    until(page, "'rating' in window")
    expect(page.locator("#rate")).to_have_attribute("data-state", "rating")
    until(page, "document.querySelectorAll('.compare-side .slide img').length === 2")


def current(page: Page) -> UUID:
    """Return the pair on screen, once there is one."""
    until(page, "rating.cards.current")
    return UUID(page.evaluate("rating.cards.current.id"))


def press(page: Page, key: str) -> UUID:
    """Press a key and wait for the next pair; return the one that was judged."""
    pair = current(page)
    page.keyboard.press(key)
    until(page, f"rating.cards.current?.id !== '{pair}'")
    return pair


def judged(rater: User) -> dict[UUID, str]:
    """Return an expert's live judgements as the database has them."""
    return dict(Judgement.objects.live().of(rater).values_list("pair", "choice"))


def test_keys_judge_and_the_next_pair_is_there(page: Page, comparison: Comparison) -> None:
    rater = start_comparing(page, comparison)
    expected = {}
    for key, choice in (
        ("ArrowLeft", "left"), ("ArrowRight", "right"), ("ArrowDown", "same"), ("=", "same"), ("Space", "skip"),
    ):  # fmt: skip
        expected[press(page, key)] = choice
    all_sent(page)
    assert judged(rater) == expected
    expect(page.locator("[data-part=count-votes]")).to_have_text("5")
    expect(page.locator("[data-part=count-left]")).to_have_text("1")
    assert Judgement.objects.filter(seconds__gt=0).exists()


def test_buttons_judge_and_at_the_end_it_says_so(page: Page, comparison: Comparison) -> None:
    rater = start_comparing(page, comparison)
    for _index in range(6):
        pair = current(page)
        page.get_by_role("button", name="The left one").click()
        until(page, f"rating.cards.current?.id !== '{pair}'")
    expect(page.get_by_role("heading", name="You have judged every pair")).to_be_visible()
    all_sent(page)
    assert set(judged(rater).values()) == {"left"}
    assert len(judged(rater)) == 6
    page.get_by_role("link", name="Other comparisons").click()
    expect(page.get_by_text("6 of 6 pairs judged")).to_be_visible()


def test_undo_brings_a_pair_back_even_after_a_reload(page: Page, comparison: Comparison) -> None:
    rater = start_comparing(page, comparison)
    first, second = press(page, "ArrowLeft"), press(page, "ArrowRight")
    page.keyboard.press("Backspace")
    until(page, f"rating.cards.current.id === '{second}'")
    expect(page.locator("[data-part=before]")).to_have_text("You had: The right one")
    all_sent(page)
    assert judged(rater) == {first: "left"}
    open_comparison(page, comparison)
    until(page, "!document.querySelector('.act-undo').disabled")
    page.keyboard.press("Backspace")
    until(page, f"rating.cards.current.id === '{first}'")
    all_sent(page)
    assert judged(rater) == {}
    press(page, "ArrowDown")
    all_sent(page)
    assert judged(rater) == {first: "same"}


def test_both_pictures_are_zoomed_and_moved_in_step(page: Page, comparison: Comparison) -> None:
    start_comparing(page, comparison)
    boxes = page.locator(".compare-side .slide")
    fitted = [boxes.nth(index).bounding_box() for index in (0, 1)]
    page.mouse.move(fitted[0]["x"] + 40, fitted[0]["y"] + 40)
    page.mouse.wheel(0, -600)
    expect(page.locator("[data-part=zoom]")).to_be_visible()
    page.mouse.down()
    page.mouse.move(fitted[0]["x"] + 10, fitted[0]["y"] + 25)
    page.mouse.up()
    places = []
    for index, before in enumerate(fitted):
        now = boxes.nth(index).bounding_box()
        assert now["width"] > before["width"] * 1.5
        places.append((round(now["x"] - before["x"]), round(now["y"] - before["y"]), round(now["width"])))
    assert places[0] == pytest.approx(places[1], abs=1)
    page.keyboard.press("Escape")
    expect(page.locator("[data-part=zoom]")).to_be_hidden()
    assert boxes.nth(1).bounding_box() == pytest.approx(fitted[1])


def test_the_network_may_go_and_no_judgement_is_lost(page: Page, comparison: Comparison) -> None:
    page.expected_errors = ["ERR_FAILED", "ERR_INTERNET"]  # type: ignore[attr-defined]
    rater = start_comparing(page, comparison)
    until(page, "rating.cards.queue.length >= 5")
    page.route("**/api/v1/**", lambda route: route.abort())
    expected = {press(page, key): choice for key, choice in (("ArrowLeft", "left"), ("ArrowDown", "same"))}
    expect(page.locator("[data-part=status]")).to_have_attribute("data-level", "offline")
    assert judged(rater) == {}
    page.unroute("**/api/v1/**")
    open_comparison(page, comparison)
    all_sent(page)
    assert judged(rater) == expected


def test_an_answer_that_was_lost_makes_no_second_judgement(page: Page, comparison: Comparison) -> None:
    page.expected_errors = ["ERR_FAILED"]  # type: ignore[attr-defined]
    rater = start_comparing(page, comparison)
    seen: list[str] = []

    def lose_the_answer(route: Route) -> None:
        seen.append(route.request.url)
        if len(seen) == 1:
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route("**/review/judgements", lose_the_answer)
    pair = press(page, "ArrowRight")
    until(page, "rating.outbox.waiting === 0")
    assert len(seen) >= 2
    assert judged(rater) == {pair: "right"}
    assert Judgement.objects.count() == 1


def test_closing_the_comparison_ends_the_judging(page: Page, comparison: Comparison) -> None:
    page.expected_errors = ["409"]  # type: ignore[attr-defined]
    rater = start_comparing(page, comparison)
    comparison.close()
    press(page, "ArrowLeft")
    expect(page.get_by_role("heading", name="This comparison is closed")).to_be_visible()
    expect(page.locator(".toast")).to_contain_text("A judgement could not be counted")
    assert judged(rater) == {}


def test_what_was_asked_is_shown_or_hidden_and_that_is_kept(page: Page, comparison: Comparison) -> None:
    start_comparing(page, comparison)
    asked = page.locator("[data-part=asked]")
    expect(asked).to_contain_text("a picture of location")
    page.keyboard.press("d")
    expect(asked).to_be_hidden()
    open_comparison(page, comparison)
    expect(asked).to_be_hidden()


def test_nothing_that_the_page_loads_tells_a_model(page: Page, comparison: Comparison) -> None:
    bodies: list[bytes] = []

    def keep(request: Request) -> None:
        response = request.response()
        if response is not None and response.status == 200:
            bodies.append(request.url.encode() + str(response.headers).encode() + response.body())

    sign_in(page, make_expert())
    page.on("requestfinished", keep)
    open_comparison(page, comparison)
    for key in ("ArrowLeft", "ArrowRight", "ArrowDown"):
        press(page, key)
    all_sent(page)
    page.wait_for_load_state("networkidle")
    said = [*bodies, page.content().encode()]
    assert sum(b"/review/pairs/" in body[:200] for body in bodies) >= 8
    secrets = [comparison.name, *comparison.contestants, *comparison.titles().values()]
    secrets += [str(pk) for pair in Pair.objects.all() for pk in (pair.left_id, pair.right_id)]
    assert not [secret for secret in secrets if any(secret.encode() in body for body in said)]


def test_the_comparison_is_found_from_the_navigation(page: Page, comparison: Comparison) -> None:
    sign_in(page, make_expert())
    page.get_by_role("link", name="Compare", exact=True).click()
    page.get_by_role("link", name="Begin").click()
    expect(page.locator("#rate")).to_have_attribute("data-state", "rating")


@pytest.mark.parametrize("language", ["en", "ru"])
def test_on_a_phone_the_pictures_are_above_each_other_and_nothing_is_too_wide(
    page: Page, comparison: Comparison, language: str
) -> None:
    page.set_viewport_size(PHONE)
    rater = sign_in(page, make_expert())
    page.context.add_cookies([{"name": "django_language", "value": language, "url": page.url}])
    page.goto("/review/compare/")
    assert not too_wide(page)
    open_comparison(page, comparison)
    first, second = (page.locator(".compare-side").nth(index).bounding_box() for index in (0, 1))
    assert first["y"] + first["height"] <= second["y"]
    assert min(first["width"], second["width"]) > 350
    assert not [element for element in too_wide(page) if "viewer-content" not in element]
    pair = current(page)
    page.locator(".act-side").nth(1).click()
    until(page, f"rating.cards.current?.id !== '{pair}'")
    all_sent(page)
    assert judged(rater) == {pair: "right"}


def test_from_key_to_the_next_pair_takes_no_longer_than_a_blink(page: Page, comparison: Comparison) -> None:
    start_comparing(page, comparison)
    until(page, "rating.cards.queue.length >= 5")
    page.wait_for_load_state("networkidle")
    for key in ("ArrowLeft", "ArrowRight", "ArrowDown"):
        press(page, key)
        page.wait_for_timeout(150)
    samples: list[Any] = page.evaluate("rating.timings")
    assert len(samples) == 3
    assert min(samples) < 150
