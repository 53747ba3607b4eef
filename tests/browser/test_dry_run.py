"""A designer tries a text before saving it, and sees the answer come from a real worker."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from jobs.models import Worker
from jobs.states import State, worker_name
from stockgen.models import DryRun, PromptAddition, Step, Topic
from stockgen.seed import seed
from tests.browser.conftest import PHONE
from tests.browser.test_run import polls
from tests.factories import make_concept, make_topic
from tests.faults.worker import consumer

TEXT = "Prefer workshops with tools on the walls."
ADDITION = "/topics/construction/interior/locations/"


@pytest.fixture
def address(transactional_db: None) -> str:
    """Give the page of an addition whose saved text is “Only halls.”."""
    cell: dict[str, Any] = {"topic": make_topic(key="offices"), "concept": make_concept(key="rooms")}
    PromptAddition.objects.append(**cell, step=Step.LOCATIONS, text="Only halls.")
    Worker.objects.beat(worker_name())
    return "/topics/offices/rooms/locations/"


def tried(page: Page, address: str, text: str = TEXT) -> DryRun:
    """Type a text and try it."""
    page.goto(address)
    page.locator("#id_text").fill(text)
    page.get_by_role("button", name="Try this text").click()
    expect(page.locator(".dry-run-state")).to_be_visible()
    return DryRun.objects.latest("id")


def answer(dry_run: DryRun) -> None:
    """Do what a worker does."""
    [claimed] = DryRun.objects.claim(worker_name())
    assert claimed == dry_run

    def location(text: str) -> dict[str, Any]:
        return {"text": text, "prompts": [f"{text}, soft light"], "from_pattern": False}

    claimed.succeed(
        result={"saved": {"locations": [location("hall")]}, "unsaved": {"locations": [location("workshop")]}}
    )


@pytest.mark.slow
def test_the_embedded_model_answers_while_the_designer_waits(
    page: Page, designer: User, subprocess_environment: dict[str, str], tmp_path: Path
) -> None:
    seed()
    PromptAddition.objects.filter(topic=Topic.objects.get(key="construction")).delete()
    with consumer(subprocess_environment, tmp_path / "worker.log"):
        tried(page, ADDITION)
        expect(page.locator(".dry-run-new ins").first).to_have_text(re.compile("workshops with tools"))
        expect(page.locator(".dry-run-place").first).to_be_visible(timeout=180_000)
        expect(page.locator("#dry-run .badge-done")).to_be_visible(timeout=180_000)
    expect(page.locator(".dry-run-place")).to_have_count(8)
    expect(page.get_by_text("answered in")).to_be_visible()
    asked = polls(page)
    page.wait_for_timeout(3000)
    assert not asked
    assert page.locator("#id_text").input_value() == TEXT
    assert not PromptAddition.objects.filter(topic__key="construction").exists()


def test_the_answer_comes_without_a_reload_and_tells_when_it_is_older_than_the_text(
    page: Page, designer: User, address: str
) -> None:
    dry_run = tried(page, address)
    page.locator("#dry-run-system-saved summary").click()
    answer(dry_run)
    expect(page.locator("#dry-run .badge-done")).to_be_visible()
    expect(page.locator(".dry-run-place del")).to_have_text("hall")
    expect(page.locator(".dry-run-place ins")).to_have_text("workshop")
    assert page.locator("#dry-run-system-saved").get_attribute("open") is None  # as the designer left it
    note = page.locator("[data-dry-run-stale]")
    expect(note).to_be_hidden()
    page.locator("#id_text").press_sequentially(" Or halls.")
    expect(note).to_be_visible()
    page.locator("#id_text").fill(TEXT)
    expect(note).to_be_hidden()


def test_trying_again_gives_the_first_up(page: Page, designer: User, address: str) -> None:
    first = tried(page, address)
    page.locator("#id_text").fill("Only cellars.")
    page.get_by_role("button", name="Try this text").click()
    expect(page.locator(".dry-run-new ins")).to_contain_text("cellars")
    first.refresh_from_db()
    second = DryRun.objects.latest("id")
    assert (first.state, second.state, second.seed) == (State.CANCELLED, State.QUEUED, first.seed)
    page.get_by_role("button", name="With another seed").click()
    expect(page.get_by_text(f"seed {second.seed}")).to_be_hidden()
    assert DryRun.objects.latest("id").seed != second.seed


def test_leaving_the_page_gives_it_up(page: Page, designer: User, address: str) -> None:
    dry_run = tried(page, address)
    page.on("dialog", lambda dialog: dialog.accept())  # the text is not saved
    page.goto("/topics/")
    page.wait_for_timeout(500)
    dry_run.refresh_from_db()
    assert dry_run.state == State.CANCELLED
    page.goto(address)
    expect(page.get_by_text("It was given up")).to_be_visible()


def test_too_long_a_text_is_refused_and_stays(page: Page, designer: User, address: str) -> None:
    page.expected_errors.append("422")  # type: ignore[attr-defined]
    page.goto(address)
    page.locator("#id_text").fill("x" * 10_001)
    page.get_by_role("button", name="Try this text").click()
    expect(page.locator("#dry-run [role=alert]")).to_contain_text("Use at most 10,000 characters.")
    assert len(page.locator("#id_text").input_value()) == 10_001


def test_the_sides_stand_under_each_other_on_a_phone(page: Page, designer: User, address: str) -> None:
    answer(tried(page, address, f"{TEXT} {'unbreakable' * 30}"))
    expect(page.locator("#dry-run .badge-done")).to_be_visible()
    saved, unsaved = page.locator(".dry-run-side").nth(0), page.locator(".dry-run-side").nth(1)
    assert saved.bounding_box()["y"] == unsaved.bounding_box()["y"]
    page.set_viewport_size(PHONE)
    assert saved.bounding_box()["y"] < unsaved.bounding_box()["y"]
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
