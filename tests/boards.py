"""Drawn boards and photos of them, for tests."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import numpy as np
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from jobs.ids import uuid7
from upscale.models import Photo, PhotoSource, Room
from upscale.visitors import Visitor, new_guest

LINES = ("energy equals mass", "light has a speed", "the sum of squares", "open the window")


def draw_board(
    lines: Sequence[str] = LINES,
    *,
    size: tuple[int, int] = (640, 400),
    height: int = 28,
    ink: str = "#1b3a8c",
) -> NDArray[np.uint8]:
    """Draw a white board with lines of text of a height in pixels."""
    image = Image.new("RGB", size, "#f2f0ea")
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(height)
    for number, line in enumerate(lines):
        draw.text((height, height * (1 + 1.8 * number)), line, font=font, fill=ink)
    return np.asarray(image)


def as_file(image: NDArray[np.uint8], kind: str = "JPEG", **options: Any) -> bytes:
    """Return the bytes of a picture's file."""
    file = io.BytesIO()
    Image.fromarray(image).save(file, kind, **({"quality": 92} if kind == "JPEG" else {}) | options)
    return file.getvalue()


def make_visitor(person: str | None = None) -> Visitor:
    """Make somebody: a new guest, or a person by name."""
    return Visitor(person) if person else new_guest()


def make_photo(
    visitor: Visitor | None = None, *, image: NDArray[np.uint8] | None = None, **fields: Any
) -> Photo:
    """Queue a photo as the intake stores it, with its original."""
    image = draw_board(size=(160, 100), height=10) if image is None else image
    photo = Photo(
        **{
            "id": uuid7(), "person": (visitor or new_guest()).person, "source": PhotoSource.WEB,
            "original_width": image.shape[1], "original_height": image.shape[0], "predicted_seconds": 5.0,
        }
        | fields
    )  # fmt: skip
    photo.original = default_storage.save(f"{photo.folder}/original.jpg", ContentFile(as_file(image)))
    Photo.objects.submit([photo])
    photo.refresh_from_db()
    return photo


def finish(photo: Photo, **fields: Any) -> Photo:
    """Claim a queued photo and store a small result for it, with figures."""
    others = Photo.objects.queued().filter(on_hold=False).exclude(pk=photo.pk)
    waiting = list(others.values_list("pk", flat=True))
    others.hold()
    [claimed] = Photo.objects.claim("test")
    Photo.objects.filter(pk__in=waiting).release_hold()
    image = draw_board(size=(320, 200), height=16)
    figures = {
        "result_width": 320, "result_height": 200, "method": "enhanced", "effort": "full", "work_seconds": 2.0,
        "before": {"score": 4.0, "words": 5, "confidence": 0.8, "lines": 3},
        "after": {"score": 9.0, "words": 10, "confidence": 0.9, "lines": 3},
        "text": "energy equals mass\nlight has a speed",
    } | fields  # fmt: skip
    assert claimed.store(as_file(image, "PNG"), as_file(image, "WEBP"), **figures)
    photo.refresh_from_db()
    return photo


def make_room(
    visitor: Visitor | None = None, *, hours: int = 8, nickname: str = "Host", **fields: Any
) -> Room:
    """Open a room."""
    return Room.objects.open_room(visitor or new_guest(), "Physics", hours=hours, nickname=nickname, **fields)
