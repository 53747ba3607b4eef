"""The places that files of an export are put to: the storage, a folder, a bucket."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Container
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

OnStep = Callable[[], None]
"""Called before each step that may take long; may raise to end the work."""


def nothing() -> None:
    """Do nothing before a step."""


class Place(Protocol):
    """Where an export goes. ``address`` is what a person is told; everything raises :class:`ExportFailed`.

    Address and ``endpoint``, the server's address where there is one, are all that is needed to find it again.
    """

    address: str
    endpoint: str

    def open(self) -> None:
        """Make sure that it can be written to."""

    def put(self, name: str, content: IO[bytes], digest: Digest) -> str:
        """Put one file there, whole or not at all; return its path in the storage, empty if it is elsewhere."""

    def remove(self, name: str) -> None:
        """Remove one file, if it is there: of a picture that is left out after all."""

    def tidy(self, keep: Container[str]) -> None:
        """Remove what workers that died have left beside the whole files; ``keep`` are paths in the storage."""

    def wipe(self, on_step: OnStep) -> None:
        """Remove all of this export, and nothing else. A place that is not there is clean."""


class Storage:
    """The site's own storage, for what a ZIP needs beside the pictures as they are."""

    address = endpoint = ""

    def __init__(self, export: Export) -> None:
        self._folder = export.folder
        self._token = export.token

    def open(self) -> None:
        """Nothing is to be made ready."""

    def put(self, name: str, content: IO[bytes], digest: Digest) -> str:
        """Save under a name with the claim's token, so that a worker that lost its claim overwrites nothing.

        Topic and concept are left away: their keys may be long, and the last part is no other file's.
        """
        last = name.rpartition("/")[2]
        try:
            return default_storage.save(f"{self._folder}/{self._token}-{last}", File(content))
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

    def wipe(self, on_step: OnStep) -> None:
        """Nothing is elsewhere."""


class Folder:
    """A folder of the server, inside ``EXPORT_FOLDER``, that holds this export alone."""

    endpoint = ""

    def __init__(self, export: Export, address: str = "") -> None:
        self._top = Path(address or Path(settings.EXPORT_FOLDER) / export.title)
        self._token = export.token
        self.address = str(self._top)

    def open(self) -> None:
        """Make the folder around it; its own comes with the first file."""
        try:
            self._top.parent.mkdir(parents=True, exist_ok=True)
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

    def wipe(self, on_step: OnStep) -> None:
        """Delete the folder."""
        on_step()
        try:
            for path in sorted(self._top.iterdir()):
                if path.is_dir():
                    shutil.rmtree(path)
                    on_step()
            shutil.rmtree(self._top)
        except (FileNotFoundError, NotADirectoryError):
            return
        except OSError as error:
            raise of_writing(error, self.address) from error


def place_of(export: Export) -> Place:
    """Return where an export goes. Raises :class:`ExportFailed` where that is no longer set up."""
    if export.target not in offered_targets():
        raise ExportFailed(NO_PLACE, export.get_target_display())
    if export.target == Target.FOLDER:
        return Folder(export)
    return Bucket.of(export) if export.target == Target.S3 else Storage(export)


def place_left(export: Export) -> Place | None:
    """Return where an export was begun, whatever the settings say now; None where nothing was."""
    if not export.place:
        return place_of(export) if export.is_littered and export.target in offered_targets() else None
    if Path(export.place).name != export.title:  # no row, however it came about, has anything else deleted
        raise ExportFailed(NO_PLACE, export.place)
    if export.target == Target.FOLDER:
        return Folder(export, export.place)
    return Bucket(export.place, export.endpoint)
