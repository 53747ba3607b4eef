"""What a camera in a lecture hall makes of a board: light, lens, sensor, processing, files sent twice.

After the second-order degradation of Real-ESRGAN (https://arxiv.org/abs/2107.10833): two rounds of blur, scaling,
noise and JPEG, here with what photos of boards show besides: uneven light, shadows, glare, colour casts, motion,
sharpening halos.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from training.boards import Floats, clouds

Bytes = NDArray[np.uint8]
KERNELS = (cv2.INTER_AREA, cv2.INTER_LINEAR, cv2.INTER_CUBIC)


@dataclass(frozen=True, kw_only=True)
class Camera:
    """How badly boards are photographed: ``strength`` 1.0 is a phone from the middle of the hall, 0.0 a scanner.

    ``light`` and ``tilt`` are how uneven the light is and how far from the front one sits, 1.0 as usual; ``twice`` and
    ``motion`` the shares of photos that are scaled and compressed again, and of those that are moved.
    """

    strength: float = 1.0
    light: float = 1.0
    twice: float = 0.5
    motion: float = 0.25
    tilt: float = 1.0


def lit(random: np.random.Generator, image: Floats, camera: Camera) -> Floats:
    """Return a board as the light of the hall shows it, still sharp: what super-resolution should give back."""
    height, width = image.shape[:2]
    x, y = np.meshgrid(
        np.linspace(-1, 1, width, dtype=np.float32), np.linspace(-1, 1, height, dtype=np.float32)
    )
    slope = random.normal(0, 0.16 * camera.light, 2)
    light = 1 + slope[0] * x + slope[1] * y - abs(random.normal(0, 0.1 * camera.light)) * (x * x + y * y)
    light += 0.06 * camera.light * clouds(random, width, height, 0.6)
    cast = 1 + random.normal(0, 0.04 * camera.light, 3)
    exposure = float(np.exp(random.normal(-0.05, 0.14 * camera.light)))
    seen = image * (light[..., None] * cast * exposure).astype(np.float32)
    if random.random() < 0.2 * camera.light:  # somebody's shadow
        edge = x * random.normal() + y * random.normal() + random.uniform(-0.7, 0.7)
        edge /= random.uniform(0.05, 0.6)
        shadow = random.uniform(0.1, 0.45) / (1 + np.exp(-np.clip(edge, -30, 30)))
        seen = seen * (1 - shadow[..., None]).astype(np.float32)
    if random.random() < 0.15 * camera.light:
        away = ((x - random.uniform(-1, 1)) / 0.25) ** 2 + ((y - random.uniform(-1, 1)) / 0.35) ** 2
        spot = np.exp(-away)
        seen = seen + (255 - seen) * (random.uniform(0.2, 0.9) * spot)[..., None].astype(np.float32)
    return np.asarray(np.clip(seen, 0, 255), dtype=np.float32)


def tilted(random: np.random.Generator, image: Floats, camera: Camera) -> Floats:
    """Return a part of a board as seen from somewhere in the hall, still sharp and of the same size."""
    height, width = image.shape[:2]
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], dtype=np.float32)
    inwards = random.uniform(0, 0.09 * camera.tilt, (4, 2)) * (width, height)
    seen = corners + inwards * np.array([(1, 1), (-1, 1), (-1, -1), (1, -1)])
    # The quadrangle becomes the whole part, so nothing from beyond the board is seen.
    matrix = cv2.getPerspectiveTransform(seen.astype(np.float32), corners)
    return np.asarray(
        cv2.warpPerspective(image, matrix, (width, height), flags=cv2.INTER_CUBIC), dtype=np.float32
    )


def photographed(random: np.random.Generator, sharp: Floats, scale: int, camera: Camera) -> Bytes:
    """Return a photo of a lit board, ``scale`` times smaller (sides must be multiples of it); uint8."""
    height, width = sharp.shape[:2]
    size = (width // scale, height // scale)
    hard = camera.strength
    seen = _blurred(random, sharp, scale * hard, camera)
    seen = _scaled(seen, size, cv2.INTER_AREA if random.random() < 0.7 else cv2.INTER_LINEAR)
    seen = _noisy(random, seen, hard)
    if random.random() < 0.4:
        seen = _demosaiced(random, seen)
    if random.random() < 0.5:
        seen = _sharpened(random, seen, hard)
    seen = _jpeg(random, seen, 55 + 43 * (1 - hard) * 0.5, 96)
    if random.random() < camera.twice:
        share = random.uniform(0.75, 1.25)
        there = (max(8, round(size[0] * share)), max(8, round(size[1] * share)))
        seen = _scaled(seen, there, KERNELS[random.integers(3)])
        if random.random() < 0.4:
            softness = random.uniform(0.2, 0.2 + 0.5 * hard)
            seen = np.asarray(cv2.GaussianBlur(seen, (0, 0), softness), dtype=np.float32)
        seen = _scaled(seen, size, KERNELS[random.integers(3)])
        seen = _jpeg(random, seen, 60, 96)
    return np.clip(np.rint(seen), 0, 255).astype(np.uint8)


def _scaled(image: Floats, size: tuple[int, int], kernel: int) -> Floats:
    return np.asarray(cv2.resize(image, size, interpolation=kernel), dtype=np.float32)


def _blurred(random: np.random.Generator, image: Floats, reach: float, camera: Camera) -> Floats:
    """Blur by the lens and by what moved. ``reach`` is in pixels of the sharp picture."""
    one, other = np.exp(random.normal(np.log(0.28), 0.45, 2)) * reach
    if max(one, other) > 0.15:
        image = cv2.GaussianBlur(image, (0, 0), max(0.1, one), sigmaY=max(0.1, other))  # type: ignore[assignment]
    if random.random() < camera.motion and reach > 0:
        image = cv2.filter2D(image, -1, _motion(random, reach * random.uniform(0.4, 1.8)))  # type: ignore[assignment]
    if random.random() < 0.2 and reach > 0:  # out of focus: a disc
        radius = reach * random.uniform(0.2, 0.8)
        side = 2 * int(np.ceil(radius)) + 1
        y, x = np.mgrid[:side, :side] - side // 2
        disc = np.clip(radius + 0.5 - np.hypot(x, y), 0, 1).astype(np.float32)
        image = cv2.filter2D(image, -1, disc / disc.sum())  # type: ignore[assignment]
    return image


def _motion(random: np.random.Generator, length: float) -> Floats:
    side = 2 * int(np.ceil(length / 2)) + 3
    kernel = np.zeros((side, side), dtype=np.float32)
    angle = random.uniform(0, np.pi)
    for step in np.linspace(-length / 2, length / 2, 4 * side):
        x, y = side // 2 + step * np.cos(angle), side // 2 + step * np.sin(angle)
        kernel[round(y), round(x)] += 1
    soft = cv2.GaussianBlur(kernel, (0, 0), 0.5)
    return np.asarray(soft / soft.sum(), dtype=np.float32)


def _noisy(random: np.random.Generator, image: Floats, hard: float) -> Floats:
    """Add the noise of light (Poisson, by its normal approximation) and of the sensor (Gaussian)."""
    photons = np.exp(random.normal(np.log(900), 0.8)) / max(0.05, hard) ** 2
    sensor = abs(random.normal(0, 2.2)) * hard
    deviation = np.sqrt(np.maximum(image, 1) * 255 / photons + sensor**2)
    shape = image.shape if random.random() < 0.7 else (*image.shape[:2], 1)
    noise = random.standard_normal(shape, dtype=np.float32)
    if random.random() < 0.35:  # after denoising and scaling by the phone, grains are larger
        noise = cv2.GaussianBlur(noise, (0, 0), 0.7).reshape(shape) * 1.8
    return np.asarray(image + deviation * noise, dtype=np.float32)


def _demosaiced(random: np.random.Generator, image: Floats) -> Floats:
    """Take one colour a pixel, as a sensor does, and interpolate the others."""
    full = np.clip(np.rint(image), 0, 255).astype(np.uint8)
    mosaic = full[..., 1].copy()
    mosaic[::2, ::2] = full[::2, ::2, 0]
    mosaic[1::2, 1::2] = full[1::2, 1::2, 2]
    return np.asarray(cv2.cvtColor(mosaic, cv2.COLOR_BayerBG2RGB), dtype=np.float32)


def _sharpened(random: np.random.Generator, image: Floats, hard: float) -> Floats:
    amount = random.uniform(0.1, 0.2 + 0.9 * hard)
    soft = cv2.GaussianBlur(image, (0, 0), random.uniform(0.6, 1.6))
    return np.asarray(image + amount * (image - soft), dtype=np.float32)


def _jpeg(random: np.random.Generator, image: Floats, low: float, high: float) -> Floats:
    quality = int(random.uniform(low, high))
    full = np.clip(np.rint(image), 0, 255).astype(np.uint8)
    done, file = cv2.imencode(".jpg", full[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    assert done
    read = cv2.imdecode(file, cv2.IMREAD_COLOR)
    assert read is not None
    return np.asarray(read[..., ::-1], dtype=np.float32)
