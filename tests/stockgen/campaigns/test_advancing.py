"""What a campaign does next: it tops itself up, never past its limits, and ends with its quota exactly."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from django.utils import timezone

from jobs.models import WrongState
from jobs.states import State
from stockgen.campaigns.advancing import FUTILE_PLANS, HOPELESS_AFTER, Advance, advance
from stockgen.campaigns.arms import arms_of
from stockgen.campaigns.standing import CellState, standing_of
from stockgen.models import Campaign, Cause, PauseReason, Picture, Plan, Run, Verdict
from stockgen.models.campaign_stage import Stage
from stockgen.models.plan import Prompt
from stockgen.models.verdict import decide
from tests.factories import (
    decide_all,
    make_campaign,
    make_concept,
    make_topic,
    render_all,
    write_plans,
)

pytestmark = pytest.mark.django_db


def pictures_of(campaign: Campaign) -> int:
    return Picture.objects.filter(cell__campaign=campaign).count()


def test_a_new_campaign_asks_for_locations_first_and_then_for_pictures() -> None:
    campaign = make_campaign(unrated_limit=8)
    assert advance(campaign.pk) == Advance(plans=1)
    assert advance(campaign.pk) == Advance()
    write_plans(campaign)
    assert advance(campaign.pk).pictures == 8
    assert advance(campaign.pk) == Advance()


def test_it_never_has_more_in_flight_than_may_be_approved_or_looked_at() -> None:
    campaign = make_campaign(target=20, unrated_limit=8)
    rng = random.Random(1)
    for _ in range(60):
        advance(campaign.pk)
        write_plans(campaign)
        advance(campaign.pk)
        [cell] = standing_of(campaign).cells
        assert cell.counts.in_flight <= min(8, cell.missing)
        render_all(campaign)
        assert standing_of(campaign).cells[0].counts.waiting <= 8
        for verdict in (Verdict.APPROVED, Verdict.REJECTED):
            decide_all(campaign, verdict, most=rng.randrange(4))
    campaign.refresh_from_db()
    assert campaign.stage == Stage.REACHED
    assert standing_of(campaign).total.approved == 20
    assert standing_of(campaign).cells[0].state == CellState.MET


def test_a_verdict_that_is_taken_back_makes_it_go_on() -> None:
    campaign = make_campaign(target=2)
    for _ in range(2):
        advance(campaign.pk)
        write_plans(campaign)
    advance(campaign.pk)
    render_all(campaign)
    decide_all(campaign)
    assert advance(campaign.pk).reached
    decided = Picture.objects.filter(cell__campaign=campaign).first()
    assert decided is not None
    decided.reject(Cause.OVERRIDE)
    assert advance(campaign.pk).pictures == 1
    campaign.refresh_from_db()
    assert campaign.stage == Stage.RUNNING


def test_a_hopeless_cell_is_paused_with_the_reason_and_judged_anew_once_somebody_says_to_go_on() -> None:
    campaign = make_campaign(target=500, unrated_limit=HOPELESS_AFTER)
    while pictures_of(campaign) < HOPELESS_AFTER:
        advance(campaign.pk)
        write_plans(campaign, locations=20)
    render_all(campaign)
    decide_all(campaign, Verdict.REJECTED)
    assert advance(campaign.pk).paused == [PauseReason.HOPELESS, PauseReason.HOPELESS]
    campaign.refresh_from_db()
    assert (campaign.stage, campaign.pause_reason) == (Stage.PAUSED, PauseReason.HOPELESS)
    campaign.resume()
    done = advance(campaign.pk)
    assert done.plans + done.pictures
    assert done.paused == []


def test_one_hopeless_cell_does_not_stop_the_others() -> None:
    topic, good, bad = make_topic(), make_concept(), make_concept()
    campaign = make_campaign(target=400, unrated_limit=60, topics={topic: 1}, concepts={good: 50, bad: 50})
    for _ in range(4):
        advance(campaign.pk)
        write_plans(campaign, locations=24)
    advance(campaign.pk)
    render_all(campaign)
    of_bad = Picture.objects.filter(cell__campaign=campaign, concept=bad)
    decide(list(of_bad.values_list("pk", flat=True)), Verdict.REJECTED, Cause.VOTES)
    decide_all(campaign)
    done = advance(campaign.pk)
    assert done.paused == [PauseReason.HOPELESS]
    assert done.pictures
    campaign.refresh_from_db()
    assert campaign.stage == Stage.RUNNING
    states = {cell.cell.concept.pk: cell.state for cell in standing_of(campaign).cells}
    assert states[bad.pk] == CellState.PAUSED
    assert states[good.pk] == CellState.RENDERING


def test_a_budget_of_pictures_is_never_passed() -> None:
    campaign = make_campaign(target=100, unrated_limit=8, max_renders=13)
    for _ in range(8):
        advance(campaign.pk)
        write_plans(campaign)
        render_all(campaign)
        decide_all(campaign, Verdict.REJECTED)
    assert pictures_of(campaign) == 13
    campaign.refresh_from_db()
    assert campaign.pause_reason == PauseReason.RENDERS
    campaign.change(max_renders=20)
    assert campaign.stage == Stage.RUNNING
    advance(campaign.pk)
    write_plans(campaign)
    advance(campaign.pk)
    assert 13 < pictures_of(campaign) <= 20


def test_a_budget_of_gpu_hours_begins_with_one_batch_to_learn_what_a_picture_costs() -> None:
    # A picture of the tests takes 0.1 s: 0.01 hours are 360 of them.
    campaign = make_campaign(target=1000, unrated_limit=1000, max_gpu_hours=0.01, pictures_per_location=1000)
    advance(campaign.pk)
    write_plans(campaign, locations=24)
    first = advance(campaign.pk).pictures
    assert 0 < first <= 16
    for _ in range(12):
        render_all(campaign)
        decide_all(campaign, most=300)
        advance(campaign.pk)
        write_plans(campaign, locations=24)
    assert first < pictures_of(campaign) <= 361
    campaign.refresh_from_db()
    assert campaign.pause_reason == PauseReason.HOURS


def test_it_pauses_after_its_end_date() -> None:
    campaign = make_campaign(ends_on=timezone.localdate())
    assert advance(campaign.pk).plans == 1
    Campaign.objects.filter(pk=campaign.pk).update(ends_on=timezone.localdate() - timedelta(days=1))
    assert advance(campaign.pk).paused == [PauseReason.DATE]


def test_a_cell_without_any_location_left_is_paused() -> None:
    campaign = make_campaign()
    for _ in range(FUTILE_PLANS):
        assert advance(campaign.pk).plans == 1
        write_plans(campaign, locations=0)
    assert PauseReason.NO_LOCATIONS in advance(campaign.pk).paused
    assert Plan.objects.filter(run__cell__campaign=campaign).count() == FUTILE_PLANS


def test_plans_that_fail_are_no_worn_out_cell_but_a_failing_one() -> None:
    campaign = make_campaign()
    for _ in range(FUTILE_PLANS):
        assert advance(campaign.pk).plans == 1
        Plan.objects.filter(run__cell__campaign=campaign).open().update(
            state=State.FAILED, token=None, lease_until=None
        )
    assert PauseReason.FAILING in advance(campaign.pk).paused
    campaign.cells.get().resume()
    campaign.refresh_from_db()
    assert campaign.stage == Stage.RUNNING, "its only cell goes on, and so does the campaign"
    assert advance(campaign.pk).plans == 1


def test_after_a_pause_the_locations_in_work_are_used_again() -> None:
    campaign = make_campaign(target=40, unrated_limit=6)
    advance(campaign.pk)
    write_plans(campaign)
    advance(campaign.pk)
    campaign.pause()
    Picture.objects.filter(cell__campaign=campaign).release_hold()
    render_all(campaign)
    decide_all(campaign)
    campaign.resume()
    [cell] = campaign.cells.all()
    assert not cell.runs.filter(paused_at__isnull=False).exists()
    assert arms_of(cell).locations


def test_a_pause_by_hand_counts_more_than_one_of_its_own() -> None:
    campaign = make_campaign(max_renders=3)
    campaign.pause(PauseReason.RENDERS)
    campaign.pause()
    assert campaign.pause_reason == PauseReason.HAND
    campaign.change(max_renders=100)
    assert campaign.stage == Stage.PAUSED


def test_pictures_of_a_campaign_are_not_retried_by_hand() -> None:
    campaign = make_campaign()
    advance(campaign.pk)
    write_plans(campaign)
    advance(campaign.pk)
    Picture.objects.filter(cell__campaign=campaign).cancel()
    picture = Picture.objects.filter(cell__campaign=campaign).first()
    assert picture is not None
    with pytest.raises(WrongState):
        picture.retry()
    with pytest.raises(WrongState):
        picture.run.retry()
    assert advance(campaign.pk).pictures == 8


def test_another_image_model_renders_the_locations_at_hand_too_and_is_judged_by_its_own_pictures() -> None:
    campaign = make_campaign(target=40, unrated_limit=6)
    advance(campaign.pk)
    write_plans(campaign)
    advance(campaign.pk)
    render_all(campaign)
    decide_all(campaign, Verdict.REJECTED)
    campaign.change(image_model="sdxl")
    [cell] = campaign.cells.all()
    assert not any(location.arm.pulls for location in arms_of(cell).locations)
    assert advance(campaign.pk).pictures
    latest = Picture.objects.filter(cell=cell).order_by("-pk")[0]
    assert (latest.image_model, latest.width) == ("sdxl", 1024)


def test_a_topic_that_is_no_longer_offered_pauses_its_cells() -> None:
    topic = make_topic()
    campaign = make_campaign(topics={topic: 1})
    topic.is_active = False
    topic.save()
    assert PauseReason.NOT_OFFERED in advance(campaign.pk).paused


def test_dropped_prompts_are_used_no_more_and_added_ones_are() -> None:
    campaign = make_campaign(target=200, unrated_limit=30)
    advance(campaign.pk)
    write_plans(campaign, locations=12)
    prompts = Prompt.objects.filter(run__cell__campaign=campaign)
    kept = prompts.order_by("pk").last()
    assert kept is not None
    prompts.exclude(pk=kept.pk).update(is_dropped=True)
    Prompt.objects.filter(pk=kept.pk).update(text="a {bright|dark} room")
    advance(campaign.pk)
    used = Prompt.objects.filter(pictures__cell__campaign=campaign).distinct()
    assert {prompt.template_id for prompt in used} == {kept.pk}
    assert {prompt.text for prompt in used} <= {"a bright room", "a dark room"}


def test_pictures_of_a_campaign_wait_behind_what_its_designer_asked_for_by_hand() -> None:
    campaign = make_campaign()
    advance(campaign.pk)
    write_plans(campaign)
    advance(campaign.pk)
    assert set(Picture.objects.filter(cell__campaign=campaign).values_list("priority", flat=True)) == {-1}


def test_seeds_of_a_run_are_distinct() -> None:
    campaign = make_campaign(target=60, unrated_limit=60)
    for _ in range(5):
        advance(campaign.pk)
        write_plans(campaign)
        render_all(campaign)
        decide_all(campaign, Verdict.REJECTED)
    rows = list(Picture.objects.filter(cell__campaign=campaign).values_list("run", "seed"))
    assert len(rows) == len(set(rows)) > 20
    for run in {run for run, _seed in rows}:
        assert Run.objects.get(pk=run).count == sum(1 for row in rows if row[0] == run)
