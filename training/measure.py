"""How much better than cubics a network enlarges photos of boards whose fonts and words it never saw.

Losses of different kinds cannot be compared with one another; this can, and takes seconds. Whether writing can be read
is another question: ``python -m bench.boards`` answers it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from engines.sources import FolderSource
from engines.specs import SuperResolutionSpec
from engines.superres.loading import load_network
from training.boards import Kind, draw_board
from training.camera import Camera
from training.samples import BOARD, SCALE, pair

Bytes = NDArray[np.uint8]
Enlarge = Callable[[Bytes], Bytes]

PAIRS, SEED = 64, 2025
PATCH, RIM = 64, 8
"""Side of a photo in pixels, and how many at its edges do not count: of a whole photo few pixels are near an edge."""


@dataclass(frozen=True)
class Pair:
    """A photo, P × P × 3, and what it should become, 2P × 2P × 3; uint8, RGB."""

    photo: Bytes
    sharp: Bytes
    is_small: bool


@dataclass(frozen=True)
class Gain:
    """By how many dB the PSNR is higher than that of cubics: the mean of all pairs, and of those with small writing."""

    overall: float
    small: float


def held_out_pairs(count: int = PAIRS) -> list[Pair]:
    """Draw ``count`` pairs, always the same: each of its own board, in fonts and words that are never trained on.

    Every second one has small writing: the lower half of the heights that boards are drawn with, in logarithms.
    """
    low, high = Kind().x_height
    middle = math.sqrt(low * high)
    pairs = []
    for number in range(count):
        is_small = number % 2 == 0
        kind = Kind(held_out=True, x_height=(low, middle) if is_small else (middle, high))
        board = draw_board(SEED * 1_000_003 + number, *BOARD, kind)
        photo, sharp = pair(np.random.default_rng((SEED, number)), board, PATCH, Camera())
        pairs.append(Pair(photo, sharp, is_small))
    return pairs


def cubic(photo: Bytes) -> Bytes:
    """Enlarge a photo by cubics."""
    return np.asarray(
        cv2.resize(photo, None, fx=SCALE, fy=SCALE, interpolation=cv2.INTER_CUBIC), dtype=np.uint8
    )


def network_at(weights: Path, *, light_only: bool = False) -> Enlarge:
    """Return how the network in a file of weights enlarges; with ``light_only`` the colours are those of ``cubic``."""
    spec = SuperResolutionSpec(
        key=weights.parent.name,
        title="",
        source=FolderSource(str(weights)),
        licence="",
        scale=SCALE,
        memory_gib=0.5,
    )
    network, _ = load_network(spec)

    def enlarge(photo: Bytes) -> Bytes:
        given = torch.from_numpy(photo).permute(2, 0, 1)[None].float() / 255
        with torch.inference_mode():
            made = network(given)[0].permute(1, 2, 0).numpy()
        picture = np.clip(np.rint(made * 255), 0, 255).astype(np.uint8)
        return _in_colours_of(cubic(photo), picture) if light_only else picture

    return enlarge


def gain(enlarge: Enlarge, pairs: Sequence[Pair]) -> Gain:
    """Return the gain of a way to enlarge over cubics."""
    gains = [_psnr(enlarge(one.photo), one.sharp) - _psnr(cubic(one.photo), one.sharp) for one in pairs]
    small = [value for value, one in zip(gains, pairs, strict=True) if one.is_small]
    return Gain(float(np.mean(gains)), float(np.mean(small)))


def _in_colours_of(coloured: Bytes, picture: Bytes) -> Bytes:
    mixed = cv2.cvtColor(coloured, cv2.COLOR_RGB2YCrCb)
    mixed[..., 0] = cv2.cvtColor(picture, cv2.COLOR_RGB2YCrCb)[..., 0]
    return np.asarray(cv2.cvtColor(mixed, cv2.COLOR_YCrCb2RGB), dtype=np.uint8)


def _psnr(made: Bytes, sharp: Bytes) -> float:
    inner = slice(SCALE * RIM, -SCALE * RIM)
    error = made[inner, inner].astype(np.float64) - sharp[inner, inner]
    return 20 * math.log10(255) - 10 * math.log10(max(1e-2, float((error * error).mean())))
