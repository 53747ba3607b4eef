"""What is made of a photo without a reader or a network: the gentle candidates, and mixtures with them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from engines.boards.blending import resized
from engines.boards.enhancing import even_out
from engines.boards.results import SOFTENED_SUFFIX, Image, Legibility, ReadLine

EVENED = 0.5
"""How far the light is evened out in the gentlest candidate: all the way, readers lose words that they had."""

SOFTENED = 0.5
"""How much of a softened picture is the network's: readers of either kind often do better with less of it than all."""

SMALL_SIDE = 1000
"""Pixels: a photo whose longest side is under this is enlarged even where there is no network."""


@dataclass(frozen=True)
class Version:
    """A picture of the board; ``lines`` and ``legibility`` once it was found and read as a whole."""

    method: str
    image: Image
    lines: tuple[ReadLine, ...] = ()
    legibility: Legibility | None = None
    fallen_back: int = 0
    is_redrawn: bool = False

    @property
    def score(self) -> float:
        return self.legibility.score if self.legibility else 0.0


def evened(photo: Image) -> Version:
    """Even the light out by ``EVENED``: the gentlest method, and what the network is given."""
    image = cv2.addWeighted(even_out(photo), EVENED, photo, 1 - EVENED, 0)
    return Version("evened", np.asarray(image, dtype=np.uint8))


def magnified(gentle: Version) -> Version | None:
    """Enlarge an evened photo to twice its sides by cubics; None where it is not small."""
    height, width = gentle.image.shape[:2]
    if max(height, width) >= SMALL_SIDE:
        return None
    return Version("bicubic", resized(gentle.image, 2 * width, 2 * height))


def softened(redrawn: Version, gentle: Version) -> Version:
    """Mix ``SOFTENED`` of what a network drew with the evened photo enlarged to that size by cubics.

    Places where the gentle pixels stand already keep them. The result is not read yet.
    """
    height, width = redrawn.image.shape[:2]
    cubic = resized(gentle.image, width, height)
    return replace(
        redrawn,
        method=redrawn.method + SOFTENED_SUFFIX,
        image=np.asarray(cv2.addWeighted(redrawn.image, SOFTENED, cubic, 1 - SOFTENED, 0), dtype=np.uint8),
        lines=(),
        legibility=None,
    )
