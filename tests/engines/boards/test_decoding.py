"""Photos of strangers: every row of what may come in."""

from __future__ import annotations

import io
import struct
import threading
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageCms, PngImagePlugin

from engines.boards import decoding
from engines.boards.decoding import (
    DecodedPhoto,
    DecodeLimits,
    DecodersBusy,
    PhotoRefused,
    decode_photo,
    decoding_place,
)
from tests.boards import as_file, draw_board
from tests.engines.boards.scenes import draw_on, photograph
from tests.photo_files import BOARD, JPEG, NO_PHOTOS, PNG, UNUSABLE, bomb, saved, webp_of, with_exif

LIMITS = DecodeLimits(most_bytes=4 * 1024 * 1024, most_pixels=4_000_000)


def decode(content: bytes, **limits: Any) -> DecodedPhoto:
    """Decode under the limits of these tests."""
    return decode_photo(content, DecodeLimits(**{**vars(LIMITS), **limits}))


def pixels(photo: DecodedPhoto) -> np.ndarray:
    """Open what was written anew."""
    image = Image.open(io.BytesIO(photo.content))
    assert image.mode == "RGB"
    assert image.size == (photo.width, photo.height)
    return np.asarray(image).astype(int)


@pytest.mark.parametrize("name", NO_PHOTOS)
def test_what_is_no_photo_is_415(name: str) -> None:
    with pytest.raises(PhotoRefused) as refused:
        decode(NO_PHOTOS[name])
    assert refused.value.status == 415
    assert refused.value.code == ("empty" if name == "empty" else "not-a-photo")


@pytest.mark.parametrize("name", UNUSABLE)
def test_a_photo_that_cannot_be_used_is_422(name: str) -> None:
    content, code = UNUSABLE[name]
    with pytest.raises(PhotoRefused) as refused:
        decode(content)
    assert (refused.value.code, refused.value.status) == (code, 422)


def test_a_bomb_is_413_before_anything_is_unpacked() -> None:
    with pytest.raises(PhotoRefused) as refused:
        decode(bomb())
    assert (refused.value.code, refused.value.status) == ("too-many-pixels", 413)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_one_pixel_over_the_cap_is_413(kind: str) -> None:
    content = as_file(BOARD, kind)
    assert decode(content, most_pixels=320 * 200).width == 320
    with pytest.raises(PhotoRefused) as refused:
        decode(content, most_pixels=320 * 200 - 1)
    assert refused.value.status == 413


def test_the_canvas_of_a_webp_is_checked_before_it_is_reserved() -> None:
    with pytest.raises(PhotoRefused) as refused:
        decode(webp_of(16383, 16383))
    assert refused.value.code == "too-many-pixels"


def test_one_byte_over_the_cap_is_413() -> None:
    assert decode(JPEG, most_bytes=len(JPEG)).width == 320
    with pytest.raises(PhotoRefused) as refused:
        decode(JPEG, most_bytes=len(JPEG) - 1)
    assert (refused.value.code, refused.value.status) == ("too-many-bytes", 413)


def test_a_child_that_takes_too_much_memory_is_422() -> None:
    with pytest.raises(PhotoRefused) as refused:
        decode(as_file(np.zeros((1900, 2000, 3), np.uint8)), memory_mib=24)
    assert refused.value.status == 422


def test_a_child_that_takes_too_long_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "CHILD", "tests.engines.boards.sleeping_child")
    with pytest.raises(PhotoRefused) as refused:
        decode(JPEG, seconds=1)
    assert (refused.value.code, refused.value.status) == ("too-costly", 422)


def test_nobody_waits_long_for_a_place(monkeypatch: pytest.MonkeyPatch) -> None:
    places = threading.BoundedSemaphore(1)
    monkeypatch.setattr(decoding, "_places", places)
    monkeypatch.setattr(decoding, "PATIENCE", 0.6)
    with decoding_place(), pytest.raises(DecodersBusy) as busy:
        decode(JPEG)
    assert busy.value.seconds >= 1
    assert decode(JPEG).width == 320
    with pytest.raises(PhotoRefused):
        decode(UNUSABLE[next(iter(UNUSABLE))][0])
    assert decode(JPEG).width == 320  # a refused photo leaves its place


