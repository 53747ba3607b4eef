"""Read a photo of a stranger: checked by content, decoded where it can do no harm, written anew without metadata."""

from __future__ import annotations

import importlib.util
import os
import threading
from contextlib import closing
from dataclasses import dataclass
from typing import Any, Literal

from engines.boards.confined import ChildFailed, Confines, converse
from engines.boards.formats import Format, sniff
from engines.boards.refusals import PhotoRefused
from engines.boards.results import Quad

__all__ = ["DecodeLimits", "DecodedPhoto", "PhotoRefused", "decode_photo"]

CHILD = "engines.boards.decoding_child"

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
    it smaller. ``corners`` are those of the board in it, None where none was found for sure.
    """

    content: bytes
    suffix: Literal["jpg", "png"]
    width: int
    height: int
    format: Format
    is_recompressed: bool
    corners: Quad | None


def decode_photo(content: bytes, limits: DecodeLimits) -> DecodedPhoto:
    """Decode a photo in a confined child process and write it anew.

    JPEG, PNG, WebP and, where ``pillow-heif`` is installed, HEIC are photos, whatever their names say. Raises
    :class:`PhotoRefused` for everything else, for damaged, animated, tiny or huge ones, and where decoding takes more
    than ``limits``; it then has taken no more than that.
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
    with _places:
        header, pixels = _ask_child(content, {"format": kind, "most_pixels": limits.most_pixels}, limits)
    if "refused" in header:
        raise PhotoRefused(header["refused"])
    return DecodedPhoto(content=pixels, format=kind, corners=_quad(header.pop("corners")), **header)


def _quad(corners: list[list[float]] | None) -> Quad | None:
    if corners is None:
        return None
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = corners
    return (ax, ay), (bx, by), (cx, cy), (dx, dy)


def _ask_child(
    content: bytes, arguments: dict[str, Any], limits: DecodeLimits
) -> tuple[dict[str, Any], bytes]:
    confines = Confines(seconds=limits.seconds, memory_mib=limits.memory_mib)
    try:
        with closing(converse(CHILD, arguments, content, confines)) as messages:  # type: ignore[type-var]
            [answer] = messages
            return answer
    except ChildFailed as error:
        raise PhotoRefused("too-costly" if error.is_costly else "broken") from None
