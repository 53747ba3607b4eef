"""A perceptual hash: pictures that look alike have hashes that differ in few bits."""

from __future__ import annotations

from functools import cache

import numpy as np
from PIL import Image

HASH_BITS = 256
"""Length of a hash."""

NEAR_DUPLICATE_BITS = 36
"""Pictures whose hashes differ in at most so many bits are near-duplicates. Unrelated ones differ in about 128."""

_SIDE = 16  # of the block of low frequencies that is kept
_SAMPLES = 64  # side of the reduced picture


def perceptual_hash(image: Image.Image) -> str:
    """Return the 256-bit pHash of a picture, as a text of ``0`` and ``1`` (PostgreSQL's bit string).

    The luminance, reduced to 64 × 64, is taken to its discrete cosine transform; each of the 16 × 16 lowest
    frequencies gives one bit: whether it is above their median. Recompression, scaling and a change of
    brightness move few bits. Source: C. Zauner, "Implementation and Benchmarking of Perceptual Image Hash
    Functions", 2010 (there 8 × 8 of 32 × 32; more bits tell rooms of the same prompt apart better).
    """
    grey = image.convert("L").resize((_SAMPLES, _SAMPLES), Image.Resampling.LANCZOS)
    pixels = np.asarray(grey, dtype=np.float64)
    basis = _cosines()
    low = (basis @ pixels @ basis.T).ravel()
    low[0] = np.median(low[1:])  # the mean brightness says nothing of what is seen
    return "".join("1" if value > 0 else "0" for value in low - np.median(low))


def hash_distance(one: str, other: str) -> int:
    """Return in how many bits two hashes of the same length differ (Hamming distance)."""
    return sum(a != b for a, b in zip(one, other, strict=True))


@cache
def _cosines() -> np.ndarray:
    """Return the first rows of the DCT-II matrix."""
    rows, columns = np.arange(_SIDE)[:, None], np.arange(_SAMPLES)[None, :]
    return np.cos(np.pi * (2 * columns + 1) * rows / (2 * _SAMPLES))
