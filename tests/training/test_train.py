"""Training: the loss falls, a training that was stopped goes on as if it had not been, the weights load."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from engines.registry import SUPER_RESOLUTION_MODELS
from engines.sources import FolderSource
from engines.specs import SuperResolutionSpec
from engines.superres.loading import load_network
from engines.superres.model import SuperResolver
from training import train
from training.losses import ERRORS, Levels, board_loss
from training.networks import begin_with, new_network
from training.recipes import RECIPES
from training.samples import batches
from training.train import Training, last_loss

TINY = RECIPES["tiny"]
SHORT = replace(TINY, steps=12)


def test_a_chunk_depends_on_its_number_alone() -> None:
    recipe = replace(TINY, steps=70)  # more than a chunk holds
    whole = list(batches(recipe, seed=3, step=0, processes=0))
    later = list(batches(recipe, seed=3, step=65, processes=0))
    assert [photos.shape for photos, _ in whole[:1]] == [(4, 3, 32, 32)]
    assert whole[0][1].shape == (4, 3, 64, 64)
    assert len(whole) - 65 == len(later)
    for (photo, board), (same_photo, same_board) in zip(whole[65:], later, strict=True):
        assert torch.equal(photo, same_photo)
        assert torch.equal(board, same_board)


@pytest.mark.slow
def test_the_loss_falls_and_the_weights_enlarge_a_photo(tmp_path: Path) -> None:
    training = Training(TINY, 1, tmp_path)
    photos, boards = next(batches(TINY, seed=99, step=0, processes=0))

    def loss() -> float:
        with torch.inference_mode():
            return float(
                board_loss(training.average(photos.float() / 255), boards.float() / 255, TINY.levels, 0.5)
            )

    before = loss()
    training.run(processes=0)
    assert training.step == TINY.steps
    assert loss() < 0.93 * before

    spec = SuperResolutionSpec(
        key="tiny-board", title="", source=FolderSource(str(tmp_path / "model.safetensors")), licence="", scale=2,
        memory_gib=0.1, precision="float32",
    )  # fmt: skip
    photo = photos[0].permute(1, 2, 0).numpy()
    with torch.inference_mode():
        wanted = training.average(photos[:1].float() / 255)[0].permute(1, 2, 0).numpy() * 255
    made = SuperResolver.load(spec, "cpu").enlarge(np.ascontiguousarray(photo))
    assert made.shape == (64, 64, 3)
    assert np.abs(made - wanted.clip(0, 255)).max() < 2


@pytest.mark.slow
def test_a_training_that_was_stopped_goes_on_as_if_it_had_not_been(tmp_path: Path) -> None:
    through = Training(SHORT, 2, tmp_path / "through")
    through.run(processes=0)
    stopped = Training(SHORT, 2, tmp_path / "stopped")
    stopped.recipe = replace(SHORT, steps=5)
    stopped.run(processes=0)
    stopped.recipe = SHORT
    for group in stopped.optimiser.param_groups:
        group["lr"] = 1.0  # what is read back must set it anew
    resumed = Training(SHORT, 2, tmp_path / "stopped")
    assert resumed.step == 5
    resumed.run(processes=0)
    assert resumed.step == 12
    for name, values in through.average.state_dict().items():
        assert torch.allclose(values, resumed.average.state_dict()[name], atol=2e-3), name


def test_the_last_loss_is_that_of_the_last_line_of_the_log(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text("step,seconds,loss\n100,9,0.50000\n200,18,0.25000\n")
    assert last_loss(tmp_path) == 0.25


def test_another_training_is_not_gone_on_with(tmp_path: Path) -> None:
    Training(SHORT, 2, tmp_path).save()
    with pytest.raises(SystemExit, match="another training"):
        Training(SHORT, 3, tmp_path)


def test_a_training_begins_from_the_weights_of_another_one(tmp_path: Path) -> None:
    first = Training(SHORT, 2, tmp_path / "tiny")
    first.save()
    later = replace(SHORT, key="later", begin_from="tiny")
    training = Training(later, 3, tmp_path / "later")
    scratch = Training(SHORT, 3, tmp_path / "scratch")
    for name, values in first.average.state_dict().items():
        assert torch.equal(values.half().float(), training.network.state_dict()[name]), name
        assert torch.equal(values.half().float(), training.average.state_dict()[name]), name
    assert not torch.equal(scratch.network.head.weight, training.network.head.weight)
    assert training.step == 0


def test_a_training_that_goes_on_does_not_begin_from_other_weights_again(tmp_path: Path) -> None:
    Training(SHORT, 2, tmp_path / "tiny").save()
    later = replace(SHORT, key="later", begin_from="tiny")
    training = Training(later, 3, tmp_path / "later")
    with torch.no_grad():
        training.network.head.weight.fill_(0.25)
    training.save()
    (tmp_path / "tiny" / "model.safetensors").unlink()
    assert torch.all(Training(later, 3, tmp_path / "later").network.head.weight == 0.25)


def test_weights_to_begin_from_that_are_missing_or_do_not_fit_are_named(tmp_path: Path) -> None:
    later = replace(SHORT, key="later", begin_from="tiny")
    with pytest.raises(SystemExit, match=r"tiny/model.safetensors is missing: train tiny first"):
        Training(later, 3, tmp_path / "later")
    Training(SHORT, 2, tmp_path / "tiny").save()
    with pytest.raises(SystemExit, match="The weights of tiny are of another network"):
        Training(replace(later, features=16), 3, tmp_path / "later")


def test_a_compact_network_begins_as_the_model_of_the_registry_draws_when_shrunk() -> None:
    recipe = RECIPES["compact-x2"]
    assert recipe.begin_from
    network = new_network(recipe)
    begin_with(network, recipe.begin_from, Path("nowhere"))
    given, _revision = load_network(SUPER_RESOLUTION_MODELS[recipe.begin_from])
    photos = torch.rand(1, 3, 12, 16, generator=torch.Generator().manual_seed(1))
    with torch.inference_mode():
        shrunk = torch.nn.functional.avg_pool2d(given(photos), 2)
        torch.testing.assert_close(network(photos), shrunk, rtol=0, atol=1e-5)


def test_a_compact_network_from_scratch_lets_the_photo_through() -> None:
    torch.manual_seed(1)
    network = new_network(replace(TINY, network="compact", features=32, blocks=16))
    photos = torch.rand(2, 3, 16, 16)
    with torch.inference_mode():
        added = network(photos) - torch.nn.functional.interpolate(photos, scale_factor=2)
    assert added.abs().mean() < 0.05
    assert (added[0] - added[1]).std() > 0.01


@pytest.mark.parametrize(("light_only", "sees_colours"), [(False, True), (True, False)])
def test_colours_count_unless_the_loss_is_of_light_only(
    light_only: bool, sees_colours: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo = torch.full((1, 3, 16, 16), 128, dtype=torch.uint8)
    grey = torch.full((1, 3, 32, 32), 128, dtype=torch.uint8)
    orange = torch.tensor([228, 77, 128], dtype=torch.uint8).view(1, 3, 1, 1).expand(1, 3, 32, 32)  # as light
    losses: list[float] = []
    for wanted in (grey, orange):
        monkeypatch.setattr(train, "batches", lambda *_, wanted=wanted: [(photo, wanted)])
        recipe = replace(TINY, steps=1, light_only=light_only)
        losses.append(Training(recipe, 1, tmp_path / str(len(losses))).run(processes=0))
    assert (losses[1] > 2 * losses[0]) is sees_colours
    assert (losses[1] == pytest.approx(losses[0], rel=0.02)) is not sees_colours


@pytest.mark.parametrize(("levels", "of_a_tenth"), [("charbonnier", 0.1), ("square", 0.12)])
def test_the_loss_counts_levels_and_edges(levels: Levels, of_a_tenth: float) -> None:
    sharp = torch.zeros(1, 3, 8, 8)
    sharp[..., 4:] = 1
    flat = torch.full_like(sharp, 0.5)
    assert board_loss(sharp, sharp, levels, 0.5) < 0.01
    assert board_loss(sharp + 0.1, sharp, levels, 0.5) == pytest.approx(of_a_tenth, abs=0.01)
    assert board_loss(flat, sharp, levels, 2.0) > board_loss(flat, sharp, levels, 0.0)


def test_what_the_photo_leaves_open_becomes_one_guess_or_the_mean_of_all() -> None:
    seen = torch.tensor([0.0, 0.0, 1.0])
    levels = torch.linspace(0, 1, 101)
    guesses: dict[Levels, float] = {"charbonnier": 0.0, "square": 1 / 3}
    for kind, best in guesses.items():
        losses = [float(ERRORS[kind](level - seen)) for level in levels]
        assert float(levels[int(np.argmin(losses))]) == pytest.approx(best, abs=0.01)
