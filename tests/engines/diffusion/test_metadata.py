"""The text inside a PNG, and thumbnails."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engines.diffusion.metadata import encode_thumbnail, read_png_metadata, write_png
from engines.diffusion.requests import RenderedPicture, RenderRequest

LINEAGE = {
    "topic": "Медицина и здоровье",
    "location": "hospital “lobby”\n№ 5",
    "language_model_seed": 3,
    "score": None,
}


def picture(prompt: str = "A lobby", negative_prompt: str = "people, text") -> RenderedPicture:
    noise = np.random.default_rng(0).integers(0, 256, (48, 64, 3), dtype=np.uint8)
    request = RenderRequest(
        prompt=prompt,
        negative_prompt=negative_prompt,
        seed=4294967295,
        width=64,
        height=48,
        steps=8,
        guidance_scale=4.5,
    )
    return RenderedPicture(Image.fromarray(noise), request, "demonstration", "abc123", 0.5, "DDIMScheduler")


@pytest.mark.parametrize(
    ("prompt", "negative_prompt"),
    [
        ("A lobby", "people, text"),
        ("A lobby", ""),
        ("Больничный холл, 朝の光 🏥\nSteps: none", "люди,\nтекст: любой"),
        ('A sign: "Exit", Seed: 5, Size: 1x1', "x"),
        ("Negative prompt: is part of this text?\nyes", "Negative prompt: too"),
    ],
)
def test_what_is_written_is_read_again(prompt: str, negative_prompt: str, tmp_path: Path) -> None:
    file = tmp_path / "a.png"
    write_png(picture(prompt, negative_prompt), file, lineage=LINEAGE)
    found = read_png_metadata(file)
    assert found.lineage == LINEAGE | {
        "prompt": prompt,
        "negative_prompt": negative_prompt,
        "seed": 4294967295,
        "width": 64,
        "height": 48,
        "steps": 8,
        "guidance_scale": 4.5,
        "image_model": "demonstration",
        "image_model_revision": "abc123",
        "sampler": "DDIMScheduler",
    }
    assert (found.prompt, found.negative_prompt) == (prompt, negative_prompt)
    assert found.settings == {
        "Steps": "8",
        "Sampler": "DDIMScheduler",
        "CFG scale": "4.5",
        "Seed": "4294967295",
        "Size": "64x48",
        "Model hash": "abc123",
        "Model": "demonstration",
    }


def test_the_parameters_have_the_form_that_other_tools_read() -> None:
    buffer = io.BytesIO()
    write_png(picture(), buffer, lineage={})
    with Image.open(buffer) as image:
        assert image.text["parameters"] == (  # type: ignore[attr-defined]
            "A lobby\nNegative prompt: people, text\nSteps: 8, Sampler: DDIMScheduler, CFG scale: 4.5, "
            "Seed: 4294967295, Size: 64x48, Model hash: abc123, Model: demonstration"
        )


def test_the_pixels_are_kept_exactly() -> None:
    buffer = io.BytesIO()
    made = picture()
    write_png(made, buffer, lineage={})
    with Image.open(buffer) as image:
        assert np.array_equal(np.asarray(image), np.asarray(made.image))


def test_a_revision_with_commas_and_colons_is_one_value(tmp_path: Path) -> None:
    made = picture()
    odd = RenderedPicture(made.image, made.request, "m", 'a,b: "c"', 1.0)
    write_png(odd, tmp_path / "a.png", lineage={})
    assert read_png_metadata(tmp_path / "a.png").settings["Model hash"] == 'a,b: "c"'


def test_a_png_of_somebody_else_has_no_metadata(tmp_path: Path) -> None:
    Image.new("RGB", (4, 4)).save(tmp_path / "a.png")
    found = read_png_metadata(tmp_path / "a.png")
    assert (found.prompt, found.negative_prompt, dict(found.settings), dict(found.lineage)) == (
        "",
        "",
        {},
        {},
    )


def test_what_is_no_png_is_refused(tmp_path: Path) -> None:
    Image.new("RGB", (4, 4)).save(tmp_path / "a.jpg")
    with pytest.raises(ValueError, match="no PNG"):
        read_png_metadata(tmp_path / "a.jpg")


@pytest.mark.parametrize(
    ("size", "expected"), [((1024, 512), (320, 160)), ((100, 900), (36, 320)), ((64, 48), (64, 48))]
)
def test_a_thumbnail_is_a_small_webp_of_the_same_shape(
    size: tuple[int, int], expected: tuple[int, int]
) -> None:
    with Image.open(io.BytesIO(encode_thumbnail(Image.new("RGB", size, "teal")))) as small:
        assert (small.format, small.size) == ("WEBP", expected)


def test_metadata_limits_and_registry_import_without_torch() -> None:
    code = (
        "import sys, engines.diffusion.metadata, engines.diffusion.limits, engines.registry, "
        "engines.weights, engines.cache; sys.exit('torch' in sys.modules or 'django' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
