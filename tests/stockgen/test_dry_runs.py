"""Dry runs: what a text would do, asked of the language model before the text is saved."""

from __future__ import annotations

import copy
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db.models.functions import Now

from accounts.models import Role, User
from jobs import kinds
from jobs.models import Turn
from jobs.states import State, worker_name
from jobs.worker import Work, work_once
from stockgen.models import Concept, DryRun, Plan, PromptAddition, Step, Topic
from stockgen.models.dry_run import ClaimLost
from stockgen.seed import seed
from tests.engines.planning.conftest import ScriptedLanguageModel
from tests.factories import make_planned_run, make_run, make_user
from tests.scripted import WARD_ROOMS, WARDS, asks_for_locations, planner

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def this_connection_is_the_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jobs.worker.close_old_connections", lambda: None)


@pytest.fixture
def cell() -> dict[str, Any]:
    """Give a real topic and concept."""
    seed()
    PromptAddition.objects.all().delete()
    return {"topic": Topic.objects.get(key="medicine"), "concept": Concept.objects.get(key="interior")}


def use(monkeypatch: pytest.MonkeyPatch, llm: ScriptedLanguageModel) -> ScriptedLanguageModel:
    """Let the worker find this language model."""
    for module in ("dry_running", "planning"):
        monkeypatch.setattr(f"stockgen.work.{module}.language_model", lambda key, work: llm)
    return llm


@pytest.fixture
def llm(monkeypatch: pytest.MonkeyPatch) -> ScriptedLanguageModel:
    return use(monkeypatch, planner())


def start(owner: User, cell: dict[str, Any], text: str = WARDS, **fields: Any) -> DryRun:
    return DryRun.objects.start(owner, **cell, **{"step": Step.LOCATIONS, "text": text, "seed": 7} | fields)


def answered(dry_run: DryRun) -> DryRun:
    """Let this process be the worker for one claim."""
    assert work_once()
    dry_run.refresh_from_db()
    assert dry_run.state == State.DONE, dry_run.error
    return dry_run


def texts(dry_run: DryRun, side: str) -> list[str]:
    return [location["text"] for location in dry_run.result[side]["locations"]]


# ------------------------------------------------------------------ starting
def test_only_the_edited_step_differs_from_what_is_saved(cell: dict[str, Any]) -> None:
    for step in Step:
        PromptAddition.objects.append(**cell, step=step, text=f"saved {step}")
    dry_run = start(make_user(), cell, "another\r\ntext ", step=Step.DESCRIPTIONS)
    assert dry_run.saved == {"locations": "saved locations", "descriptions": "saved descriptions"}
    assert dry_run.unsaved == {"locations": "saved locations", "descriptions": "another\ntext"}
    assert dry_run.system("saved").endswith("saved descriptions")
    assert dry_run.system("unsaved").endswith("another\ntext")


def test_starting_another_cancels_ones_own_and_nobody_elses(cell: dict[str, Any]) -> None:
    mine, theirs = make_user(), make_user()
    first, other = start(mine, cell), start(theirs, cell)
    second = start(mine, cell, "Only corridors.")
    states = dict(DryRun.objects.values_list("pk", "state"))
    assert states == {first.pk: State.CANCELLED, other.pk: State.QUEUED, second.pk: State.QUEUED}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"text": "x" * 10_001}, "text"), ({"text": "a\0b"}, "text"), ({"language_model": "gpt-9"}, "language_model"),
        ({"seed": -1}, "seed"), ({"seed": 2**64}, "seed"), ({"location_count": 0}, "location_count"),
        ({"location_count": 9}, "location_count"),
    ],
)  # fmt: skip
def test_what_cannot_be_carried_out_is_said_at_its_field_and_changes_nothing(
    cell: dict[str, Any], wrong: dict[str, Any], field: str
) -> None:
    owner = make_user()
    open_one = start(owner, cell)
    with pytest.raises(ValidationError) as raised:
        start(owner, cell, **wrong)
    assert set(raised.value.message_dict) == {field}
    assert DryRun.objects.get().pk == open_one.pk
    assert DryRun.objects.get().state == State.QUEUED


def test_ten_thousand_characters_are_accepted(cell: dict[str, Any]) -> None:
    assert start(make_user(), cell, "x" * 10_000).state == State.QUEUED


def test_the_next_one_takes_the_same_seed_unless_another_is_given(cell: dict[str, Any]) -> None:
    owner = make_user()
    assert start(owner, cell, seed=11).seed == 11
    assert start(owner, cell, "Other words.", seed=None).seed == 11
    assert start(owner, cell, seed=12).seed == 12
    assert start(owner, cell, step=Step.DESCRIPTIONS, seed=None).seed != 12


