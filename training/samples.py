"""Endless pairs of patches, photo and sharp board, for training: each chunk of them a function of its number alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch.utils.data import DataLoader, Dataset

from training.boards import Board, draw_board
from training.camera import Camera, lit, photographed, tilted
from training.recipes import Recipe

Bytes = NDArray[np.uint8]
SCALE = 2

BOARD = (640, 480)
"""Width and height of a drawn board, in pixels of the sharp picture."""

BOARDS, PATCHES_OF_A_BOARD = 16, 16
RIM = 8
"""Pixels around a patch that are photographed with it, so that the photo's own edge is not learnt."""

LOOKS = 3
"""Of so many places the one with the most contrast becomes a patch: less of the time goes to empty board."""


class Chunks(Dataset[tuple[Bytes, Bytes]]):
    """Chunk ``number``: ``BOARDS × PATCHES_OF_A_BOARD`` pairs, N × P × P × 3 and N × 2P × 2P × 3, in mixed order."""

    def __init__(self, recipe: Recipe, seed: int, first: int, count: int) -> None:
        self.recipe, self.seed, self.first, self.count = recipe, seed, first, count

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, number: int) -> tuple[Bytes, Bytes]:
        if number >= self.count:
            raise IndexError(number)
        chunk = self.first + number
        random = np.random.default_rng((self.seed, chunk))
        pairs = []
        for place in range(BOARDS):
            board = draw_board((self.seed * 1_000_003 + chunk) * BOARDS + place, *BOARD, self.recipe.kind)
            pairs += [
                pair(random, board, self.recipe.patch, self.recipe.camera) for _ in range(PATCHES_OF_A_BOARD)
            ]
        order = random.permutation(len(pairs))
        return np.stack([pairs[n][0] for n in order]), np.stack([pairs[n][1] for n in order])


def batches(
    recipe: Recipe, seed: int, step: int, processes: int
) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """Yield the batches of a recipe from ``step`` on, to its end: uint8, N × 3 × P × P and N × 3 × 2P × 2P."""
    of_a_chunk = BOARDS * PATCHES_OF_A_BOARD // recipe.batch
    first, skipped = divmod(step, of_a_chunk)
    chunks = Chunks(recipe, seed, first, -(-recipe.steps // of_a_chunk) - first)
    loader = DataLoader(
        chunks, batch_size=None, num_workers=processes, prefetch_factor=4 if processes else None
    )
    for photos, boards in loader:
        for number in range(skipped, of_a_chunk):
            part = slice(number * recipe.batch, (number + 1) * recipe.batch)
            yield photos[part].permute(0, 3, 1, 2), boards[part].permute(0, 3, 1, 2)
        skipped = 0


def pair(random: np.random.Generator, board: Board, patch: int, camera: Camera) -> tuple[Bytes, Bytes]:
    """Return a photo of a part of a board, P × P × 3, and what it should become, 2P × 2P × 3."""
    side = SCALE * (patch + 2 * RIM)
    height, width = board.image.shape[:2]
    lefts, tops = (
        random.integers(width - side + 1, size=LOOKS),
        random.integers(height - side + 1, size=LOOKS),
    )
    parts = [board.image[y : y + side, x : x + side] for x, y in zip(lefts, tops, strict=True)]
    part = max(parts, key=lambda one: float(one[::4, ::4].std()))
    if random.random() < 0.6:
        part = tilted(random, part, camera)
    sharp = lit(random, part, camera)
    own = replace(camera, strength=camera.strength * float(random.uniform(0.1, 1.25)))
    photo = photographed(random, sharp, SCALE, own)
    inner, outer = slice(RIM, RIM + patch), slice(SCALE * RIM, SCALE * (RIM + patch))
    return photo[inner, inner], np.clip(np.rint(sharp[outer, outer]), 0, 255).astype(np.uint8)
