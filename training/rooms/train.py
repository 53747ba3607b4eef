"""Train the demonstration model's networks; goes on where it was stopped, and takes in pictures rendered meanwhile.

    python -m training.rooms.train --recipe rooms-autoencoder      # an hour or more on one core
    python -m training.rooms.train --recipe rooms-diffusion        # hours on one core; beside it if you like

Writes ``state.pt`` (to go on from), ``log.csv`` and ``sheet.png`` to ``var/training/RECIPE``.
"""

from __future__ import annotations

import argparse
import math
from pathlib import Path

from training.rooms.autoencoder import AutoencoderTraining
from training.rooms.catalogue import ROOT
from training.rooms.diffusion import DiffusionTraining
from training.rooms.loop import Training
from training.rooms.recipes import RECIPES


def new_training(key: str, seed: int, folder: Path, pictures: Path) -> Training:
    """Return the training of a recipe, as far as it has come in its folder."""
    recipe = RECIPES[key]
    kind = AutoencoderTraining if recipe.kind == "autoencoder" else DiffusionTraining
    return kind(recipe, seed, folder, pictures)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--recipe", choices=RECIPES, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="var/training/RECIPE")
    parser.add_argument("--pictures", type=Path, default=ROOT / "pictures")
    parser.add_argument("--until", type=float, default=math.inf, help="seconds")
    given = parser.parse_args()
    folder = given.folder or ROOT.parent / given.recipe
    loss = new_training(given.recipe, given.seed, folder, given.pictures).run(given.until)
    print(f"{given.recipe}: loss {loss:.5f}")
