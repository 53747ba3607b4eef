"""Measures of a picture's light and sharpness, on its luminance reduced to 512 pixels: milliseconds each."""

from __future__ import annotations

from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
"""RGB, shape (height, width, 3), 0 … 255, sRGB."""

Luminance = NDArray[np.float32]
"""Shape (height, width), 0.0 … 1.0."""

SIDE = 512
BLOCK = 32
"""Side in pixels of the parts of which each has something to be seen or has not."""

LEAST_DETAIL = 0.012
"""The standard deviation from which on a part has something to be seen; grain and slow gradients stay below."""

RE_BLUR = 1.0
"""By so many pixels, as the standard deviation of a Gaussian, a picture is blurred again to see how sharp it was."""

LEAST_EDGE = 0.012
"""Change of luminance per pixel from which on there is an edge and no grain."""

LEAST_BRIGHTNESS = 0.1
"""What is darker is measured against this: in the dark there is nothing but grain to differ."""

BLURRED_BEYOND_MEASURE = 0.02
"""The blur of a picture without any edge, as a share of the longer side."""


def luminance(picture: Pixels) -> Luminance:
    """Return the luminance, reduced so that its longer side is ``SIDE`` pixels; smaller pictures are enlarged."""
    height, width = picture.shape[:2]
    share = SIDE / max(height, width)
    size = (max(1, round(width * share)), max(1, round(height * share)))
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    way = cv2.INTER_AREA if share < 1 else cv2.INTER_LINEAR
    return cast("Luminance", cv2.resize(grey, size, interpolation=way).astype(np.float32) / 255)


def detail(light: Luminance) -> float:
    """Return the share of the picture's parts in which there is something to be seen, 0.0 … 1.0."""
    smooth = cv2.GaussianBlur(light, (0, 0), 1.5)  # without the grain
    mean = cv2.blur(smooth, (BLOCK, BLOCK))
    variance = cv2.blur(smooth * smooth, (BLOCK, BLOCK)) - mean * mean
    down, across = (min(BLOCK, length) // 2 for length in light.shape)
    parts = variance[down::BLOCK, across::BLOCK]
    return float((parts > LEAST_DETAIL**2).mean())


def brightness(light: Luminance) -> float:
    """Return the luminance that nine tenths of the picture stay below, 0.0 … 1.0."""
    return float(np.percentile(light, 90))


def contrast(light: Luminance) -> float:
    """Return by what share the darkest hundredth is darker than the brightest, 0.0 … 1.0; fog lowers it, dusk not."""
    darkest, brightest = np.percentile(light, (1, 99))
    return float((brightest - darkest) / max(brightest, LEAST_BRIGHTNESS))


def blur(light: Luminance) -> float:
    """Return how blurred the sharper edges are: a Gaussian's standard deviation as a share of the longer side.

    A step blurred by σ₀ loses the factor √(σ₀² + σ²)/σ₀ of its gradient when blurred again by σ, whatever its height
    (S. Zhuo, T. Sim, "Defocus map estimation from a single image", 2011). Of all edges the sharpest fifth counts, so
    that what lies out of focus on purpose does no harm.
    """
    steep = _gradient(light)
    again = _gradient(cast("Luminance", cv2.GaussianBlur(light, (0, 0), RE_BLUR)))
    edges = (steep >= LEAST_EDGE) & (steep >= cv2.dilate(steep, np.ones((3, 3), np.uint8)) - 1e-6)
    if edges.sum() < SIDE // 8:
        return BLURRED_BEYOND_MEASURE
    ratio = np.maximum(steep[edges] / np.maximum(again[edges], 1e-6), 1.001)
    widths = RE_BLUR / np.sqrt(ratio**2 - 1)
    return float(min(BLURRED_BEYOND_MEASURE, np.percentile(widths, 20) / SIDE))


def _gradient(light: Luminance) -> Luminance:
    across = cv2.Sobel(light, cv2.CV_32F, 1, 0, ksize=3) / 8
    down = cv2.Sobel(light, cv2.CV_32F, 0, 1, ksize=3) / 8
    return cast("Luminance", cv2.magnitude(across, down))
