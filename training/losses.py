"""How far a picture is from what it should be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import torch
from torch import Tensor

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