def test_nobody_but_the_owner_sees_it(cell: dict[str, Any]) -> None:
    dry_run = start(make_user(), cell)
    assert DryRun.objects.visible_to(dry_run.owner).get() == dry_run
    assert not DryRun.objects.visible_to(make_user()).exists()
    assert not DryRun.objects.visible_to(make_user(Role.OPERATOR)).exists()


def test_the_last_one_is_shown_until_another_text_is_saved(cell: dict[str, Any]) -> None:
    dry_run = start(make_user(), cell)
    assert DryRun.objects.last_of(dry_run.owner, **cell, step=Step.LOCATIONS) == dry_run
    assert DryRun.objects.last_of(dry_run.owner, **cell, step=Step.DESCRIPTIONS) is None
    PromptAddition.objects.append(**cell, step=Step.LOCATIONS, text=WARDS)
    assert DryRun.objects.last_of(dry_run.owner, **cell, step=Step.LOCATIONS) is None


def test_only_what_is_older_than_a_day_is_forgotten(cell: dict[str, Any]) -> None:
    old, young = start(make_user(), cell), start(make_user(), cell)
    DryRun.objects.filter(pk=old.pk).update(created_at=Now() - timedelta(hours=25))
    DryRun.objects.filter(pk=young.pk).update(created_at=Now() - timedelta(hours=23))
    assert DryRun.objects.forget_old() == 1
    assert DryRun.objects.get() == young


