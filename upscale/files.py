"""Files of photos and videos: those kept too long, and those that no row names."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.core.files.storage import default_storage
from django.db.models.functions import Now

from jobs.states import FINAL_STATES
from upscale.models import Clip, Photo, Room
from upscale.models.photo import delete_folder


def forget_outdated() -> int:
    """Delete photos and videos older than ``PHOTO_RETENTION_DAYS``, files too. Return how many."""
    days = settings.PHOTO_RETENTION_DAYS
    if not days:
        return 0
    old = {"created_at__lt": Now() - timedelta(days=days)}
    rows = [*Photo.objects.filter(**old), *Clip.objects.filter(**old)]
    for row in rows:
        row.remove()
    return len(rows)


def forget_rooms() -> int:
    """Delete rooms whose photos are kept no longer, with the nicknames in them. Return how many."""
    _rows, each = Room.objects.outdated().delete()
    return each.get("upscale.Room", 0)


def sweep_recent() -> int:
    """Delete strays of photos that ended within a day. Return how many files."""
    over = Photo.objects.filter(
        state__in=FINAL_STATES, attempts__gt=1, finished_at__gt=Now() - timedelta(days=1)
    )
    return sum(photo.sweep_folder() for photo in over.iterator())


def sweep_all() -> int:
    """Look through the storage for folders whose photo or video is gone, and delete them. Return how many.

    Such a folder is left by a worker that stored a result while its photo was being deleted.
    """
    count = 0
    for top, model in (("photos", Photo), ("clips", Clip)):
        for folder, key in _folders(top):
            if key is None or not model.objects.filter(pk=key).exists():
                delete_folder(folder)
                count += 1
    return count


def _folders(top: str) -> Iterator[tuple[str, UUID | None]]:
    """Return the folders of photos below ``top``, each with the id that it is named after."""
    for shelf in _inside(top):
        for name in _inside(f"{top}/{shelf}"):
            try:
                key: UUID | None = UUID(name)
            except ValueError:
                key = None
            yield f"{top}/{shelf}/{name}", key


def _inside(path: str) -> list[str]:
    try:
        return default_storage.listdir(path)[0]
    except FileNotFoundError:
        return []
