"""Photos of drawn boards: seen at an angle, in uneven light, with noise."""

from __future__ import annotations

from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from tests.boards import draw_board

Picture = NDArray[np.uint8]
Surface = Literal["white", "green", "black"]

INKS = {"red": "#c01818", "green": "#0a7d32", "blue": "#1b3a8c", "black": "#202020"}


def draw_on(surface: Surface, size: tuple[int, int] = (960, 600), height: int = 34) -> Picture:
    """Draw a board of a kind with a few lines."""
    board = draw_board(size=size, height=height)
    if surface == "white":
        return board
    chalk = 255 - board.astype(np.float32)
    strength = chalk.max(axis=2, keepdims=True) / chalk.max()
    ground = np.array((38, 74, 56) if surface == "green" else (34, 34, 38), dtype=np.float32)
    strength = np.clip((strength - 0.12) / 0.6, 0, 1)
    drawn: Picture = (ground + (np.array((225, 225, 220)) - ground) * strength).astype(np.uint8)
    return drawn


def photograph(
    board: Picture,
    corners: list[tuple[float, float]],
    *,
    size: tuple[int, int] = (1280, 960),
    wall: tuple[int, int, int] = (120, 105, 90),
    seed: int = 7,
) -> Picture:
    """Put a board into a photo of a wall, its corners at shares of the photo; with noise and light from one side."""
    rng = np.random.default_rng(seed)
    ground = cv2.resize(rng.normal(0, 6, (12, 16, 1)).astype(np.float32), size, interpolation=cv2.INTER_CUBIC)
    scene = np.array(wall, dtype=np.float32) + ground[..., None]
    source = (
        np.array([(0, 0), (board.shape[1], 0), (board.shape[1], board.shape[0]), (0, board.shape[0])]) - 0.5
    )
    target = np.array(corners) * size - 0.5
    transform = cv2.getPerspectiveTransform(source.astype(np.float32), target.astype(np.float32))
    warped = cv2.warpPerspective(board.astype(np.float32), transform, size, flags=cv2.INTER_AREA)
    inside = cv2.warpPerspective(np.ones(board.shape[:2], dtype=np.float32), transform, size)[..., None]
    return with_noise(in_uneven_light(scene * (1 - inside) + warped * inside, darkest=0.7), seed=seed)


def in_uneven_light(image: NDArray[np.floating] | Picture, darkest: float = 0.45) -> NDArray[np.float32]:
    """Let the light fall off from the top left to the bottom right, down to a share."""
    height, width = image.shape[:2]
    y, x = np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j]
    lit: NDArray[np.float32] = (image * (1 - (1 - darkest) * ((x + y) / 2)[..., None])).astype(np.float32)
    return lit


def with_noise(image: NDArray[np.floating] | Picture, sigma: float = 3.0, seed: int = 7) -> Picture:
    """Add the noise of a sensor."""
    noisy = image + np.random.default_rng(seed).normal(0, sigma, image.shape)
    return np.clip(noisy, 0, 255).astype(np.uint8)
