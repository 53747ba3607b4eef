"""A new picture is given to nobody before the detectors have looked at it, but not for ever."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models.functions import Now
from pytest_django import Settings

from engines.gates.results import Examined
from jobs.states import worker_name
from review.models import Policy, Rule
from review.queue import left_for, take
from stockgen.models import Examination, Picture
from tests.factories import make_expert, make_pictures

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def held_back(settings: Settings) -> None:
    settings.REVIEW_EXAMINATION_SECONDS = 120
    Policy.objects.set(None, Rule(votes=1, calibration_share=0, gold_share=0))


def given(count: int = 9) -> list[object]:
    return [hold.entry_id for hold in take(make_expert(), "tab", count)]


def claim(picture: Picture) -> Examination:
    """Begin to examine a picture."""
    Examination.objects.filter(picture=picture).update(priority=100)
    [examination] = [one for one in Examination.objects.claim(worker_name()) if one.picture_id == picture.pk]
    return examination


def test_a_picture_that_waits_for_its_examination_is_neither_given_nor_counted() -> None:
    make_pictures(2)
    assert given() == []
    assert left_for(make_expert()) == 0


def test_a_picture_that_is_being_examined_is_not_given() -> None:
    [picture] = make_pictures()
    claim(picture)
    assert given() == []


def test_a_picture_is_given_once_it_is_examined() -> None:
    first, _second = make_pictures(2)
    assert claim(first).store(Examined((), ()), looks=(), seconds=0.1)
    assert left_for(make_expert()) == 1
    assert given() == [first.pk]


def test_a_picture_whose_examination_is_late_is_given_without_it() -> None:
    first, _second = make_pictures(2)
    Examination.objects.filter(picture=first).update(created_at=Now() - timedelta(seconds=121))
    assert given() == [first.pk]


def test_a_picture_whose_examination_failed_is_given() -> None:
    [picture] = make_pictures()
    assert claim(picture).fail("the file cannot be read", retry=False)
    assert given() == [picture.pk]


def test_a_picture_that_nobody_asked_to_examine_is_given() -> None:
    [picture] = make_pictures()
    Examination.objects.all().delete()
    assert given() == [picture.pk]


def test_an_old_picture_that_is_asked_for_later_is_given_all_the_same() -> None:
    [picture] = make_pictures()
    Examination.objects.all().delete()
    assert Examination.objects.ask_for_missing() == 1
    assert given() == [picture.pk]


def test_nothing_is_held_back_where_the_operator_does_not_want_it(settings: Settings) -> None:
    settings.REVIEW_EXAMINATION_SECONDS = 0
    [picture] = make_pictures()
    assert given() == [picture.pk]
