"""What is promised, and how much may be spent on a photo."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db.models.functions import Now
from django.utils import timezone
from pytest_django import Settings

from jobs.ids import uuid7
from jobs.models import Turn, Worker
from tests.boards import finish, make_photo, make_visitor
from upscale import promise
from upscale.models import Photo, PhotoSource
from upscale.promise import (
    Cost,
    choose_effort,
    place_of,
    places_of,
    predict,
    seconds_for,
    seconds_left,
    would_improve,
)
from upscale.visitors import Visitor, new_guest

pytestmark = pytest.mark.django_db

COSTS = {
    "full": Cost(6, 10), "quick": Cost(2.5, 4), "light": Cost(1, 1), "swift": Cost(0.6, 0.6), "least": Cost(0.2, 0.6),
}  # fmt: skip
MEGAPIXEL = {"original_width": 1000, "original_height": 1000}
TWELVE_MEGAPIXELS = {"original_width": 4000, "original_height": 3000}


@pytest.fixture
def known_costs() -> None:
    """Let it be known what each effort costs, instead of learning it."""
    promise.cache.set("photo-costs", COSTS, 600)


def make_photos(count: int, visitor: Visitor | None = None, **fields: Any) -> list[Photo]:
    """Queue photos of one person, or of as many people, without their files."""
    photos = [
        Photo(
            **{"id": uuid7(), "person": (visitor or new_guest()).person, "source": PhotoSource.WEB} | fields
        )
        for _ in range(count)
    ]
    return Photo.objects.submit(photos)


def claim_of(visitor: Visitor) -> Photo:
    """Claim somebody's next photo, out of turn."""
    Turn.objects.update(served_at=Now())
    Turn.objects.filter(person=visitor.person).update(served_at=None)
    [photo] = Photo.objects.claim("worker")
    assert photo.is_of(visitor)
    return photo


@pytest.mark.usefixtures("known_costs")
def test_a_photo_alone_gets_the_full_effort() -> None:
    photo = make_photo(**MEGAPIXEL)
    assert choose_effort(photo).key == "full"


@pytest.mark.usefixtures("known_costs")
def test_the_more_wait_the_less_is_spent_on_each() -> None:
    efforts = []
    for count in (1, 14, 40, 60, 110):
        Photo.objects.all().delete()
        make_photos(count, **MEGAPIXEL)
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
def test_photos_that_are_late_already_are_through_within_one_deadline() -> None:
    efforts = []
    for count in (1, 14, 40, 60, 110):
        Photo.objects.all().delete()
        make_photos(count, **MEGAPIXEL, asked_at=timezone.now() - timedelta(hours=1))
        [claimed] = Photo.objects.claim("worker")
        efforts.append(choose_effort(claimed).key)
    assert efforts == ["full", "quick", "light", "swift", "least"]


@pytest.mark.usefixtures("known_costs")
def test_a_backlog_does_not_make_what_comes_after_it_late() -> None:
    """At the full effort, each photo of the outage would take a worker 57 seconds, and the new ones would wait."""
    make_photos(60, **TWELVE_MEGAPIXELS, asked_at=timezone.now() - timedelta(minutes=10))
    make_photos(5, **TWELVE_MEGAPIXELS)
    [claimed] = Photo.objects.claim("worker")
    assert choose_effort(claimed).key == "least"


@pytest.mark.usefixtures("known_costs")
def test_the_many_photos_of_one_person_take_from_nobody_elses() -> None:
    many, modest = make_visitor(), make_visitor()
    make_photos(25, many, **MEGAPIXEL)
    make_photo(modest, **MEGAPIXEL)
    assert choose_effort(claim_of(modest)).key == "full"
    assert choose_effort(claim_of(many)).key == "light"


@pytest.mark.usefixtures("known_costs")
def test_somebody_elses_many_photos_lower_an_effort_only_to_meet_their_deadlines() -> None:
    """The 130 can be kept at the least effort only, in 104 seconds, which leaves 16 until the deadline."""
    many, modest = make_visitor(), make_visitor()
    make_photos(130, many, **MEGAPIXEL)
    make_photo(modest, **MEGAPIXEL)
    assert choose_effort(claim_of(modest)).key == "light"


@pytest.mark.usefixtures("known_costs")
def test_somebody_elses_backlog_takes_from_nobody() -> None:
    many, modest = make_visitor(), make_visitor()
    make_photos(60, many, **TWELVE_MEGAPIXELS, asked_at=timezone.now() - timedelta(minutes=10))
    make_photo(modest, **TWELVE_MEGAPIXELS)
    assert choose_effort(claim_of(modest)).key == "quick"
    assert choose_effort(claim_of(many)).key == "least"


