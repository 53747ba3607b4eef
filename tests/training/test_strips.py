"""A reader in the loop: strips of lines, how they are read, and what a network learns from that."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import torch

from engines.boards.line_images import normalised
from training import train
from training.boards import Kind
from training.losses import as_read, board_loss, reading_loss
from training.networks import new_network
from training.reader import LineReader
from training.recipes import RECIPES
from training.samples import batches
from training.strips import BATCH, MOST_HEIGHT, Strips, strip_batches
from training.train import Training

TINY = RECIPES["tiny"]
READ = replace(TINY, key="tiny-read", steps=4, reading=0.05)


def reader() -> LineReader:
    """Build a small reader with weights by chance."""
    torch.manual_seed(7)
    return LineReader((4, 6, 8, 10)).eval()


@pytest.fixture(scope="module")
def kept() -> dict[str, Any]:
    return {}


@pytest.fixture
def strips(kept: dict[str, Any]) -> Strips:
    """Draw a batch of strips, once for all tests."""
    if "strips" not in kept:
        kept["strips"] = next(strip_batches(TINY, seed=4, step=0, processes=0))
    found: Strips = kept["strips"]
    return found


@pytest.fixture
def taught(kept: dict[str, Any], strips: Strips) -> LineReader:
    """Teach a small reader to read these strips where they are sharp, once for all tests."""
    if "reader" not in kept:
        made = reader().train()
        optimiser = torch.optim.AdamW(made.parameters(), lr=1e-2)
        sharp = strips.lines(levels(strips.sharps))
        for _ in range(60):
            optimiser.zero_grad()
            reading_loss(made, sharp, sharp, strips.numbers, strips.lengths).backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(made.parameters(), 2.0)
            optimiser.step()
        kept["reader"] = made.eval().requires_grad_(False)
    found: LineReader = kept["reader"]
    return found


def levels(pictures: torch.Tensor) -> torch.Tensor:
    return pictures.float() / 255


def test_a_line_stands_in_the_photo_where_it_stands_on_the_sharp_board(strips: Strips) -> None:
    count, _, height, width = strips.photos.shape
    assert (count, strips.sharps.shape[2:]) == (BATCH, (2 * height, 2 * width))
    assert height % 2 == width % 2 == 0
    assert len(strips.numbers) == int(strips.lengths.sum())
    small = torch.nn.functional.avg_pool2d(levels(strips.sharps), 2)
    for photo, sharp, (top, bottom, left, right) in zip(
        strips.photos, small, strips.boxes.tolist(), strict=True
    ):
        assert 0 <= top < bottom <= min(height, top + MOST_HEIGHT)
        assert 0 <= left < right <= width
        seen = [part[:, top:bottom, left:right].float().flatten().numpy() for part in (photo, sharp)]
        assert np.corrcoef(*seen)[0, 1] > 0.6
    for line, (top, bottom, left, right) in zip(
        strips.lines(strips.sharps), strips.boxes.tolist(), strict=True
    ):
        assert line.shape == (3, 2 * (bottom - top), 2 * (right - left))


@pytest.mark.slow
def test_a_batch_of_strips_depends_on_its_step_alone() -> None:
    def some(step: int, count: int) -> list[Strips]:
        made: Iterator[Strips] = strip_batches(TINY, seed=3, step=step, processes=0)
        return [next(made) for _ in range(count)]

    whole, later = some(0, 10), some(7, 3)
    for one, same in zip(whole[7:], later, strict=True):
        assert torch.equal(one.photos, same.photos)
        assert torch.equal(one.numbers, same.numbers)
    assert not torch.equal(whole[0].numbers, whole[1].numbers)
    [other] = [next(strip_batches(TINY, seed=5, step=0, processes=0))]
    assert not torch.equal(whole[0].numbers, other.numbers)


@pytest.mark.slow
def test_boards_on_which_no_line_fits_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("training.strips.MOST_BOARDS", 2)
    huge = replace(TINY, kind=Kind(x_height=(90.0, 100.0)))
    with pytest.raises(ValueError, match="2 boards have only 0 lines"):
        next(strip_batches(huge, seed=3, step=0, processes=0))


@pytest.mark.parametrize("height", [20, 32, 57])
@pytest.mark.parametrize("ink", [30, 210])
def test_the_loss_sees_a_line_as_the_engine_does(height: int, ink: int) -> None:
    line = np.full((height, 4 * height, 3), 240 - ink, dtype=np.uint8)
    cv2.putText(
        line, "Read", (3, height - height // 4), cv2.FONT_HERSHEY_SIMPLEX, height / 40, (ink, ink, 90), 2
    )
    given = torch.from_numpy(line).permute(2, 0, 1).float() / 255
    seen = as_read([given])[0, 0].numpy() * 255
    assert seen.shape == normalised(line).shape
    assert np.abs(seen - normalised(line)).mean() < 3


def test_lines_of_unlike_widths_are_padded_with_their_ends() -> None:
    short, long = torch.rand(3, 16, 40), torch.rand(3, 64, 400)
    seen = as_read([short, long])
    assert seen.shape == (2, 1, 32, 200)
    assert torch.equal(seen[0, :, :, 80:], seen[0, :, :, 79:80].expand(-1, -1, 120))


def test_a_blurred_line_reads_worse_than_a_sharp_one(strips: Strips, taught: LineReader) -> None:
    sharp = levels(strips.sharps)
    blurred = torch.nn.functional.avg_pool2d(sharp, 9, stride=1, padding=4)

    def loss(made: torch.Tensor) -> float:
        read = taught, strips.lines(made), strips.lines(sharp)
        return float(reading_loss(*read, strips.numbers, strips.lengths))

    assert loss(sharp) < 0.9 * loss(blurred)


def test_what_stands_behind_a_short_line_does_not_count() -> None:
    torch.manual_seed(1)
    short, long = torch.rand(3, 32, 64), torch.rand(3, 32, 256)
    numbers, lengths = torch.tensor([3, 5]), torch.tensor([1, 1])
    network = reader()

    def strokes(made: list[torch.Tensor], sharp: list[torch.Tensor]) -> float:
        count = len(made)
        both, same = (
            reading_loss(network, made, one, numbers[:count], lengths[:count]) for one in (sharp, made)
        )
        return float((both - same).detach())

    darker = short * torch.linspace(0.2, 1, 64)
    of_one = strokes([short], [darker])
    assert of_one > 0.001
    assert strokes([short, long], [darker, long]) == pytest.approx(of_one * 64 / (64 + 256), rel=0.15)


def test_gradients_reach_the_network_and_not_the_reader(strips: Strips, tmp_path: Path) -> None:
    frozen = reader()
    before = copy.deepcopy(frozen.state_dict())
    training = Training(READ, 1, tmp_path, frozen)
    training._misread(strips).backward()  # type: ignore[no-untyped-call]
    assert all(float(one.grad.abs().max()) > 0 for one in training.network.parameters())
    assert all(one.grad is None for one in frozen.parameters())
    training.run(processes=0)
    assert all(torch.equal(values, before[name]) for name, values in frozen.state_dict().items())


def test_a_network_learns_to_be_read(strips: Strips, taught: LineReader) -> None:
    torch.manual_seed(2)
    network = new_network(TINY)
    optimiser = torch.optim.Adam(network.parameters(), lr=5e-4)
    losses = []
    for _ in range(20):
        made = strips.lines(network(levels(strips.photos)))
        sharp = strips.lines(levels(strips.sharps))
        loss = reading_loss(taught, made, sharp, strips.numbers, strips.lengths)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        losses.append(float(loss.detach()))
    assert losses[-1] < 0.6 * losses[0]


@pytest.mark.slow
def test_a_training_with_a_reader_learns_other_weights_and_goes_on_where_it_was_stopped(
    tmp_path: Path, taught: LineReader
) -> None:
    alone = Training(replace(READ, reading=0.0), 2, tmp_path / "alone")
    alone.run(processes=0)
    through = Training(READ, 2, tmp_path / "through", taught)
    through.run(processes=0)
    stopped = Training(READ, 2, tmp_path / "stopped", taught)
    stopped.recipe = replace(READ, steps=2)
    stopped.run(processes=0)
    resumed = Training(READ, 2, tmp_path / "stopped", taught)
    resumed.run(processes=0)
    weights = [one.network.head.weight for one in (alone, through, resumed)]
    assert not torch.allclose(weights[0], weights[1], atol=1e-5)
    assert torch.allclose(weights[1], weights[2], atol=1e-6)


def test_a_reader_is_wanted_where_it_counts_and_nowhere_else(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="tiny-read is trained with a reader"):
        Training(READ, 1, tmp_path)
    with pytest.raises(SystemExit, match="tiny is trained without a reader"):
        Training(TINY, 1, tmp_path, reader())


def test_without_a_reader_a_step_is_what_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(train, "strip_batches", lambda *_: pytest.fail("Strips were drawn."))
    photos, boards = next(batches(TINY, seed=1, step=0, processes=0))
    monkeypatch.setattr(train, "batches", lambda *_: [(photos, boards)])
    training = Training(TINY, 1, tmp_path)
    network = copy.deepcopy(training.network)
    training.run(processes=0)

    optimiser: Any = torch.optim.Adam(network.parameters(), lr=TINY.rate / TINY.warm_up, betas=(0.9, 0.99))
    layout = torch.channels_last
    given, wanted = (one.contiguous(memory_format=layout).float() / 255 for one in (photos, boards))
    with torch.autocast("cpu", torch.bfloat16):
        made = network(given)
    board_loss(made.float(), wanted, "square", 0.5).backward()  # type: ignore[no-untyped-call]
    torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
    optimiser.step()
    for name, values in network.state_dict().items():
        assert torch.equal(values, training.network.state_dict()[name]), name


@pytest.mark.parametrize("key", ["board-x2", "compact-x2"])
def test_the_second_stage_begins_with_the_first_one_which_knows_no_reader(key: str) -> None:
    first, second = RECIPES[key], RECIPES[f"{key}-read"]
    assert (second.begin_from, second.steps, second.rate) == (key, 3_000, 2e-4)
    assert (second.network, second.features, second.blocks) == (first.network, first.features, first.blocks)
    assert first.reading == 0 < second.reading < 0.1
