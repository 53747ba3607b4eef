"""PNG files without what is written in them beside the picture."""

from __future__ import annotations

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_KEPT = {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"}


def only_pixels(png: bytes) -> bytes:
    """Return a PNG with the chunks that make its pixels and no other: no texts, times or profiles.

    The pixels stay as they are, bit for bit; nothing is decoded. Raises ``ValueError`` for what is no whole PNG. The
    format is that of the PNG specification (third edition), section 5.
    """
    if not png.startswith(SIGNATURE):
        raise ValueError("This is no PNG file.")
    kept, place, kind = [SIGNATURE], len(SIGNATURE), b""
    while kind != b"IEND":
        size = int.from_bytes(png[place : place + 4], "big")
        kind = png[place + 4 : place + 8]
        end = place + 12 + size
        if end > len(png):
            raise ValueError("This PNG file ends too early.")
        if kind in _KEPT:
            kept.append(png[place:end])
        place = end
    return b"".join(kept)
