"""What is promised, and how much may be spent on a photo."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.utils import timezone
from pytest_django import Settings

from jobs.models import Worker
from tests.boards import finish, make_photo
from upscale import promise
from upscale.models import Photo
from upscale.promise import Cost, choose_effort, place_of, predict, seconds_left

pytestmark = pytest.mark.django_db

COSTS = {
    "full": Cost(6, 10), "quick": Cost(2.5, 4), "light": Cost(1, 1), "swift": Cost(0.6, 0.6), "least": Cost(0.2, 0.6),
}  # fmt: skip
MEGAPIXEL = {"original_width": 1000, "original_height": 1000}


@pytest.fixture
def known_costs() -> None:
    """Let it be known what each effort costs, instead of learning it."""
    promise.cache.set("photo-costs", COSTS, 600)


@pytest.mark.usefixtures("known_costs")
def test_a_photo_alone_gets_the_full_effort() -> None:
    photo = make_photo(**MEGAPIXEL)
    assert choose_effort(photo).key == "full"


@pytest.mark.usefixtures("known_costs")
def test_the_more_wait_the_less_is_spent_on_each() -> None:
    efforts = []
    for count in (1, 14, 40, 60, 110):
        Photo.objects.all().delete()
        for _ in range(count):
            make_photo(**MEGAPIXEL)
        [claimed] = Photo.objects.claim("worker")
        efforts.append(choose_effort(claimed).key)
    assert efforts == ["full", "quick", "light", "swift", "least"]


@pytest.mark.usefixtures("known_costs")
def test_the_nearer_the_deadline_the_less_is_spent() -> None:
    make_photo(**MEGAPIXEL)
    Photo.objects.update(asked_at=Now() - timedelta(seconds=103))
    [claimed] = Photo.objects.claim("worker")
    assert choose_effort(claimed).key == "quick"


@pytest.mark.usefixtures("known_costs")
def test_a_photo_that_is_late_already_does_not_make_the_others_worse() -> None:
    make_photo(**MEGAPIXEL, asked_at=timezone.now() - timedelta(hours=1))
    assert choose_effort(make_photo(**MEGAPIXEL)).key == "full"


@pytest.mark.usefixtures("known_costs")
def test_more_workers_can_spend_more() -> None:
    photo, *_others = [make_photo(**MEGAPIXEL) for _ in range(14)]
    assert choose_effort(photo).key == "quick"
    for name in ("one", "two", "three"):
        Worker.objects.beat(name)
    assert choose_effort(photo).key == "full"


def test_the_prediction_counts_those_before_and_learns_from_what_was_done() -> None:
    alone = predict(1_000_000)
    assert alone.place == 0
    for _ in range(4):
        make_photo(**MEGAPIXEL)
    behind = predict(1_000_000)
    assert behind.place == 4
    assert behind.seconds == pytest.approx(5 * alone.seconds)

    Photo.objects.all().delete()
    for _ in range(promise.ENOUGH):
        finish(make_photo(**MEGAPIXEL), work_seconds=alone.seconds / 2)
    promise.cache.clear()
    assert predict(1_000_000).seconds == pytest.approx(alone.seconds / 2)


def test_a_place_is_how_many_are_before_it() -> None:
    photos = [make_photo() for _ in range(3)]
    assert [place_of(photo) for photo in photos] == [0, 1, 2]
    Photo.objects.filter(pk=photos[0].pk).claim("worker")
    photos[0].refresh_from_db()
    assert [place_of(photo) for photo in photos] == [0, 1, 2]


def test_the_time_left_only_falls() -> None:
    photo = make_photo(predicted_seconds=10.0)
    lefts = [seconds_left(photo, photo.asked_at + timedelta(seconds=seconds)) for seconds in (0, 4, 9, 30)]
    assert lefts == pytest.approx([10, 6, 1, 0])


def test_a_large_photo_costs_no_more_than_what_is_worked_on(settings: Settings) -> None:
    settings.MAX_INPUT_PIXELS = 1000
    assert predict(12_000_000).seconds == predict(50_000_000).seconds
