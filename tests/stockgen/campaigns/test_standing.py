"""How a campaign stands: counted against its pictures, one by one."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from engines.statistics.intervals import Share
from stockgen.campaigns.advancing import advance
from stockgen.campaigns.forecast import DONE, FEWEST_VERDICTS, forecast
from stockgen.campaigns.standing import CellState, standing_of, standings_of
from stockgen.models import Cause, Picture, Verdict
from stockgen.models.campaign_stage import PauseReason
from stockgen.models.verdict import decide
from tests.factories import decide_all, make_campaign, make_concept, make_topic, render_all, write_plans

pytestmark = pytest.mark.django_db


def test_the_counts_are_those_of_the_pictures() -> None:
    large, small = make_concept(), make_concept()
    campaign = make_campaign(
        target=60, unrated_limit=12, topics={make_topic(): 1}, concepts={large: 80, small: 20}
    )
    for number in range(3):
        advance(campaign.pk)
        write_plans(campaign)
        render_all(campaign)
        decide_all(campaign, Verdict.APPROVED if number % 2 else Verdict.REJECTED, most=7)
    advance(campaign.pk)
    for standing in standing_of(campaign).cells:
        counted: Counter[str] = Counter()
        for picture in Picture.objects.filter(cell=standing.cell):
            counted["rendering" if picture.state in {"queued", "running"} else picture.verdict] += 1
        counts = standing.counts
        assert counts.approved == counted["approved"]
        assert counts.rejected == counted["rejected"]
        assert counts.waiting == counted["pending"]
        assert counts.rendering == counted["rendering"]
        assert counts.asked == counted.total()
        assert standing.missing == standing.quota - counts.approved
    assert standing_of(campaign).total.asked == Picture.objects.filter(cell__campaign=campaign).count()


def test_each_state_of_a_cell() -> None:
    campaign = make_campaign(target=3)

    def state() -> CellState:
        return standing_of(campaign).cells[0].state

    assert state() == CellState.IDLE
    advance(campaign.pk)
    assert state() == CellState.PLANNING
    write_plans(campaign)
    advance(campaign.pk)
    assert state() == CellState.RENDERING
    render_all(campaign)
    assert state() == CellState.WAITING
    cell = campaign.cells.get()
    cell.pause(PauseReason.HAND)
    assert state() == CellState.PAUSED
    decide_all(campaign)
    assert state() == CellState.MET


def test_approvals_beyond_a_quota_do_not_count_for_the_target() -> None:
    topic, one, two = make_topic(), make_concept(), make_concept()
    campaign = make_campaign(target=4, topics={topic: 1}, concepts={one: 50, two: 50})
    advance(campaign.pk)
    write_plans(campaign)
    advance(campaign.pk)
    render_all(campaign)
    decide_all(campaign, Verdict.REJECTED)
    advance(campaign.pk)
    render_all(campaign)
    every = Picture.objects.filter(cell__campaign=campaign, concept=one)
    decide(list(every.values_list("pk", flat=True)), Verdict.APPROVED, Cause.OVERRIDE)
    standing = standing_of(campaign)
    assert standing.total.approved == 4
    assert (standing.approved, standing.missing) == (2, 2)


def test_many_campaigns_are_counted_in_as_many_queries_as_one(django_assert_num_queries: Any) -> None:
    campaigns = [make_campaign() for _ in range(3)]
    for campaign in campaigns:
        advance(campaign.pk)
    with django_assert_num_queries(4):
        assert len(standings_of(campaigns)) == 3


def test_nothing_is_foretold_from_too_few_verdicts() -> None:
    few = Share(3, FEWEST_VERDICTS - 1)
    told = forecast(missing=10, in_flight=0, own=few, pooled=few, seconds_each=1)
    assert told.renders is None
    assert told.expert_hours is None


def test_a_forecast_divides_what_is_missing_by_the_yield(settings: Any) -> None:
    settings.EXPERT_SECONDS_PER_PICTURE = 3.6
    told = forecast(missing=100, in_flight=20, own=Share(50, 100), pooled=Share(1, 1000), seconds_each=36.0)
    assert told.renders is not None
    assert told.renders.likely == pytest.approx(180)
    assert told.renders.low < 180 < told.renders.high
    assert told.gpu_hours is not None
    assert told.gpu_hours.likely == pytest.approx(1.8)
    assert told.expert_hours is not None
    assert told.expert_hours.likely == pytest.approx(0.2)


def test_a_cell_with_few_verdicts_borrows_the_yield_of_the_campaign() -> None:
    told = forecast(missing=10, in_flight=0, own=Share(0, 2), pooled=Share(100, 200), seconds_each=None)
    assert told.renders is not None
    assert told.renders.likely == pytest.approx(20)
    assert told.gpu_hours is None


def test_nothing_is_needed_any_more_once_the_quota_is_met() -> None:
    assert forecast(missing=0, in_flight=0, own=Share(0, 0), pooled=Share(0, 0), seconds_each=None) == DONE
