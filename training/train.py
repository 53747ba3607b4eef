"""Train a board model; goes on where it was stopped.

    python -m training.train [--recipe board-x2] [--seed 1] [--folder var/training/board-x2] [--processes 1]
                             [--reader var/training/reader/reader.safetensors]

Writes ``state.pt`` (to go on from), ``log.csv`` and ``model.safetensors`` (float16, the moving average) to the folder.
"""

from __future__ import annotations

import argparse
import copy
import csv
import math
import time
from itertools import repeat
from pathlib import Path

import safetensors.torch
import torch

from training import fonts
from training.losses import board_loss, light, reading_loss
from training.networks import begin_with, new_network
from training.reader import LineReader, load_reader
from training.recipes import RECIPES, Recipe
from training.samples import batches
from training.strips import Strips, strip_batches

ROOT = Path(__file__).parents[1] / "var" / "training"
KEEP_EVERY = 500
"""Steps from one saved state to the next."""

HARDEST_STEP = 1.0
"""A gradient longer than this is shortened to it."""


class Training:
    """One training: the network, its moving average, and where it stands.

    ``reader`` is what a recipe with ``reading`` needs; it learns nothing.
    """

    def __init__(self, recipe: Recipe, seed: int, folder: Path, reader: LineReader | None = None) -> None:
        if bool(recipe.reading) is not (reader is not None):
            raise SystemExit(f"{recipe.key} is trained {'with' if recipe.reading else 'without'} a reader.")
        self.recipe, self.seed, self.folder = recipe, seed, folder
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        torch.manual_seed(seed)
        state = folder / "state.pt"
        network = new_network(recipe)
        if recipe.begin_from and not state.is_file():
            begin_with(network, recipe.begin_from, folder.parent)
        self.network = network.to(self.device).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.average = copy.deepcopy(self.network)
        self.optimiser = torch.optim.Adam(self.network.parameters(), lr=recipe.rate, betas=(0.9, 0.99))
        self.reader = reader.to(self.device).eval().requires_grad_(False) if reader else None
        self.step = 0
        self.seconds = 0.0
        folder.mkdir(parents=True, exist_ok=True)
        if state.is_file():
            self._go_on()

    def run(self, processes: int, until: float = math.inf) -> float:
        """Train to the recipe's end, or for ``until`` seconds; returns the mean loss of the last hundred steps."""
        begun = time.monotonic() - self.seconds
        recent: list[float] = []
        stop = time.monotonic() + until
        where = self.recipe, self.seed, self.step, processes
        lines = strip_batches(*where) if self.reader else repeat(None)
        for (photos, boards), strips in zip(batches(*where), lines, strict=False):
            if self.step >= self.recipe.steps or time.monotonic() > stop:
                break
            recent = [*recent[-99:], self._update(photos, boards, strips)]
            self.seconds = time.monotonic() - begun
            if self.step % 100 == 0 or self.step == self.recipe.steps:
                self._log(sum(recent) / len(recent))
            if self.step % KEEP_EVERY == 0:
                self.save()
        self.save()
        return sum(recent) / max(1, len(recent))

    def _update(self, photos: torch.Tensor, boards: torch.Tensor, strips: Strips | None) -> float:
        for group in self.optimiser.param_groups:
            group["lr"] = self.recipe.rate * _share_of_rate(self.recipe, self.step)
        made, wanted = self._enlarged(photos), self._levels(boards)
        if self.recipe.light_only:
            made, wanted = light(made), light(wanted)
        loss = board_loss(made, wanted, self.recipe.levels, self.recipe.edges)
        if strips is not None:
            loss = loss + self.recipe.reading * self._misread(strips)
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

    def _levels(self, pictures: torch.Tensor) -> torch.Tensor:
        return pictures.to(self.device).contiguous(memory_format=torch.channels_last).float() / 255

    def _enlarged(self, photos: torch.Tensor) -> torch.Tensor:
        given = self._levels(photos)
        with torch.autocast(self.device.type, torch.bfloat16):
            made: torch.Tensor = self.network(given)
        return made.float()

    def _misread(self, strips: Strips) -> torch.Tensor:
        assert self.reader is not None
        made, wanted = strips.lines(self._enlarged(strips.photos)), strips.lines(self._levels(strips.sharps))
        return reading_loss(self.reader, made, wanted, strips.numbers, strips.lengths)

    def save(self) -> None:
        """Write what is needed to go on, and the weights as they are shipped."""
        state = {
            "recipe": self.recipe.key, "seed": self.seed, "step": self.step, "seconds": self.seconds,
            "network": self.network.state_dict(), "average": self.average.state_dict(),
            "optimiser": self.optimiser.state_dict(),
        }  # fmt: skip
        part = self.folder / "state.part"
        torch.save(state, part)
        part.rename(self.folder / "state.pt")
        half = {name: values.half().cpu().contiguous() for name, values in self.average.state_dict().items()}
        safetensors.torch.save_file(half, self.folder / "model.safetensors")

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
    return 0.5 * (1 + math.cos(math.pi * (step - recipe.warm_up) / max(1, recipe.steps - recipe.warm_up)))


def last_loss(folder: Path) -> float:
    """Return the last mean loss that the training of ``folder`` wrote to its log."""
    with (folder / "log.csv").open(newline="", encoding="utf-8") as stream:
        *_, last = csv.DictReader(stream)
    return float(last["loss"])


def main() -> None:
    """Read the command line and train."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--recipe", choices=RECIPES, default="board-x2")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--processes", type=int, default=1, help="that draw boards beside the training")
    parser.add_argument(
        "--reader", type=Path, default=ROOT / "reader" / "reader.safetensors",
        help="weights of the reader of lines, for recipes with one in the loop",
    )  # fmt: skip
    options = parser.parse_args()
    fonts.fetch()
    recipe = RECIPES[options.recipe]
    reader = load_reader(options.reader) if recipe.reading else None
    training = Training(recipe, options.seed, options.folder or ROOT / options.recipe, reader)
    training.run(options.processes)


if __name__ == "__main__":
    main()
