"""The worker's part of an export: pack its pictures part by part, then write the manifest."""

from __future__ import annotations

import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import IO, Any

from django.db import transaction

from delivery.archive import archive_size, member_size
from delivery.errors import (
    FILE_DIFFERS,
    FILE_MISSING,
    FILE_UNREADABLE,
    NOTHING_LEFT,
    PATH_TOO_LONG,
    PLACE_CHANGED,
    ExportFailed,
    of_writing,
)
from delivery.manifest import CSV, JSON_LINES, SUMS, facts_of, name_of, written
from delivery.models import Change, Export, Item, ItemState
from delivery.models.item import LONGEST_PATH
from delivery.work.cleaning import clean_up, wipe
from delivery.work.digests import Digest, digest_of
from delivery.work.places import Place, Storage, place_of
from engines.archives.zipping import Member
from engines.errors import Cancelled
from jobs.worker import Work
from stockgen.models import Picture, Verdict
from stockgen.models.registered import image_models

PART = 25
"""Pictures of a part: the most that a killed worker has to do again."""

PART_SECONDS = 5.0
SLICE_SECONDS = 20.0
"""After so long an export lets other work go first."""

STEP_SECONDS = 150
"""How long one file may take to be read and put before the worker counts as hung."""

RELATED = ("topic", "concept", "prompt__location", "run")


def export_pictures(exports: list[Export], work: Work) -> None:
    """Pack the export of a claim until it is finished, or for a while: then it goes on with its next part later."""
    [export] = exports
    work.lease_seconds = max(work.lease_seconds, STEP_SECONDS)
    try:
        _Packing(export, work).run()
    except ExportFailed as error:
        export.refuse(error)
    except _Lost:
        pass
    with suppress(ExportFailed, OSError):  # a bucket that is away: the clock tries again
        clean_up(export, anyway=True, on_step=lambda: work.beat(work.share, seconds=work.lease_seconds))


class _Lost(Exception):
    """The claim is no longer ours."""


@dataclass
class _Part:
    """What a part has come to."""

    items: list[Item]
    files: int = 0
    left_out: int = 0
    byte_size: int = 0


