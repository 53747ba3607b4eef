"""The classical methods: what they change, and what they leave."""

from __future__ import annotations

import colorsys
import time
from collections.abc import Callable

import cv2
import numpy as np
import pytest

from engines.boards.enhancing import (
    denoise,
    enhance,
    even_out,
    flatten_illumination,
    glare_share,
    is_chalkboard,
    stretch_contrast,
    white_balance,
)
from tests.boards import draw_board
from tests.engines.boards.scenes import INKS, Picture, Surface, draw_on, in_uneven_light, with_noise

Method = Callable[[Picture], Picture]
METHODS: list[Method] = [
    denoise, even_out, flatten_illumination, stretch_contrast, white_balance, lambda image: enhance(image).image,
]  # fmt: skip


def ground_of(image: Picture, *, dark: bool = False) -> np.ndarray:
    """Return the level of the ground in a grid of places, without the writing."""
    height, width = image.shape[:2]
    places = image[: height // 6 * 6, : width // 8 * 8].reshape(6, height // 6, 8, width // 8, 3)
    return np.asarray(np.percentile(places, 30 if dark else 70, axis=(1, 3)).mean(axis=2))


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("shape", [(400, 640, 3), (33, 47, 3), (32, 640, 3)])
def test_size_and_argument_stay(method: Method, shape: tuple[int, int, int]) -> None:
    image = with_noise(np.full(shape, 180, np.uint8))
    before = image.copy()
    result = method(image)
    assert result.shape == image.shape
    assert result.dtype == np.uint8
    assert np.array_equal(image, before)


@pytest.mark.parametrize("surface", ["white", "green", "black"])
@pytest.mark.parametrize("method", [even_out, flatten_illumination, lambda image: enhance(image).image])
def test_uneven_light_becomes_even(surface: Surface, method: Method) -> None:
    photo = with_noise(in_uneven_light(draw_on(surface)), 2)
    dark = surface != "white"
    before, after = ground_of(photo, dark=dark), ground_of(method(photo), dark=dark)
    if dark:  # what is dark already differs by little
        assert np.ptp(after) < 16
    else:
        assert np.ptp(before) > 80
        assert np.ptp(after) < 10


@pytest.mark.parametrize("surface", ["white", "green", "black"])
def test_writing_stands_out_at_least_as_much_everywhere(surface: Surface) -> None:
    photo = with_noise(in_uneven_light(draw_on(surface)), 2)
    board = draw_on(surface).astype(int).mean(axis=2)
    ink = board > 140 if surface != "white" else board < 130
    ground = cv2.dilate(ink.astype(np.uint8), np.ones((9, 9))) == 0
    after = enhance(photo).image.astype(int).mean(axis=2)
    photo = photo.astype(int).mean(axis=2)
    for half in (np.s_[:, :320], np.s_[:, 320:]):
        contrast = [
            abs(np.median(one[half][ink[half]]) - np.median(one[half][ground[half]]))
            for one in (photo, after)
        ]
        assert contrast[1] > 1.05 * contrast[0]


@pytest.mark.parametrize("ink", INKS)
def test_a_marker_keeps_its_colour(ink: str) -> None:
    board = draw_board(size=(640, 400), height=40, ink=INKS[ink])
    drawn = np.abs(board.astype(int) - board[0, 0]).sum(axis=2) > 200
    after = enhance(with_noise(in_uneven_light(board), 2)).image[drawn].mean(axis=0) / 255
    hue, saturation, _value = colorsys.rgb_to_hsv(*after)
    drawn_hue, drawn_saturation, _value = colorsys.rgb_to_hsv(*(board[drawn].mean(axis=0) / 255))
    if ink == "black":
        assert saturation < 0.15
    else:
        assert min(abs(hue - drawn_hue), 1 - abs(hue - drawn_hue)) < 0.04
        assert saturation > 0.8 * drawn_saturation


def test_a_warm_light_becomes_neutral() -> None:
    photo = with_noise((draw_on("white") * np.array((0.95, 0.8, 0.6))).astype(np.uint8), 2)
    for method in (white_balance, even_out, lambda image: enhance(image).image):
        ground = np.median(method(photo).reshape(-1, 3), axis=0)
        assert np.ptp(ground) < 4
    assert np.ptp(np.median(flatten_illumination(photo).reshape(-1, 3), axis=0)) > 40


def test_noise_fades_and_thin_strokes_stay() -> None:
    board = np.full((300, 400, 3), 210, np.uint8)
    for y in range(20, 300, 20):
        cv2.line(board, (20, y), (380, y), (60, 60, 120), 1)
    noisy = with_noise(board, 5)
    calm = denoise(noisy)
    blank = np.s_[5:15, :]
    assert calm[blank].std() < 0.6 * noisy[blank].std()
    depth = [
        float(one[10].mean() - one[20, 30:370].mean()) for one in (noisy.astype(float), calm.astype(float))
    ]
    assert depth[1] > 0.9 * depth[0]


def test_faint_writing_becomes_stronger() -> None:
    board = draw_board(size=(640, 400), height=30, ink="#b0b4bc")
    after = stretch_contrast(with_noise(board, 1)).astype(int)
    assert np.ptp(np.percentile(after, (0.5, 60))) > 1.3 * np.ptp(np.percentile(board, (0.5, 60)))


@pytest.mark.parametrize(("surface", "expected"), [("white", False), ("green", True), ("black", True)])
@pytest.mark.parametrize("light", [1.0, 0.5])
def test_a_chalkboard_is_told_from_a_whiteboard_in_any_light(
    surface: Surface, expected: bool, light: float
) -> None:
    photo = with_noise(in_uneven_light(draw_on(surface) * light, 0.7), 2)
    assert is_chalkboard(photo) is expected
    assert enhance(photo).is_chalkboard is expected


def test_a_dark_board_stays_dark() -> None:
    after = enhance(with_noise(in_uneven_light(draw_on("green")), 2)).image
    assert np.median(after) < 60
    assert np.percentile(after, 99.5) > 200


def test_glare_is_measured_where_a_lamp_shines() -> None:
    board = (draw_on("white") * 0.75).astype(np.uint8)
    assert glare_share(with_noise(board)) == 0
    shining = cv2.circle(board.copy(), (300, 200), 70, (255, 255, 255), cv2.FILLED)
    assert glare_share(shining) == pytest.approx(np.pi * 70**2 / (960 * 600), rel=0.15)
    assert enhance(shining).glare > 0.02
    overexposed = np.full_like(board, 254)
    assert glare_share(overexposed) == 0


@pytest.mark.slow
def test_a_megapixel_is_enhanced_fast() -> None:
    photo = with_noise(draw_board(size=(1200, 840)))
    enhance(photo)
    seconds = []
    for _attempt in range(5):
        begun = time.process_time()
        enhance(photo)
        seconds.append(time.process_time() - begun)
    assert min(seconds) < 0.3  # processor time, so that other tests do not count; 0.1 on a quiet machine
