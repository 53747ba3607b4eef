"""When a campaign is likely done, and its chart."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from stockgen.campaigns.history import SLOTS, approved_in_a_day, count_history
from stockgen.campaigns.standing import standing_of
from stockgen.models import Campaign
from stockgen.views.campaigns.burn_up import burn_up, finish_of
from tests.campaign_states import fill_cell, hours_ago
from tests.factories import make_campaign

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign() -> Campaign:
    """Give a campaign of 1,000 pictures that began ten days ago; 100 are approved, 48 of them in the last day."""
    campaign = make_campaign(target=1000)
    Campaign.objects.update(created_at=hours_ago(240))
    campaign.refresh_from_db()
    cell = campaign.cells.get()
    fill_cell(cell, approved=52, since=hours_ago(240))
    cell.pictures.update(verdict_at=hours_ago(100))
    fill_cell(cell, approved=48, since=hours_ago(23))
    return campaign


def corners(path: str) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in (corner.split(",") for corner in path.split())]


def test_it_is_likely_done_at_the_pace_of_the_last_day(campaign: Campaign) -> None:
    now = timezone.now()
    found = finish_of(standing_of(campaign), approved_in_a_day([campaign])[campaign.pk], now)
    assert found
    early, likely, late = ((moment - now) / timedelta(hours=1) for moment in found)
    assert likely == pytest.approx(900 / 2)
    assert early == pytest.approx(900 / ((48 + 1.96 * 48**0.5) / 24))
    # The mean since the start is slower than the last day's 95 % interval, 100 in 240 hours.
    assert late == pytest.approx(900 / (100 / 240), rel=0.001)


def test_a_young_campaign_is_judged_by_its_own_age() -> None:
    campaign = make_campaign(target=200)
    Campaign.objects.update(created_at=hours_ago(2))
    campaign.refresh_from_db()
    fill_cell(campaign.cells.get(), approved=20, since=hours_ago(1))
    now = timezone.now()
    found = finish_of(standing_of(campaign), 20, now)
    assert found
    assert (found[1] - now) / timedelta(hours=1) == pytest.approx(18, rel=0.01)


@pytest.mark.parametrize("approved", [0, 9])
def test_with_too_few_approvals_nothing_is_foretold(approved: int) -> None:
    campaign = make_campaign(target=200)
    fill_cell(campaign.cells.get(), approved=approved)
    assert finish_of(standing_of(campaign), approved, timezone.now()) is None


def test_one_that_does_not_go_on_has_no_end(campaign: Campaign) -> None:
    campaign.pause()
    assert finish_of(standing_of(campaign), 48, timezone.now()) is None


def test_another_campaigns_approvals_count_for_nothing(campaign: Campaign) -> None:
    other = make_campaign()
    fill_cell(other.cells.get(), approved=7)
    assert approved_in_a_day([campaign, other]) == {campaign.pk: 48, other.pk: 7}
    assert sum(count_history(campaign).counts) == 100


def test_the_history_puts_each_approval_into_its_time(campaign: Campaign) -> None:
    history = count_history(campaign)
    assert (len(history.counts), sum(history.counts), history.last_day) == (SLOTS, 100, 48)
    # 140 of 240 hours after the start; a slot is four hours
    assert history.counts[34] + history.counts[35] == 52


def test_the_line_rises_to_what_is_approved_and_never_falls(campaign: Campaign) -> None:
    standing, history = standing_of(campaign), count_history(campaign)
    chart = burn_up(standing, history, finish_of(standing, history.last_day, history.end))
    line = corners(chart.line)
    assert line == sorted(line, key=lambda corner: (corner[0], -corner[1]))
    assert line[-1][1] == pytest.approx(90)  # a tenth of the target, from below
    assert all(0 <= x <= 100 and 0 <= y <= 100 for x, y in corners(chart.cone) + line)


def test_the_past_keeps_a_third_of_the_chart_however_far_the_end_is(campaign: Campaign) -> None:
    standing, history = standing_of(campaign), count_history(campaign)
    now = history.end
    far = (now + timedelta(days=2000), now + timedelta(days=3000), now + timedelta(days=3650))
    chart = burn_up(standing, history, far)
    assert float(chart.now) == pytest.approx(100 / 3, abs=0.1)
    assert all(x <= 100 for x, _y in corners(chart.cone))


def test_a_campaign_of_a_moment_ago_has_a_chart() -> None:
    campaign = make_campaign()
    chart = burn_up(standing_of(campaign), count_history(campaign), None)
    assert corners(chart.line)[-1] == (100, 100)
    assert not chart.cone