def test_smaller_pictures_come_with_the_photo() -> None:
    photo = decode_photo(with_exif(6), LIMITS, (100, 50, 5000))
    sizes = {
        side: Image.open(io.BytesIO(content), formats=["JPEG"]).size
        for side, content in photo.smaller.items()
    }
    assert sizes == {5000: (320, 200), 100: (100, 63), 50: (50, 32)}
    assert (photo.width, photo.height) == (320, 200)
    assert not Image.open(io.BytesIO(photo.smaller[100])).getexif()
    assert decode(JPEG).smaller == {}


def test_a_polyglot_is_written_anew_without_its_other_half() -> None:
    html = b"<html><script>alert(document.cookie)</script></html>"
    for content in (JPEG + html, JPEG[:2] + b"\xff\xfe" + struct.pack(">H", len(html) + 2) + html + JPEG[2:]):
        photo = decode(content)
        assert b"<" + b"script" in content
        assert b"script" not in photo.content
        assert np.abs(pixels(photo) - BOARD).mean() < 4
    assert b"script" not in decode(PNG + html).content


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_a_phone_photo_is_upright_and_tells_nothing_of_its_place(orientation: int) -> None:
    photo = decode(with_exif(orientation))
    assert np.abs(pixels(photo) - BOARD).mean() < 4
    written = Image.open(io.BytesIO(photo.content))
    assert not written.getexif()
    assert not {"exif", "comment", "icc_profile"} & set(written.info)
    assert b"camera" not in photo.content
    assert b"secret" not in photo.content


def test_damaged_exif_data_do_not_matter() -> None:
    content = with_exif(6).replace(b"Exif\0\0MM", b"Exif\0\0XX").replace(b"Exif\0\0II", b"Exif\0\0XX")
    assert decode(content).height == 320  # as it was stored: nobody knows how it was held


def test_sixteen_bits_become_eight() -> None:
    grey = (np.linspace(0, 65535, 64 * 64).reshape(64, 64)).astype(np.uint16)
    shown = pixels(decode(saved(Image.fromarray(grey), "PNG")))
    assert np.abs(shown[..., 0] - (grey >> 8)).max() == 0
    assert (shown[..., 0] == shown[..., 2]).all()


def test_what_is_transparent_becomes_white() -> None:
    image = Image.new("RGBA", (64, 64), (255, 0, 0, 0))
    image.paste((0, 0, 255, 255), (0, 0, 32, 64))
    shown = pixels(decode(saved(image, "PNG")))
    assert tuple(shown[10, 10]) == (0, 0, 255)
    assert tuple(shown[10, 50]) == (255, 255, 255)
    grey = Image.new("LA", (64, 64), (0, 0))
    assert (pixels(decode(saved(grey, "PNG"))) == 255).all()


def test_a_palette_becomes_colours() -> None:
    shown = pixels(decode(saved(Image.fromarray(BOARD).quantize(16), "PNG")))
    assert np.abs(shown - BOARD).mean() < 6


@pytest.mark.parametrize("mode", ["L", "1"])
def test_grey_becomes_colours(mode: str) -> None:
    assert pixels(decode(saved(Image.fromarray(BOARD).convert(mode), "PNG"))).shape == (200, 320, 3)


def test_cmyk_becomes_colours() -> None:
    shown = pixels(decode(saved(Image.fromarray(BOARD).convert("CMYK"), "JPEG", quality=95)))
    assert np.abs(shown - BOARD).mean() < 6


def test_a_colour_profile_is_applied() -> None:
    # A profile like sRGB with red and blue swapped shows at once whether it was used.
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    swapped = srgb.replace(b"rXYZ", b"?XYZ").replace(b"bXYZ", b"rXYZ").replace(b"?XYZ", b"bXYZ")
    swapped = swapped.replace("sRGB".encode("utf-16-be"), "swap".encode("utf-16-be"))
    image = Image.new("RGB", (64, 64), (200, 20, 20))
    shown = pixels(decode(saved(image, "PNG", icc_profile=swapped)))
    assert np.abs(shown[5, 5] - (20, 20, 200)).max() <= 3
    plain = pixels(decode(saved(image, "PNG", icc_profile=srgb)))
    assert tuple(plain[5, 5]) == (200, 20, 20)


