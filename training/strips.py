"""Endless pairs of strips, photo and sharp board, with the line that stands there: for a reader in the loop."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from engines.boards.alphabet import numbers_of
from engines.boards.line_images import STEP, width_of
from training.boards import Board, Kind, draw_board
from training.camera import Camera, lit, photographed
from training.lines import frame, parts_of
from training.recipes import Recipe
from training.samples import BOARD, RIM, SCALE

Bytes = NDArray[np.uint8]

BATCH, BATCHES = 8, 8
"""Strips read in one step, and such batches in a chunk."""

OF_A_BOARD = 16
"""Strips at most: a batch should show many boards."""

MOST_BOARDS = 200
LEAST_HEIGHT, MOST_HEIGHT, MOST_WIDTH = 6, 40, 176
"""Pixels of a line in the photo; larger writing reads anyway, and strips of one batch are padded to the largest."""


@dataclass(frozen=True)
class Strip:
    """A part of a photo, H × W × 3, and of its sharp board, 2H × 2W × 3, uint8.

    ``box`` is where the line stands in the photo's part: top, bottom, left, right; ``numbers`` are its letters.
    """

    photo: Bytes
    sharp: Bytes
    box: tuple[int, int, int, int]
    numbers: list[int]


@dataclass(frozen=True)
class Strips:
    """A batch: uint8, N × 3 × H × W and N × 3 × 2H × 2W, padded with their last rows and columns.

    ``boxes`` is N × 4, ``numbers`` all letters in a row and ``lengths`` how many of them are of each strip.
    """

    photos: Tensor
    sharps: Tensor
    boxes: Tensor
    numbers: Tensor
    lengths: Tensor

    def lines(self, pictures: Tensor) -> list[Tensor]:
        """Cut the lines out of what the photos became, N × 3 × 2H × 2W: each 3 × its own height × its own width."""
        return [
            picture[:, SCALE * top : SCALE * bottom, SCALE * left : SCALE * right]
            for picture, (top, bottom, left, right) in zip(pictures, self.boxes.tolist(), strict=True)
        ]


def strips_of(random: np.random.Generator, board: Board, camera: Camera) -> Iterator[Strip]:
    """Photograph a board and cut its lines out, with ``RIM`` pixels around them where the photo has them."""
    sharp = lit(random, board.image, camera)
    own = replace(camera, strength=camera.strength * float(random.uniform(0.1, 1.25)))
    photo = photographed(random, sharp, SCALE, own)
    sharp_bytes = np.clip(np.rint(sharp), 0, 255).astype(np.uint8)
    for line in board.lines:
        for words in parts_of(random, line):
            numbers = numbers_of(" ".join(word.text for word in words))
            rows, columns = frame(random, words, photo.shape, SCALE)
            height, width = rows.stop - rows.start, columns.stop - columns.start
            if numbers is None or not LEAST_HEIGHT <= height <= MOST_HEIGHT or not 1 < width <= MOST_WIDTH:
                continue
            if width_of(height, width) // STEP < 2 * len(numbers):
                continue
            top, bottom = _with_rim(rows, photo.shape[0])
            left, right = _with_rim(columns, photo.shape[1])
            yield Strip(
                photo[top:bottom, left:right],
                sharp_bytes[SCALE * top : SCALE * bottom, SCALE * left : SCALE * right],
                (rows.start - top, rows.stop - top, columns.start - left, columns.stop - left),
                numbers,
            )


def _with_rim(part: slice, end: int) -> tuple[int, int]:
    return max(0, part.start - RIM), min(end, part.stop + RIM)


def gathered(strips: Sequence[Strip]) -> Strips:
    """Put strips together, padded to the largest one; their sides become even, as the network wants them."""
    rows, columns = (2 * -(-max(strip.photo.shape[axis] for strip in strips) // 2) for axis in (0, 1))
    return Strips(
        photos=_stacked([strip.photo for strip in strips], rows, columns),
        sharps=_stacked([strip.sharp for strip in strips], SCALE * rows, SCALE * columns),
        boxes=torch.tensor([strip.box for strip in strips]),
        numbers=torch.tensor([number for strip in strips for number in strip.numbers]),
        lengths=torch.tensor([len(strip.numbers) for strip in strips]),
    )


def _stacked(images: Sequence[Bytes], rows: int, columns: int) -> Tensor:
    padded = [
        np.pad(image, ((0, rows - image.shape[0]), (0, columns - image.shape[1]), (0, 0)), "edge")
        for image in images
    ]
    return torch.from_numpy(np.stack(padded)).permute(0, 3, 1, 2)


class StripChunks(Dataset[list[Strips]]):
    """Chunk ``number``: ``BATCHES`` batches of ``BATCH`` strips, those of like width together."""

    def __init__(self, recipe: Recipe, seed: int, first: int) -> None:
        self.recipe, self.seed, self.first = recipe, seed, first
        self.kind: Kind = replace(recipe.kind, formulas=0.0, spoilt=0.0)

    def __len__(self) -> int:
        return 1_000_000

    def __getitem__(self, number: int) -> list[Strips]:
        """Draw boards until there are enough strips. Raises ``ValueError`` where hardly a line fits."""
        random = np.random.default_rng((self.seed, self.first + number, 99))
        strips: list[Strip] = []
        for _ in range(MOST_BOARDS):
            board = draw_board(int(random.integers(1 << 40)), *BOARD, self.kind)
            found = list(strips_of(random, board, self.recipe.camera))
            strips += [found[place] for place in random.permutation(len(found))[:OF_A_BOARD]]
            if len(strips) >= BATCH * BATCHES:
                break
        else:
            raise ValueError(f"{MOST_BOARDS} boards have only {len(strips)} lines that fit into a strip.")
        strips = sorted(strips[: BATCH * BATCHES], key=lambda strip: strip.photo.shape[1])
        together = [strips[begin : begin + BATCH] for begin in range(0, len(strips), BATCH)]
        return [gathered(together[place]) for place in random.permutation(BATCHES)]


def strip_batches(recipe: Recipe, seed: int, step: int, processes: int) -> Iterator[Strips]:
    """Yield the batches of strips of a recipe from ``step`` on, endlessly; the same for the same step."""
    first, skipped = divmod(step, BATCHES)
    loader = DataLoader(
        StripChunks(recipe, seed, first), batch_size=None, num_workers=processes,
        prefetch_factor=4 if processes else None,
    )  # fmt: skip
    for batches in loader:
        yield from batches[skipped:]
        skipped = 0
