"""What a network gains over cubics: nothing for cubics themselves, more the better the picture."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from training import measure
from training.boards import Board, Kind, draw_board
from training.measure import RIM, SCALE, Bytes, Enlarge, Pair, cubic, gain, held_out_pairs, network_at
from training.recipes import RECIPES
from training.train import Training


@pytest.fixture(scope="module")
def pairs() -> list[Pair]:
    """Four pairs of noise, of which two count as small writing, and their photos."""
    random = np.random.default_rng(1)
    sharps = [cv2.GaussianBlur(random.normal(128, 90, (64, 64, 3)), (0, 0), 0.7) for _ in range(4)]
    whole = [np.clip(sharp, 0, 255).astype(np.uint8) for sharp in sharps]
    return [
        Pair(cv2.resize(sharp, (32, 32), interpolation=cv2.INTER_AREA), sharp, number < 2)
        for number, sharp in enumerate(whole)
    ]


def knowing(pairs: list[Pair], share: float, share_of_small: float) -> Enlarge:
    """Enlarge by cubics and a share of what is wanted."""

    def enlarge(photo: Bytes) -> Bytes:
        [one] = [pair for pair in pairs if pair.photo is photo]
        known = share_of_small if one.is_small else share
        mixed = cv2.addWeighted(one.sharp, known, cubic(photo), 1 - known, 0)
        return np.asarray(mixed, dtype=np.uint8)

    return enlarge


def test_cubics_gain_nothing_over_themselves(pairs: list[Pair]) -> None:
    assert gain(cubic, pairs) == measure.Gain(0.0, 0.0)


def test_half_the_error_is_six_decibels(pairs: list[Pair]) -> None:
    half = gain(knowing(pairs, 0.5, 0.5), pairs)
    assert half.overall == pytest.approx(6.0, abs=0.3)
    assert half.small == pytest.approx(6.0, abs=0.3)
    assert gain(knowing(pairs, 0.75, 0.75), pairs).overall > half.overall


def test_small_writing_counts_by_itself(pairs: list[Pair]) -> None:
    small_only = gain(knowing(pairs, 0.0, 0.5), pairs)
    assert small_only.overall == pytest.approx(small_only.small / 2)


def test_a_worse_picture_loses(pairs: list[Pair]) -> None:
    assert gain(lambda photo: np.full_like(cubic(photo), 128), pairs).overall < -1


def test_what_happens_at_the_edges_does_not_count(pairs: list[Pair]) -> None:
    def spoilt_at_the_edges(photo: Bytes) -> Bytes:
        made, rim = cubic(photo), SCALE * RIM
        made[:rim] = made[-rim:] = made[:, :rim] = made[:, -rim:] = 0
        return made

    assert gain(spoilt_at_the_edges, pairs).overall == 0


def test_the_pairs_are_always_the_same_and_held_out(monkeypatch: pytest.MonkeyPatch) -> None:
    kinds: list[Kind] = []

    def noted(seed: int, width: int, height: int, kind: Kind) -> Board:
        kinds.append(kind)
        return draw_board(seed, width, height, kind)

    monkeypatch.setattr(measure, "draw_board", noted)
    pairs, same = held_out_pairs(2), held_out_pairs(2)
    assert all(np.array_equal(one.photo, other.photo) for one, other in zip(pairs, same, strict=True))
    assert [one.photo.shape for one in pairs] == [(64, 64, 3)] * 2
    assert [one.sharp.shape for one in pairs] == [(128, 128, 3)] * 2
    assert not np.array_equal(pairs[0].photo, pairs[1].photo)
    assert all(kind.held_out for kind in kinds)
    assert [one.is_small for one in pairs] == [True, False]
    assert kinds[0].x_height[1] == kinds[1].x_height[0] == pytest.approx(16.7, abs=0.1)


def test_weights_are_measured_as_they_are_shipped_and_in_the_photos_colours_on_request(
    tmp_path: Path,
) -> None:
    training = Training(RECIPES["tiny"], 1, tmp_path / "tiny")
    training.save()
    photo = np.random.default_rng(2).integers(90, 160, (16, 16, 3), dtype=np.uint8)
    whole, light = (
        cv2.cvtColor(network_at(tmp_path / "tiny" / "model.safetensors", light_only=only)(photo), cv2.COLOR_RGB2YCrCb)
        for only in (False, True)
    )  # fmt: skip
    wanted = cv2.cvtColor(cubic(photo), cv2.COLOR_RGB2YCrCb)
    assert whole.shape == light.shape == (32, 32, 3)
    assert np.abs(light[..., 0].astype(int) - whole[..., 0]).max() <= 2
    assert np.abs(light[..., 1:].astype(int) - wanted[..., 1:]).max() <= 2
    assert np.abs(whole[..., 1:].astype(int) - wanted[..., 1:]).max() > 5
