"""What a file is, told by its content: the format of a photo or a video, and what its header promises."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from engines.boards.refusals import PhotoRefused

Format = Literal["jpeg", "png", "webp", "heic"]

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"})
PICTURE_BRANDS = HEIC_BRANDS | {b"mif1", b"msf1", b"avif", b"avis"}
"""The boxes of a video hold pictures, too, which say so."""

VIDEO_BOXES = frozenset({b"ftyp", b"moov", b"mdat", b"wide", b"skip", b"free", b"pnot"})
MOST_TEXT_BYTES = 256 * 1024
"""Text in a PNG, packed or not; what editors write there is some kilobytes."""


@dataclass(frozen=True)
class Header:
    """What a PNG or WebP says of itself. Width and height are in pixels."""

    width: int
    height: int
    is_lossless: bool


def _header(size: tuple[int, int], *, is_lossless: bool) -> Header:
    return Header(size[0], size[1], is_lossless)


def sniff(content: bytes) -> Format | None:
    """Return the format of a photo by its first bytes, None for every other file."""
    if content.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if content.startswith(PNG_SIGNATURE):
        return "png"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "webp"
    if content[4:8] == b"ftyp":
        end = min(int.from_bytes(content[:4], "big"), 512)
        brands = {content[8:12], *(content[at : at + 4] for at in range(16, end, 4))}
        return "heic" if brands & HEIC_BRANDS else None
    return None


def video_suffix(head: bytes) -> str | None:
    """Return the usual ending of a video's file by its first bytes; None for what is no video.

    Sources: ISO/IEC 14496-12 (a box "ftyp"; QuickTime files may begin with another), RFC 8794 (EBML), RIFF.
    """
    if head[4:8] in VIDEO_BOXES:
        if head[4:8] == b"ftyp" and head[8:12] in PICTURE_BRANDS:
            return None
        return "mov" if head[8:12] == b"qt  " or head[4:8] != b"ftyp" else "mp4"
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return "webm" if b"webm" in head else "mkv"
    return "avi" if head.startswith(b"RIFF") and head[8:12] == b"AVI " else None


def read_png_header(content: bytes) -> Header:
    """Walk through all chunks of a PNG. Source: PNG (ISO/IEC 15948).

    Raises ``PhotoRefused`` where a checksum is wrong or the end is missing (``broken``), it is animated, or carries
    too much text.
    """
    size: tuple[int, int] | None = None
    text_bytes = 0
    for kind, body in _png_chunks(content):
        if size is None:
            if kind != b"IHDR" or len(body) != 13:
                raise PhotoRefused("broken")
            size = struct.unpack(">II", body[:8])
        if kind == b"acTL":
            raise PhotoRefused("animated")
        if kind in (b"tEXt", b"zTXt", b"iTXt"):
            text_bytes += len(body)
        if text_bytes > MOST_TEXT_BYTES:
            raise PhotoRefused("too-much-text")
        if kind == b"IEND" and size:
            return _header(size, is_lossless=True)
    raise PhotoRefused("broken")


def _png_chunks(content: bytes) -> Iterator[tuple[bytes, memoryview]]:
    view = memoryview(content)
    at = len(PNG_SIGNATURE)
    while at + 12 <= len(view):
        length = int.from_bytes(view[at : at + 4], "big")
        end = at + 8 + length
        checksum = view[end : end + 4]
        if len(checksum) < 4 or zlib.crc32(view[at + 4 : end]) != int.from_bytes(checksum, "big"):
            raise PhotoRefused("broken")
        yield bytes(view[at + 4 : at + 8]), view[at + 8 : end]
        at = end + 4


def read_webp_header(content: bytes) -> Header:
    """Read the header of a WebP before any decoder reserves memory for its canvas. Source: RFC 9649.

    Raises ``PhotoRefused`` where the end is missing (``broken``) or it is animated.
    """
    if int.from_bytes(content[4:8], "little") + 8 > len(content):
        raise PhotoRefused("broken")
    canvas: tuple[int, int] | None = None
    for kind, body in _riff_chunks(content):
        if kind == b"VP8X" and len(body) >= 10:
            if body[0] & 0x02:
                raise PhotoRefused("animated")
            canvas = 1 + int.from_bytes(body[4:7], "little"), 1 + int.from_bytes(body[7:10], "little")
        elif kind in (b"ANIM", b"ANMF"):
            raise PhotoRefused("animated")
        elif kind == b"VP8L" and len(body) >= 5 and body[0] == 0x2F:
            bits = int.from_bytes(body[1:5], "little")
            return _header(canvas or (1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)), is_lossless=True)
        elif kind == b"VP8 " and len(body) >= 10 and bytes(body[3:6]) == b"\x9d\x01\x2a":
            width, height = struct.unpack("<HH", body[6:10])
            return _header(canvas or (width & 0x3FFF, height & 0x3FFF), is_lossless=False)
    raise PhotoRefused("broken")


def _riff_chunks(content: bytes) -> Iterator[tuple[bytes, memoryview]]:
    view = memoryview(content)
    at = 12
    while at + 8 <= len(view):
        length = int.from_bytes(view[at + 4 : at + 8], "little")
        yield bytes(view[at : at + 4]), view[at + 8 : at + 8 + length]
        at += 8 + length + length % 2
