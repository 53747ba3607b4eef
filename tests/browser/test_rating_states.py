"""What the rating page shows when something is missing, late or wrong; stacks, counters and the history."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, Route, expect

from review.models import Entry, Hold, Preferences
from review.queue import take
from stockgen.models import Picture
from tests.browser.conftest import PHONE, sign_in
from tests.browser.rating import (
    all_sent,
    current,
    fill_queue,
    live_votes,
    next_after,
    open_rating,
    start_rating,
    until,
)
from tests.browser.test_pages import too_wide
from tests.factories import make_expert


def test_near_duplicates_are_shown_in_a_row_with_a_decision_each(page: Page, transactional_db: None) -> None:
    fill_queue(4)
    alike = list(Entry.objects.order_by("queue_at", "pk"))[:3]
    Entry.objects.filter(pk__in=[entry.pk for entry in alike]).update(stack=alike[0].pk)
    rater = start_rating(page)
    row = page.locator("[data-part=stack]")
    for position in (1, 2, 3):
        expect(row).to_contain_text(f"{position} of 3 alike")
        expect(row.locator(".stack-tile")).to_have_count(3)
        picture = current(page)
        page.keyboard.press("a" if position == 1 else "f")
        next_after(page, picture)
    expect(row).to_be_hidden()
    all_sent(page)
    assert {choice for choice, _reasons in live_votes(rater).values()} == {"approve", "flag"}
    assert set(live_votes(rater)) == {entry.pk for entry in alike}


@pytest.mark.parametrize(
    ("status", "heading"), [(None, "No connection"), (500, "The next pictures cannot be fetched")]
)
def test_without_pictures_it_says_why_and_goes_on_by_itself(
    page: Page, transactional_db: None, status: int | None, heading: str
) -> None:
    fill_queue(3)
    page.expected_errors = ["ERR_FAILED", "500"]  # type: ignore[attr-defined]
    sign_in(page, make_expert())

    def fail(route: Route) -> None:
        if status is None:
            route.abort()
        else:
            route.fulfill(status=status, body="{}")

    page.route("**/review/next", fail)
    page.goto("/review/")
    expect(page.get_by_role("heading", name=heading)).to_be_visible()
    page.unroute("**/review/next")
    expect(page.locator("#rate")).to_have_attribute("data-state", "rating", timeout=15_000)


def test_new_pictures_appear_by_themselves_when_all_was_rated(page: Page, transactional_db: None) -> None:
    page.expected_errors = []  # type: ignore[attr-defined]
    sign_in(page, make_expert())
    page.goto("/review/")
    expect(page.get_by_role("heading", name="Everything is rated")).to_be_visible()
    expect(page.locator(".act-approve")).to_be_disabled()
    fill_queue(2)
    page.evaluate("rating.cards.fetch()")  # what a timer does, in the end every twenty seconds
    expect(page.locator("#rate")).to_have_attribute("data-state", "rating")


def test_what_a_page_left_just_now_gives_back_comes_within_seconds(
    page: Page, transactional_db: None
) -> None:
    fill_queue(2)
    rater = sign_in(page, make_expert())
    held = [hold.pk for hold in take(rater, "the tab before", 2)]
    page.goto("/review/")
    expect(page.get_by_role("heading", name="Everything is rated")).to_be_visible()
    Hold.objects.filter(pk__in=held).delete()
    expect(page.locator("#rate")).to_have_attribute("data-state", "rating")


def test_a_picture_whose_file_is_gone_can_be_skipped(page: Page, transactional_db: None) -> None:
    fill_queue(3)
    page.expected_errors = ["404"]  # type: ignore[attr-defined]
    first = Entry.objects.order_by("queue_at", "pk").first()
    picture = Picture.objects.get(pk=first.pk)
    picture.image.delete(save=False)
    picture.thumbnail.delete(save=False)
    rater = sign_in(page, make_expert())
    page.goto("/review/")
    expect(page.locator("[data-part=broken]")).to_be_visible()
    page.keyboard.press("Space")
    expect(page.locator("[data-part=broken]")).to_be_hidden()
    all_sent(page)
    assert live_votes(rater) == {first.pk: ("skip", [])}


def test_after_a_long_pause_lost_pictures_are_replaced_but_not_the_one_on_screen(
    page: Page, transactional_db: None
) -> None:
    fill_queue(30)
    start_rating(page)
    on_screen = current(page)
    held = set(page.evaluate("rating.cards.queue.map((card) => card.picture)"))
    Hold.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    Hold.objects.give(
        make_expert(), "other", [pk for pk in Entry.objects.values_list("pk", flat=True) if str(pk) in held]
    )
    page.evaluate("rating.cards.lastAsked = 0; rating.cards.wake()")
    until(page, "rating.cards.queue.length === 13")
    now = page.evaluate("rating.cards.queue.map((card) => card.picture)")
    assert now[0] == str(on_screen)
    assert not set(now[1:]) & held


def test_a_vote_on_an_expired_hold_counts_while_nobody_else_has_the_picture(
    page: Page, transactional_db: None
) -> None:
    fill_queue(12)
    rater = start_rating(page)
    picture = current(page)
    Hold.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    page.keyboard.press("a")
    all_sent(page)
    assert live_votes(rater) == {picture: ("approve", [])}


def test_the_counters_follow_the_votes(page: Page, transactional_db: None) -> None:
    fill_queue(20)
    start_rating(page)
    left = page.locator("[data-part=count-left]")
    expect(left).to_have_text("20")
    for key in ("a", "a", "x", "x", "Space", "Backspace"):
        page.keyboard.press(key)
    expect(page.locator("[data-part=count-votes]")).to_have_text("3")
    expect(page.locator("[data-part=count-streak]")).to_have_text("3")
    expect(left).to_have_text("17")
    expect(page.locator("[data-part=agreement]")).to_be_hidden()


def test_a_vote_is_changed_from_the_history(page: Page, transactional_db: None) -> None:
    fill_queue(12)
    rater = start_rating(page)
    picture = current(page)
    page.keyboard.press("a")
    all_sent(page)
    page.goto("/review/history/")
    page.get_by_text("Change", exact=True).click()
    page.get_by_label("Reason 2").check()
    page.get_by_role("button", name="Reject").click()
    expect(page.locator(".toast")).to_contain_text("Your vote is changed.")
    assert live_votes(rater) == {picture: ("reject", ["people"])}


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("mode", ["single", "grid", "reasons", "history"])
def test_nothing_is_too_wide_for_a_phone(
    page: Page, transactional_db: None, language: str, mode: str
) -> None:
    fill_queue(12)
    rater = make_expert()
    Preferences(rater=rater, grid_size=12).save()
    page.set_viewport_size(PHONE)
    sign_in(page, rater)
    page.context.add_cookies([{"name": "django_language", "value": language, "url": page.url}])
    open_rating(page)
    if mode != "single":
        page.keyboard.press({"grid": "g", "reasons": "x", "history": "a"}[mode])
    if mode == "history":
        all_sent(page)
        page.goto("/review/history/")
    assert page.locator("html").get_attribute("lang") == language
    assert not [
        element for element in too_wide(page) if "film" not in element and "viewer-content" not in element
    ]
