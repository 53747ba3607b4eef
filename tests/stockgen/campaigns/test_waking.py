"""Whatever changes what a campaign should do next wakes it, once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from stockgen.campaigns.advancing import advance
from stockgen.campaigns.waking import wake
from stockgen.models import Campaign, Cause, Picture
from stockgen.tasks import advance_campaign, advance_campaigns
from tests.factories import (
    cast,
    decide_all,
    make_campaign,
    make_expert,
    make_pictures,
    render_all,
    write_plans,
)

pytestmark = pytest.mark.django_db

Committed = Callable[..., Any]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[UUID]:
    """Collect which campaigns a worker was told to advance, in place of the message."""
    keys: list[UUID] = []
    monkeypatch.setattr("stockgen.tasks.advance_soon", keys.append)
    return keys


@pytest.fixture
def campaign() -> Campaign:
    """Give a campaign whose pictures wait for votes, and which sleeps."""
    campaign = make_campaign(target=4)
    advance(campaign.pk)
    write_plans(campaign)
    advance(campaign.pk)
    render_all(campaign)
    Campaign.objects.filter(pk=campaign.pk).update(woken=False)
    return campaign


def test_a_vote_wakes_it_and_several_are_one_wake_up(
    campaign: Campaign, told: list[UUID], django_capture_on_commit_callbacks: Committed
) -> None:
    first, second, *_others = Picture.objects.filter(cell__campaign=campaign).order_by("pk")
    rater = make_expert()
    with django_capture_on_commit_callbacks(execute=True):
        cast(rater, first)
        cast(rater, second, "reject")
    assert told == [campaign.pk]
    advance_campaign.call_local(str(campaign.pk))
    campaign.refresh_from_db()
    assert not campaign.woken


def test_a_written_plan_wakes_it(told: list[UUID], django_capture_on_commit_callbacks: Committed) -> None:
    campaign = make_campaign()
    advance(campaign.pk)
    told.clear()
    with django_capture_on_commit_callbacks(execute=True):
        write_plans(campaign)
    assert told == [campaign.pk]


def test_a_verdict_outside_campaigns_wakes_nobody(
    campaign: Campaign, told: list[UUID], django_capture_on_commit_callbacks: Committed
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        make_pictures()[0].approve(Cause.OVERRIDE)
    assert told == []


def test_one_that_is_paused_or_stopped_sleeps_on(
    campaign: Campaign, told: list[UUID], django_capture_on_commit_callbacks: Committed
) -> None:
    campaign.pause()
    with django_capture_on_commit_callbacks(execute=True):
        decide_all(campaign, most=1)
        wake([campaign])
    assert told == []


def test_a_message_that_cannot_be_sent_fails_nobody(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Committed
) -> None:
    def refuse(_key: str) -> None:
        raise ConnectionError

    monkeypatch.setattr("stockgen.tasks.advance_campaign", refuse)
    with django_capture_on_commit_callbacks(execute=True):
        decide_all(campaign, most=1)


def test_the_clock_advances_every_campaign_that_runs(campaign: Campaign) -> None:
    decide_all(campaign)
    resting = make_campaign()
    resting.pause()
    advance_campaigns.call_local()
    campaign.refresh_from_db()
    assert campaign.reached_at is not None
    assert not resting.cells.filter(runs__isnull=False).exists()


def test_one_campaign_that_cannot_be_advanced_does_not_keep_the_others_from_it(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    from stockgen.campaigns import advancing

    broken, original = make_campaign(), advancing.advance

    def stumble(key: UUID) -> Any:
        if key == broken.pk:
            raise RuntimeError
        return original(key)

    monkeypatch.setattr(advancing, "advance", stumble)
    decide_all(campaign)
    advance_campaigns.call_local()
    campaign.refresh_from_db()
    assert campaign.reached_at is not None
