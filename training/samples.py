"""Endless pairs of patches, photo and sharp board, for training; seeded."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from training.boards import Board, Kind, draw_board
from training.camera import Camera, lit, photographed

Bytes = NDArray[np.uint8]
POOL = 160
"""Boards kept at a time; each is used for some forty patches."""

BOARD = (640, 480)


def pairs(
    seed: int, *, scale: int, patch: int, kind: Kind | None = None, camera: Camera | None = None
) -> Iterator[tuple[Bytes, Bytes]]:
    """Yield photo (``patch`` × ``patch`` × 3) and the sharp board, ``scale`` times that; endless, the same for a seed.

    ``x_height`` of ``kind`` counts in pixels of the photo.
    """
    random = np.random.default_rng(seed)
    kind = kind or Kind()
    camera = camera or Camera()
    pool: list[Board] = []
    number = 0
    while True:
        if len(pool) < POOL or random.random() < 1 / 40:
            board = draw_board(seed * 1_000_003 + number, *BOARD, kind)
            number += 1
            if len(pool) < POOL:
                pool.append(board)
            else:
                pool[random.integers(POOL)] = board
        yield _pair(random, pool[random.integers(len(pool))], scale, patch, camera)


def _pair(
    random: np.random.Generator, board: Board, scale: int, patch: int, camera: Camera
) -> tuple[Bytes, Bytes]:
    margin = 8  # the photo is made with a rim, so that its own edge is not learnt
    side = scale * (patch + 2 * margin)
    height, width = board.image.shape[:2]
    for _ in range(4):
        x, y = random.integers(width - side + 1), random.integers(height - side + 1)
        part = board.image[y : y + side, x : x + side]
        if part.std() > 8:
            break
    if random.random() < 0.5:
        part = part[:, ::-1] if random.random() < 0.15 else part
    sharp = lit(random, part, camera)
    own = Camera(strength=camera.strength * float(random.uniform(0.25, 1.25)), light=camera.light)
    photo = photographed(random, sharp, scale, own)
    inner = slice(margin, margin + patch)
    outer = slice(scale * margin, scale * (margin + patch))
    return photo[inner, inner], np.clip(np.rint(sharp[outer, outer]), 0, 255).astype(np.uint8)
