"""What a photo can be given to: interpolations, classical methods, networks, and the gate with all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from engines.boards.efforts import EFFORTS
from engines.boards.enhancing import enhance
from engines.boards.pipeline import BoardPipeline
from engines.boards.reading import BoardReader
from engines.boards.results import Image
from engines.registry import (
    BOARD_READERS,
    DEFAULT_BOARD_READER,
    DEFAULT_SUPER_RESOLUTION_MODEL,
    SUPER_RESOLUTION_MODELS,
)
from engines.superres.model import SuperResolver

LONGEST_SIDE = 1600
COMPACT, LARGE, DRAWINGS = "realesr-animevideov3-x2", "realesrgan-x4plus", "realesrgan-x4plus-anime"
SLOW = frozenset({LARGE, DRAWINGS})


@dataclass(frozen=True)
class Method:
    """A way to treat a photo. ``run`` takes and returns H × W × 3, uint8, RGB; ``scale`` is its enlargement.

    ``most_pixels``: larger photos are not given to it, since it would take minutes; None: any.
    """

    name: str
    run: Callable[[Image], Image]
    scale: int = 2
    most_pixels: int | None = None


def methods(names: list[str] | None = None) -> list[Method]:
    """Return all methods, or those that are named. A network that cannot be loaded raises ``ModelUnavailable``."""
    return [make() for name, make in _MAKERS.items() if names is None or name in names]


def _interpolated(kind: int) -> Callable[[Image], Image]:
    def run(image: Image) -> Image:
        return np.asarray(cv2.resize(image, None, fx=2, fy=2, interpolation=kind), dtype=np.uint8)

    return run


def _classical(image: Image) -> Image:
    return _interpolated(cv2.INTER_CUBIC)(enhance(image).image)


def _network(key: str) -> Method:
    resolver = SuperResolver.load(SUPER_RESOLUTION_MODELS[key])
    most = 250_000 if key in SLOW else 2_000_000
    return Method(key, resolver.enlarge, resolver.spec.scale, most)


def _gate() -> Method:
    pipeline = BoardPipeline(
        reader=BoardReader.load(BOARD_READERS[DEFAULT_BOARD_READER]),
        resolver=SuperResolver.load(SUPER_RESOLUTION_MODELS[DEFAULT_SUPER_RESOLUTION_MODEL]),
        longest_side=LONGEST_SIDE,
    )
    return Method("gate", lambda image: pipeline.run(image, EFFORTS["full"]).image, 1)


_MAKERS: dict[str, Callable[[], Method]] = {
    "original": lambda: Method("original", lambda image: image, 1),
    "bicubic": lambda: Method("bicubic", _interpolated(cv2.INTER_CUBIC)),
    "lanczos": lambda: Method("lanczos", _interpolated(cv2.INTER_LANCZOS4)),
    "classical": lambda: Method("classical", _classical),
    **{key: (lambda key=key: _network(key)) for key in (COMPACT, LARGE, DRAWINGS)},  # type: ignore[misc]
    **{
        spec.key: (lambda key=spec.key: _network(key))  # type: ignore[misc]
        for spec in SUPER_RESOLUTION_MODELS.values()
        if spec.board
    },
    "gate": _gate,
}
