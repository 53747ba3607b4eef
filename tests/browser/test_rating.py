"""An expert rates by keyboard alone; whatever happens to the network, the tab or the browser, no vote is lost."""

from __future__ import annotations

from statistics import median
from uuid import UUID

import pytest
from playwright.sync_api import APIResponse, BrowserContext, Page, Route, expect

from bench.report import p95
from review.models import Entry, Hold, Vote
from tests.browser.conftest import sign_in
from tests.browser.rating import (
    REASONS,
    all_sent,
    current,
    fill_queue,
    live_votes,
    next_after,
    open_rating,
    start_rating,
    until,
)
from tests.factories import cast, make_expert

NETWORK_NOISE = ["ERR_INTERNET_DISCONNECTED", "ERR_NETWORK_CHANGED", "Failed to load resource"]

Expected = dict[UUID, tuple[str, list[str]]]


def rate_one(page: Page, number: int, expected: Expected) -> None:
    """Rate the picture on screen in the way that its number asks for, and note what the database should say."""
    picture = current(page)
    keys, outcome = {
        3: (["x", "2"], ("reject", [REASONS[1]])),
        5: (["x", "Shift+Digit1", "Shift+Digit4", "Enter"], ("reject", [REASONS[0], REASONS[3]])),
        7: ([" "], ("skip", [])),
        8: (["f"], ("flag", [])),
        9: (["x", "x"], ("reject", [])),
    }.get(number % 10, (["a"], ("approve", [])))
    for key in keys:
        page.keyboard.press(key)
    expected[picture] = outcome
    next_after(page, picture)


@pytest.mark.slow
def test_sixty_pictures_by_keyboard_alone(
    page: Page, context: BrowserContext, transactional_db: None, capsys: pytest.CaptureFixture[str]
) -> None:
    fill_queue(90)
    rater = start_rating(page)
    page.expected_errors = NETWORK_NOISE  # type: ignore[attr-defined]
    expected: Expected = {}
    for number in range(20):
        rate_one(page, number, expected)

    undone = []
    for _ in range(3):
        page.keyboard.press("Backspace")
        undone.append(current(page))
        del expected[undone[-1]]
    expect(page.locator("[data-part=before]")).to_be_visible()
    assert len(set(undone)) == 3
    for _ in undone:
        rate_one(page, 0, expected)

    context.set_offline(True)
    for number in range(20, 26):
        rate_one(page, number, expected)
    page.keyboard.press("Backspace")
    del expected[current(page)]
    expect(page.locator("[data-part=status]")).to_have_attribute("data-level", "offline")
    context.set_offline(False)
    for number in range(26, 45):
        rate_one(page, number, expected)

    times = page.evaluate(
        "rating.timings"
    )  # before another tab takes the foreground, where alone frames are drawn
    other = context.new_page()
    open_rating(other)
    assert other.evaluate("rating.tab") != page.evaluate("rating.tab")
    for number in range(8):
        rate_one(other, number, expected)
        rate_one(page, number + 45, expected)
    all_sent(page)
    all_sent(other)

    assert len(expected) == 60
    assert live_votes(rater) == expected
    with capsys.disabled():
        print(f"\nkey to next picture on screen: p95 {p95(times):.0f} ms, median {median(times):.0f} ms")
    assert p95(times) < 1500


def test_votes_of_a_closed_tab_go_out_from_the_next_one(
    page: Page, context: BrowserContext, transactional_db: None
) -> None:
    fill_queue(20)
    rater = start_rating(page)
    page.expected_errors = NETWORK_NOISE  # type: ignore[attr-defined]
    all_sent(page)
    context.set_offline(True)
    expected: Expected = {}
    for number in range(4):
        rate_one(page, number, expected)
    page.close()
    assert not Vote.objects.exists()
    context.set_offline(False)
    later = context.new_page()
    open_rating(later)
    all_sent(later)
    assert live_votes(rater) == expected
    assert later.locator("[data-part=strip] button").count() == 4


def test_a_vote_is_sent_again_until_it_is_answered(page: Page, transactional_db: None) -> None:
    fill_queue(12)
    rater = start_rating(page)
    page.expected_errors = NETWORK_NOISE  # type: ignore[attr-defined]
    answers = [503, 429, 500]

    def refuse(route: Route) -> None:
        if answers:
            route.fulfill(status=answers.pop(0), headers={"Retry-After": "1"}, body="{}")
        else:
            route.continue_()

    page.route("**/review/votes", refuse)
    page.keyboard.press("a")
    until(page, "rating.outbox.waiting === 0", 30)
    assert not answers
    assert len(live_votes(rater)) == 1


def test_an_answer_that_got_lost_makes_no_second_vote(page: Page, transactional_db: None) -> None:
    fill_queue(12)
    rater = start_rating(page)
    page.expected_errors = ["ERR_FAILED"]  # type: ignore[attr-defined]
    lost: list[APIResponse] = []

    def lose(route: Route) -> None:
        if lost:
            route.continue_()
        else:
            lost.append(route.fetch())
            route.abort()

    page.route("**/review/votes", lose)
    page.keyboard.press("a")
    until(page, "rating.outbox.waiting === 0", 30)
    assert lost[0].status == 201
    assert Vote.objects.of(rater).count() == 1


