"""The places that files of an export are put to: the storage, a folder, a bucket."""

from __future__ import annotations

import os
import shutil
from collections.abc import Container
from contextlib import suppress
from pathlib import Path
from typing import IO, Protocol

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage

from delivery.errors import FILE_DIFFERS, NO_PLACE, ExportFailed, of_writing
from delivery.models import Export
from delivery.targets import Target, offered_targets
from delivery.work.bucket import Bucket
from delivery.work.digests import Digest, copy


class Place(Protocol):
    """Where an export goes. ``address`` is what a person is told; everything raises :class:`ExportFailed`."""

    address: str

    def open(self) -> None:
        """Make sure that it can be written to."""

    def put(self, name: str, content: IO[bytes], digest: Digest) -> str:
        """Put one file there, whole or not at all; return its path in the storage, empty if it is elsewhere."""

    def remove(self, name: str) -> None:
        """Remove one file, if it is there: of a picture that is left out after all."""

    def tidy(self, keep: Container[str]) -> None:
        """Remove what workers that died have left beside the whole files; ``keep`` are paths in the storage."""

    def wipe(self) -> None:
        """Remove all of this export, and nothing else."""


class Storage:
    """The site's own storage, for what a ZIP needs beside the pictures as they are."""

    address = ""

    def __init__(self, export: Export) -> None:
        self._folder = export.folder
        self._token = export.token

    def open(self) -> None:
        """Nothing is to be made ready."""

    def put(self, name: str, content: IO[bytes], digest: Digest) -> str:
        """Save under a name with the claim's token, so that a worker that lost its claim overwrites nothing."""
        flat = name.replace("/", "-")
        try:
            return default_storage.save(f"{self._folder}/{self._token}-{flat}", File(content))
        except OSError as error:
            raise of_writing(error, self._folder) from error

    def remove(self, name: str) -> None:
        """Nothing: no two workers write under the same name, and strays are tidied up in the end."""

    def tidy(self, keep: Container[str]) -> None:
        """Delete the files of the export's folder that neither an item nor the manifest names."""
        try:
            _folders, names = default_storage.listdir(self._folder)
        except FileNotFoundError:
            return
        for path in (f"{self._folder}/{name}" for name in names):
            if path not in keep:
                default_storage.delete(path)

    def wipe(self) -> None:
        """Nothing is elsewhere."""


class Folder:
    """A folder of the server, inside ``EXPORT_FOLDER``, that holds this export alone."""

    def __init__(self, export: Export) -> None:
        self._top = Path(settings.EXPORT_FOLDER) / export.title
        self._token = export.token
        self.address = str(self._top)

    def open(self) -> None:
        """Make the folder."""
        try:
            self._top.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise of_writing(error, self.address) from error

    def put(self, name: str, content: IO[bytes], digest: Digest) -> str:
        """Write beside the name, then rename: under its name a file is whole, or not there."""
        path = self._top / name
        part = path.with_name(f"{path.name}.{self._token}.part")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with part.open("wb") as file:
                written = copy(content, file)
                file.flush()
                os.fsync(file.fileno())
            if written != digest:
                raise ExportFailed(FILE_DIFFERS, name)
            part.replace(path)
        except OSError as error:
            raise of_writing(error, self.address) from error
        finally:
            with suppress(OSError):
                part.unlink(missing_ok=True)
        return ""

    def remove(self, name: str) -> None:
        """Delete the file."""
        try:
            (self._top / name).unlink(missing_ok=True)
        except OSError as error:
            raise of_writing(error, self.address) from error

    def tidy(self, keep: Container[str]) -> None:
        """Delete what was being written when a worker died."""
        try:
            for part in self._top.rglob("*.part"):
                part.unlink(missing_ok=True)
        except OSError as error:
            raise of_writing(error, self.address) from error

    def wipe(self) -> None:
        """Delete the folder."""
        try:
            shutil.rmtree(self._top)
        except FileNotFoundError:
            return
        except OSError as error:
            raise of_writing(error, self.address) from error


def place_of(export: Export) -> Place:
    """Return where an export goes. Raises :class:`ExportFailed` where that is no longer set up."""
    if export.target not in offered_targets():
        raise ExportFailed(NO_PLACE, export.get_target_display())
    if export.target == Target.FOLDER:
        return Folder(export)
    return Bucket(export) if export.target == Target.S3 else Storage(export)
