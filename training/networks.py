"""The network of a recipe, as its training begins with it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import safetensors.torch
import torch
from torch import nn

from engines.registry import SUPER_RESOLUTION_MODELS
from engines.superres.boardnet import BoardNet
from engines.superres.loading import load_network
from engines.superres.networks import SRVGGNetCompact
from training.recipes import RECIPES, Recipe
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


def begin_with(network: Trained, key: str, trainings: Path) -> None:
    """Load the weights of another recipe, made in its folder of ``trainings``, or of a model of the registry.

    Raises ``SystemExit`` where they are missing or do not fit.
    """
    try:
        network.load_state_dict(_weights_of(key, trainings))
    except RuntimeError as error:
        raise SystemExit(f"The weights of {key} are of another network: {error}") from error


def _weights_of(key: str, trainings: Path) -> Mapping[str, torch.Tensor]:
    if key in SUPER_RESOLUTION_MODELS and key not in RECIPES:
        given = load_network(SUPER_RESOLUTION_MODELS[key])[0]
        return _drawing_less(given) if isinstance(given, SRVGGNetCompact) else given.state_dict()
    weights = trainings / key / "model.safetensors"
    if not weights.is_file():
        raise SystemExit(f"{weights} is missing: train {key} first.")
    return safetensors.torch.load_file(weights)


def _drawing_less(given: SRVGGNetCompact) -> dict[str, torch.Tensor]:
    """Return the weights of a compact network with which it draws, at once, its own picture shrunk by boxes to ×2.

    Real-ESRGAN's ×2 is its ×4, shrunk. The last convolution's channels are colour, row and column within a pixel.
    """
    state = given.state_dict()
    rest = given.scale // SCALE
    for name in list(state)[-2:]:
        values = state[name]
        places = values.view(3, SCALE, rest, SCALE, rest, *values.shape[1:])
        state[name] = places.mean(dim=(2, 4)).reshape(3 * SCALE**2, *values.shape[1:])
    return state


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
