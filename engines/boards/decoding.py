"""Read a photo of a stranger: checked by content, decoded where it can do no harm, written anew without metadata."""

from __future__ import annotations

import importlib.util
import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

from engines.boards.confined import ChildFailed, Confines, converse
from engines.boards.formats import Format, sniff
from engines.boards.refusals import DecodersBusy, PhotoRefused
from engines.boards.results import Quad

__all__ = ["DecodeLimits", "DecodedPhoto", "DecodersBusy", "PhotoRefused", "decode_photo", "decoding_place"]

CHILD = "engines.boards.decoding_child"

PATIENCE = 10.0
"""Seconds to wait for a place, in which photos of 12 megapixels from all of 8 threads are decoded twice over.

A thread of the web server that waits longer is missing for everything else.
"""

_places = threading.BoundedSemaphore(os.cpu_count() or 1)
"""More children at once than there are cores would only take memory."""


@dataclass(frozen=True, kw_only=True)
class DecodeLimits:
    """What a photo may be and cost: bytes, pixels, seconds of processor time, MiB of addresses."""

    most_bytes: int
    most_pixels: int
    seconds: int = 20
    memory_mib: int = 2048


@dataclass(frozen=True, kw_only=True)
class DecodedPhoto:
    """A photo written anew: upright, sRGB, 8 bits, no transparency, no metadata.

    ``content`` is a JPEG (quality 95, 4:4:4) of what came lossy, a PNG of what came lossless; ``width`` and ``height``
    are those of the upright photo in pixels. ``format`` is what came. ``is_recompressed`` hints that a messenger made
    it smaller. ``corners`` are those of the board in it, None where none was found for sure. ``smaller`` are JPEGs for
    screens by the longest side in pixels that was asked for.
    """

    content: bytes
    suffix: Literal["jpg", "png"]
    width: int
    height: int
    format: Format
    is_recompressed: bool
    corners: Quad | None
    smaller: Mapping[int, bytes] = field(default_factory=dict)


@contextmanager
def decoding_place() -> Iterator[None]:
    """Hold one of this process's places to decode in. Raises :class:`DecodersBusy` after ``PATIENCE`` seconds."""
    if not _places.acquire(timeout=PATIENCE):
        raise DecodersBusy(round(PATIENCE))
    try:
        yield
    finally:
        _places.release()


def decode_photo(content: bytes, limits: DecodeLimits, sides: Sequence[int] = ()) -> DecodedPhoto:
    """Decode a photo in a confined child process and write it anew, and also smaller, at most each of ``sides`` px.

    JPEG, PNG, WebP and, where ``pillow-heif`` is installed, HEIC are photos, whatever their names say. Raises
    :class:`PhotoRefused` for everything else, for damaged, animated, tiny or huge ones, and where decoding takes more
    than ``limits``; it then has taken no more than that. Raises :class:`DecodersBusy` where too many are being decoded.
    """
    if not content:
        raise PhotoRefused("empty")
    if len(content) > limits.most_bytes:
        raise PhotoRefused("too-many-bytes")
    kind = sniff(content)
    if kind is None:
        raise PhotoRefused("not-a-photo")
    if kind == "heic" and importlib.util.find_spec("pillow_heif") is None:
        raise PhotoRefused("no-heic")
    arguments = {"format": kind, "most_pixels": limits.most_pixels, "sides": list(sides)}
    with decoding_place():
        (header, photo), *others = _ask_child(content, arguments, limits)
    if "refused" in header:
        raise PhotoRefused(header["refused"])
    smaller = {one["side"]: picture for one, picture in others}
    corners = _quad(header.pop("corners"))
    return DecodedPhoto(content=photo, format=kind, corners=corners, smaller=smaller, **header)


def _quad(corners: list[list[float]] | None) -> Quad | None:
    if corners is None:
        return None
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = corners
    return (ax, ay), (bx, by), (cx, cy), (dx, dy)


def _ask_child(
    content: bytes, arguments: dict[str, Any], limits: DecodeLimits
) -> list[tuple[dict[str, Any], bytes]]:
    confines = Confines(seconds=limits.seconds, memory_mib=limits.memory_mib)
    try:
        with closing(converse(CHILD, arguments, content, confines)) as messages:  # type: ignore[type-var]
            answers = list(messages)
    except ChildFailed as error:
        raise PhotoRefused("too-costly" if error.is_costly else "broken") from None
    if not answers:
        raise PhotoRefused("broken")
    return answers
