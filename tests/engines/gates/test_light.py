"""Measures of light and sharpness on drawn rooms with made defects."""

from __future__ import annotations

import numpy as np
import pytest

from bench.defects import blank, blurred, half_in_focus, scaled
from bench.rooms import Pixels, room
from engines.gates.examining import examine
from engines.gates.results import Defect

SEEDS = range(5)


class NoReader:
    def read_all(self, image: Pixels) -> tuple[()]:
        return ()


def defects_of(picture: Pixels) -> set[Defect]:
    return {finding.defect for finding in examine(picture, NoReader).defects}


@pytest.mark.parametrize("seed", SEEDS)
def test_a_room_has_no_defect(seed: int) -> None:
    assert defects_of(room(seed)) == set()


@pytest.mark.parametrize("seed", SEEDS)
def test_half_of_a_room_out_of_focus_on_purpose_is_no_defect(seed: int) -> None:
    assert "blurred" not in defects_of(half_in_focus(room(seed)))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_blurred_room_is_blurred_whatever_its_size(seed: int) -> None:
    for side in (256, 512, 1024):
        assert "blurred" in defects_of(blurred(room(seed, side), 0.006))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_dark_room_is_dark(seed: int) -> None:
    assert "dark" in defects_of(scaled(room(seed), 0.15))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_room_behind_fog_has_low_contrast(seed: int) -> None:
    assert "low-contrast" in defects_of(scaled(room(seed), 0.2, 150))


@pytest.mark.parametrize("kind", ["one colour", "a gradient", "grain"])
def test_what_shows_nothing_is_blank_and_not_blurred_besides(kind: str) -> None:
    found = defects_of(blank(1, kind))
    assert "blank" in found
    assert "blurred" not in found


@pytest.mark.parametrize("shape", [(1, 1), (1, 600), (700, 3)])
def test_a_picture_of_any_shape_can_be_measured(shape: tuple[int, int]) -> None:
    assert not examine(np.full((*shape, 3), 128, np.uint8), NoReader).failures
