"""The diffusion network: a UNet on latents that follows a prompt, trained to predict velocities."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from diffusers import DDPMScheduler, DPMSolverMultistepScheduler, UNet2DConditionModel
from torch import Tensor
from torch.nn import functional

from training.rooms import data
from training.rooms.autoencoder import levels, save_sheet, trained_autoencoder
from training.rooms.latents import Transform
from training.rooms.loop import Training
from training.rooms.recipes import Recipe

NOISE = {
    "num_train_timesteps": 1000, "beta_schedule": "scaled_linear", "beta_start": 0.00085, "beta_end": 0.012,
    "prediction_type": "v_prediction", "rescale_betas_zero_snr": True, "timestep_spacing": "trailing",
}  # fmt: skip
"""The noise of Rombach et al. 2022 without any signal at its end (Lin et al. 2024); velocities (Salimans, Ho 2022)."""

STEPS, GUIDANCE = 16, 3.0


class DiffusionTraining(Training):
    """Learn to make latents of captions."""

    def __init__(self, recipe: Recipe, seed: int, folder: Path, pictures: Path) -> None:
        torch.manual_seed(seed)
        self.source = pictures
        self.transform = Transform.found(pictures, recipe.network["in_channels"])
        self.decoder = folder.parent / recipe.autoencoder
        self.noise: Any = DDPMScheduler(**NOISE)
        self.numbers: list[int] = []
        shape = (0, 2, recipe.network["in_channels"], 16, 16)
        self.latents = torch.empty(shape)
        self.mirrors = torch.empty(0, dtype=torch.bool)
        self.states: list[Any] = []
        self.texts = data.TextStates()
        self.nothing = self.texts([""])[0]
        self.scale = 0.0
        network: Any = UNet2DConditionModel(**recipe.network)
        super().__init__(recipe, seed, folder, network)

    @torch.no_grad()
    def prepare(self) -> None:
        known = set(self.numbers)
        fresh = [number for number in data.numbers_in(self.source) if number not in known]
        made, mirrors = [self.latents], [self.mirrors]
        for first in range(0, len(fresh), 64):
            part = fresh[first : first + 64]
            pictures = levels(data.load(self.source, part)).to(self.device)
            both = [self.transform(one).cpu() for one in (pictures, pictures.flip(-1))]
            made.append(torch.stack(both, 1))
            mirrors.append(torch.tensor([data.may_be_mirrored(data.facts_of(self.source, n)) for n in part]))
            self.states += list(data.states_of(self.source, part, self.texts))
        self.latents, self.mirrors = torch.cat(made), torch.cat(mirrors)
        self.numbers += fresh
        if not self.scale:
            self.scale = scale_of(self.folder, self.latents)
        print(f"{len(self.numbers)} pictures, latents × {self.scale:.4f}", flush=True)

    def loss(self, random: torch.Generator) -> Tensor:
        count = self.recipe.batch
        chosen = torch.randint(len(self.latents), (count,), generator=random)
        mirrored = (torch.rand(count, generator=random) < 0.5) & self.mirrors[chosen]
        latents = (self.latents[chosen, mirrored.long()] * self.scale).to(self.device)
        which = torch.randint(1 << 16, (count,), generator=random)
        rows = [
            self.states[n][int(w) % len(self.states[n])] for n, w in zip(chosen.tolist(), which, strict=True)
        ]
        text = torch.from_numpy(np.stack(rows)).float()
        text[torch.rand(count, generator=random) < self.recipe.dropped] = self.nothing.float()
        # One timestep of each part of the range, so that losses differ less from batch to batch.
        times = (
            ((torch.arange(count) + torch.rand(count, generator=random)) / count * 1000).long().clamp(0, 999)
        )
        noise = torch.randn(latents.shape, generator=random).to(self.device)
        times = times.to(self.device)
        noisy = self.noise.add_noise(latents, noise, times).contiguous(memory_format=torch.channels_last)
        wanted = self.noise.get_velocity(latents, noise, times)
        with torch.autocast(self.device.type, torch.bfloat16):
            made = self.network(noisy, times, text.to(self.device)).sample
        return functional.mse_loss(made.float(), wanted)

    @torch.no_grad()
    def show(self) -> None:
        if not (self.decoder / "state.pt").is_file():
            return
        decoder = trained_autoencoder(self.decoder)
        numbers = data.numbers_in(self.source, held_out=True)[:24]
        captions = [data.facts_of(self.source, number)["captions"][0] for number in numbers]
        states = self.texts(captions).float()
        pictures = sample(self.average, decoder, states, self.nothing.float(), self.scale, seed=1)
        save_sheet(pictures, self.folder / f"sheet-{self.step:06}.png", columns=8)


def scale_of(folder: Path, latents: Tensor) -> float:
    """Return what latents are multiplied by to have a spread of about 1: found once, then kept in the folder."""
    file = folder / "scale.txt"
    if not file.is_file():
        file.write_text(f"{1 / float(latents.std()):.6f}\n")
    return float(file.read_text())


@torch.no_grad()
def sample(
    network: Any, autoencoder: Any, states: Tensor, nothing: Tensor, scale: float, seed: int
) -> Tensor:
    """Return pictures of prompts' states, as the pipeline makes them: levels −1 … 1."""
    device = next(network.parameters()).device
    scheduler: Any = DPMSolverMultistepScheduler(**NOISE)
    scheduler.set_timesteps(STEPS)
    channels, side = network.config.in_channels, network.config.sample_size
    random = torch.Generator().manual_seed(seed)
    latents = torch.randn((len(states), channels, side, side), generator=random).to(device)
    both = torch.cat([nothing.expand_as(states), states]).to(device)
    for time in scheduler.timesteps:
        with torch.autocast(device.type, torch.bfloat16):
            without, with_text = network(torch.cat([latents] * 2), time, both).sample.float().chunk(2)
        latents = scheduler.step(without + GUIDANCE * (with_text - without), time, latents).prev_sample
    pictures: Tensor = autoencoder.to(device).decode(latents / scale).sample.clamp(-1, 1)
    return pictures