def test_a_vote_that_the_server_refuses_is_told_and_dropped(page: Page, transactional_db: None) -> None:
    fill_queue(12)
    rater = start_rating(page)
    page.expected_errors = ["409"]  # type: ignore[attr-defined]
    picture = current(page)
    other = make_expert()
    Hold.objects.filter(rater=rater, entry=picture).delete()
    cast(other, Entry.objects.get(pk=picture).picture)
    page.keyboard.press("a")
    expect(page.locator(".toast-warning")).to_contain_text("A vote could not be counted")
    all_sent(page)
    assert picture not in live_votes(rater)


def test_somebody_elses_session_never_sends_these_votes(
    page: Page, context: BrowserContext, transactional_db: None
) -> None:
    fill_queue(40)
    first = start_rating(page)
    page.expected_errors = ["403", "401"]  # type: ignore[attr-defined]
    elsewhere = context.new_page()
    elsewhere.goto("/tokens/")
    elsewhere.locator("form[action='/sign-out/'] button").first.evaluate("(button) => button.form.submit()")
    elsewhere.wait_for_url("**/sign-in/**")
    second = sign_in(elsewhere, make_expert())
    page.keyboard.press("a")
    expect(page.locator("[data-part=notice]")).to_contain_text("You were signed out")
    assert page.evaluate("rating.outbox.waiting") == 1
    open_rating(elsewhere)
    all_sent(elsewhere)
    assert not Vote.objects.of(first).exists()
    assert not Vote.objects.of(second).exists()


def test_undo_goes_back_ten_votes_and_more_even_after_a_reload(page: Page, transactional_db: None) -> None:
    fill_queue(30)
    rater = start_rating(page)
    for number in range(12):
        rate_one(page, number, {})
    all_sent(page)
    open_rating(page)
    expect(page.locator("[data-part=strip] button")).to_have_count(12)
    for count in range(11, -1, -1):
        page.keyboard.press("Backspace")
        expect(page.locator("[data-part=strip] button")).to_have_count(count)
    until(page, "rating.outbox.waiting === 0", 30)
    assert live_votes(rater) == {}
    assert Vote.objects.of(rater).count() == 12


def test_a_vote_of_the_strip_is_taken_back_by_a_click(page: Page, transactional_db: None) -> None:
    fill_queue(12)
    rater = start_rating(page)
    pictures = []
    for _ in range(3):
        pictures.append(current(page))
        page.keyboard.press("a")
    page.locator("[data-part=strip] button").last.click()
    assert current(page) == pictures[0]
    expect(page.locator("[data-part=before]")).to_have_text("You had: Approved")
    page.keyboard.press("x")
    page.keyboard.press("1")
    all_sent(page)
    assert live_votes(rater)[pictures[0]] == ("reject", [REASONS[0]])


def test_a_duplicated_tab_holds_pictures_of_its_own(
    page: Page, context: BrowserContext, transactional_db: None
) -> None:
    fill_queue(40)
    start_rating(page)
    with context.expect_page() as opened:
        page.evaluate(
            "window.open(location.href, '_blank')"
        )  # inherits the session storage, as a duplicate does
    copy = opened.value
    expect(copy.locator("#rate")).to_have_attribute("data-state", "rating")
    assert copy.evaluate("rating.tab") != page.evaluate("rating.tab")
    held = "rating.cards.queue.map((card) => card.picture)"
    assert not set(copy.evaluate(held)) & set(page.evaluate(held))


def test_leaving_the_page_lets_others_have_its_pictures(page: Page, transactional_db: None) -> None:
    fill_queue(12)
    rater = start_rating(page)
    assert Hold.objects.live().filter(rater=rater).count() == 12
    page.goto("/")
    page.wait_for_timeout(500)
    assert not Hold.objects.live().filter(rater=rater).exists()


def test_the_last_picture_leads_to_the_end_and_the_skipped_come_again(
    page: Page, transactional_db: None
) -> None:
    fill_queue(3)
    rater = start_rating(page)
    for key in ("a", " ", "a"):
        picture = current(page)
        page.keyboard.press(key)
        until(page, f"rating.cards.current?.picture !== '{picture}'")
    expect(page.get_by_role("heading", name="Everything is rated")).to_be_visible()
    page.get_by_role("button", name="Look again at the skipped: 1").click()
    expect(page.locator("#rate")).to_have_attribute("data-state", "rating")
    page.keyboard.press("a")
    all_sent(page)
    assert [choice for choice, _reasons in live_votes(rater).values()] == ["approve"] * 3


def test_a_page_over_plain_http_has_no_secure_context_and_works_all_the_same(
    page: Page, context: BrowserContext, transactional_db: None
) -> None:
    fill_queue(30)
    context.add_init_script(
        """delete Crypto.prototype.randomUUID;
        Object.defineProperty(Navigator.prototype, "locks", {get: () => undefined});"""
    )
    rater = start_rating(page)
    other = context.new_page()
    open_rating(other)
    expected: Expected = {}
    for number in range(3, 6):
        rate_one(page, number, expected)
        rate_one(other, number, expected)
    all_sent(page)
    all_sent(other)
    assert live_votes(rater) == expected


def test_a_browser_that_stores_nothing_says_so_and_sends_all_the_same(
    page: Page, transactional_db: None
) -> None:
    fill_queue(12)
    rater = start_rating(page)
    page.route("**/review/votes", lambda route: route.fulfill(status=503, body="{}"))
    page.expected_errors = ["503"]  # type: ignore[attr-defined]
    page.evaluate(
        "() => { Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); }; }"
    )
    page.keyboard.press("a")
    expect(page.locator("[data-part=notice]")).to_contain_text("This browser stores nothing")
    page.unroute("**/review/votes")
    all_sent(page)
    assert len(live_votes(rater)) == 1
