"""A training that goes on where it was stopped: steps, rate, moving average, log and saved state."""

from __future__ import annotations

import copy
import csv
import math
import time
from abc import ABC, abstractmethod
from pathlib import Path

import torch

from training.rooms.recipes import Recipe

KEEP_EVERY = 200
"""Steps from one saved state to the next."""

LOG_EVERY = 50
HARDEST_STEP = 1.0
"""A gradient longer than this is shortened to it."""


class Training(ABC):
    """One training: network, moving average, optimiser, and where it stands. Kinds say what a step's loss is."""

    def __init__(self, recipe: Recipe, seed: int, folder: Path, network: torch.nn.Module) -> None:
        self.recipe, self.seed, self.folder = recipe, seed, folder
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.network = network.to(self.device).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.average = copy.deepcopy(self.network).requires_grad_(False)
        trained = [one for one in self.network.parameters() if one.requires_grad]
        self.optimiser = torch.optim.AdamW(trained, lr=recipe.rate, betas=(0.9, 0.99), weight_decay=0.01)
        self.step, self.seconds = 0, 0.0
        folder.mkdir(parents=True, exist_ok=True)
        if (folder / "state.pt").is_file():
            self._go_on()

    @abstractmethod
    def loss(self, random: torch.Generator) -> torch.Tensor:
        """Draw a batch and return its loss."""

    @abstractmethod
    def show(self) -> None:
        """Write a sheet of what the moving average makes to the folder."""

    @abstractmethod
    def prepare(self) -> None:
        """Look for pictures that were rendered meanwhile."""

    def run(self, until: float = math.inf) -> float:
        """Train to the recipe's end, or for ``until`` seconds; returns the mean loss of the last steps."""
        begun, stop = time.monotonic() - self.seconds, time.monotonic() + until
        recent: list[float] = []
        self.prepare()
        while self.step < self.recipe.steps and time.monotonic() < stop:
            recent = [*recent[-99:], self._update()]
            self.seconds = time.monotonic() - begun
            if self.step % LOG_EVERY == 0 or self.step == self.recipe.steps:
                self._log(sum(recent) / len(recent))
            if self.step % KEEP_EVERY == 0:
                self.save()
            if self.step % self.recipe.samples_every == 0:
                self.show()
                self.prepare()
        self.save()
        return sum(recent) / max(1, len(recent))

    def _update(self) -> float:
        for group in self.optimiser.param_groups:
            group["lr"] = self.recipe.rate * _share_of_rate(self.recipe, self.step)
        random = torch.Generator().manual_seed(self.seed * 1_000_003 + self.step)
        loss = self.loss(random)
        self.optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), HARDEST_STEP)
        self.optimiser.step()
        self.step += 1
        kept = min(self.recipe.average, self.step / (self.step + 10))
        with torch.no_grad():
            for mean, new in zip(self.average.parameters(), self.network.parameters(), strict=True):
                mean.lerp_(new, 1 - kept)
        return float(loss.detach())

    def save(self) -> None:
        """Write what is needed to go on."""
        state = {
            "recipe": self.recipe.key, "seed": self.seed, "step": self.step, "seconds": self.seconds,
            "network": self.network.state_dict(), "average": self.average.state_dict(),
            "optimiser": self.optimiser.state_dict(),
        }  # fmt: skip
        part = self.folder / "state.part"
        torch.save(state, part)
        part.rename(self.folder / "state.pt")

    def _go_on(self) -> None:
        state = torch.load(self.folder / "state.pt", map_location=self.device, weights_only=True)
        if (state["recipe"], state["seed"]) != (self.recipe.key, self.seed):
            raise SystemExit(
                f"{self.folder} holds another training ({state['recipe']}, seed {state['seed']})."
            )
        self.network.load_state_dict(state["network"])
        self.average.load_state_dict(state["average"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.step, self.seconds = state["step"], state["seconds"]

    def _log(self, loss: float) -> None:
        file = self.folder / "log.csv"
        is_new = not file.is_file()
        with file.open("a", newline="", encoding="utf-8") as stream:
            writer = csv.writer(stream)
            if is_new:
                writer.writerow(("step", "seconds", "loss"))
            writer.writerow((self.step, round(self.seconds), f"{loss:.5f}"))
        print(f"{self.step:6} of {self.recipe.steps}  {self.seconds:7.0f} s  loss {loss:.5f}", flush=True)


def _share_of_rate(recipe: Recipe, step: int) -> float:
    if step < recipe.warm_up:
        return (step + 1) / recipe.warm_up
    share = (step - recipe.warm_up) / max(1, recipe.steps - recipe.warm_up)
    return 0.05 + 0.95 * 0.5 * (1 + math.cos(math.pi * share))