@pytest.mark.usefixtures("known_costs")
def test_no_photo_is_worked_on_by_two_workers(settings: Settings) -> None:
    settings.MAX_INPUT_PIXELS = 3000  # so all of the 12 megapixels count: 126 seconds of one worker
    for name in ("one", "two"):
        Worker.objects.beat(name)
    assert choose_effort(make_photo(**TWELVE_MEGAPIXELS)).key == "quick"
    assert predict(12_000_000).effort == "quick"


@pytest.mark.usefixtures("known_costs")
def test_what_is_left_of_the_photos_at_work_counts() -> None:
    make_photo(**MEGAPIXEL)
    Photo.objects.claim("worker")
    Photo.objects.update(started_at=Now() - timedelta(seconds=6))
    prediction = predict(1_000_000)
    assert (prediction.place, prediction.effort) == (1, "full")
    assert prediction.seconds == pytest.approx(10 + 16, abs=1)
    Photo.objects.update(started_at=Now() - timedelta(seconds=60))
    assert predict(1_000_000).seconds == pytest.approx(16)
    for name in ("one", "two"):
        Worker.objects.beat(name)
    Photo.objects.update(started_at=Now())
    assert predict(1_000_000).seconds == pytest.approx(16)  # the other worker's


@pytest.mark.usefixtures("known_costs")
def test_more_workers_can_spend_more() -> None:
    photo, *_others = make_photos(14, **MEGAPIXEL)
    assert choose_effort(photo).key == "quick"
    for name in ("one", "two", "three"):
        Worker.objects.beat(name)
    assert choose_effort(photo).key == "full"


def test_the_prediction_counts_those_before_and_learns_from_what_was_done() -> None:
    alone = predict(1_000_000)
    assert alone.place == 0
    make_photos(4, **MEGAPIXEL)
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
    Photo.objects.filter(pk=photos[0].pk).cancel()
    photos[0].refresh_from_db()
    assert [place_of(photo) for photo in photos] == [None, 0, 1]


def test_the_modest_are_told_that_the_many_photos_of_somebody_else_are_not_before_them() -> None:
    many, modest = make_visitor(), make_visitor()
    first, *_others, last = make_photos(25, many, **MEGAPIXEL)
    photo = make_photo(modest)
    assert places_of([first, photo, last]) == {first.pk: 0, photo.pk: 1, last.pk: 25}
    assert predict(1_000_000).place == 2
    assert predict(1_000_000, modest.person).place == 3
    assert predict(1_000_000, many.person).place == 26


def test_places_cost_nothing_where_nothing_waits(django_assert_num_queries: Any) -> None:
    running, done, waiting = make_photo(), finish(make_photo()), make_photo()
    Photo.objects.filter(pk=running.pk).claim("worker")
    running.refresh_from_db()
    with django_assert_num_queries(0):
        assert places_of([running, done]) == {running.pk: 0}
    with django_assert_num_queries(2):
        assert places_of([running, done, waiting]) == {running.pk: 0, waiting.pk: 1}


@pytest.mark.usefixtures("known_costs")
def test_a_photo_that_is_asked_for_again_is_predicted_anew() -> None:
    person = make_visitor()
    photo = finish(make_photo(person, **MEGAPIXEL))
    assert seconds_for(photo) == pytest.approx(16)
    make_photos(3, **MEGAPIXEL)
    Turn.objects.filter(person=person.person).update(served_at=Now())
    assert seconds_for(photo) == pytest.approx(4 * 16)
    photo.redo()
    assert seconds_for(photo) == pytest.approx(4 * 16)  # once, though it waits now
    claim_of(person)
    assert seconds_for(photo) == pytest.approx(4 * 16)  # its worker lets go of it


@pytest.mark.usefixtures("known_costs")
def test_a_hurried_result_would_improve_once_there_is_time() -> None:
    photo = finish(make_photo(**MEGAPIXEL), effort="light")
    assert would_improve(photo)
    make_photos(14, **MEGAPIXEL)
    assert would_improve(photo)  # to a quick one
    make_photos(26, **MEGAPIXEL)
    assert not would_improve(photo)
    assert would_improve(finish(make_photo(**MEGAPIXEL), effort="least"))


def test_only_a_hurried_result_would_improve() -> None:
    waiting = make_photo()
    assert not would_improve(waiting)
    assert not would_improve(finish(waiting, effort="full"))
    assert would_improve(finish(make_photo(), effort="former"))


def test_the_time_left_only_falls() -> None:
    photo = make_photo(predicted_seconds=10.0)
    lefts = [seconds_left(photo, photo.asked_at + timedelta(seconds=seconds)) for seconds in (0, 4, 9, 30)]
    assert lefts == pytest.approx([10, 6, 1, 0])


def test_a_large_photo_costs_no_more_than_what_is_worked_on(settings: Settings) -> None:
    settings.MAX_INPUT_PIXELS = 1000
    assert predict(12_000_000).seconds == predict(50_000_000).seconds
