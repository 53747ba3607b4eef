"""How far a picture is from what it should be."""

from __future__ import annotations

import torch
from torch import Tensor

SOFT = 1e-3
"""Where Charbonnier's loss turns from square to absolute, in levels 0 … 1."""


def charbonnier(difference: Tensor) -> Tensor:
    """Return the mean of √(d² + ε²): an absolute error that is smooth at 0 (Charbonnier et al. 1994)."""
    return torch.sqrt(difference * difference + SOFT * SOFT).mean()


def board_loss(made: Tensor, sharp: Tensor, edges: float) -> Tensor:
    """Return the error of levels, and ``edges`` times that of their differences across one and two pixels.

    Writing covers a tenth of a board: the differences count where strokes are, and nothing where the board is empty.
    """
    difference = made - sharp
    loss = charbonnier(difference)
    for step in (1, 2):
        across = difference[..., :, step:] - difference[..., :, :-step]
        down = difference[..., step:, :] - difference[..., :-step, :]
        loss = loss + edges / 2 * (charbonnier(across) + charbonnier(down))
    return loss
