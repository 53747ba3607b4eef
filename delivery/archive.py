"""The ZIP of an export, from any byte on: nothing of it is kept, all of it is known."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import IO

from django.core.files.storage import default_storage

from delivery.models import Export, Item
from engines.archives.zipping import Member, central_header, end_of_archive, local_header

CHUNK = 1 << 20
ROWS = 500


class ArchiveBroken(Exception):
    """A file of the archive is gone or has another size: what was sent by now is no whole archive."""


def member_size(member: Member) -> int:
    """Return how many bytes a file takes before the directory."""
    return member.end - member.offset


def archive_size(export: Export) -> int:
    """Return the size in bytes of the whole ZIP; reads all rows once."""
    directory = sum(len(central_header(member, export.created_at)) for member, _file in _members(export))
    return _directory_offset(export) + directory + len(_end(export, directory))


def stream(export: Export, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
    """Yield the bytes of the ZIP from ``start`` up to ``stop``, at most a MiB at a time.

    The same export always gives the same bytes. Raises :class:`ArchiveBroken` where a file has been changed or deleted.
    """
    window = _Window(start, export.archive_size if stop is None else stop)
    for member, file in _members(export, start):
        if member.offset >= window.stop:
            return
        yield from window.cut(member.offset, local_header(member, export.created_at))
        if window.overlaps(member.data_offset, member.end):
            yield from _data(member, file, window)
    place = _directory_offset(export)
    size = export.archive_size - place - len(_end(export, export.archive_size - place))
    if window.overlaps(place, place + size):
        for member, _file in _members(export):
            line = central_header(member, export.created_at)
            yield from window.cut(place, line)
            place += len(line)
    yield from window.cut(_directory_offset(export) + size, _end(export, size))


@dataclass(frozen=True)
class _Window:
    """The part of the archive that is wanted."""

    start: int
    stop: int

    def overlaps(self, first: int, end: int) -> bool:
        return first < self.stop and end > self.start

    def cut(self, place: int, piece: bytes) -> Iterator[bytes]:
        """Yield what is wanted of a piece that begins at ``place``, if anything."""
        if wanted := piece[max(self.start - place, 0) : max(self.stop - place, 0)]:
            yield wanted


def _data(member: Member, file: str, window: _Window) -> Iterator[bytes]:
    first = max(window.start - member.data_offset, 0)
    left = min(window.stop, member.end) - member.data_offset - first
    with closing(_open(member, file)) as content:
        content.seek(first)
        while left:
            chunk = content.read(min(CHUNK, left))
            if not chunk:
                raise ArchiveBroken(f"{member.name}: the file has become shorter.")
            left -= len(chunk)
            yield chunk


def _open(member: Member, file: str) -> IO[bytes]:
    try:
        return default_storage.open(file, "rb")
    except FileNotFoundError as error:
        raise ArchiveBroken(f"{member.name}: the file is gone.") from error


def _members(export: Export, start: int = 0) -> Iterator[tuple[Member, str]]:
    """Yield the files of the archive that end behind ``start``, in its order, with their paths in the storage."""
    items = export.items.files()
    if start:  # offsets rise with positions: the last one that begins before is the first that is needed
        before: Item | None = items.filter(offset__lte=start).order_by("-offset").first()
        items = items.filter(offset__gte=before.offset) if before else items
    for item in items.iterator(chunk_size=ROWS):
        yield item.member, item.file
    for listing in export.listings:
        yield _listed(listing), listing["file"]


def _listed(listing: dict[str, object]) -> Member:
    return Member(*(listing[name] for name in ("name", "size", "crc32", "offset")))  # type: ignore[arg-type]


def _directory_offset(export: Export) -> int:
    return _listed(export.listings[-1]).end


def _end(export: Export, directory_size: int) -> bytes:
    return end_of_archive(export.files + len(export.listings), _directory_offset(export), directory_size)
