"""What happened since: the feeds by which a client that speaks for an outside network misses nothing.

A feed is ordered by the moment of what it tells, and shows it once every earlier moment is settled. A row's moment is
when its statement began, but it is seen when its transaction ends; so a feed stops before the beginning of the oldest
transaction that is still writing, and a second before now.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import BoundedSemaphore
from time import monotonic, sleep
from typing import TypeVar
from uuid import UUID

from django.db import connection
from django.db.models import Q
from django.db.models.functions import Greatest

from jobs.states import FINAL_STATES
from upscale.cursors import Cursor
from upscale.models import Membership, Photo, Room

Found = TypeVar("Found")

LOOK_EVERY = 0.5
"""Seconds between two looks of somebody who waits: one short query each, outside a transaction."""

AFTERGLOW = timedelta(days=1)
"""How long after its end a room is still looked at for results that come late."""

MOST_PHOTO_WAITS = 3
MOST_FEED_WAITS = 2

PHOTO_WAITS = BoundedSemaphore(MOST_PHOTO_WAITS)
"""Of the threads of a web process (``jobs.supervisor.THREADS``), how many may wait for photos."""

FEED_WAITS = BoundedSemaphore(MOST_FEED_WAITS)
"""How many may wait for feeds, whatever waits for photos."""

_SETTLED = """
    SELECT greatest(statement_timestamp() - interval '60 seconds', least(
        statement_timestamp() - interval '1 second',
        (SELECT min(xact_start) FROM pg_stat_activity
         WHERE datname = current_database() AND backend_xid IS NOT NULL AND pid <> pg_backend_pid())
    ))
"""


@dataclass(frozen=True)
class Feed:
    """A part of a feed: its photos, the oldest first, and where to go on."""

    photos: list[Photo]
    cursor: Cursor
    has_more: bool


def wait_for(
    look: Callable[[], Found], is_news: Callable[[Found], bool], seconds: float, slots: BoundedSemaphore
) -> Found:
    """Look again and again until there are news or the seconds are over; once where too many wait already.

    Returns what the last look found.
    """
    if not seconds or not slots.acquire(blocking=False):
        return look()
    try:
        end = monotonic() + seconds
        while not is_news(found := look()) and (left := end - monotonic()) > 0:
            sleep(min(LOOK_EVERY, left))
        return found
    finally:
        slots.release()


def wait_for_feed(look: Callable[[], Feed], seconds: float) -> Feed:
    """Wait until a feed has photos."""
    return wait_for(look, lambda feed: bool(feed.photos), seconds, FEED_WAITS)


def settled_until() -> datetime:
    """Return the moment before which nothing changes any more, at most a minute ago."""
    with connection.cursor() as cursor:
        cursor.execute(_SETTLED)
        moment: datetime = cursor.fetchone()[0]
    return moment


def finished(network: str, after: Cursor | None, limit: int) -> Feed:
    """Return what of a network ended (done, failed or cancelled) behind ``after``; None: only where to begin."""
    until = settled_until()
    if after is None:
        return Feed([], Cursor(until), False)
    rows = Photo.objects.filter(
        after.after("finished_at"), person__startswith=f"{network}:", state__in=FINAL_STATES, finished_at__lt=until
    )  # fmt: skip
    found = list(rows.select_related("room").order_by("finished_at", "id")[: limit + 1])
    return _part(found, limit, after, until, [photo.finished_at for photo in found])


def shared(network: str, after: Cursor | None, limit: int) -> Feed:
    """Return the results in rooms where somebody of a network is, behind ``after``: both done and shared by then.

    What ends more than a day after its room was closed is no news to the others, and not looked for.
    """
    until = settled_until()
    if after is None:
        return Feed([], Cursor(until), False)
    since = after.at - AFTERGLOW
    recent = Room.objects.filter(Q(closed_at=None) | Q(closed_at__gt=since), expires_at__gt=since)
    theirs = Membership.objects.present().filter(person__startswith=f"{network}:").values("room")
    rows = (
        Photo.objects.done()
        .filter(room__in=recent.filter(pk__in=theirs))
        .annotate(at=Greatest("finished_at", "shared_at"))
    )
    behind = rows.filter(after.after("at"), at__lt=until)
    found = list(behind.select_related("room").order_by("at", "id")[: limit + 1])
    return _part(found, limit, after, until, [photo.at for photo in found])  # type: ignore[attr-defined]


def recipients(network: str, photos: list[Photo]) -> dict[UUID, list[str]]:
    """Return who of a network is told of each photo: who is in its room, did not mute it, and did not send it."""
    members = Membership.objects.present().filter(
        room__in={photo.room_id for photo in photos}, person__startswith=f"{network}:", muted=False
    )
    people: defaultdict[UUID | None, list[str]] = defaultdict(list)
    for room, person in members.order_by("joined_at").values_list("room", "person"):
        people[room].append(person)
    return {photo.pk: [one for one in people[photo.room_id] if one != photo.person] for photo in photos}


def _part(
    found: list[Photo], limit: int, after: Cursor, until: datetime, moments: list[datetime | None]
) -> Feed:
    """Return a part of a feed. At its end the cursor is where nothing comes in any more, so that less is looked at."""
    if len(found) > limit:
        moment = moments[limit - 1]
        assert moment is not None
        return Feed(found[:limit], Cursor(moment, found[limit - 1].pk), True)
    return Feed(found, max(after, Cursor(until)), False)
