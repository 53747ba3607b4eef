"""Trials: each trains and can be loaded, differs from the reference in one thing, and is done once."""

from __future__ import annotations

import shutil
import sys
from dataclasses import fields, replace
from pathlib import Path

import pytest
import torch

from engines.sources import FolderSource
from engines.specs import SuperResolutionSpec
from engines.superres.loading import load_network
from training import fonts, measure, samples, train, trials
from training.recipes import RECIPES, REFERENCE, TRIALS, Recipe
from training.train import Training
from training.trials import listed, run_trials

TINY = replace(RECIPES["tiny"], key="trial-tiny", about="Tiny.", batch=2, patch=16, steps=2)
OTHER = replace(TINY, key="trial-other", about="Without the loss of gradients.", edges=0.0)


@pytest.fixture(autouse=True)
def little_data(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw two patches of one small board for a chunk, and two pairs to measure with."""
    monkeypatch.setattr(samples, "BOARDS", 1)
    monkeypatch.setattr(samples, "PATCHES_OF_A_BOARD", 2)
    monkeypatch.setattr(samples, "BOARD", (240, 160))
    monkeypatch.setattr(trials, "held_out_pairs", lambda: measure.held_out_pairs(2))


@pytest.mark.parametrize("recipe", TRIALS.values(), ids=TRIALS)
def test_a_trial_trains_and_its_weights_load(recipe: Recipe, tmp_path: Path) -> None:
    training = Training(replace(recipe, batch=2, patch=16, steps=1), 1, tmp_path)
    before = {name: values.clone() for name, values in training.average.state_dict().items()}
    training.run(processes=0)
    spec = SuperResolutionSpec(
        key=recipe.key, title="", source=FolderSource(str(tmp_path / "model.safetensors")), licence="", scale=2,
        memory_gib=0.1,
    )  # fmt: skip
    loaded, _ = load_network(spec)
    assert type(loaded) is type(training.network)
    assert loaded.scale == 2
    state = loaded.state_dict()
    assert any(not torch.equal(values, before[name].half().float()) for name, values in state.items())
    for name, values in training.average.state_dict().items():
        assert torch.allclose(values, state[name], atol=1e-3), name


@pytest.mark.parametrize(
    "recipe", [one for one in TRIALS.values() if one is not REFERENCE], ids=lambda one: one.key
)
def test_a_trial_differs_from_the_reference_in_one_thing_and_says_so(recipe: Recipe) -> None:
    names = {one.name for one in fields(recipe) if getattr(recipe, one.name) != getattr(REFERENCE, one.name)}
    assert {"key", "about"} < names
    one_thing = ({"levels"}, {"edges"}, {"light_only"}, {"network"}, {"camera"}, {"features", "blocks"})
    assert any(names - {"key", "about"} <= thing for thing in one_thing)
    assert [one.about for one in TRIALS.values()].count(recipe.about) == 1
    assert recipe.key.startswith("trial-")


def test_trials_that_are_done_are_skipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run_trials([TINY], tmp_path, 0)
    first = listed(tmp_path)["trial-tiny"]
    assert (first.about, first.steps) == ("Tiny.", 2)
    training = Training(TINY, 1, tmp_path / "trial-tiny")
    assert first.parameters == sum(values.numel() for values in training.network.parameters())
    assert first.seconds == round(training.seconds, 1)
    assert first.loss > 0
    trained: list[str] = []

    class Noted(Training):
        def __init__(self, recipe: Recipe, seed: int, folder: Path) -> None:
            trained.append(recipe.key)
            super().__init__(recipe, seed, folder)

    monkeypatch.setattr(trials, "Training", Noted)
    run_trials([TINY, OTHER], tmp_path, 0)
    assert trained == ["trial-other"]
    assert list(listed(tmp_path)) == ["trial-tiny", "trial-other"]
    assert listed(tmp_path)["trial-tiny"] == first
    shutil.rmtree(tmp_path / "trial-tiny")
    run_trials([TINY, OTHER], tmp_path, 0)
    assert trained == ["trial-other", "trial-tiny"]


def test_a_trial_that_was_stopped_before_it_was_listed_is_measured_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_trials([TINY], tmp_path, 0)
    before = listed(tmp_path)
    (tmp_path / "trials.json").unlink()
    monkeypatch.setattr(train, "batches", lambda *_: pytest.fail("it is trained anew"))
    run_trials([TINY], tmp_path, 0)
    assert listed(tmp_path) == before


def test_other_steps_are_another_trial(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen: list[Recipe] = []
    monkeypatch.setattr(trials, "run_trials", lambda recipes, *_: chosen.extend(recipes))
    monkeypatch.setattr(fonts, "fetch", lambda: 0)
    for given in ([], ["--only", "trial-deeper,trial-compact"], ["--only", "trial-deeper", "--steps", "20"]):
        monkeypatch.setattr(sys, "argv", ["trials", "--folder", str(tmp_path), *given])
        trials.main()
    deeper = TRIALS["trial-deeper"]
    assert chosen == [*TRIALS.values(), deeper, TRIALS["trial-compact"],
                      replace(deeper, key="trial-deeper-20", steps=20)]  # fmt: skip


def test_a_trial_that_nobody_knows_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["trials", "--only", "trial-deeper,trial-deepest"])
    with pytest.raises(SystemExit, match=r"No trial is called trial-deepest: there are trial-reference, "):
        trials.main()