# ------------------------------------------------------------------ waiting
def test_it_goes_before_plans_and_pictures(cell: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    make_planned_run(count=1)
    make_run()
    start(make_user(), cell)
    done = []
    monkeypatch.setattr(kinds.Kind, "load_handler", lambda kind: lambda jobs, work: done.append(jobs[0].kind))
    assert work_once()
    assert done == ["dry-run"]


def test_its_place_counts_the_people_before_it(cell: dict[str, Any]) -> None:
    served, waiting = make_user(), make_user()
    start(served, cell)
    DryRun.objects.claim(worker_name())
    again, first = start(served, cell), start(waiting, cell)
    assert (first.place(), again.place()) == (0, 1)
    [claimed] = DryRun.objects.claim(worker_name())
    assert claimed == first
    assert claimed.place() is None
    assert again.place() == 0


def test_a_plan_gives_way_between_two_groups_of_locations_and_goes_on_after(
    cell: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = make_user()
    others: list[DryRun] = []

    def a_designer_comes(request: Any) -> None:
        if not asks_for_locations(request) and not others:
            others.append(start(owner, cell))

    llm = use(monkeypatch, planner(before=a_designer_comes))
    run = make_run(**cell, count=8, location_count=8)
    assert work_once()
    plan = Plan.objects.get()
    assert (plan.state, plan.failures) == (State.QUEUED, 0)
    written = run.locations.filter(prompts__isnull=False).count()
    assert 0 < written < 8

    assert work_once()
    assert DryRun.objects.get().state == State.DONE
    asked = len(llm.requests)
    while work_once():
        if Plan.objects.get().state == State.DONE:
            break
    assert not run.locations.filter(prompts__isnull=True).exists()
    # What was written before is not asked for again: two answers for each prompt that was missing.
    assert len(llm.requests) - asked == 2 * (run.locations.count() - written)


# ------------------------------------------------------------------ answering
def test_a_text_for_locations_finds_its_own_and_the_page_fills_step_by_step(
    cell: dict[str, Any], llm: ScriptedLanguageModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[dict[str, Any]] = []
    note = DryRun.note

    def keep_and_note(job: DryRun, result: dict[str, Any]) -> None:
        shown.append(copy.deepcopy(result))
        note(job, result)

    monkeypatch.setattr(DryRun, "note", keep_and_note)
    dry_run = answered(start(make_user(), cell, location_count=2))
    assert set(texts(dry_run, "unsaved")) <= set(WARD_ROOMS)
    assert not set(texts(dry_run, "saved")) <= set(WARD_ROOMS)
    for side in ("saved", "unsaved"):
        assert all(len(location["prompts"]) == 1 for location in dry_run.result[side]["locations"])
        assert not any(location["from_pattern"] for location in dry_run.result[side]["locations"])
    assert [sorted(result) for result in shown[:3]] == [[], ["saved"], ["saved", "unsaved"]]
    assert all("prompts" not in location for location in shown[2]["unsaved"]["locations"])
    assert len(shown) > 3


def test_a_location_on_both_sides_has_the_same_prompt_written_once(
    cell: dict[str, Any], llm: ScriptedLanguageModel
) -> None:
    dry_run = answered(start(make_user(), cell, "Be brief.", location_count=2))
    assert texts(dry_run, "saved") == texts(dry_run, "unsaved")
    assert dry_run.result["saved"]["locations"] == dry_run.result["unsaved"]["locations"]
    assert sum(not asks_for_locations(request) for request in llm.requests) == 2 * 2


def test_a_text_for_descriptions_is_tried_on_the_same_locations(
    cell: dict[str, Any], llm: ScriptedLanguageModel
) -> None:
    dry_run = answered(start(make_user(), cell, "Only grey light.", step=Step.DESCRIPTIONS, location_count=2))
    assert texts(dry_run, "saved") == texts(dry_run, "unsaved")
    prompts = {
        side: [prompt for location in dry_run.result[side]["locations"] for prompt in location["prompts"]]
        for side in ("saved", "unsaved")
    }
    assert all("soft daylight" in prompt for prompt in prompts["saved"])
    assert all("grey light" in prompt for prompt in prompts["unsaved"])
    systems = {request.system for request in llm.requests if asks_for_locations(request)}
    assert systems == {dry_run.brief("saved").concept.locations_system.strip()}


@pytest.mark.parametrize("step", list(Step))
def test_the_saved_text_itself_is_asked_only_once(
    cell: dict[str, Any], llm: ScriptedLanguageModel, step: Step
) -> None:
    PromptAddition.objects.append(**cell, step=step, text="Be brief.\n")
    dry_run = answered(start(make_user(), cell, " Be brief.\r\n", step=step))
    assert dry_run.is_same
    assert set(dry_run.result) == {"saved"}
    assert all(location["prompts"] for location in dry_run.result["saved"]["locations"])
    assert all("Be brief." in request.system for request in llm.requests) is False
    sent = [
        request.system for request in llm.requests if asks_for_locations(request) == (step == "locations")
    ]
    assert set(sent) == {dry_run.system("saved")}


@pytest.mark.parametrize("step", list(Step))
def test_text_after_text_the_saved_side_is_not_asked_again(
    cell: dict[str, Any], llm: ScriptedLanguageModel, step: Step
) -> None:
    first = answered(start(make_user(), cell, "Be brief.", step=step, location_count=2))
    llm.batches.clear()
    second = answered(start(make_user(), cell, WARDS + " Only grey light.", step=step, location_count=2))
    assert second.result["saved"] == first.result["saved"]
    assert second.result["unsaved"] != first.result["unsaved"]
    assert all("prompts" in location for location in second.result["unsaved"]["locations"])
    if step == Step.LOCATIONS:
        assert all(WARDS in request.system for request in llm.requests if asks_for_locations(request))
    else:
        assert all("grey light" in request.system for request in llm.requests)


@pytest.mark.parametrize("changed", ["description", "seed"])
def test_what_was_asked_otherwise_is_asked_again(
    cell: dict[str, Any], llm: ScriptedLanguageModel, changed: str
) -> None:
    answered(start(make_user(), cell, location_count=2))
    llm.batches.clear()
    if changed == "description":
        cell["topic"].description += ", ambulances"
        cell["topic"].save()
    answered(start(make_user(), cell, location_count=2, seed=8 if changed == "seed" else 7))
    assert any(WARDS not in request.system for request in llm.requests if asks_for_locations(request))


def test_no_location_is_an_answer_too(cell: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, ScriptedLanguageModel(lambda request, number: " no idea, sorry"))
    dry_run = answered(start(make_user(), cell))
    assert dry_run.result["saved"]["locations"] == dry_run.result["unsaved"]["locations"] == []


def test_one_that_was_given_up_is_not_answered_any_further(
    cell: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []

    def give_up(request: Any) -> None:
        asked.append(request)
        DryRun.objects.all().cancel()

    use(monkeypatch, planner(before=give_up))
    dry_run = start(make_user(), cell)
    assert work_once()
    dry_run.refresh_from_db()
    assert (dry_run.state, dry_run.result) == (State.CANCELLED, {})
    assert len(asked) == 16  # the first question, and none for the other side


def test_nothing_is_stored_under_a_lost_claim(cell: dict[str, Any]) -> None:
    dry_run = start(make_user(), cell)
    [claimed] = DryRun.objects.claim(worker_name())
    dry_run.cancel()
    with pytest.raises(ClaimLost):
        claimed.note({"saved": {"locations": []}})
    dry_run.refresh_from_db()
    assert dry_run.result == {}


def test_work_gives_way_only_to_what_is_more_urgent(cell: dict[str, Any]) -> None:
    make_run()
    [plan] = Plan.objects.claim(worker_name())
    make_planned_run(count=1)
    assert not Work([plan]).should_give_way()
    dry_run = start(make_user(), cell)
    assert Work([plan]).should_give_way()
    [claimed] = DryRun.objects.claim(worker_name())
    assert claimed == dry_run
    assert not Work([plan]).should_give_way()
    assert Turn.objects.filter(kind="dry-run").count() == 1
