"""How far a picture is from what it should be."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

import torch
from torch import Tensor
from torch.nn import functional

from engines.boards.alphabet import BLANK
from engines.boards.line_images import HEIGHT, LEAST_CONTRAST, STEP, answers_of, width_of
from training.reader import LineReader

Levels = Literal["charbonnier", "square"]

SOFT = 1e-3
"""Where Charbonnier's loss turns from square to absolute, in levels 0 … 1."""

WEIGHT_OF_SQUARES = 12.0
"""Squares of small errors are smaller still: so much makes their loss about as large as that of absolute ones."""

LIGHT = (0.299, 0.587, 0.114)
"""The weights of red, green and blue in luminance (Y of YCbCr, ITU-R BT.601)."""


def charbonnier(difference: Tensor) -> Tensor:
    """Return the mean of √(d² + ε²): an absolute error that is smooth at 0 (Charbonnier et al. 1994).

    What it asks for, where the photo leaves it open, is the median of what may have been there: one sharp guess.
    """
    return torch.sqrt(difference * difference + SOFT * SOFT).mean()


def square(difference: Tensor) -> Tensor:
    """Return the mean of d², weighted.

    What it asks for, where the photo leaves it open, is the mean of what may have been there: nothing is invented.
    """
    return WEIGHT_OF_SQUARES * (difference * difference).mean()


ERRORS: dict[Levels, Callable[[Tensor], Tensor]] = {"charbonnier": charbonnier, "square": square}


def light(image: Tensor) -> Tensor:
    """Return the luminance of RGB, count × 3 × height × width to count × 1 × height × width."""
    weights = torch.tensor(LIGHT, dtype=image.dtype, device=image.device)
    return (image * weights[:, None, None]).sum(1, keepdim=True)


def board_loss(made: Tensor, sharp: Tensor, levels: Levels, edges: float) -> Tensor:
    """Return the error of levels, and ``edges`` times that of their differences across one and two pixels.

    Writing covers a tenth of a board: the differences count where strokes are, and nothing where the board is empty.
    """
    error = ERRORS[levels]
    difference = made - sharp
    loss = error(difference)
    for step in (1, 2):
        across = difference[..., :, step:] - difference[..., :, :-step]
        down = difference[..., step:, :] - difference[..., :-step, :]
        loss = loss + edges / 2 * (error(across) + error(down))
    return loss


def reading_loss(
    reader: LineReader, made: Sequence[Tensor], sharp: Sequence[Tensor], numbers: Tensor, lengths: Tensor
) -> Tensor:
    """Return how far lines are from being read as what is written there, and from looking to a reader as they should.

    ``made`` and ``sharp`` are lines of the same sizes, each 3 × height × width, 0 … 1; ``numbers`` their letters in a
    row, ``lengths`` how many are of each. The sum of the reader's CTC loss for each letter (Graves et al. 2006) and of
    the mean square between its features of strokes in the two. The reader should be frozen and not in training.
    """
    widths = torch.tensor([answers_of(width_of(*line.shape[1:])) for line in made])
    strokes, letters = reader.features_of(as_read(made))
    with torch.no_grad():
        wanted = reader.features_of(as_read(sharp))[0]
    told = reader.answers_to(letters)
    misread = functional.ctc_loss(told, numbers.to(told.device), widths, lengths, BLANK, zero_infinity=True)
    is_line = (torch.arange(strokes.shape[3]) < widths[:, None])[:, None, None].to(strokes)
    difference = (strokes - wanted) * is_line
    return misread + (difference * difference).sum() / (is_line.sum() * strokes.shape[1] * strokes.shape[2])


def as_read(lines: Sequence[Tensor]) -> Tensor:
    """Return lines, each 3 × height × width, 0 … 1, as :func:`engines.boards.line_images.normalised` gives them.

    N × 1 × 32 × width, padded with their last columns, 0 … 1, with gradients; the levels to which each is stretched
    are taken as they are.
    """
    seen = [_normalised(line) for line in lines]
    longest = STEP * max(answers_of(line.shape[3]) for line in seen)
    return torch.cat([functional.pad(line, (0, longest - line.shape[3], 0, 0), "replicate") for line in seen])


def _normalised(line: Tensor) -> Tensor:
    grey = light(line[None].clamp(0, 1))
    height, width = grey.shape[2:]
    size = (HEIGHT, width_of(height, width))
    if height > HEIGHT:
        small = functional.interpolate(grey, size, mode="bilinear", antialias=True)
    else:
        small = functional.interpolate(grey, size, mode="bicubic")
    low, middle, high = torch.quantile(
        small.detach(), torch.tensor([0.01, 0.5, 0.99], device=small.device)
    ).tolist()
    if middle - low < high - middle:  # bright on dark
        small, low, high = 1 - small, 1 - high, 1 - low
    stretched: Tensor = 1 - (high - small) / max(LEAST_CONTRAST / 255, high - low)
    return stretched.clamp(0, 1)
