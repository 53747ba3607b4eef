"""Campaigns in the rating queue: their own rule, their place in the order, their figures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.db.models.functions import Now
from pytest_django import Settings

from accounts.models import User
from engines.statistics.intervals import Share
from review.models import Entry, Policy, Rule
from review.ordering import rank
from review.queue import take
from review.statistics.agreements import agreements
from review.statistics.approval import approval
from review.statistics.reasons import reasons
from review.statistics.scope import Scope
from stockgen.campaigns.advancing import advance
from stockgen.models import Campaign, CampaignCell, Picture, Run
from tests.factories import (
    cast,
    make_campaign,
    make_concept,
    make_expert,
    make_pictures,
    make_topic,
    render_all,
    write_plans,
)

pytestmark = pytest.mark.django_db

ONE = Rule(votes=1, calibration_share=0, gold_share=0)


@pytest.fixture(autouse=True)
def one_vote_and_nothing_mixed_in() -> None:
    Policy.objects.set(None, ONE)


def filled(**fields: Any) -> tuple[Campaign, list[Picture]]:
    """Start a campaign of one cell and render the pictures that it asks for first."""
    campaign = make_campaign(**fields)
    advance(campaign.pk)
    write_plans(campaign)
    advance(campaign.pk)
    render_all(campaign)
    return campaign, list(Picture.objects.filter(cell__campaign=campaign).order_by("id"))


def wanted_of(picture: Picture) -> int:
    return Entry.objects.get(pk=picture.pk).wanted


def taken(rater: User, count: int) -> list[Picture]:
    return [hold.entry.picture for hold in take(rater, "tab", count)]


# ---------------------------------------------------------------------- rules
def test_a_campaigns_rule_comes_before_its_topics_and_the_default() -> None:
    campaign, topic = make_campaign(), make_topic()
    Policy.objects.set(topic, replace(ONE, votes=2))
    assert Policy.objects.rule_for(topic.pk, campaign.pk).votes == 2
    Policy.objects.set(campaign, replace(ONE, votes=3))
    assert Policy.objects.rule_for(topic.pk, campaign.pk).votes == 3
    assert Policy.objects.rule_for(topic.pk).votes == 2
    assert Policy.objects.rule_for(make_topic().pk, make_campaign().pk) == ONE


def test_a_campaigns_rule_holds_for_what_comes_in_and_for_what_waits() -> None:
    campaign, pictures = filled()
    [outside] = make_pictures(topic=pictures[0].topic, concept=pictures[0].concept)
    assert {entry.campaign_id for entry in Entry.objects.filter(picture__in=pictures)} == {campaign.pk}
    assert Entry.objects.get(pk=outside.pk).campaign_id is None
    Policy.objects.set(campaign, replace(ONE, votes=2))
    assert [wanted_of(picture) for picture in (*pictures, outside)] == [2] * len(pictures) + [1]
    Entry.objects.all().delete()
    Entry.objects.take_in()
    assert [wanted_of(picture) for picture in (*pictures, outside)] == [2] * len(pictures) + [1]


def test_other_rules_leave_a_campaign_with_its_own_alone() -> None:
    campaign, [picture, *_rest] = filled()
    Policy.objects.set(campaign, replace(ONE, votes=2))
    Policy.objects.set(None, replace(ONE, votes=3))
    Policy.objects.set(picture.topic, replace(ONE, votes=4))
    assert wanted_of(picture) == 2
    Policy.objects.follow_default(picture.topic)
    assert wanted_of(picture) == 2


def test_a_topics_rule_holds_for_campaigns_without_their_own() -> None:
    _campaign, [picture, *_rest] = filled()
    Policy.objects.set(picture.topic, replace(ONE, votes=3))
    assert wanted_of(picture) == 3


def test_a_campaign_that_gives_its_rule_up_follows_its_topics_again() -> None:
    first, second = make_topic(), make_topic()
    campaign, pictures = filled(topics={first: 1, second: 1})
    Policy.objects.set(first, replace(ONE, votes=3))
    Policy.objects.set(campaign, replace(ONE, votes=2))
    Policy.objects.follow_default(campaign)
    Policy.objects.follow_default(campaign)
    assert {picture.topic_id: wanted_of(picture) for picture in pictures} == {first.pk: 3, second.pk: 1}
    assert campaign.pk not in Policy.objects.rules()


def test_a_rule_out_of_range_changes_nothing() -> None:
    campaign = make_campaign()
    with pytest.raises(ValidationError):
        Policy.objects.set(campaign, replace(ONE, votes=6))
    assert campaign.pk not in Policy.objects.rules()


@pytest.mark.parametrize("both", [True, False])
def test_a_policy_is_of_a_topic_or_of_a_campaign_and_each_has_one(both: bool) -> None:
    campaign = make_campaign()
    Policy.objects.set(campaign, ONE)
    with pytest.raises(IntegrityError):
        Policy.objects.create(campaign=campaign, topic=make_topic() if both else None)


def test_a_changed_rule_decides_what_has_enough_votes() -> None:
    campaign, [picture, *_rest] = filled()
    Policy.objects.set(campaign, replace(ONE, votes=2))
    cast(make_expert(), picture)
    assert Picture.objects.get(pk=picture.pk).verdict == "pending"
    Policy.objects.follow_default(campaign)
    assert Picture.objects.get(pk=picture.pk).verdict == "approved"


# ---------------------------------------------------------------------- order
def test_pictures_of_a_campaign_stand_by_its_date() -> None:
    campaign, pictures = filled()
    older = make_pictures(1)
    Run.objects.filter(pk=older[0].run_id).update(created_at=Now() - timedelta(days=2))
    Campaign.objects.filter(pk=campaign.pk).update(created_at=Now() - timedelta(days=3))
    Entry.objects.all().delete()
    Entry.objects.take_in()
    assert taken(make_expert(), len(pictures) + 1) == [*pictures, *older]
    assert {entry.queue_at for entry in Entry.objects.filter(campaign=campaign)} == {
        Campaign.objects.get().created_at
    }


def test_a_campaign_goes_by_its_own_quota_and_not_by_the_stocks(settings: Settings) -> None:
    settings.STOCK_TARGET = 1
    topic, concept = make_topic(), make_concept()
    outside = make_pictures(2, topic=topic, concept=concept)
    _campaign, pictures = filled(topics={topic: 1}, concepts={concept: 100})
    cast(make_expert(), outside[0])  # the stock has what it wants
    rank()
    assert list(Entry.objects.filter(surplus=True).values_list("pk", flat=True)) == [outside[1].pk]
    assert taken(make_expert(), len(pictures) + 1) == [*pictures, outside[1]]


def test_a_cell_with_its_quota_waits_behind_the_others(settings: Settings) -> None:
    settings.STOCK_TARGET = 10_000
    campaign, pictures = filled(target=2)
    outside = make_pictures(1)
    for picture in pictures[:2]:
        cast(make_expert(), picture)
    assert rank() == len(pictures) - 2
    assert taken(make_expert(), len(pictures)) == [*outside, *pictures[2:]]
    CampaignCell.objects.filter(campaign=campaign).update(quota=5)
    assert rank() == len(pictures) - 2
    assert not Entry.objects.filter(surplus=True).exists()


def test_what_comes_in_beyond_its_quota_is_surplus_at_once() -> None:
    campaign, pictures = filled(target=3)
    CampaignCell.objects.filter(campaign=campaign).update(quota=1)
    cast(make_expert(), pictures[0])
    Entry.objects.filter(pk=pictures[1].pk).delete()
    Entry.objects.take_in()
    assert Entry.objects.get(pk=pictures[1].pk).surplus
    assert Entry.objects.get(pk=pictures[1].pk).campaign == campaign


def test_taking_in_many_pictures_of_a_campaign_counts_its_cell_once(
    django_assert_max_num_queries: Callable[..., Any],
) -> None:
    _campaign, pictures = filled()
    Entry.objects.all().delete()
    assert len(pictures) >= 6
    with django_assert_max_num_queries(6 + 4 * len(pictures)):
        assert Entry.objects.take_in() == len(pictures)


# ---------------------------------------------------------------------- figures
def test_figures_of_a_campaign_leave_all_else_out() -> None:
    campaign, pictures = filled()
    Policy.objects.set(None, replace(ONE, votes=2))
    raters = [make_expert(), make_expert()]
    [outside] = make_pictures()
    for rater in raters:
        cast(rater, outside, "reject")
        cast(rater, pictures[0])
        cast(rater, pictures[1], "reject")
    whole, mine = Scope(), Scope(campaign=campaign)
    assert (approval(whole).overall, approval(mine).overall) == (Share(1, 3), Share(1, 2))
    assert (reasons(whole).rejections, reasons(mine).rejections) == (4, 2)
    assert (agreements(whole).overall.paired, agreements(mine).overall.paired) == (3, 2)
    assert approval(Scope(campaign=make_campaign())).overall.total == 0
