"""The autoencoder between 128 × 128 pixels and 16 × 16 latents, which are those of ``training.rooms.latents``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from diffusers import AutoencoderTiny
from PIL import Image
from torch import Tensor
from torch.nn import functional

from training.rooms import data
from training.rooms.latents import Transform
from training.rooms.loop import Training
from training.rooms.recipes import RECIPES, Recipe

COLOUR = 2.5
"""The weight of colours beside luminance. They vary less, and with errors of levels alone are learnt very late."""

SLACK = 0.02
"""Noise on latents in training: what the diffusion network makes is not exact either."""


def new_autoencoder(recipe: Recipe) -> Any:
    """Return the untrained network of a recipe."""
    network: Any = AutoencoderTiny(**recipe.network)
    return network


def trained_autoencoder(folder: Path) -> Any:
    """Return the moving average that a training has come to, for use."""
    state = torch.load(folder / "state.pt", map_location="cpu", weights_only=True)
    network = new_autoencoder(RECIPES[state["recipe"]])
    network.load_state_dict(state["average"])
    return network.eval().requires_grad_(False)


def levels(pictures: np.ndarray[Any, Any] | Tensor) -> Tensor:
    """Return bytes as levels −1 … 1."""
    return torch.as_tensor(pictures).float() / 127.5 - 1


def picture_loss(made: Tensor, wanted: Tensor, edges: float) -> Tensor:
    """Return the mean absolute error, that of means of 4 and 16 pixels a side, and of differences across 1, 2 and 4.

    The means teach what is there before its details; ``edges`` is the weight of the differences. Errors are those of
    luminance and, weighted, of red and blue against green.
    """
    red, green, blue = (made - wanted).unbind(1)
    light = 0.3 * red + 0.6 * green + 0.1 * blue
    difference = torch.stack([light, COLOUR * (red - green), COLOUR * (blue - green)], 1)
    loss = difference.abs().mean()
    for side in (4, 16):
        loss = loss + 0.5 * functional.avg_pool2d(difference, side).abs().mean()
    for step in (1, 2, 4):
        loss = loss + edges / 3 * (difference[..., step:] - difference[..., :-step]).abs().mean()
        loss = loss + edges / 3 * (difference[..., step:, :] - difference[..., :-step, :]).abs().mean()
    return loss


class AutoencoderTraining(Training):
    """Learn to draw pictures of latents, and to compute latents of pictures."""

    def __init__(self, recipe: Recipe, seed: int, folder: Path, pictures: Path) -> None:
        torch.manual_seed(seed)
        network = new_autoencoder(recipe)
        self.transform = Transform.found(pictures, recipe.network["latent_channels"])
        self.source, self.pictures = pictures, np.empty((0, 3, 128, 128), np.uint8)
        self.numbers: list[int] = []
        super().__init__(recipe, seed, folder, network)

    def prepare(self) -> None:
        numbers = data.numbers_in(self.source)
        fresh = [number for number in numbers if number not in set(self.numbers)]
        if fresh:
            self.pictures = np.concatenate([self.pictures, data.load(self.source, fresh)])
            self.numbers += fresh
            print(f"{len(self.numbers)} pictures", flush=True)

    def loss(self, random: torch.Generator) -> Tensor:
        chosen = torch.randint(len(self.pictures), (self.recipe.batch,), generator=random).numpy()
        wanted = levels(self.pictures[chosen]).to(self.device).contiguous(memory_format=torch.channels_last)
        mirrored = torch.rand(len(wanted), generator=random) < 0.5
        wanted[mirrored] = wanted[mirrored].flip(-1)
        latents = self.transform(wanted)
        noise = SLACK * torch.randn(latents.shape, generator=random).to(self.device)
        with torch.autocast(self.device.type, torch.bfloat16):
            computed = self.network.encode(wanted).latents
            made = self.network.decode(latents + noise).sample
        misses = functional.mse_loss(computed.float(), latents)
        loss: Tensor = picture_loss(made.float(), wanted, self.recipe.edges) + misses
        return loss

    @torch.no_grad()
    def show(self) -> None:
        numbers = data.numbers_in(self.source, held_out=True)[:16]
        wanted = levels(data.load(self.source, numbers)).to(self.device)
        made = self.average.decode(self.transform(wanted)).sample
        error = ((made.clamp(-1, 1) - wanted) / 2).square().mean((1, 2, 3))
        print(
            f"       PSNR of {len(numbers)} held out: {float(-10 * error.log10().mean()):.2f} dB", flush=True
        )
        rows = torch.cat([torch.cat([wanted[n : n + 8], made[n : n + 8]]) for n in range(0, len(wanted), 8)])
        save_sheet(rows, self.folder / "sheet.png", columns=8)


def save_sheet(pictures: Tensor, file: Path, columns: int) -> None:
    """Write pictures, levels −1 … 1, as one sheet."""
    count, _, high, wide = pictures.shape
    sheet = Image.new("RGB", (columns * wide, -(-count // columns) * high))
    for place, picture in enumerate(pictures):
        rounded = ((picture.clamp(-1, 1) + 1) * 127.5).round().to(torch.uint8).permute(1, 2, 0).cpu().numpy()
        sheet.paste(Image.fromarray(rounded), (place % columns * wide, place // columns * high))
    sheet.save(file)
