"""The network of a recipe, as its training begins with it."""

from __future__ import annotations

from pathlib import Path

import safetensors.torch
import torch
from torch import nn

from engines.superres.boardnet import BoardNet
from engines.superres.networks import SRVGGNetCompact
from training.recipes import Recipe
from training.samples import SCALE

Trained = BoardNet | SRVGGNetCompact

SLOPE = 0.25
"""Of a new PReLU."""


def new_network(recipe: Recipe) -> Trained:
    """Build the network of a recipe, with weights from PyTorch's random numbers: it begins as the enlarged photo."""
    if recipe.network == "compact":
        compact = SRVGGNetCompact(recipe.features, recipe.blocks, SCALE)
        _begin_level(compact)
        return compact
    board = BoardNet(recipe.features, recipe.blocks)
    _begin_gently(board)
    return board


def begin_with(network: Trained, weights: Path) -> None:
    """Load the weights that another training made. Raises ``SystemExit`` where they are missing or do not fit."""
    if not weights.is_file():
        raise SystemExit(f"{weights} is missing: train {weights.parent.name} first.")
    try:
        network.load_state_dict(safetensors.torch.load_file(weights))
    except RuntimeError as error:
        raise SystemExit(f"{weights} is of another network: {error}") from error


def _begin_gently(network: BoardNet) -> None:
    """Let blocks and the tail add little at first."""
    with torch.no_grad():
        for block in network.blocks:
            block.conv2.weight.mul_(0.1)  # type: ignore[union-attr,operator]
        network.tail.weight.mul_(0.1)


def _begin_level(network: SRVGGNetCompact) -> None:
    """Keep features as large behind each convolution as before it (He et al. 2015, arXiv:1502.01852).

    No way leads past the convolutions of a chain: with PyTorch's own beginning they would let nothing through.
    """
    convolutions = [part for part in network.body if isinstance(part, nn.Conv2d)]
    with torch.no_grad():
        for convolution in convolutions:
            assert convolution.bias is not None
            nn.init.kaiming_normal_(convolution.weight, a=SLOPE)
            convolution.bias.zero_()
        convolutions[-1].weight.mul_(0.1)
