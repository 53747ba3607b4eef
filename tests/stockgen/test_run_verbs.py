"""Pause, resume, cancel, retry, and the phase that a run is in."""

from __future__ import annotations

import pytest

from accounts.models import Role
from jobs.models import WrongState
from jobs.states import State, worker_name
from stockgen.models import Picture, Plan, Run
from stockgen.models.plan import LeaseLost
from stockgen.models.tally import Phase
from tests.factories import claim_pictures, finish_picture, make_planned_run, make_run, make_user

pytestmark = pytest.mark.django_db


def phase(run: Run) -> Phase:
    run = Run.objects.get(pk=run.pk)
    return run.phase(run.tally())


def finish_all() -> None:
    while batch := claim_pictures():
        for picture in batch:
            finish_picture(picture)


def test_a_new_run_waits_then_plans_then_renders_then_is_done() -> None:
    run = make_run(count=1)
    assert phase(run) == Phase.WAITING
    [plan] = Plan.objects.claim(worker_name())
    assert phase(run) == Phase.PLANNING
    plan.add_prompts(None, ["a desk"])
    plan.finish(language_model_revision="")
    assert phase(run) == Phase.RENDERING
    finish_all()
    assert phase(run) == Phase.DONE


def test_a_plan_makes_exactly_the_asked_count_of_distinct_pictures() -> None:
    run = make_planned_run(count=7, locations=3)
    pairs = set(run.pictures.values_list("prompt_id", "seed"))
    assert len(pairs) == run.pictures.count() == 7
    assert {run.seed + index for index in range(7)} == {seed for _, seed in pairs}


def test_pausing_lets_what_runs_finish_and_holds_the_rest() -> None:
    run = make_planned_run(count=3)
    [running] = claim_pictures(1)
    run.pause()
    run.pause()
    assert phase(run) == Phase.PAUSED
    assert finish_picture(running)
    assert run.tally().done == 1
    run.resume()
    assert phase(run) == Phase.RENDERING


def test_a_run_paused_while_planning_makes_held_pictures() -> None:
    run = make_run(count=2)
    [plan] = Plan.objects.claim(worker_name())
    run.pause()
    plan.add_prompts(None, ["a desk"])
    plan.finish(language_model_revision="")
    assert claim_pictures() == []
    run.resume()
    assert claim_pictures()


def test_cancelling_keeps_finished_pictures_and_gives_up_the_rest() -> None:
    run = make_planned_run(count=9)
    batch = claim_pictures()
    finish_picture(batch[0])
    run.cancel()
    run.cancel()
    tally = run.tally()
    assert (tally.done, tally.open) == (1, 0)
    assert phase(run) == Phase.CANCELLED
    assert not any(finish_picture(picture) for picture in batch[1:])


def test_cancelling_while_planning_makes_no_pictures() -> None:
    run = make_run()
    [plan] = Plan.objects.claim(worker_name())
    run.cancel()
    with pytest.raises(LeaseLost):
        plan.finish(language_model_revision="")
    assert not run.pictures.exists()
    assert phase(run) == Phase.CANCELLED


def test_cancelling_touches_only_this_run() -> None:
    mine, other = make_planned_run(), make_planned_run()
    mine.cancel()
    assert other.tally().queued == 3


def test_a_cancelled_run_can_be_taken_up_again() -> None:
    run = make_planned_run(count=3)
    run.cancel()
    assert run.retry() == 3
    assert phase(run) == Phase.RENDERING


def test_a_run_with_a_failed_picture_is_incomplete_until_it_is_retried() -> None:
    run = make_planned_run(count=2)
    batch = claim_pictures()
    finish_picture(batch[0])
    for picture in batch[1:] or claim_pictures():
        picture.fail("no", retry=False)
    assert phase(run) == Phase.INCOMPLETE
    run.retry()
    finish_all()
    assert phase(run) == Phase.DONE


def test_a_done_run_can_be_neither_paused_nor_cancelled_nor_retried() -> None:
    run = make_planned_run(count=1)
    finish_all()
    for verb in (run.pause, run.cancel, run.retry):
        with pytest.raises(WrongState):
            verb()


def test_everyone_sees_their_own_runs_and_operators_all() -> None:
    owner, stranger, operator = make_user(), make_user(), make_user(Role.OPERATOR)
    run = make_run(owner)
    assert run in Run.objects.visible_to(owner)
    assert run not in Run.objects.visible_to(stranger)
    assert run in Run.objects.visible_to(operator)


def test_experts_see_finished_pictures_of_all_and_designers_their_own() -> None:
    run = make_planned_run(count=9)
    finish_picture(claim_pictures()[0])
    expert, stranger = make_user(Role.EXPERT), make_user()
    assert Picture.objects.visible_to(expert).count() == 1
    assert Picture.objects.visible_to(stranger).count() == 0
    assert Picture.objects.visible_to(run.owner).count() == 9
    assert set(Picture.objects.visible_to(expert).values_list("state", flat=True)) == {State.DONE}


def test_cancelling_one_picture_does_not_cancel_the_run() -> None:
    run = make_planned_run(count=3)
    run.pictures.order_by("-id")[0].cancel()
    finish_all()
    assert phase(run) == Phase.INCOMPLETE


def test_retrying_a_paused_run_lets_all_of_it_go_on() -> None:
    run = make_planned_run(count=3)
    Picture.objects.update(alone=True)
    [failed] = claim_pictures()
    failed.fail("no", retry=False)
    run.pause()
    run.retry()
    assert phase(run) == Phase.RENDERING
    finish_all()
    assert phase(run) == Phase.DONE


def test_a_retry_of_nothing_changes_nothing() -> None:
    run = make_planned_run(count=3)
    run.pause()
    with pytest.raises(WrongState):
        run.retry()
    assert phase(run) == Phase.PAUSED


def test_a_picture_retried_in_a_paused_run_waits_with_the_others() -> None:
    run = make_planned_run(count=2)
    Picture.objects.update(alone=True)
    [failed] = claim_pictures()
    failed.fail("no", retry=False)
    run.pause()
    failed.retry()
    assert claim_pictures() == []
    run.resume()
    finish_all()
    assert phase(run) == Phase.DONE


def test_resuming_a_run_that_is_not_paused_changes_nothing() -> None:
    run = make_planned_run(count=9)
    finish_picture(claim_pictures()[0])
    run.resume()
    assert run.resumed_at is None
    run.cancel()
    run.resume()
    assert phase(run) == Phase.CANCELLED
