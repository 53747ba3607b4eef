"""The finish before delivery: a picture enlarged by a super-resolution network to a wanted size."""

from __future__ import annotations

import json
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from typing import IO

import numpy as np
from django.conf import settings
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from delivery.errors import NO_ENLARGER, ExportFailed, of_writing
from engines.callbacks import IsCancelled
from engines.registry import SUPER_RESOLUTION_MODELS
from engines.superres.model import SuperResolver
from jobs.loaded import device, loaded
from jobs.worker import Work

_LEVEL = 1  # of zlib, as pictures are rendered with (docs/decisions/0003)


@dataclass(frozen=True)
class Enlarged:
    """A finished picture: ``file`` is an open temporary file, ``size`` width and height in px, ``by`` the network."""

    file: IO[bytes]
    size: tuple[int, int]
    by: str


@dataclass(frozen=True)
class Original:
    """A picture that was read: RGB, and the text chunks of its PNG."""

    pixels: Image.Image
    texts: dict[str, str]


def read(file: IO[bytes]) -> Original:
    """Read a picture. Raises ``OSError`` for a file that is none."""
    with Image.open(file) as image:
        texts = {name: str(text) for name, text in getattr(image, "text", {}).items()}
        return Original(image.convert("RGB"), texts)


class Finisher:
    """Enlarges the pictures of one export. Loads the network at first use, under the announced limit."""

    def __init__(self, key: str, longest_side: int, work: Work) -> None:
        if key not in SUPER_RESOLUTION_MODELS:
            raise ExportFailed(NO_ENLARGER, key)
        self._spec = SUPER_RESOLUTION_MODELS[key]
        self._longest_side = longest_side
        self._work = work

    def finish(self, original: Original, *, is_cancelled: IsCancelled) -> Enlarged | None:
        """Return a PNG whose longer side has the wanted pixels; None where the picture has them already.

        The network enlarges by its own factor; the rest of the way goes down by Lanczos, never up: where the factor is
        too small for the wanted side, the picture stays below it. What made the picture stays in its text chunks, with
        ``enlarged_by`` beside it. Raises what the network raises, :class:`ExportFailed` where the PNG cannot be
        written.
        """
        pixels = original.pixels
        factor = min(self._longest_side / max(pixels.size), self._spec.scale)
        if factor <= 1:
            return None
        self._work.beat(self._work.share, seconds=settings.MODEL_LOAD_SECONDS)
        network = loaded().get(self._spec, lambda spec: SuperResolver.load(spec, device=device()))
        self._work.beat(self._work.share, seconds=self._work.lease_seconds)
        large = network.enlarge(
            np.asarray(pixels),
            on_progress=lambda _progress: self._work.beat(self._work.share),
            is_cancelled=is_cancelled,
        )
        size = (round(pixels.width * factor), round(pixels.height * factor))
        result = Image.fromarray(large)
        if result.size != size:
            result = result.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
        by = f"{self._spec.key}@{network.revision}"
        return Enlarged(_written(result, _chunks(original.texts, by)), size, by)


def _written(image: Image.Image, chunks: PngInfo) -> IO[bytes]:
    """Write a PNG to a temporary file, which whoever gets it closes."""
    made: IO[bytes] | None = None
    try:
        made = tempfile.TemporaryFile()  # noqa: SIM115
        image.save(made, format="PNG", pnginfo=chunks, compress_level=_LEVEL)
        made.flush()
    except BaseException as error:
        if made is not None:
            with suppress(OSError):  # what could not be written is tried once more
                made.close()
        if isinstance(error, OSError):
            raise of_writing(error, tempfile.gettempdir()) from error
        raise
    return made


def _chunks(texts: dict[str, str], by: str) -> PngInfo:
    chunks = PngInfo()
    for name, text in texts.items():
        chunks.add_itxt(name, text)
    chunks.add_itxt("enlarged", json.dumps({"enlarged_by": by}))
    return chunks
