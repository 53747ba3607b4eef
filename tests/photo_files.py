"""Files of strangers: what is no photo, what cannot be used, what tells too much."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import numpy as np
from PIL import Image

from engines.boards.formats import MOST_TEXT_BYTES
from tests.boards import as_file, draw_board

BOARD = draw_board(size=(320, 200), height=14)


def saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    """Return a picture's file."""
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def chunk(kind: bytes, body: bytes) -> bytes:
    """Return a chunk of a PNG."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_of(width: int, height: int, body: bytes = b"") -> bytes:
    """Return a PNG whose header promises a size."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(body)) + chunk(b"IEND", b"")


def animated(kind: str) -> bytes:
    """Return two frames."""
    frames = [Image.new("RGB", (64, 64), colour) for colour in ("red", "blue")]
    return saved(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)


def webp_of(width: int, height: int) -> bytes:
    """Return a WebP whose canvas is larger than what is in it."""
    content = bytearray(saved(Image.new("RGBA", (64, 64), (1, 2, 3, 4)), "WEBP"))
    assert content[12:16] == b"VP8X"
    content[24:30] = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return bytes(content)


def bomb() -> bytes:
    """Return an honest PNG of 50,000² white pixels; packed, it is small."""
    packer = zlib.compressobj(9)
    row = b"\0" + b"\xff" * 6250
    body = b"".join(packer.compress(row * 1000) for _ in range(50)) + packer.flush()
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 50_000, 50_000, 1, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", body) + chunk(b"IEND", b"")


NO_PHOTOS = {
    "empty": b"",
    "text": b"not a picture at all",
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "html": b"<!doctype html><html><body>hello</body></html>",
    "gif": saved(Image.fromarray(BOARD), "GIF"),
    "tiff": saved(Image.fromarray(BOARD), "TIFF"),
    "bmp": saved(Image.fromarray(BOARD), "BMP"),
    "eps": saved(Image.fromarray(BOARD), "EPS"),
    "pdf": saved(Image.fromarray(BOARD), "PDF"),
    "avif": b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf" + b"\0" * 100,
    "mp4": b"\0\0\0\x18ftypisom\0\0\0\0isommp42" + b"\0" * 100,
    "wav": b"RIFF\x24\0\0\0WAVEfmt ",
    "one byte": b"\xff",
}


def flipped(content: bytes, at: int) -> bytes:
    """Return a file with one bit another."""
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


PNG = as_file(BOARD, "PNG")
JPEG = as_file(BOARD)
UNUSABLE = {
    "truncated jpeg": (JPEG[: len(JPEG) // 2], "broken"),
    "jpeg of three bytes": (JPEG[:3], "broken"),
    "truncated png": (PNG[: len(PNG) // 2], "broken"),
    "png without its end": (PNG[:-12], "broken"),
    "png signature alone": (PNG[:8], "broken"),
    "bad crc of the data": (flipped(PNG, PNG.index(b"IDAT") + 40), "broken"),
    "bad crc of the header": (flipped(PNG, 17), "broken"),
    "truncated webp": (as_file(BOARD, "WEBP")[:-40], "broken"),
    "png whose data end early": (png_of(100, 100, b"\0" * 500), "broken"),
    "0×0": (png_of(0, 0), "too-small"),
    "1×1": (png_of(1, 1, b"\0" * 4), "too-small"),
    "1×1 jpeg": (as_file(np.zeros((1, 1, 3), np.uint8)), "too-small"),
    "31 px": (as_file(np.zeros((31, 200, 3), np.uint8)), "too-small"),
    "ratio over 20": (as_file(np.zeros((40, 801, 3), np.uint8)), "too-narrow"),
    "animated png": (animated("PNG"), "animated"),
    "animated webp": (animated("WEBP"), "animated"),
    "huge text": (PNG[:33] + chunk(b"tEXt", b"Comment\0" + b"x" * MOST_TEXT_BYTES) + PNG[33:], "too-much-text"),
    "many texts": (PNG[:33] + chunk(b"tEXt", b"Comment\0" + b"x" * 5000) * 60 + PNG[33:], "too-much-text"),
    "packed text": (
        PNG[:33] + chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b"x" * 20_000_000)) + PNG[33:], "broken",
    ),
}  # fmt: skip


def with_exif(orientation: int) -> bytes:
    """Return a JPEG of the board with a place on Earth."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "A camera"
    exif.get_ifd(0x8825)[2] = (48.0, 51.0, 29.0)
    stored = Image.fromarray(BOARD)
    turns = {3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270}
    if orientation in turns:
        stored = stored.transpose(turns[orientation])
    return saved(stored, "JPEG", quality=95, exif=exif, comment=b"secret")
