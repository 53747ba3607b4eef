"""Finding a board in a photo, and cutting it out."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from engines.boards.geometry import cut_out, suggest_corners, target_size
from tests.engines.boards.scenes import Surface, draw_on, photograph, with_noise
from upscale.models.crops import check_crop

VIEWS = {
    "from the front": [(0.15, 0.15), (0.85, 0.15), (0.85, 0.8), (0.15, 0.8)],
    "from the left": [(0.12, 0.1), (0.8, 0.22), (0.82, 0.75), (0.1, 0.88)],
    "tilted": [(0.2, 0.12), (0.9, 0.22), (0.82, 0.85), (0.1, 0.72)],
    "beyond the photo": [(0.25, 0.2), (1.0, 0.15), (1.0, 0.85), (0.22, 0.8)],
}


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("surface", ["white", "green", "black"])
@pytest.mark.parametrize("wall", [(120, 105, 90), (200, 190, 170)])
def test_the_corners_of_a_board_are_found_within_two_hundredths(
    surface: Surface, view: str, wall: tuple[int, int, int]
) -> None:
    found = suggest_corners(photograph(draw_on(surface), VIEWS[view], wall=wall))
    assert found is not None
    assert np.abs(np.array(found) - VIEWS[view]).max() < 0.02
    check_crop(found, 0)


def test_no_corners_are_suggested_where_the_board_fills_the_photo() -> None:
    assert suggest_corners(with_noise(draw_on("white"))) is None
    assert suggest_corners(with_noise(draw_on("green"))) is None


def test_no_corners_are_suggested_in_noise_or_on_a_blank_wall() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (480, 640, 3)).astype(np.uint8)
    assert suggest_corners(noise) is None
    assert suggest_corners(with_noise(np.full((480, 640, 3), 180, np.uint8))) is None
    assert suggest_corners(np.zeros((40, 700, 3), np.uint8)) is None


def test_a_small_thing_on_a_wall_is_not_taken_for_the_board() -> None:
    note = [(0.4, 0.4), (0.6, 0.4), (0.6, 0.65), (0.4, 0.65)]
    assert suggest_corners(photograph(draw_on("white"), note)) is None


@pytest.mark.parametrize("view", ["from the front", "from the left", "tilted"])
def test_a_board_is_laid_flat(view: str) -> None:
    board = draw_on("white")
    photo = photograph(board, VIEWS[view])
    flat = cut_out(photo, VIEWS[view])
    height, width = flat.shape[:2]
    seen = np.asarray(Image.fromarray(flat).resize((960, 600))).astype(float)
    # The light falls off to 0.7: compare where the ink is, not how bright it is.
    same = np.corrcoef(seen.min(axis=2).ravel(), board.min(axis=2).ravel())[0, 1]
    assert same > 0.75, (width, height)


def test_the_aspect_ratio_of_a_slanted_board_is_estimated() -> None:
    # A camera of focal length 1000 px in the middle sees a board of 1.6 : 1, turned by 45 degrees.
    size = (1280, 960)
    turn = np.array([[0.7071, 0, 0.7071], [0, 1, 0], [-0.7071, 0, 0.7071]])
    tilt = np.array([[1, 0, 0], [0, 0.966, -0.259], [0, 0.259, 0.966]])
    corners = np.array([(-0.8, -0.5, 0), (0.8, -0.5, 0), (0.8, 0.5, 0), (-0.8, 0.5, 0)])
    seen = corners @ (tilt @ turn).T + (0, 0, 2.6)
    pixels = seen[:, :2] / seen[:, 2:] * 1000 + ((size[0] - 1) / 2, (size[1] - 1) / 2)
    width, height = target_size(pixels, *size)
    assert width / height == pytest.approx(1.6, rel=0.02)


def test_the_whole_photo_by_its_corners_is_the_photo_itself() -> None:
    photo = np.random.default_rng(3).integers(0, 256, (61, 83, 3)).astype(np.uint8)
    assert np.array_equal(cut_out(photo, [[0, 0], [1, 0], [1, 1], [0, 1]]), photo)
    assert np.array_equal(cut_out(photo, None), photo)


@pytest.mark.parametrize(("rotation", "turned"), [(0, 0), (90, -1), (180, 2), (270, 1)])
def test_a_rotation_is_clockwise(rotation: int, turned: int) -> None:
    photo = np.random.default_rng(3).integers(0, 256, (20, 30, 3)).astype(np.uint8)
    cut = cut_out(photo, None, rotation)
    assert np.array_equal(cut, np.rot90(photo, turned))
    assert cut.flags.c_contiguous


def test_a_very_slanted_board_does_not_grow_beyond_one_and_a_half_photos() -> None:
    photo = np.zeros((600, 800, 3), np.uint8)
    cut = cut_out(photo, [(0.0, 0.0), (1.0, 0.45), (1.0, 0.55), (0.0, 1.0)])
    assert cut.shape[0] * cut.shape[1] <= 1.5 * 600 * 800 * 1.01


def test_nonsense_is_refused() -> None:
    photo = np.zeros((60, 80, 3), np.uint8)
    with pytest.raises(ValueError, match="multiple of 90"):
        cut_out(photo, None, 45)
    with pytest.raises(ValueError, match="four corners"):
        cut_out(photo, [(0, 0), (1, 0), (1, 1)], 0)


def test_the_least_crop_that_is_taken_can_be_cut_out() -> None:
    photo = np.zeros((60, 80, 3), np.uint8)
    corners = [(0.5, 0.5), (0.52, 0.5), (0.52, 0.52), (0.5, 0.52)]
    check_crop(corners, 0)
    assert cut_out(photo, corners).size > 0
