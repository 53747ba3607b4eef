"""Files and folders in the storage, and how long what they belong to is kept."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.conf import settings
from django.core.files.storage import default_storage
from django.db.models import Q
from django.db.models.functions import Now

logger = logging.getLogger(__name__)


def delete_files(names: list[str]) -> None:
    """Delete files from the storage; one that is gone already is no error."""
    for name in names:
        default_storage.delete(name)


def delete_folder(folder: str) -> int:
    """Delete a folder of the storage with all its files. Return how many files.

    A folder into which a worker puts a file at this moment stays, which the log says; the daily sweep takes it.
    """
    found = [f"{folder}/{file}" for file in files_in(folder)]
    delete_files(found)
    try:
        default_storage.delete(folder)  # an empty folder of a file system; no object in a bucket
    except OSError as error:
        logger.warning("%s could not be deleted now: %s", folder, error)
    return len(found)


def files_in(folder: str) -> list[str]:
    """Return the names of the files in a folder; none where there is no such folder."""
    try:
        return default_storage.listdir(folder)[1]
    except FileNotFoundError:
        return []


def kept_no_longer(moment: str) -> Q:
    """Match rows whose field ``moment`` is over ``PHOTO_RETENTION_DAYS`` ago; none where that is 0."""
    days = settings.PHOTO_RETENTION_DAYS
    return Q(**{f"{moment}__lt": Now() - timedelta(days=days)}) if days else Q(pk__in=[])
