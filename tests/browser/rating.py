"""What the tests of the rating page share: pictures in the queue, and what the page and the database say."""

from __future__ import annotations

import time
from typing import Any
from uuid import UUID

from playwright.sync_api import Page, expect

from accounts.models import Role, User
from review.models import Entry, Vote
from stockgen.models import Picture, Reason
from tests.browser.conftest import finish_next, sign_in
from tests.factories import make_expert, make_planned_run, make_user

REASONS = ("fake-text", "people", "shapes", "topic", "asked")


def fill_queue(count: int, **fields: Any) -> None:
    """Put that many pictures into the rating queue, a vote wanted for each, and five reasons on the keys 1 to 5."""
    for digit, key in enumerate(REASONS, start=1):
        defaults = {"name": f"Reason {digit}", "name_ru": f"Причина {digit}", "position": digit}
        Reason.objects.update_or_create(key=key, defaults=defaults)
    run = make_planned_run(make_user(Role.DESIGNER), count=count, width=256, height=256, **fields)
    Picture.objects.filter(run=run).update(priority=100)
    finish_next(count)
    Entry.objects.update(wanted=1, slots=1)  # none by chance for calibration


def start_rating(page: Page, **fields: Any) -> User:
    """Sign an expert in and open the rating page."""
    rater = sign_in(page, make_expert(**fields))
    open_rating(page)
    return rater


def open_rating(page: Page) -> None:
    """Open the rating page and wait for the first picture."""
    page.goto("/review/")
    expect(page.locator("#rate")).to_have_attribute("data-state", "rating")
    until(page, "document.querySelector('.slide img, .grid-tile img')?.naturalWidth > 0")


def until(page: Page, expression: str, seconds: float = 20) -> None:
    """Wait until an expression is true; ``wait_for_function`` evaluates strings, which the page's policy forbids."""
    deadline = time.monotonic() + seconds
    while not page.evaluate(expression):
        assert time.monotonic() < deadline, expression
        page.wait_for_timeout(20)


def current(page: Page) -> UUID:
    """Return the picture on screen."""
    return UUID(page.evaluate("rating.cards.current.picture"))


def next_after(page: Page, picture: UUID) -> UUID:
    """Wait until another picture than this one is on screen, and return it."""
    until(page, f"rating.cards.current && rating.cards.current.picture !== '{picture}'")
    return current(page)


def all_sent(page: Page) -> None:
    """Wait until the page says that everything is saved."""
    until(page, "rating.outbox.waiting === 0")
    expect(page.locator("[data-part=status]")).to_have_attribute("data-level", "saved")


def live_votes(rater: User) -> dict[UUID, tuple[str, list[str]]]:
    """Return an expert's live votes as the database has them."""
    votes = Vote.objects.live().of(rater)
    return {vote.entry_id: (vote.choice, vote.reasons) for vote in votes}