class _Packing:
    """One claim of an export."""

    def __init__(self, export: Export, work: Work) -> None:
        self.export = export
        self.work = work
        self.place: Place = place_of(export)
        self.specs = image_models()
        self.offset = export.archive_size
        self.finisher: Any = None

    def run(self) -> None:
        """Pack what waits. Raises :class:`ExportFailed` and :class:`_Lost`."""
        export, begun = self.export, time.monotonic()
        here = {"place": self.place.address, "endpoint": self.place.endpoint}
        if export.packed and export.place and here != {"place": export.place, "endpoint": export.endpoint}:
            raise ExportFailed(PLACE_CHANGED, export.place)
        if export.is_littered and not export.packed:
            wipe(export, self._beat)  # of an attempt that died before its first part
        self._beat()
        self.place.open()  # before anything is begun: where it fails, nothing is left
        is_noted = export.packed and export.place == self.place.address
        if not is_noted and not export.begin(**here):
            raise _Lost
        while part := self._next():
            self._pack(part)
            self._beat()
            if time.monotonic() - begun > SLICE_SECONDS or self.work.should_give_way():
                return
        if not export.files and not export.withdrawn:
            raise ExportFailed(NOTHING_LEFT)
        self._finish()

    def _beat(self) -> None:
        self.work.beat(self.export.packed / max(self.export.count, 1), seconds=self.work.lease_seconds)
        if self.work.is_lost(self.export):
            raise _Lost

    def _next(self) -> list[Item]:
        related = [f"picture__{name}" for name in RELATED]
        return list(self.export.items.waiting().select_related("picture", *related)[:PART])

    def _pack(self, items: list[Item]) -> None:
        """Pack a part and keep it: its items and the sums of the export in one transaction."""
        facts = facts_of([item.picture for item in items], self.export.owner, self.specs)
        part, begun = _Part([]), time.monotonic()
        for item in items:
            item.record = facts[item.picture_id]
            if item.change == Change.WITHDRAWN:
                item.state = ItemState.PACKED
            elif _is_approved(item.picture) and self._packed_approved(item):
                part.files += 1
                part.byte_size += item.byte_size
            else:
                self._beat()
                self.place.remove(name_of(item.picture))  # a worker that died may have put it there
                item.state = ItemState.LEFT_OUT
                part.left_out += 1
            part.items.append(item)
            if time.monotonic() - begun > PART_SECONDS:
                break
        with transaction.atomic():
            kept = self.export.keep_part(
                files=part.files, left_out=part.left_out, byte_size=part.byte_size, archive_size=self.offset
            )
            if not kept:
                raise _Lost
            Item.objects.bulk_update(
                part.items, ["state", "name", "file", "byte_size", "sha256", "crc32", "offset", "record"]
            )

    def _packed_approved(self, item: Item) -> bool:
        """Pack a picture. False, and not counted, where its approval was taken back before that had ended."""
        before = self.offset
        self._pack_file(item)
        if _is_approved(item.picture):
            return True
        self.offset = before
        item.name = item.file = item.sha256 = ""
        item.byte_size = item.crc32 = item.offset = 0
        return False

    def _pack_file(self, item: Item) -> None:
        self._beat()
        with _opened(item.picture) as original:
            digest = _checked(original, item.picture)
            item.name, item.file = name_of(item.picture), str(item.picture.image.name)
            width, height, by = item.picture.width, item.picture.height, ""
            content: IO[bytes] = original
            enlarged = self._enlarged(item.picture, original) if self.export.longest_side else None
            try:
                if enlarged is not None:
                    content, (width, height), by = enlarged.file, enlarged.size, enlarged.by
                    digest = digest_of(content)
                    self._beat()
                if enlarged is not None or not isinstance(self.place, Storage):
                    item.file = self.place.put(item.name, content, digest)
            finally:
                if enlarged is not None:
                    enlarged.file.close()
        for path in (item.name, item.file):
            if len(path) > LONGEST_PATH:  # the database would cut it off
                raise ExportFailed(PATH_TOO_LONG, path)
        item.record = (item.record or {}) | {"width": width, "height": height, "enlarged_by": by}
        item.byte_size, item.sha256, item.crc32 = digest.size, digest.sha256, digest.crc32
        item.offset, item.state = self.offset, ItemState.PACKED
        self.offset += member_size(item.member)

    def _enlarged(self, picture: Picture, original: IO[bytes]) -> Any:
        from delivery.work.finishing import Finisher, read  # the networks, which a plain export does without

        if self.finisher is None:
            self.finisher = Finisher(self.export.enlarger, self.export.longest_side, self.work)
        try:
            content = read(original)
        except OSError as error:  # no picture, in spite of its checksum
            raise ExportFailed(FILE_UNREADABLE, str(picture.pk)) from error
        try:
            return self.finisher.finish(content, is_cancelled=self.work.is_over)
        except Cancelled:
            raise _Lost from None

    def _finish(self) -> None:
        """Write the manifest, last of all, and end the export."""
        export = self.export
        export.listings = []
        storage = Storage(export)
        for name in (CSV, JSON_LINES, SUMS):
            self._beat()
            try:
                with tempfile.TemporaryFile() as file:
                    for text in written(export, name):
                        file.write(text.encode())
                    digest = digest_of(file)
                    kept = storage.put(name, file, digest)
                    if not isinstance(self.place, Storage):
                        file.seek(0)
                        self.place.put(name, file, digest)
            except OSError as error:
                raise of_writing(error, tempfile.gettempdir()) from error
            export.listings.append({"name": name, "file": kept, "offset": self.offset, **vars(digest)})
            self.offset += member_size(Member(name, digest.size, digest.crc32, self.offset))
        named = {listing["file"] for listing in export.listings}
        named.update(
            export.items.files().filter(file__startswith=export.folder).values_list("file", flat=True)
        )
        for place in (storage, self.place):
            self._beat()
            place.tidy(named)
        ended = export.finish(listings=export.listings, archive_size=archive_size(export))
        if not ended:
            raise _Lost


def _is_approved(picture: Picture) -> bool:
    """Ask anew: since the part was read it may have been long."""
    return Picture.objects.filter(pk=picture.pk, verdict=Verdict.APPROVED).exists()


def _opened(picture: Picture) -> Any:
    try:
        return picture.image.open("rb")
    except FileNotFoundError as error:
        raise ExportFailed(FILE_MISSING, str(picture.pk)) from error
    except OSError as error:
        raise ExportFailed(FILE_UNREADABLE, str(picture.pk), may_pass=True) from error


def _checked(file: IO[bytes], picture: Picture) -> Digest:
    """Read a picture's file and compare it with its row."""
    try:
        digest = digest_of(file)
    except OSError as error:
        raise ExportFailed(FILE_UNREADABLE, str(picture.pk), may_pass=True) from error
    if digest.sha256 != picture.sha256:
        raise ExportFailed(FILE_DIFFERS, str(picture.pk))
    return digest
