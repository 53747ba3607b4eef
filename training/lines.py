"""Endless lines of writing with their text, as a photo shows them, for training a reader."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch.utils.data import DataLoader, Dataset

from engines.boards.alphabet import numbers_of
from engines.boards.line_images import STEP, answers_of, normalised
from training.boards import Board, Kind, Word, draw_board
from training.camera import Camera, lit, photographed

Bytes = NDArray[np.uint8]
LONGEST = 480
"""Pixels of a line as the reader sees it; longer ones are left out."""

BOARD = (960, 720)
BOARDS = 8
SCALE = 2


@dataclass(frozen=True)
class Line:
    """A line: ``image`` is as ``normalised`` makes it; ``numbers`` those of its letters."""

    image: Bytes
    text: str
    numbers: list[int]


@dataclass(frozen=True)
class Lines:
    """A batch: ``images`` N × 1 × 32 × width, 0 … 1, padded with the last column; widths and texts of each."""

    images: torch.Tensor
    widths: torch.Tensor
    numbers: torch.Tensor
    lengths: torch.Tensor
    texts: tuple[str, ...]


def lines_of(random: np.random.Generator, board: Board, camera: Camera) -> Iterator[Line]:
    """Photograph a board and cut its lines out, with the margins that a finder of lines leaves."""
    sharp = lit(random, board.image, camera)
    if random.random() < 0.7:
        own = replace(camera, strength=camera.strength * float(random.uniform(0.0, 1.1)))
        photo, scale = photographed(random, sharp, SCALE, own), SCALE
    else:  # what an enlargement gives: sharp, or softened a little
        softness = random.uniform(0.2, 1.6)
        photo = np.clip(np.rint(cv2.GaussianBlur(sharp, (0, 0), softness)), 0, 255).astype(np.uint8)
        scale = 1
    for line in board.lines:
        for words in parts_of(random, line):
            text = " ".join(word.text for word in words)
            numbers = numbers_of(text)
            part = photo[frame(random, words, photo.shape, scale)]
            if numbers is None or part.shape[0] < 6 or part.shape[1] < 6:
                continue
            image = normalised(part)
            if image.shape[1] <= LONGEST and image.shape[1] // STEP >= 2 * len(numbers):
                yield Line(image, text, numbers)


def parts_of(random: np.random.Generator, line: tuple[Word, ...]) -> Iterator[tuple[Word, ...]]:
    """Part a line into pieces of one to five words each."""
    begin = 0
    while begin < len(line):
        count = int(random.integers(1, 6))
        yield line[begin : begin + count]
        begin += count


def frame(
    random: np.random.Generator, words: tuple[Word, ...], shape: tuple[int, ...], scale: int
) -> tuple[slice, slice]:
    """Return rows and columns around words, a little too much or too little as finders do.

    ``shape`` is that of the picture, ``scale`` by how many times the board is larger.
    """
    lefts, tops, rights, bottoms = zip(*(word.box for word in words), strict=True)
    left, top, right, bottom = (side / scale for side in (min(lefts), min(tops), max(rights), max(bottoms)))
    height = bottom - top
    top -= random.uniform(-0.06, 0.25) * height
    bottom += random.uniform(-0.06, 0.25) * height
    left -= random.uniform(-0.05, 0.4) * height
    right += random.uniform(-0.05, 0.4) * height
    return (
        slice(max(0, round(top)), min(shape[0], round(bottom))),
        slice(max(0, round(left)), min(shape[1], round(right))),
    )


class LineChunks(Dataset[list[Lines]]):
    """Chunk ``number``: the lines of ``BOARDS`` boards in batches of about ``batch``, those of like length together."""

    def __init__(self, kind: Kind, camera: Camera, seed: int, first: int, batch: int) -> None:
        self.kind, self.camera, self.seed, self.first, self.batch = kind, camera, seed, first, batch

    def __len__(self) -> int:
        return 1_000_000

    def __getitem__(self, number: int) -> list[Lines]:
        chunk = self.first + number
        random = np.random.default_rng((self.seed, chunk, 77))
        lines: list[Line] = []
        for place in range(BOARDS):
            board = draw_board(
                50_000_017 + (self.seed * 1_000_003 + chunk) * BOARDS + place, *BOARD, self.kind
            )
            lines += lines_of(random, board, self.camera)
        lines.sort(key=lambda line: line.image.shape[1])
        parts = [lines[begin : begin + self.batch] for begin in range(0, len(lines), self.batch)]
        return [gathered(parts[place]) for place in random.permutation(len(parts))]


def gathered(lines: list[Line]) -> Lines:
    """Put lines together, padded to the longest one."""
    longest = STEP * answers_of(max(line.image.shape[1] for line in lines))
    images = [np.pad(line.image, ((0, 0), (0, longest - line.image.shape[1])), "edge") for line in lines]
    return Lines(
        images=torch.from_numpy(np.stack(images))[:, None].float() / 255,
        widths=torch.tensor([answers_of(line.image.shape[1]) for line in lines]),
        numbers=torch.tensor([number for line in lines for number in line.numbers]),
        lengths=torch.tensor([len(line.numbers) for line in lines]),
        texts=tuple(line.text for line in lines),
    )


def line_batches(
    kind: Kind, camera: Camera, seed: int, first: int, batch: int, processes: int
) -> Iterator[tuple[int, Lines]]:
    """Yield the number of the chunk and a batch of lines, endlessly."""
    loader = DataLoader(
        LineChunks(kind, camera, seed, first, batch), batch_size=None, num_workers=processes,
        prefetch_factor=2 if processes else None,
    )  # fmt: skip
    for number, batches in enumerate(loader, start=first):
        for lines in batches:
            yield number, lines
