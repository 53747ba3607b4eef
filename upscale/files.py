"""Files of photos and videos: those kept too long, and those that no row names."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

from django.core.files.storage import default_storage
from django.db.models import Q
from django.db.models.functions import Now

from jobs.states import State
from upscale.models import Clip, Photo, Room
from upscale.models.storing import delete_folder

logger = logging.getLogger(__name__)

UNTOUCHED_SECONDS = 3600
"""How old a folder must be that no row names: what comes in is stored before its row."""


def forget_outdated() -> int:
    """Delete photos and videos older than ``PHOTO_RETENTION_DAYS``, files too. Return how many.

    One that cannot be deleted is logged, and left to the next time.
    """
    count = 0
    for model in (Photo, Clip):
        for key in model.objects.outdated().values_list("pk", flat=True).iterator(chunk_size=1000):
            try:
                model(pk=key).remove()
                count += 1
            except Exception:
                logger.exception("%s %s could not be deleted.", model.__name__, key)
    return count


def forget_rooms() -> int:
    """Delete rooms whose photos are kept no longer, with the nicknames in them. Return how many."""
    _rows, each = Room.objects.outdated().delete()
    return each.get("upscale.Room", 0)


def sweep_recent() -> int:
    """Delete strays of photos that ended within a day. Return how many files.

    A photo that is done at its first attempt has none.
    """
    unlucky = Q(state__in=[State.FAILED, State.CANCELLED], attempts__gt=0)
    over = Photo.objects.filter(
        unlucky | Q(state=State.DONE, attempts__gt=1), finished_at__gt=Now() - timedelta(days=1)
    )
    return sum(Photo(pk=key).sweep_folder() for key in over.values_list("pk", flat=True).iterator())


def sweep_all() -> int:
    """Look through the whole storage for files that no photo or video names, and delete them. Return how many.

    Of folders whose row is gone only those older than an hour, by the time in their names, are deleted; folders that
    are named otherwise are none of ours. Takes a query for each of at most 256 shelves, and one for each photo.
    """
    count = 0
    for keys in _shelves("photos"):
        known = set(Photo.objects.filter(pk__in=keys).values_list("pk", flat=True))
        count += sum(_delete(Photo(pk=key).folder) for key in keys if key not in known and _is_settled(key))
        count += sum(Photo(pk=key).sweep_folder() for key in known)
    for keys in _shelves("clips"):
        known = set(Clip.objects.filter(pk__in=keys).values_list("pk", flat=True))
        count += sum(_delete(Clip(pk=key).folder) for key in keys if key not in known and _is_settled(key))
    return count


def _delete(folder: str) -> int:
    try:
        return delete_folder(folder)
    except OSError:
        logger.exception("%s could not be deleted.", folder)
        return 0


def _is_settled(key: UUID) -> bool:
    """Tell whether a row of this key would have been stored long ago: version 7 begins with milliseconds."""
    return key.version == 7 and (key.int >> 80) / 1000 < time.time() - UNTOUCHED_SECONDS


def _shelves(top: str) -> Iterator[list[UUID]]:
    """Return the keys that the folders below ``top`` are named after, a shelf at a time."""
    for shelf in _inside(top):
        keys = []
        for name in _inside(f"{top}/{shelf}"):
            try:
                key = UUID(name)
            except ValueError:
                continue
            if str(key) == name and name.endswith(shelf):
                keys.append(key)
        yield keys


def _inside(path: str) -> list[str]:
    try:
        return default_storage.listdir(path)[0]
    except FileNotFoundError:
        return []
