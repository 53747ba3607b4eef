"""A designer at work, from a new topic to a campaign that has reached its target.

Everything is the real thing: the worker, its language model, the rating queue; only the experts are simulated.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from django.db import connection
from playwright.sync_api import Page, expect

from accounts.models import User
from jobs.ids import uuid7
from review import queue
from review.errors import Refused
from review.models import Ballot, Policy, Rule, Vote
from stockgen.campaigns.standing import standing_of
from stockgen.models import Campaign, Location, Picture, Prompt, PromptAddition, Run, Topic
from stockgen.models.campaign_stage import Stage
from stockgen.seed import seed
from tests.factories import make_expert
from tests.faults.worker import consumer, wait_until

pytestmark = pytest.mark.slow

LONG = 240_000
"""Milliseconds that the embedded language model may take on a busy machine."""

TARGET = 6


@contextmanager
def experts(count: int) -> Iterator[None]:
    """Let people rate what is in the queue for the block, each with a mind of their own."""
    over = threading.Event()
    people = [make_expert() for _ in range(count)]
    threads = [threading.Thread(target=_rate, args=(person, over)) for person in people]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()


def _rate(person: User, over: threading.Event) -> None:
    rng = random.Random(person.pk)
    try:
        while not over.is_set():
            holds = queue.take(person, "expert", 4)
            for hold in holds:
                ballot = Ballot(
                    id=uuid7(), picture=hold.entry_id, choice="approve" if rng.random() < 0.6 else "reject"
                )
                with suppress(Refused):
                    Vote.objects.cast(person, ballot)
            if not holds:
                time.sleep(0.2)
    finally:
        connection.close()


def test_a_designer_goes_from_a_new_topic_to_a_reached_campaign_without_a_developer(
    page: Page, designer: User, subprocess_environment: dict[str, str], media_root: Path, tmp_path: Path
) -> None:
    seed()
    Policy.objects.set(None, Rule(votes=1, calibration_share=0, gold_share=0))
    with consumer(subprocess_environment, tmp_path / "worker.log"):
        make_a_topic(page)
        write_two_versions_and_look_at_the_difference(page)
        try_an_unsaved_text(page)
        render_edited_prompts(page)
        with experts(3):
            reach_a_target(page)


def make_a_topic(page: Page) -> None:
    page.goto("/")
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Studio").click()
    page.get_by_role("link", name="New topic").click()
    page.locator("#id_name").fill("Bakeries")
    page.locator("#id_description").fill(
        "bakeries, bread ovens, shop counters, kneading tables, pastry kitchens, flour stores"
    )
    page.get_by_role("button", name="Make the topic").click()
    expect(page.get_by_role("heading", name="Bakeries")).to_be_visible()
    assert Topic.objects.get(name="Bakeries").is_active


def write_two_versions_and_look_at_the_difference(page: Page) -> None:
    page.goto("/topics/bakeries/interior/locations/")
    for text, note in (
        ("Name rooms where bread is made.", "a first text"),
        ("Name rooms where bread and cake are made or sold.", "sold, too"),
    ):
        page.locator("#id_text").fill(text)
        page.locator("#id_note").fill(note)
        page.get_by_role("button", name="Save as the next version").click()
        expect(page.get_by_text(note)).to_be_visible()
    assert list(PromptAddition.objects.filter(topic__key="bakeries").values_list("version", flat=True)) == [
        2,
        1,
    ]
    page.get_by_role("link", name="Compare").first.click()
    expect(page.locator("ins").first).to_contain_text("cake")


def try_an_unsaved_text(page: Page) -> None:
    page.goto("/topics/bakeries/interior/locations/")
    page.locator("#id_text").fill("Name only shop counters and cafés of bakeries.")
    page.get_by_role("button", name="Try this text").click()
    expect(page.locator("#dry-run .badge-done")).to_be_visible(timeout=LONG)
    expect(page.locator(".dry-run-new .dry-run-place").first).to_be_visible()
    assert PromptAddition.objects.filter(topic__key="bakeries").count() == 2
    assert not Run.objects.exists()
    page.locator("#id_text").fill("Name rooms where bread and cake are made or sold.")


def render_edited_prompts(page: Page) -> None:
    page.goto("/launch/?topic=bakeries&concept=interior")
    page.get_by_label("How many pictures").fill("3")
    page.get_by_label("Look at the prompts first").check()
    page.get_by_role("button", name="Start the run").click()
    page.wait_for_url("**/runs/*/")
    page.get_by_role("link", name="Look at the prompts").click(timeout=LONG)
    page.wait_for_url("**/runs/*/prompts/")  # and for its scripts: before them, a click does nothing
    run = Run.objects.get()
    first = Prompt.objects.filter(run=run).order_by("position", "location").first()
    assert first is not None
    assert not run.pictures.exists()
    page.locator(f"#prompt-{first.pk} [data-edit]").click()
    expect(page.locator(f"#prompt-{first.pk} textarea")).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text("a bakery at dawn, {warm|cold} light, wide view")
    page.keyboard.press("Control+Enter")
    expect(page.locator(f"#prompt-{first.pk}")).to_contain_text("2 combinations")
    page.get_by_role("button", name="Start the rendering").click()
    wait_until(lambda: run.pictures.done().count() == 3, 240, "three pictures")
    texts = set(run.pictures.values_list("prompt__text", flat=True))
    assert texts & {f"a bakery at dawn, {light} light, wide view" for light in ("warm", "cold")}
    assert not any("{" in text for text in texts)


def reach_a_target(page: Page) -> None:
    page.goto("/campaigns/new/")
    page.locator("#id_name").fill("Bread for everyone")
    page.get_by_label("Approved pictures").fill(str(TARGET))
    page.get_by_role("button", name="None").click()
    page.get_by_label("Bakeries", exact=True).check()
    for concept, share in (("Interiors", 100), ("Exteriors", 0), ("Items", 0)):
        page.get_by_label(concept).fill(str(share))
    page.get_by_label("Unrated pictures in a cell").fill("4")
    page.get_by_role("button", name="Start the campaign").click()
    page.wait_for_url("**/campaigns/*-*/")
    expect(page.locator(".campaign-hero")).to_contain_text(
        f"{TARGET}\N{NO-BREAK SPACE}of {TARGET}", timeout=LONG
    )
    expect(page.locator(".badge-reached")).to_be_visible(timeout=LONG)
    campaign = Campaign.objects.get()
    assert campaign.stage == Stage.REACHED
    [cell] = standing_of(campaign).cells
    assert (cell.counts.approved, cell.counts.in_flight) == (TARGET, 0)
    assert Location.objects.filter(run__cell__campaign=campaign).exists()
    assert Vote.objects.live().filter(entry__picture__cell__campaign=campaign).count() == cell.counts.asked
    assert Picture.objects.filter(cell__campaign=campaign).count() == cell.counts.asked
