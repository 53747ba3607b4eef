"""The promise of a result within two minutes: what a photo will cost, its place, and how much may be spent on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.db.models import F
from django.db.models.functions import Now

from engines.boards.efforts import EFFORTS, Effort
from jobs.models import Worker
from jobs.states import State
from upscale.models.photo import Photo

RESERVE_SECONDS = 8.0
"""Kept free before the deadline for what nobody foresaw."""

LEARNT_FROM = 120
"""How many of the latest photos of an effort teach what it costs."""

ENOUGH = 5
KEPT_SECONDS = 10
MEGAPIXEL = 1_000_000


@dataclass(frozen=True)
class Prediction:
    """What a photo that came now could count on. ``place`` is how many are before it; seconds until it is done."""

    place: int
    seconds: float
    effort: str


@dataclass(frozen=True)
class Cost:
    """What an effort costs: seconds of work for a photo, and for each megapixel of it."""

    seconds: float
    per_megapixel: float

    def of(self, pixels: int) -> float:
        """Return the seconds of work for a photo of so many pixels."""
        return self.seconds + self.per_megapixel * work_pixels(pixels) / MEGAPIXEL


def work_pixels(pixels: int) -> float:
    """Return how many pixels are worked on: those of a large photo count only up to twice what a network is given."""
    return min(pixels, 2 * settings.MAX_INPUT_PIXELS**2)


def costs() -> dict[str, Cost]:
    """Return what each effort costs here, learnt from the latest photos; the built-in guess until there are enough."""
    known: dict[str, Cost] | None = cache.get("photo-costs")
    if known is None:
        known = {key: _learn(effort) for key, effort in EFFORTS.items()}
        cache.set("photo-costs", known, KEPT_SECONDS)
    return known


def _learn(effort: Effort) -> Cost:
    rows = list(
        Photo.objects.done()
        .filter(effort=effort.key, work_seconds__isnull=False)
        .order_by(F("finished_at").desc())
        .values_list("original_width", "original_height", "work_seconds")[:LEARNT_FROM]
    )
    guess = Cost(effort.seconds, effort.seconds_per_megapixel)
    if len(rows) < ENOUGH:
        return guess
    # The guess's shape, scaled to what was seen: the third quartile, since a promise must hold more often than not.
    ratios = sorted((seconds or 0.0) / guess.of(width * height) for width, height, seconds in rows)
    ratio = ratios[(3 * len(ratios)) // 4]
    return Cost(guess.seconds * ratio, guess.per_megapixel * ratio)


def workers() -> int:
    """Return how many worker processes live; one where none has been seen yet."""
    return max(1, Worker.objects.alive().count())


def predict(pixels: int) -> Prediction:
    """Predict for a photo that comes in now: those before it first, then itself, as the present load allows."""
    waiting = _waiting()
    hands = workers()
    known = costs()
    effort = _affordable([*waiting, _Waiting(settings.PHOTO_DEADLINE_SECONDS, pixels)], hands, known)
    before = sum(known[effort.key].of(photo.pixels) for photo in waiting)
    return Prediction(len(waiting), before / hands + known[effort.key].of(pixels), effort.key)


def seconds_left(photo: Photo, now: datetime) -> float:
    """Return the seconds until an open photo should be done; at least 0. Time passing alone only ever lowers it."""
    predicted = photo.predicted_seconds or 0.0
    return max(0.0, (photo.asked_at + timedelta(seconds=predicted) - now).total_seconds())


def place_of(photo: Photo) -> int:
    """Return how many photos are before this one: those at work, and those asked for earlier."""
    return places_of([photo])[photo.pk]


def places_of(photos: Sequence[Photo]) -> dict[UUID, int]:
    """Return how many photos are before each of these; two statements, none where nothing waits."""
    places = {photo.pk: 0 for photo in photos}
    waiting = {photo.pk for photo in photos if photo.state == State.QUEUED}
    if waiting:
        running = Photo.objects.running().count()
        queue = Photo.objects.queued().order_by("asked_at").values_list("pk", flat=True)
        places |= {key: running + place for place, key in enumerate(queue) if key in waiting}
    return places


def choose_effort(photo: Photo) -> Effort:
    """Choose the most that can be spent on a photo now without breaking the promise to those who wait behind it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT extract(epoch FROM %s::timestamptz - statement_timestamp())", [photo.deadline_at]
        )
        left = float(cursor.fetchone()[0])
    mine = _Waiting(left, photo.pixels)
    return _affordable([mine, *_waiting()], workers(), costs())


@dataclass(frozen=True)
class _Waiting:
    """A photo that waits: seconds until its deadline, and its pixels."""

    left: float
    pixels: int


def _waiting() -> list[_Waiting]:
    """Return what is queued, the earliest deadline first."""
    limit = timedelta(seconds=settings.PHOTO_DEADLINE_SECONDS)
    rows = (
        Photo.objects.queued()
        .annotate(left=F("asked_at") + limit - Now())
        .order_by("asked_at")
        .values_list("left", "original_width", "original_height")
    )
    return [_Waiting(left.total_seconds(), width * height) for left, width, height in rows]


def _affordable(queue: Sequence[_Waiting], hands: int, known: dict[str, Cost]) -> Effort:
    """Return the most thorough effort at which all of the queue, the first ones first, would keep their deadlines.

    What cannot be kept at any effort is not counted: a photo that is late already must not make the others worse.
    """
    *efforts, least = EFFORTS.values()
    for effort in efforts:
        if _is_kept(queue, known[effort.key], known[least.key], hands):
            return effort
    return least


def _is_kept(queue: Sequence[_Waiting], cost: Cost, least: Cost, hands: int) -> bool:
    done_at = soonest = 0.0
    for photo in queue:
        done_at += cost.of(photo.pixels) / hands
        soonest += least.of(photo.pixels) / hands
        if soonest <= photo.left < done_at + RESERVE_SECONDS:
            return False
    return True
