"""The embedded language model answers dry runs for real."""

from __future__ import annotations

import time

import pytest

from engines.planning.wording import is_location
from jobs.states import State
from jobs.worker import work_once
from stockgen.models import Concept, DryRun, Step, Topic
from stockgen.seed import seed
from tests.factories import make_user

pytestmark = [pytest.mark.slow, pytest.mark.django_db]

WORKSHOPS = "Prefer workshops with tools on the walls, sawdust and unfinished furniture."


@pytest.fixture(autouse=True)
def this_connection_is_the_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jobs.worker.close_old_connections", lambda: None)


def answered(step: Step, text: str, **fields: object) -> DryRun:
    """Start a dry run and let this process be the worker."""
    seed()
    dry_run = DryRun.objects.start(
        fields.pop("owner", None) or make_user(),
        topic=Topic.objects.get(key="construction"),
        concept=Concept.objects.get(key="interior"),
        step=step,
        text=text,
        seed=7,
        **fields,
    )
    begun = time.monotonic()
    assert work_once()
    print(f"{step}: {time.monotonic() - begun:.1f} s")
    dry_run.refresh_from_db()
    assert dry_run.state == State.DONE, dry_run.error
    return dry_run


def test_a_text_for_locations_gets_locations_of_its_own() -> None:
    owner = make_user()
    dry_run = answered(Step.LOCATIONS, WORKSHOPS, owner=owner)
    sides = {side: dry_run.result[side]["locations"] for side in ("saved", "unsaved")}
    for locations in sides.values():
        assert len(locations) == 4
        assert all(is_location(location["text"]) for location in locations)
        assert all(len(location["prompts"]) == 1 for location in locations)
    assert sides["saved"] != sides["unsaved"]

    again = answered(Step.LOCATIONS, "Prefer unfinished houses.", owner=owner)
    assert again.result["saved"] == dry_run.result["saved"]


def test_a_text_for_descriptions_is_tried_on_the_same_locations() -> None:
    dry_run = answered(Step.DESCRIPTIONS, "Only bare concrete, grey daylight and dust.")
    sides = [dry_run.result[side]["locations"] for side in ("saved", "unsaved")]
    assert [one["text"] for one in sides[0]] == [one["text"] for one in sides[1]]
    assert len(sides[0]) == 4
    assert all(1 <= len(location["prompts"]) <= 2 for side in sides for location in side)
    assert [one["prompts"] for one in sides[0]] != [one["prompts"] for one in sides[1]]
