"""Files in the storage that no picture names: what killed workers leave behind."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.core.files.storage import default_storage
from django.db.models.functions import Now

from jobs.states import State
from stockgen.models import Picture
from stockgen.models.picture import delete_files


def sweep_recent() -> int:
    """Delete strays of pictures that failed or were cancelled within a day. Return how many files.

    A picture that is done has swept its own folder; one that is open will.
    """
    over = Picture.objects.filter(
        state__in=[State.FAILED, State.CANCELLED], attempts__gt=0, finished_at__gt=Now() - timedelta(days=1)
    )
    return sum(picture.sweep_folder() for picture in over.iterator())


def sweep_all() -> int:
    """Look through the whole storage, also for folders whose picture is gone. Return how many files were deleted.

    Leaves alone whatever belongs to a picture that is being rendered.
    """
    deleted = 0
    for shelf in _folders("pictures"):
        for name in _folders(f"pictures/{shelf}"):
            identifier = _identifier(name)
            picture = Picture.objects.filter(pk=identifier).first() if identifier else None
            if picture is None:
                folder = f"pictures/{shelf}/{name}"
                strays = [f"{folder}/{file}" for file in default_storage.listdir(folder)[1]]
                delete_files(strays)
                deleted += len(strays)
            elif picture.state != State.RUNNING:
                deleted += picture.sweep_folder()
    return deleted


def _folders(path: str) -> list[str]:
    try:
        return default_storage.listdir(path)[0]
    except FileNotFoundError:
        return []


def _identifier(name: str) -> UUID | None:
    try:
        return UUID(name)
    except ValueError:
        return None
