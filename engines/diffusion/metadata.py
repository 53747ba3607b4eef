"""What made a picture, written into its PNG; and thumbnails (no torch here).

Two text chunks: ``parameters`` in the form that AUTOMATIC1111's web UI made the field's habit, which picture
viewers and other tools read, and ``lineage``, our own JSON object, for what that form has no words for.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from PIL import Image
from PIL.PngImagePlugin import PngImageFile, PngInfo

from engines.diffusion.requests import RenderedPicture

_LEVEL = 1  # of zlib: 2.6 times faster than PIL's default for some 10 % larger files (docs/decisions/0003)
_PAIR = re.compile(r"([A-Za-z][\w ]*): ((?:\"(?:\\.|[^\"\\])*\")|[^,]*)(?:, |$)")


@dataclass(frozen=True)
class PngMetadata:
    """What :func:`read_png_metadata` found.

    ``settings`` are the last line of ``parameters`` as texts, by their names there (``Steps``, ``Seed``, …).
    Where a file was not written by this project, everything may be empty.
    """

    prompt: str
    negative_prompt: str
    settings: Mapping[str, str]
    lineage: Mapping[str, Any]


def write_png(
    picture: RenderedPicture,
    file: Path | IO[bytes],
    *,
    lineage: Mapping[str, object],
) -> None:
    """Write the picture as PNG with what made it.

    ``lineage`` must be what JSON can hold, such as topic, concept, location, the LLM with its seed; what the
    picture itself knows (prompt, seed, model, revision, sizes, steps, guidance scale) is added to it. Texts
    may be in any script.
    """
    request = picture.request
    known: dict[str, object] = {
        "prompt": request.prompt,
        "negative_prompt": request.negative_prompt,
        "seed": request.seed,
        "width": request.width,
        "height": request.height,
        "steps": request.steps,
        "guidance_scale": request.guidance_scale,
        "image_model": picture.model_key,
        "image_model_revision": picture.model_revision,
        "sampler": picture.sampler,
    }
    chunks = PngInfo()
    chunks.add_itxt("parameters", _parameters(picture))
    chunks.add_itxt("lineage", json.dumps(known | dict(lineage), ensure_ascii=False, sort_keys=True))
    picture.image.save(file, format="PNG", pnginfo=chunks, compress_level=_LEVEL)


def read_png_metadata(file: Path | IO[bytes]) -> PngMetadata:
    """Read what :func:`write_png` wrote, or what another tool wrote in the same form.

    Raises ``ValueError`` when the file is no PNG.
    """
    try:
        with Image.open(file, formats=["PNG"]) as image:
            assert isinstance(image, PngImageFile)
            texts = dict(image.text)
    except OSError as error:
        raise ValueError(f"This is no PNG file: {error}") from error
    prompt, negative_prompt, settings = _parse(str(texts.get("parameters", "")))
    return PngMetadata(prompt, negative_prompt, settings, _object(str(texts.get("lineage", ""))))


def encode_thumbnail(image: Image.Image, max_side: int = 320) -> bytes:
    """Return the picture as WebP with no side over ``max_side`` px; a smaller picture is not enlarged."""
    small = image.convert("RGB")
    small.thumbnail((max_side, max_side), Image.Resampling.LANCZOS, reducing_gap=3.0)
    buffer = io.BytesIO()
    small.save(buffer, format="WEBP", quality=80, method=2)
    return buffer.getvalue()


def _parameters(picture: RenderedPicture) -> str:
    request = picture.request
    settings: dict[str, object] = {"Steps": request.steps}
    if picture.sampler:
        settings["Sampler"] = picture.sampler
    settings |= {
        "CFG scale": f"{request.guidance_scale:g}",
        "Seed": request.seed,
        "Size": f"{request.width}x{request.height}",
        "Model hash": picture.model_revision,
        "Model": picture.model_key,
    }
    lines = [request.prompt]
    if request.negative_prompt:
        lines.append(f"Negative prompt: {request.negative_prompt}")
    lines.append(", ".join(f"{name}: {_quoted(value)}" for name, value in settings.items()))
    return "\n".join(lines)


def _quoted(value: object) -> str:
    text = str(value)
    return json.dumps(text, ensure_ascii=False) if any(sign in text for sign in ',:"\n') else text


def _parse(parameters: str) -> tuple[str, str, dict[str, str]]:
    lines = parameters.split("\n")
    settings: dict[str, str] = {}
    if lines and lines[-1].startswith("Steps: "):
        for name, value in _PAIR.findall(lines.pop()):
            settings[name] = json.loads(value) if value.startswith('"') else value
    starts = [number for number, line in enumerate(lines) if line.startswith("Negative prompt: ")]
    if not starts:
        return "\n".join(lines), "", settings
    negative = "\n".join(lines[starts[-1] :]).removeprefix("Negative prompt: ")
    return "\n".join(lines[: starts[-1]]), negative, settings


def _object(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
