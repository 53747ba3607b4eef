"""Which photo is next."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from django.db.models.functions import Now

from jobs.models import Turn
from tests.boards import make_photo, make_visitor
from upscale.models import Photo
from upscale.queue import read_queue

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("seed", range(4))
def test_the_order_is_that_of_claims(seed: int) -> None:
    dice = random.Random(seed)
    for person in dice.sample(["user:1", "user:2", "guest:a", "guest:b", "telegram:1"], 5):
        for _ in range(dice.randint(1, 5)):
            make_photo(make_visitor(person), priority=dice.choice([0, 0, 0, 1]))
        if dice.random() < 0.5:
            Turn.objects.filter(person=person).update(
                served_at=Now() - timedelta(seconds=dice.randint(1, 900))
            )
    expected = [photo.key for photo in read_queue().waiting]
    claimed = []
    while taken := Photo.objects.claim("worker"):
        claimed += [photo.pk for photo in taken]
    assert claimed == expected
    assert {photo.key for photo in read_queue().running} == set(claimed)


def test_what_is_on_hold_is_before_nobody() -> None:
    held, other = make_photo(), make_photo()
    Photo.objects.filter(pk=held.pk).hold()
    assert [photo.key for photo in read_queue().waiting] == [other.pk]


def test_a_photo_in_a_further_attempt_was_begun_just_now() -> None:
    make_photo()
    Photo.objects.claim("worker")
    Photo.objects.update(started_at=Now() - timedelta(seconds=300))
    assert read_queue().running[0].busy == pytest.approx(300, abs=5)
    Photo.objects.update(failures=1)
    assert read_queue().running[0].busy == 0
