"""The promise of a result within two minutes: what a photo will cost, its place, and how much may be spent on it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from heapq import heapreplace
from math import inf
from uuid import UUID

from django.conf import settings
from django.core.cache import cache
from django.db.models import F

from engines.boards.efforts import EFFORTS, Effort
from jobs.models import Worker
from jobs.states import State
from upscale.models.photo import Photo
from upscale.queue import OpenPhoto, Queue, read_queue

RESERVE_SECONDS = 8.0
"""Kept free before the deadline for what nobody foresaw."""

LEARNT_FROM = 120
"""How many of the latest photos of an effort teach what it costs."""

ENOUGH = 5
KEPT_SECONDS = 10
MEGAPIXEL = 1_000_000

NEWEST = UUID(int=2**128 - 1)
"""The key of a photo that has none yet: it is behind its person's others."""

*_MORE_THOROUGH, LEAST = EFFORTS.values()


@dataclass(frozen=True)
class Prediction:
    """What a photo that came now could count on.

    ``place`` is how many are before it, those at work included; ``seconds`` how long until it is done; ``effort`` what
    can be spent on it.
    """

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
    """Return how many worker processes live; one where none has been seen yet.

    One that is inside a batch of stock pictures counts as free: photos go first, so it is after that batch at most.
    """
    return max(1, Worker.objects.alive().count())


def predict(pixels: int, person: str = "") -> Prediction:
    """Predict for a photo that comes in now, as the present load allows; without a person for somebody new."""
    mine = OpenPhoto(NEWEST, person, pixels, settings.PHOTO_DEADLINE_SECONDS)
    return _prediction(read_queue(mine), mine)


def seconds_for(photo: Photo) -> float:
    """Return in how many seconds a photo should be done that is asked for, or asked for anew, at this moment.

    What ``predicted_seconds`` are from then on. It does not matter whether the photo waits already.
    """
    mine = _asked_now(photo)
    return _prediction(read_queue(mine), mine).seconds


def would_improve(photo: Photo) -> bool:
    """Tell whether a finished photo, made anew now, would get a more thorough effort than it had; False for others."""
    efforts = list(EFFORTS)
    if photo.state != State.DONE or photo.effort == efforts[0]:
        return False
    mine = _asked_now(photo)
    could_have = _prediction(read_queue(mine), mine).effort
    return photo.effort not in efforts or efforts.index(could_have) < efforts.index(photo.effort)


def seconds_left(photo: Photo, now: datetime) -> float:
    """Return the seconds until an open photo should be done; at least 0. Time passing alone only ever lowers it."""
    predicted = photo.predicted_seconds or 0.0
    return max(0.0, (photo.asked_at + timedelta(seconds=predicted) - now).total_seconds())


def place_of(photo: Photo) -> int | None:
    """Return how many photos are before this one, those at work included; None once it is over."""
    return places_of([photo]).get(photo.pk)


def places_of(photos: Sequence[Photo]) -> dict[UUID, int]:
    """Return how many photos are before each of these that is open, those at work included.

    The order is that of claims (:mod:`upscale.queue`), so another person's photos may be passed. Costs two statements,
    and none where nothing of these waits.
    """
    places = {photo.pk: 0 for photo in photos if photo.is_open}
    waiting = {photo.pk for photo in photos if photo.state == State.QUEUED}
    if waiting:
        queue = read_queue()
        line = enumerate(queue.waiting, start=len(queue.running))
        places |= {photo.key: place for place, photo in line if photo.key in waiting}
    return places


def choose_effort(photo: Photo) -> Effort:
    """Choose the most that can be spent on a claimed photo without breaking the promise to those who come after it."""
    queue = read_queue()
    mine = next((one for one in (*queue.running, *queue.waiting) if one.key == photo.pk), _asked_now(photo))
    running, waiting = ([one for one in some if one is not mine] for some in (queue.running, queue.waiting))
    # Its worker is free for it at once, whatever the others do.
    photos = [replace(mine, busy=None), *running, *waiting]
    return _Plan(photos, mine.person, workers(), costs()).affordable()


def _asked_now(photo: Photo) -> OpenPhoto:
    return OpenPhoto(
        photo.pk, photo.person, photo.pixels, settings.PHOTO_DEADLINE_SECONDS, priority=photo.priority
    )


def _prediction(queue: Queue, mine: OpenPhoto) -> Prediction:
    """Predict for a photo of a queue, as if all those before it got the effort that it gets itself."""
    photos = [*queue.running, *queue.waiting]
    place = next(place for place, photo in enumerate(photos) if photo.key == mine.key)
    plan = _Plan(photos, mine.person, workers(), costs())
    effort = plan.affordable()
    return Prediction(place, plan.done_at(effort)[place], effort.key)


@dataclass(frozen=True)
class _Plan:
    """The order in which photos get a worker, seen by one person who has some of them.

    Each photo goes to the worker that is free first, of ``hands``. One at work needs what is left of its cost, at the
    effort that is being judged: which one it got is not known before it is done.
    """

    photos: Sequence[OpenPhoto]
    person: str
    hands: int
    known: dict[str, Cost]

    def affordable(self) -> Effort:
        """Return the most thorough effort at which everybody's deadline would be kept; the least if there is none.

        The effort is for the person's photos and as many of each other person's. What somebody has beyond that would
        get the least, and holds back only efforts at which it would miss a deadline that it can still meet. What is
        late already, however little is spent, must be through within one deadline from now.
        """
        limits = [
            self._limit(photo, soonest, is_within)
            for photo, soonest, is_within in zip(
                self.photos, self.done_at(LEAST), self._is_within, strict=True
            )
        ]
        for effort in _MORE_THOROUGH:
            times = self.done_at(effort)
            if all(time + RESERVE_SECONDS <= limit for time, limit in zip(times, limits, strict=True)):
                return effort
        return LEAST

    def done_at(self, effort: Effort) -> list[float]:
        """Return in how many seconds each photo would be done at an effort."""
        cost, least = self.known[effort.key], self.known[LEAST.key]
        free, times = [0.0] * self.hands, []
        for photo, is_within in zip(self.photos, self._is_within, strict=True):
            work = (cost if is_within else least).of(photo.pixels) - (photo.busy or 0.0)
            times.append(free[0] + max(0.0, work))
            heapreplace(free, times[-1])
        return times

    @cached_property
    def _is_within(self) -> list[bool]:
        """Tell of each photo whether it is at work, or one of as many of its person's as this person has waiting."""
        share = sum(photo.person == self.person for photo in self.photos if photo.busy is None)
        counts: Counter[str] = Counter()
        within = []
        for photo in self.photos:
            within.append(photo.busy is not None or counts[photo.person] < share)
            counts[photo.person] += photo.busy is None
        return within

    @staticmethod
    def _limit(photo: OpenPhoto, soonest: float, is_within: bool) -> float:
        if photo.busy is not None:
            return inf
        if soonest <= photo.left:
            return photo.left
        return float(settings.PHOTO_DEADLINE_SECONDS) if is_within else inf
