"""Rating on a phone: swipes and large buttons."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import CDPSession, Page, expect

from review.models import Vote
from tests.browser.conftest import PHONE
from tests.browser.rating import REASONS, all_sent, current, fill_queue, live_votes, start_rating


@pytest.fixture
def context_options() -> dict[str, Any]:
    """Give a phone."""
    return {"viewport": PHONE, "locale": "en-GB", "has_touch": True, "is_mobile": True}


def swipe(
    page: Page, dx: float, dy: float, *, x: float = 195, y: float = 330, lift: bool = True
) -> CDPSession:
    """Move a finger over the picture, in steps as a real one."""
    fingers = page.context.new_cdp_session(page)

    def send(kind: str, points: list[dict[str, float]]) -> None:
        fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    send("touchStart", [{"x": x, "y": y}])
    for step in range(1, 9):
        send("touchMove", [{"x": x + dx * step / 8, "y": y + dy * step / 8}])
        page.wait_for_timeout(12)
    if lift:
        page.wait_for_timeout(120)  # a finger that rests before it is lifted flings nothing
        send("touchEnd", [])
        page.wait_for_timeout(120)
    return fingers


def test_swipes_approve_reject_and_skip(page: Page, transactional_db: None) -> None:
    fill_queue(12)
    rater = start_rating(page)
    first = current(page)
    swipe(page, 160, 6)
    second = current(page)
    swipe(page, -160, 6)
    expect(page.locator("[data-part=reasons]")).to_be_visible()
    assert current(page) == second
    page.locator(f"[data-reason={REASONS[1]}]").tap()
    third = current(page)
    swipe(page, 5, -190)
    all_sent(page)
    assert live_votes(rater) == {
        first: ("approve", []),
        second: ("reject", [REASONS[1]]),
        third: ("skip", []),
    }


def test_the_card_follows_the_finger_and_says_what_will_happen(page: Page, transactional_db: None) -> None:
    fill_queue(12)
    start_rating(page)
    picture = current(page)
    fingers = swipe(page, 150, 0, lift=False)
    expect(page.locator("[data-swipe=approve]")).to_have_attribute("data-sure", "")
    assert "translate(150px" in (page.locator("[data-part=card]").get_attribute("style") or "")
    fingers.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": 200, "y": 330}]})
    page.wait_for_timeout(300)
    fingers.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    page.wait_for_timeout(100)
    assert current(page) == picture
    assert "translate" not in (page.locator("[data-part=card]").get_attribute("style") or "")


def test_a_swipe_from_the_edge_belongs_to_the_system(page: Page, transactional_db: None) -> None:
    fill_queue(12)
    start_rating(page)
    picture = current(page)
    swipe(page, 200, 0, x=8)
    assert current(page) == picture


def test_two_taps_magnify_and_then_a_finger_moves_the_picture(page: Page, transactional_db: None) -> None:
    fill_queue(12)
    start_rating(page)
    picture = current(page)
    viewer = page.locator("[data-part=viewer]")
    viewer.tap(position={"x": 150, "y": 300})
    viewer.tap(position={"x": 150, "y": 300})
    expect(page.locator("[data-part=zoom]")).to_be_visible()
    swipe(page, 160, 0)
    assert current(page) == picture


def test_several_reasons_are_chosen_by_finger(page: Page, transactional_db: None) -> None:
    fill_queue(12)
    rater = start_rating(page)
    picture = current(page)
    page.locator(".act-reject").tap()
    page.get_by_role("button", name="Several").tap()
    page.locator(f"[data-reason={REASONS[0]}]").tap()
    page.locator(f"[data-reason={REASONS[2]}]").tap()
    page.locator("[data-reasons=commit]").tap()
    all_sent(page)
    assert live_votes(rater) == {picture: ("reject", [REASONS[0], REASONS[2]])}


def test_the_large_buttons_are_in_reach_and_nothing_scrolls(page: Page, transactional_db: None) -> None:
    fill_queue(12)
    rater = start_rating(page)
    for name in ("approve", "reject", "skip", "undo"):
        box = page.locator(f".rate-acts [data-act={name}]").bounding_box()
        assert box is not None
        assert box["height"] >= 48
        assert box["y"] > PHONE["height"] / 2
        assert box["y"] + box["height"] <= page.locator(".nav").bounding_box()["y"]
    picture = current(page)
    page.locator(".act-approve").tap()
    page.locator(".act-undo").tap()
    assert current(page) == picture
    page.locator(".act-skip").tap()
    all_sent(page)
    assert live_votes(rater) == {picture: ("skip", [])}
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_score_and_note_are_in_a_sheet(page: Page, transactional_db: None) -> None:
    fill_queue(12)
    rater = start_rating(page)
    picture = current(page)
    page.locator("[data-act=details]").first.tap()
    expect(page.locator("[data-part=prompt]")).to_be_visible()
    page.locator("[data-score='4']").tap()
    page.locator(".side-close").tap()
    expect(page.locator("[data-part=prompt]")).to_be_hidden()
    page.locator(".act-approve").tap()
    all_sent(page)
    assert Vote.objects.of(rater).get(entry=picture).score == 4
