"""Doubtful pictures wait behind the others, as a whole."""

from __future__ import annotations

import pytest

from engines.gates.results import Examined, Finding
from jobs.states import worker_name
from review.models import Entry, Policy, Rule
from review.queue import left_for, take
from stockgen.campaigns.advancing import advance
from stockgen.campaigns.standing import standing_of
from stockgen.models import Examination, Picture
from tests.factories import cast, make_campaign, make_expert, make_pictures, render_all, write_plans

pytestmark = pytest.mark.django_db

DARK = Finding("dark", 0.05)
BLURRED = Finding("blurred", 0.01)
LOW = Finding("low-contrast", 0.1)


@pytest.fixture(autouse=True)
def one_vote_and_nothing_mixed_in() -> None:
    Policy.objects.set(None, Rule(votes=1, calibration_share=0, gold_share=0))


def examined(picture: Picture, *findings: Finding) -> None:
    """Store what a worker found."""
    Examination.objects.filter(picture=picture).update(
        state="queued", priority=100, token=None, lease_until=None
    )
    [examination] = [one for one in Examination.objects.claim(worker_name()) if one.picture_id == picture.pk]
    assert examination.store(Examined(findings, ()), looks=(), seconds=0.1)


def order(count: int) -> list[object]:
    return [hold.entry_id for hold in take(make_expert(), "tab", count)]


def test_a_doubtful_picture_is_given_out_last() -> None:
    first, second, third = make_pictures(3)
    examined(first, DARK)
    assert order(3) == [second.pk, third.pk, first.pk]


def test_three_flags_put_a_picture_as_far_back_as_one() -> None:
    first, second, third = make_pictures(3)
    examined(first, DARK, BLURRED, LOW)
    examined(second, DARK)
    assert order(3) == [third.pk, first.pk, second.pk]


def test_what_an_expert_flagged_waits_behind_what_a_detector_flagged() -> None:
    first, second, third = make_pictures(3)
    cast(make_expert(), first, "flag")
    examined(second, DARK)
    assert order(3) == [third.pk, second.pk, first.pk]


def test_a_picture_that_is_found_fine_later_goes_back_among_the_others() -> None:
    first, second = make_pictures(2)
    examined(first, DARK)
    examined(first)
    assert order(2) == [first.pk, second.pk]


def test_a_doubtful_picture_of_a_stack_does_not_come_with_the_stack() -> None:
    first, between, copy = make_pictures(3)
    Entry.objects.filter(pk=copy.pk).update(stack=first.pk)
    examined(copy, DARK)
    assert order(1) == [first.pk]
    assert order(2) == [between.pk, copy.pk]


def test_the_doubtful_pictures_of_a_stack_come_together() -> None:
    first, between, copy = make_pictures(3)
    Entry.objects.filter(pk=copy.pk).update(stack=first.pk)
    examined(first, DARK)
    examined(copy, BLURRED)
    assert order(2) == [between.pk, first.pk, copy.pk]


def test_a_doubtful_picture_counts_once_in_what_is_left() -> None:
    [first, _second] = make_pictures(2)
    examined(first, DARK, BLURRED, LOW)
    assert left_for(make_expert()) == 2


def test_taking_in_again_keeps_a_doubtful_picture_behind() -> None:
    [first, second] = make_pictures(2)
    examined(first, DARK)
    Entry.objects.all().delete()
    Entry.objects.take_in()
    assert order(2) == [second.pk, first.pk]


def test_an_examination_of_a_picture_that_is_not_in_the_queue_is_stored_all_the_same() -> None:
    [picture] = make_pictures()
    Entry.objects.all().delete()
    examined(picture, DARK)
    assert picture.flags.count() == 1


def test_a_campaign_counts_a_picture_with_three_flags_once() -> None:
    campaign = make_campaign(target=3)
    advance(campaign.pk)
    write_plans(campaign)
    advance(campaign.pk)
    made = render_all(campaign)
    assert made
    before = standing_of(campaign)
    picture = Picture.objects.filter(cell__campaign=campaign).done().order_by("id").first()
    examined(picture, DARK, BLURRED, LOW)
    assert picture.flags.count() == 3
    assert standing_of(campaign) == before
