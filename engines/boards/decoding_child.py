"""The child process that decodes one photo; started by :mod:`engines.boards.decoding`, with nothing to lose."""

from __future__ import annotations

import io
import sys
import traceback
from collections.abc import Sequence
from typing import Any

import numpy as np
from PIL import Image as PillowImage
from PIL import ImageCms

from engines.boards.confined import confine, send
from engines.boards.formats import Format, read_png_header, read_webp_header
from engines.boards.geometry import suggest_corners
from engines.boards.refusals import PhotoRefused

LEAST_SIDE = 32
"""Pixels of the shorter side below which no writing can be told."""

MOST_RATIO = 20
JPEG_QUALITY = 95
PNG_LEVEL = 1
SMALL_SIDE = 640
SMALLER_QUALITY = 82
ORIENTATION = 0x0112
UPRIGHT = {
    2: PillowImage.Transpose.FLIP_LEFT_RIGHT,
    3: PillowImage.Transpose.ROTATE_180,
    4: PillowImage.Transpose.FLIP_TOP_BOTTOM,
    5: PillowImage.Transpose.TRANSPOSE,
    6: PillowImage.Transpose.ROTATE_270,
    7: PillowImage.Transpose.TRANSVERSE,
    8: PillowImage.Transpose.ROTATE_90,
}
MESSENGER_SIDES = frozenset({1280, 1600, 2048, 2560})
"""Longest sides to which Telegram (1280, 2560) and WhatsApp (1600, 2048) reduce a photo, in pixels."""

MESSENGER_QUALITY = 92
"""Messengers stay below this quality of libjpeg; cameras that strip their EXIF data stay above."""

STANDARD_LUMINANCE_SUM = 3688
"""Sum of the luminance table of JPEG (ITU T.81, annex K), which libjpeg scales by the quality."""


def decode(
    content: bytes,
    format: Format,  # noqa: A002
    most_pixels: int,
    sides: Sequence[int],
) -> list[tuple[dict[str, Any], bytes]]:
    """Return what :class:`engines.boards.decoding.DecodedPhoto` is made of: the photo, then smaller ones of ``sides``.

    Raises ``PhotoRefused``.
    """
    is_lossless = False
    if format in ("png", "webp"):
        head = read_png_header(content) if format == "png" else read_webp_header(content)
        _check_size(head.width, head.height, most_pixels)
        is_lossless = head.is_lossless
    if format == "heic":
        import pillow_heif

        pillow_heif.register_heif_opener(thumbnails=False)
    PillowImage.MAX_IMAGE_PIXELS = None  # our own cap is checked before anything is decoded
    name = "HEIF" if format == "heic" else format.upper()
    with PillowImage.open(io.BytesIO(content), formats=[name]) as opened:
        _check_size(*opened.size, most_pixels)
        is_recompressed = format == "jpeg" and _looks_recompressed(opened)
        opened.load()
        # In HEIC the turn is part of the picture, and Pillow has applied it.
        turn = UPRIGHT.get(_orientation(opened)) if format != "heic" else None
        photo = to_srgb(opened)
    if turn is not None:
        photo = photo.transpose(turn)
    photo.info = {}  # comments, profiles and text would be written again
    file = io.BytesIO()
    if is_lossless:
        photo.save(file, "PNG", compress_level=PNG_LEVEL)
    else:
        photo.save(file, "JPEG", quality=JPEG_QUALITY, subsampling=0)
    small = photo.reduce(max(1, max(photo.size) // SMALL_SIDE))
    header = {
        "suffix": "png" if is_lossless else "jpg", "width": photo.width, "height": photo.height,
        "is_recompressed": is_recompressed, "corners": suggest_corners(np.asarray(small)),
    }  # fmt: skip
    smaller = [({"side": side}, _smaller(photo, side)) for side in sorted(sides, reverse=True)]
    return [(header, file.getvalue()), *smaller]


def _smaller(photo: PillowImage.Image, side: int) -> bytes:
    """Make a photo smaller in its place, to save memory, and return it as a JPEG for screens."""
    photo.thumbnail((side, side))
    file = io.BytesIO()
    photo.save(file, "JPEG", quality=SMALLER_QUALITY)
    return file.getvalue()


def _check_size(width: int, height: int, most_pixels: int) -> None:
    if width * height > most_pixels:
        raise PhotoRefused("too-many-pixels")
    if min(width, height) < LEAST_SIDE:
        raise PhotoRefused("too-small")
    if max(width, height) > MOST_RATIO * min(width, height):
        raise PhotoRefused("too-narrow")


def _orientation(image: PillowImage.Image) -> int:
    """Return the EXIF orientation; 1 where there is none, or the EXIF data is damaged."""
    try:
        return int(image.getexif().get(ORIENTATION, 1))
    except Exception:  # noqa: BLE001 (the parser raises many kinds; a photo is a photo without them)
        return 1


def _looks_recompressed(image: PillowImage.Image) -> bool:
    """Tell whether a messenger may have made a JPEG smaller: no EXIF, one of their sizes, a modest quality."""
    tables = getattr(image, "quantization", None)
    if not tables or "exif" in image.info or max(image.size) not in MESSENGER_SIDES:
        return False
    scale = 100 * sum(tables[min(tables)]) / STANDARD_LUMINANCE_SUM
    quality = (200 - scale) / 2 if scale <= 100 else 5000 / scale
    return bool(quality < MESSENGER_QUALITY)


def to_srgb(image: PillowImage.Image) -> PillowImage.Image:
    """Return a picture of any mode as 8-bit RGB in sRGB; what was transparent is white."""
    profile = image.info.get("icc_profile")
    if image.mode == "I" or image.mode.startswith("I;16"):
        values = np.asarray(image).astype(np.int32).clip(0, 65535) >> 8
        image = PillowImage.fromarray(values.astype(np.uint8))
    alpha = None
    if image.has_transparency_data:
        layers = image.convert("RGBA")
        alpha = layers.getchannel("A")
        image = image.convert("L") if image.mode == "LA" else layers.convert("RGB")
    image = _by_profile(image, profile) if profile else image.convert("RGB")
    if alpha is not None:
        ground = PillowImage.new("RGB", image.size, "white")
        ground.paste(image, mask=alpha)
        return ground
    return image


def _by_profile(image: PillowImage.Image, content: bytes) -> PillowImage.Image:
    """Convert by a colour profile; one that is damaged, or is of other colours than the picture, counts for nothing."""
    try:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(content))
        mode = {"RGB": "RGB", "GRAY": "L", "CMYK": "CMYK"}.get(profile.profile.xcolor_space.strip())
        if mode == "RGB" and image.mode in ("P", "1"):
            image = image.convert("RGB")
        if image.mode == mode and "sRGB" not in ImageCms.getProfileDescription(profile):
            converted = ImageCms.profileToProfile(
                image, profile, ImageCms.createProfile("sRGB"), outputMode="RGB"
            )
            assert converted is not None
            return converted
    except (ImageCms.PyCMSError, OSError):
        pass
    return image.convert("RGB")


def main() -> None:
    """Read a photo from standard input and send it decoded, or why it is refused."""
    arguments = confine()
    try:
        messages = decode(sys.stdin.buffer.read(), **arguments)
    except PhotoRefused as error:
        messages = [({"refused": error.code}, b"")]
    except MemoryError:
        messages = [({"refused": "too-costly"}, b"")]
    except Exception:  # noqa: BLE001 (decoders raise whatever they like over a damaged file)
        traceback.print_exc()
        messages = [({"refused": "broken"}, b"")]
    for header, content in messages:
        send(header, content)


if __name__ == "__main__":
    main()
