"""Who is next: the photos at work, and those that wait, in the order in which workers will claim them."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from uuid import UUID

from django.conf import settings
from django.db.models import F
from django.db.models.functions import Now

from jobs.models import Turn
from jobs.states import State
from upscale.models.photo import Photo


@dataclass(frozen=True, slots=True)
class OpenPhoto:
    """A photo that waits or is worked on.

    ``left`` is the seconds until its deadline, below 0 where that is over; ``busy`` the seconds for which it has been
    worked on, None while it waits.
    """

    key: UUID
    person: str
    pixels: int
    left: float
    busy: float | None = None
    priority: int = 0


@dataclass(frozen=True)
class Queue:
    """The photos at work, and those that wait, the next one first."""

    running: Sequence[OpenPhoto]
    waiting: Sequence[OpenPhoto]


def read_queue(coming: OpenPhoto | None = None) -> Queue:
    """Read who is at work and who comes next, in two statements; what is on hold is not in it.

    ``coming`` is put where it would come if it were asked for now, whatever the photo is doing at present.
    The order is that of ``JobQuerySet.claim``: one each in turn, whoever was served least recently first, each
    person's own by priority and then by age. A photo that waits for its next attempt counts as due, and
    ``JOB_RUNNING_CAP_PER_PERSON`` is not looked at.
    """
    running, waiting = _open_photos()
    if coming is not None:
        running = [photo for photo in running if photo.key != coming.key]
        waiting = [*(photo for photo in waiting if photo.key != coming.key), coming]
    return Queue(running, _in_turn(waiting, _in_order_of_service({photo.person for photo in waiting})))


def _open_photos() -> tuple[list[OpenPhoto], list[OpenPhoto]]:
    """Return what is at work and what waits, in no order."""
    rows = (
        Photo.objects.open()
        .filter(on_hold=False)
        .annotate(waited=Now() - F("asked_at"), busy=Now() - F("started_at"))
        .values_list(
            "pk",
            "person",
            "original_width",
            "original_height",
            "priority",
            "state",
            "waited",
            "busy",
            "failures",
        )
    )
    running, waiting = [], []
    for key, person, width, height, priority, state, waited, busy, failures in rows:
        left = settings.PHOTO_DEADLINE_SECONDS - waited.total_seconds()
        if state == State.QUEUED:
            waiting.append(OpenPhoto(key, person, width * height, left, priority=priority))
        else:
            # A further attempt keeps the start of the first one: when it began itself is not known.
            seconds = 0.0 if failures else busy.total_seconds()
            running.append(OpenPhoto(key, person, width * height, left, seconds, priority))
    return running, waiting


def _in_order_of_service(people: set[str]) -> list[str]:
    """Return people in the order in which they are served; somebody without a turn comes last of the new ones."""
    served_at = dict(
        Turn.objects.filter(kind=Photo.kind, person__in=people)
        .order_by(F("served_at").asc(nulls_first=True), "id")
        .values_list("person", "served_at")
    )
    new = [person for person, when in served_at.items() if when is None]
    served = [person for person, when in served_at.items() if when is not None]
    return [*new, *sorted(people - served_at.keys()), *served]


def _in_turn(waiting: Iterable[OpenPhoto], people: Sequence[str]) -> list[OpenPhoto]:
    """Put photos in the order of claims, given the order in which the people are served."""
    own: dict[str, deque[OpenPhoto]] = defaultdict(deque)
    for photo in sorted(waiting, key=lambda photo: (-photo.priority, photo.key)):
        own[photo.person].append(photo)
    turns = [(-own[person][0].priority, turn, person) for turn, person in enumerate(people)]
    heapify(turns)
    turn, line = len(turns), []
    while turns:
        _priority, _turn, person = heappop(turns)
        line.append(own[person].popleft())
        if own[person]:
            turn += 1
            heappush(turns, (-own[person][0].priority, turn, person))
    return line
