"""Which methods a photo is given to: the usual ones, candidates by their files, and those on request."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from bench.board_methods import methods
from engines.boards.results import Image
from engines.errors import ModelUnavailable
from engines.registry import DEFAULT_SUPER_RESOLUTION_MODEL as OURS
from engines.registry import SUPER_RESOLUTION_MODELS
from engines.sources import FolderSource
from tests.engines.superres.tiny_networks import tiny_board, write


@pytest.fixture
def candidate(tmp_path: Path) -> Path:
    return write(tiny_board(), tmp_path / "candidate.safetensors")


@pytest.fixture(autouse=True)
def tiny_networks(candidate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give every network of the registry the weights of a tiny one that enlarges twice; the default is for boards."""
    for key, spec in list(SUPER_RESOLUTION_MODELS.items()):
        tiny = replace(
            spec,
            source=FolderSource(str(candidate)),
            scale=2,
            precision="float32",
            board=spec.board or key == OURS,
            strength=1.0,
        )
        monkeypatch.setitem(SUPER_RESOLUTION_MODELS, key, tiny)


@pytest.fixture
def photo() -> Image:
    return np.random.default_rng(1).integers(60, 200, (12, 18, 3), dtype=np.uint8)


def test_without_a_request_there_are_the_usual_ones() -> None:
    names = [method.name for method in methods()]
    assert names[:4] == ["original", "bicubic", "lanczos", "classical"]
    assert names[-1] == "gate"
    assert OURS in names
    assert not [name for name in names if " at " in name or "light only" in name]


def test_a_candidate_is_called_by_its_file_and_comes_with_any_choice(candidate: Path, photo: Image) -> None:
    found = methods(["bicubic"], [candidate])
    assert [method.name for method in found] == ["bicubic", "candidate"]
    assert found[1].scale == 2
    assert found[1].run(photo).shape == (24, 36, 3)


def test_the_weights_of_trainings_are_called_by_their_folders(candidate: Path, tmp_path: Path) -> None:
    files = [tmp_path / name / "model.safetensors" for name in ("trial-one", "trial-two")]
    for file in files:
        file.parent.mkdir()
        file.write_bytes(candidate.read_bytes())
    assert [method.name for method in methods(["bicubic"], files)] == ["bicubic", "trial-one", "trial-two"]


def test_strengths_of_networks_for_boards_are_made_on_request(candidate: Path) -> None:
    names = [method.name for method in methods([OURS], [candidate], with_strengths=True)]
    at = [f"{key} at {strength}" for key in (OURS, "candidate") for strength in ("1", "0.75", "0.5")]
    assert set(names) == {OURS, "candidate", *at}


def test_one_strength_is_made_where_it_is_named(photo: Image) -> None:
    bicubic, network, half = (method.run for method in methods(["bicubic", OURS, f"{OURS} at 0.5"]))
    [full] = methods([f"{OURS} at 1"])
    assert np.array_equal(full.run(photo), network(photo))
    mixed = (network(photo).astype(float) + bicubic(photo)) / 2
    assert np.abs(half(photo) - mixed).max() <= 1
    assert np.abs(half(photo) - network(photo).astype(float)).max() > 10


def test_light_only_keeps_the_colours_of_the_photo(photo: Image) -> None:
    grey = photo[..., :1].repeat(3, axis=2)
    network, light_only = methods([OURS, f"{OURS} light only"])
    drawn, kept = network.run(grey), light_only.run(grey)
    assert np.ptp(drawn.astype(int), axis=2).max() > 20
    assert np.ptp(kept.astype(int), axis=2).max() <= 1
    light = cv2.cvtColor(drawn, cv2.COLOR_RGB2GRAY)
    assert np.abs(kept[..., 1].astype(int) - light).max() <= 1


def test_methods_say_how_much_they_enlarge(candidate: Path, photo: Image) -> None:
    keys = ["original", "bicubic", "lanczos", OURS, f"{OURS} at 0.5", f"{OURS} light only"]
    for method in methods(keys, [candidate], with_strengths=True):
        assert method.run(photo).shape == (12 * method.scale, 18 * method.scale, 3)


def test_two_things_of_one_name_are_refused(candidate: Path, tmp_path: Path) -> None:
    again = tmp_path / "again" / candidate.name
    with pytest.raises(ValueError, match="would be called candidate"):
        methods([], [candidate, again])
    with pytest.raises(ValueError, match=f"would be called {OURS}"):
        methods([], [tmp_path / f"{OURS}.safetensors"])


def test_a_name_that_nothing_has_is_refused() -> None:
    with pytest.raises(ValueError, match=r"called biccubic: there are original, bicubic"):
        methods(["biccubic"])


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="absent"):
        methods([], [tmp_path / "absent.safetensors"])