@pytest.mark.parametrize("profile", [b"nonsense", b"\0" * 200])
def test_a_damaged_profile_does_not_matter(profile: bytes) -> None:
    image = Image.new("RGB", (64, 64), (200, 20, 20))
    assert tuple(pixels(decode(saved(image, "PNG", icc_profile=profile)))[5, 5]) == (200, 20, 20)


def heic(**options: Any) -> bytes:
    """Return the board as a phone of one maker stores it."""
    pillow_heif = pytest.importorskip("pillow_heif")
    file = io.BytesIO()
    pillow_heif.from_pillow(Image.fromarray(BOARD)).save(file, quality=90, **options)
    return file.getvalue()


def test_heic_is_accepted() -> None:
    photo = decode(heic())
    assert (photo.format, photo.suffix) == ("heic", "jpg")
    assert np.abs(pixels(photo) - BOARD).mean() < 6


def test_truncated_heic_is_422() -> None:
    with pytest.raises(PhotoRefused) as refused:
        decode(heic()[:-500])
    assert refused.value.status == 422


def test_heic_is_415_that_says_so_where_it_cannot_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    content = heic()
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(PhotoRefused, match="HEIC") as refused:
        decode(content)
    assert (refused.value.code, refused.value.status) == ("no-heic", 415)


@pytest.mark.parametrize(
    ("content", "format", "suffix"),
    [
        (JPEG, "jpeg", "jpg"),
        (PNG, "png", "png"),
        (as_file(BOARD, "WEBP", quality=90), "webp", "jpg"),
        (as_file(BOARD, "WEBP", lossless=True), "webp", "png"),
        (saved(Image.fromarray(BOARD).convert("RGBA"), "WEBP", lossless=True, exif=b"Exif\0\0"), "webp", "png"),
    ],
)  # fmt: skip
def test_what_came_lossless_stays_lossless(content: bytes, format: str, suffix: str) -> None:  # noqa: A002
    photo = decode(content)
    assert (photo.format, photo.suffix) == (format, suffix)
    assert photo.content.startswith(b"\xff\xd8\xff" if suffix == "jpg" else b"\x89PNG")
    if suffix == "png":
        assert np.array_equal(pixels(photo), BOARD)


def test_texts_of_a_png_are_stripped() -> None:
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", "secret words")
    info.add_itxt("XML:com.adobe.xmp", "<secret/>")
    assert b"secret" not in decode(saved(Image.fromarray(BOARD), "PNG", pnginfo=info)).content


def test_a_photo_of_two_pictures_is_its_first_one() -> None:
    other = Image.new("RGB", (80, 50))
    content = saved(Image.fromarray(BOARD), "MPO", save_all=True, append_images=[other])
    assert np.abs(pixels(decode(content)) - BOARD).mean() < 6


def test_what_a_messenger_made_smaller_is_noticed() -> None:
    board = draw_board(size=(1280, 800), height=40)
    assert decode(as_file(board, quality=80)).is_recompressed
    assert not decode(as_file(board, quality=97)).is_recompressed
    assert not decode(as_file(board[:700, :1000], quality=80)).is_recompressed
    assert not decode(
        as_file(board, quality=80, exif=Image.Exif().tobytes() or b"Exif\0\0MM")
    ).is_recompressed
    assert not decode(as_file(board, "PNG")).is_recompressed


def test_the_corners_of_the_board_are_suggested_in_the_upright_photo() -> None:
    corners = [(0.12, 0.1), (0.8, 0.22), (0.82, 0.75), (0.1, 0.88)]
    photo = Image.fromarray(photograph(draw_on("white"), corners))
    exif = Image.Exif()
    exif[0x0112] = 6
    found = decode(saved(photo.transpose(Image.Transpose.ROTATE_90), "JPEG", quality=92, exif=exif)).corners
    assert found is not None
    assert np.abs(np.array(found) - corners).max() < 0.02
    assert decode(JPEG).corners is None
