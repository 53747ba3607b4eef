"""Several results in one file."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator, Sequence
from typing import IO, Any
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from django.utils import timezone
from PIL import Image

from upscale.models import Photo

A4_INCHES = 11.69
PDF_QUALITY = 88


class _Outlet(io.RawIOBase):
    """A file that is only written to, and gives away at once what was written."""

    def __init__(self) -> None:
        self._written: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, content: Any) -> int:
        self._written.append(bytes(content))
        return len(content)

    def take(self) -> bytes:
        """Return what was written since the last time."""
        written, self._written = self._written, []
        return b"".join(written)


def as_zip(photos: Sequence[Photo]) -> Iterator[bytes]:
    """Yield a ZIP of the PNGs as it is made: no more than a chunk of one file is ever held in memory.

    A photo whose file was deleted in the meantime is left out.
    """
    outlet = _Outlet()
    with ZipFile(outlet, "w", ZIP_STORED) as archive:
        for number, photo in enumerate(photos, start=1):
            try:
                file = photo.result.open("rb")
            except FileNotFoundError:
                continue
            taken = timezone.localtime(photo.created_at)
            entry = ZipInfo(f"board-{taken:%Y%m%d-%H%M}-{number:02d}.png", taken.timetuple()[:6])
            with file, archive.open(entry, "w") as target:
                for chunk in file.chunks():
                    target.write(chunk)
                    yield outlet.take()
    yield outlet.take()


def as_pdf(photos: Sequence[Photo]) -> IO[bytes]:
    """Return a PDF with a page for each result, as large as A4 on its longer side; the file is gone once it is closed.

    A photo whose file was deleted in the meantime is left out. One picture is in memory at a time.
    """
    target = tempfile.NamedTemporaryFile(suffix=".pdf")  # noqa: SIM115 (the answer closes it)
    is_begun = False
    for photo in photos:
        try:
            file = (photo.display or photo.result).open("rb")
        except FileNotFoundError:
            continue
        with file, Image.open(file) as image:
            resolution = max(image.size) / A4_INCHES
            image.convert("RGB").save(
                target.name,
                "PDF",
                append=is_begun,
                resolution=resolution,
                quality=PDF_QUALITY,
                title="",
                producer="",
            )
        is_begun = True
    target.seek(0)
    return target
