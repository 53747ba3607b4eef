"""The finish before delivery: a picture enlarged by a super-resolution network to a wanted size."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from typing import IO

import numpy as np
from django.conf import settings
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from delivery.errors import NO_ENLARGER, ExportFailed
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


class Finisher:
    """Enlarges the pictures of one export. Loads the network at first use, under the announced limit."""

    def __init__(self, key: str, longest_side: int, work: Work) -> None:
        if key not in SUPER_RESOLUTION_MODELS:
            raise ExportFailed(NO_ENLARGER, key)
        self._spec = SUPER_RESOLUTION_MODELS[key]
        self._longest_side = longest_side
        self._work = work

    def finish(self, file: IO[bytes], *, is_cancelled: IsCancelled) -> Enlarged | None:
        """Return a PNG whose longer side has the wanted pixels; None where the picture has them already.

        The network enlarges by its own factor; the rest of the way goes down by Lanczos, never up: where the factor is
        too small for the wanted side, the picture stays below it. What made the picture stays in its text chunks, with
        ``enlarged_by`` beside it. Raises what the network raises, ``OSError`` for a file that is no picture.
        """
        with Image.open(file) as image:
            texts = {name: str(text) for name, text in getattr(image, "text", {}).items()}
            pixels = image.convert("RGB")
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
        made = tempfile.TemporaryFile()  # noqa: SIM115 (who gets it closes it)
        try:
            result.save(made, format="PNG", pnginfo=_chunks(texts, by), compress_level=_LEVEL)
        except BaseException:
            made.close()
            raise
        return Enlarged(made, size, by)


def _chunks(texts: dict[str, str], by: str) -> PngInfo:
    chunks = PngInfo()
    for name, text in texts.items():
        chunks.add_itxt(name, text)
    chunks.add_itxt("enlarged", json.dumps({"enlarged_by": by}))
    return chunks
