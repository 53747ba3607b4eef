"""What a board needs to be read better, without a network: even light, neutral ground, contrast, calm surfaces.

Every function takes and returns a picture of the same size and leaves its argument alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.boards.results import Image
from engines.boards.surfaces import Ground, find_ground, is_chalkboard

__all__ = [
    "Enhanced",
    "denoise",
    "enhance",
    "even_out",
    "flatten_illumination",
    "glare_share",
    "is_chalkboard",
    "stretch_contrast",
    "white_balance",
]

PAPER = 215
"""Level of a light board's ground once its light is even; so far below white that nothing faint is cut off there."""

SLATE = 40
"""Level of a dark board's ground once its light is even."""

SHINING = 250
SHADED = 232
"""A place shines where all colours reach 250 while the ground of the board is below 232, of 255."""

WHITE = 232
BLACK = 28
"""Levels of a light and a dark board's ground once its contrast is stretched."""

MOST_GAIN = 1.4
"""How far contrast is stretched at most; more shows noise, not writing."""

LEAST_DETAIL = 0.15
"""Share of the finest differences that stays, so that no surface looks like plastic."""

NOTABLE_GLARE = 0.002
"""Share of the picture below which a reflection is the shine on a magnet or a frame."""


@dataclass(frozen=True)
class Enhanced:
    """A board enhanced: same size; ``glare`` is the share of the photo in which light hides what was written."""

    image: Image
    is_chalkboard: bool
    glare: float


def enhance(image: Image) -> Enhanced:
    """Make a board even, neutral and clearer, gently: nothing is drawn that was not there, no stroke is lost.

    About 0.1 s a megapixel on one core.
    """
    ground = find_ground(image)
    even = _divide_out(denoise(image), ground, neutral=True)
    return Enhanced(
        image=_stretch(even, ground.is_dark), is_chalkboard=ground.is_dark, glare=glare_share(image)
    )


def even_out(image: Image) -> Image:
    """Make the ground everywhere the same light (or dark) grey and calm, and change nothing else: the gentlest one."""
    # Noise is measured before the light is evened out, which makes it stronger in the dark parts.
    return _divide_out(denoise(image), find_ground(image), neutral=True)


def flatten_illumination(image: Image) -> Image:
    """Divide the uneven light out; the colour of the ground stays. A dark board is treated as its negative."""
    return _divide_out(image, find_ground(image), neutral=False)


def white_balance(image: Image) -> Image:
    """Make the ground of the board neutral grey, as bright as it was."""
    middle = find_ground(image).middle
    gains = middle.mean() / np.maximum(middle, 1.0)
    table = np.clip(np.arange(256)[:, None] * gains.clip(0.5, 2.0), 0, 255)
    return _look_up(image, np.rint(table).astype(np.uint8))


def stretch_contrast(image: Image) -> Image:
    """Spread the levels between ink and ground over the whole range; hues stay, colours grow stronger with it."""
    return _stretch(image, is_chalkboard(image))


def denoise(image: Image) -> Image:
    """Calm the surface: differences as small as the noise fade, strokes and their edges stay."""
    smooth = cv2.GaussianBlur(image, (0, 0), 1.2)
    detail = np.asarray(cv2.addWeighted(image, 1, smooth, -1, 128), dtype=np.uint8)
    noise = _noise(detail)
    level = np.arange(256) - 128.0
    kept = np.clip((np.abs(level) - 0.6 * noise) / max(1.4 * noise, 1e-6), LEAST_DETAIL, 1.0)
    calmed = cv2.LUT(detail, np.clip(np.rint(128 + level * kept), 0, 255).astype(np.uint8))
    return np.asarray(cv2.addWeighted(smooth, 1, calmed, 1, -128), dtype=np.uint8)


def glare_share(image: Image) -> float:
    """Return the share of the picture, 0.0 … 1.0, in which a reflection hides the board; 0 for next to none."""
    share = float(_glare(image).mean())
    return share if share >= NOTABLE_GLARE else 0.0


def _glare(image: Image) -> NDArray[np.uint8]:
    """Return a small mask of blobs in which every colour is at its limit, while the board itself is not."""
    height, width = image.shape[:2]
    scale = min(1.0, 480 / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    lowest = cv2.resize(image, size, interpolation=cv2.INTER_AREA).min(axis=2)
    if np.median(lowest) >= SHADED:
        return np.zeros_like(lowest)
    blobs = cv2.morphologyEx((lowest >= SHINING).astype(np.uint8), cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
    return np.asarray(blobs, dtype=np.uint8)


def _divide_out(image: Image, ground: Ground, *, neutral: bool) -> Image:
    """Return the picture as if its ground were the same everywhere; ``neutral``: grey, else of its own colour."""
    height, width = image.shape[:2]
    level = ground.light if neutral else np.repeat(ground.light.mean(axis=2, keepdims=True), 3, axis=2)
    target = 255.0 - SLATE if ground.is_dark else PAPER
    if not neutral:
        target = float(np.median(level))
    full = cv2.resize(np.rint(level).astype(np.uint8), (width, height), interpolation=cv2.INTER_LINEAR)
    if ground.is_dark:
        return np.asarray(
            cv2.bitwise_not(cv2.divide(cv2.bitwise_not(image), full, scale=target)), dtype=np.uint8
        )
    return np.asarray(cv2.divide(image, full, scale=target), dtype=np.uint8)


def _stretch(image: Image, is_dark: bool) -> Image:
    """Stretch linearly, the same for all colours: hues are kept where nothing reaches its limit."""
    step = max(1, int(np.sqrt(image.shape[0] * image.shape[1] / 250_000)))
    sample = image[::step, ::step]
    if is_dark:
        ground = float(np.percentile(sample.max(axis=2), 40))
        ink = max(float(np.percentile(sample.max(axis=2), 99.7)), ground + 1)
        gain, level = min((255 - BLACK) / (ink - ground), MOST_GAIN), BLACK
    else:
        ground = float(np.percentile(sample.min(axis=2), 60))
        ink = min(float(np.percentile(sample.min(axis=2), 0.3)), ground - 1)
        gain, level = min(WHITE / (ground - ink), MOST_GAIN), WHITE
    table = level + (np.arange(256) - ground) * max(gain, 1.0)
    return np.asarray(cv2.LUT(image, np.clip(np.rint(table), 0, 255).astype(np.uint8)), dtype=np.uint8)


def _noise(detail: Image) -> float:
    """Return the standard deviation of the noise in the details, from their median: strokes are few."""
    step = max(1, int(np.sqrt(detail.shape[0] * detail.shape[1] / 250_000)))
    sample = np.abs(detail[::step, ::step, 1].astype(np.int16) - 128)
    return min(float(np.mean(np.sort(sample, axis=None)[: sample.size // 2])) * 1.4826 * 2.2, 8.0)


def _look_up(image: Image, table: NDArray[np.uint8]) -> Image:
    """Replace levels by a table of shape (256, 3)."""
    return np.asarray(cv2.LUT(image, table[None]), dtype=np.uint8)
