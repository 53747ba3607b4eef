"""Train the trials one after the other, and measure each; skips those that are done.

    python -m training.trials [--folder var/training] [--only KEY,…] [--steps N] [--processes 1]

Each trial gets a folder of its key (with other ``--steps`` than its recipe's: KEY-N). ``trials.json`` beside them lists
what is done: key, what it is, parameters, steps, seconds of training, last mean loss, gains in dB (``measure.py``).
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from training import fonts
from training.measure import gain, held_out_pairs, network_at
from training.recipes import TRIALS, Recipe
from training.train import ROOT, Training, last_loss

LIST = "trials.json"
SEED = 1


@dataclass(frozen=True, kw_only=True)
class Result:
    """What a trial came to. Losses can be compared only where ``about`` says nothing of the loss or the camera."""

    key: str
    about: str
    parameters: int
    steps: int
    seconds: float
    loss: float
    gain_db: float
    small_gain_db: float

    def __str__(self) -> str:
        return (
            f"{self.key:24} {self.parameters:9} parameters  {self.seconds:6.0f} s  loss {self.loss:.5f}  "
            f"{self.gain_db:+.2f} dB, small writing {self.small_gain_db:+.2f} dB"
        )


def run_trials(recipes: Iterable[Recipe], folder: Path, processes: int) -> None:
    """Train and measure the recipes that are not done yet, each in a folder of its key; print and list all of them."""
    results = listed(folder)
    pairs = None
    for recipe in recipes:
        weights = folder / recipe.key / "model.safetensors"
        if recipe.key not in results or not weights.is_file():
            print(f"{recipe.key}: {recipe.about}", flush=True)
            training = Training(recipe, SEED, weights.parent)
            if training.step < recipe.steps:
                training.run(processes)
            pairs = pairs or held_out_pairs()
            gained = gain(network_at(weights, light_only=recipe.light_only), pairs)
            results[recipe.key] = Result(
                key=recipe.key,
                about=recipe.about,
                parameters=sum(values.numel() for values in training.network.parameters()),
                steps=training.step,
                seconds=round(training.seconds, 1),
                loss=last_loss(weights.parent),
                gain_db=round(gained.overall, 3),
                small_gain_db=round(gained.small, 3),
            )
            _write(results.values(), folder)
        print(results[recipe.key], flush=True)


def listed(folder: Path) -> dict[str, Result]:
    """Return the results that ``folder`` lists, by their keys."""
    file = folder / LIST
    entries = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else []
    return {entry["key"]: Result(**entry) for entry in entries}


def _write(results: Iterable[Result], folder: Path) -> None:
    part = folder / f"{LIST}.part"
    entries = [asdict(result) for result in results]
    part.write_text(json.dumps(entries, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    part.rename(folder / LIST)


def _chosen(only: str | None, steps: int | None) -> list[Recipe]:
    """Return the trials that are asked for. Raises ``SystemExit`` for a key that none has."""
    keys = list(TRIALS) if only is None else only.split(",")
    if unknown := [key for key in keys if key not in TRIALS]:
        raise SystemExit(f"No trial is called {' or '.join(unknown)}: there are {', '.join(TRIALS)}.")
    recipes = [TRIALS[key] for key in keys]
    return [
        recipe if steps in (None, recipe.steps) else replace(recipe, key=f"{recipe.key}-{steps}", steps=steps)
        for recipe in recipes
    ]


def main() -> None:
    """Read the command line, and train and measure what is asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--folder", type=Path, default=ROOT)
    parser.add_argument("--only", metavar="KEY,…", help=f"some of {', '.join(TRIALS)}")
    parser.add_argument("--steps", type=int, help="instead of those of the recipes")
    parser.add_argument("--processes", type=int, default=1, help="that draw boards beside the training")
    options = parser.parse_args()
    recipes = _chosen(options.only, options.steps)
    fonts.fetch()
    run_trials(recipes, options.folder, options.processes)


if __name__ == "__main__":
    main()
