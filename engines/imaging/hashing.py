"""A perceptual hash: pictures that look alike have hashes that differ in few bits."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

HASH_BITS = 256
"""Length of a hash."""

NEAR_DUPLICATE_BITS = 36
"""Pictures whose hashes differ in at most so many bits are near-duplicates. Unrelated ones differ in about 128."""

CROP = 0.03
"""The share of a side that may be missing from a near-duplicate, on one side of the picture or on both."""

_SIDE = 16  # of the block of low frequencies that is kept
_SAMPLES = 64  # side of the reduced picture
_DETAIL = 240  # side of the reduced picture out of which those of shifted frames are cut


def perceptual_hash(image: Image.Image) -> str:
    """Return the 256-bit pHash of a picture, as a text of ``0`` and ``1`` (PostgreSQL's bit string).

    The luminance, reduced to 64 × 64, is taken to its discrete cosine transform; each of the 16 × 16 lowest
    frequencies gives one bit: whether it is above their median. Recompression, scaling and a change of
    brightness move few bits. Source: C. Zauner, "Implementation and Benchmarking of Perceptual Image Hash
    Functions", 2010 (there 8 × 8 of 32 × 32; more bits tell rooms of the same prompt apart better).
    """
    grey = image.convert("L").resize((_SAMPLES, _SAMPLES), Image.Resampling.LANCZOS)
    return _bits(np.asarray(grey, dtype=np.float64))


def mirrored(bits: str) -> str:
    """Return about the hash that the mirrored picture has, without its pixels.

    Mirroring turns the sign of every odd horizontal frequency; only the median may move a little (on drawn rooms 6 bits
    of 256 at the median, 18 at most: ``python -m bench.duplicates``).
    """
    return "".join("10"[int(bit)] if place % 2 else bit for place, bit in enumerate(bits))


def looks_of(image: Image.Image) -> tuple[str, ...]:
    """Return the hashes under which a near-duplicate of the picture may be known: 22, the plain one first.

    Those of the picture as it is; of its frame without :data:`CROP` at one corner, at each, or on all sides; of the
    frame that it may have been cut from so (what is missing is filled by mirroring the edge); and of all these
    mirrored. So pictures need only one stored hash each, whichever of two near-duplicates is the cropped one.
    """
    plain = perceptual_hash(image)
    grey = cv2.resize(np.asarray(image.convert("L")), (_DETAIL, _DETAIL), interpolation=cv2.INTER_AREA)
    edge = round(CROP * _DETAIL)
    wide = cv2.copyMakeBorder(grey, edge, edge, edge, edge, cv2.BORDER_REFLECT)
    seen = [plain]
    for left, top, right, bottom in _frames(edge):
        frame = wide[edge + top : edge + _DETAIL - bottom, edge + left : edge + _DETAIL - right]
        small = cv2.resize(frame, (_SAMPLES, _SAMPLES), interpolation=cv2.INTER_AREA)
        seen.append(_bits(small.astype(np.float64)))
    return (*seen, *map(mirrored, seen))


def _frames(edge: int) -> list[tuple[int, int, int, int]]:
    """Return how much each frame leaves out at the left, the top, the right and the bottom; negative: adds."""
    corners = [
        (left, top, share - left, share - top)
        for share in (edge, -edge)
        for left in (0, share)
        for top in (0, share)
    ]
    return [*corners, (edge,) * 4, (-edge,) * 4]


def _bits(pixels: NDArray[np.float64]) -> str:
    """Return the hash of a reduced picture."""
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
