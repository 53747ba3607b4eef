"""A PNG without what is written in it beside the picture."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from engines.imaging.png import only_pixels


def png_of(image: Image.Image, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, "PNG", **options)
    return file.getvalue()


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "P"])
def test_the_pixels_stay_and_all_that_is_written_goes(mode: str) -> None:
    image = Image.effect_noise((40, 30), 80).convert(mode)
    texts = PngInfo()
    texts.add_text("parameters", "Model: secret")
    texts.add_itxt("lineage", "secret", zip=True)
    exif = Image.Exif()
    exif[0x010E] = "secret"
    told = png_of(image, pnginfo=texts, exif=exif, dpi=(300, 300), icc_profile=b"secret")
    bare = only_pixels(told)
    with Image.open(io.BytesIO(bare)) as left:
        assert left.convert("RGBA").tobytes() == image.convert("RGBA").tobytes()
        assert (left.text, left.info) == ({}, {})
    assert b"secret" not in bare
    assert only_pixels(bare) == bare == only_pixels(png_of(image))


def test_transparency_is_part_of_the_picture() -> None:
    image = Image.new("RGB", (4, 4), (1, 2, 3))
    bare = only_pixels(png_of(image, transparency=(1, 2, 3)))
    with Image.open(io.BytesIO(bare)) as left:
        assert left.convert("RGBA").getpixel((0, 0))[3] == 0


@pytest.mark.parametrize("cut", [0, 7, 20, 60, -1, -12])
def test_what_is_no_whole_png_is_refused(cut: int) -> None:
    with pytest.raises(ValueError, match="PNG"):
        only_pixels(png_of(Image.new("RGB", (8, 8)))[:cut])


def test_another_format_is_refused() -> None:
    file = io.BytesIO()
    Image.new("RGB", (8, 8)).save(file, "WEBP")
    with pytest.raises(ValueError, match="PNG"):
        only_pixels(file.getvalue())
