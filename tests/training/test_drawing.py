"""Drawn boards and their photos: the same for a seed, true to what they say is written on them."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from training.boards import Colour, Kind, draw_board
from training.camera import Camera, lit, photographed, tilted

PLAIN = Kind(scripts=("latin",), colours=("white",), x_height=(16, 16), drawings=0, formulas=0, spoilt=0)


def test_a_seed_draws_the_same_board_and_another_one_another() -> None:
    one, same, other = (draw_board(seed, 320, 240) for seed in (5, 5, 6))
    assert np.array_equal(one.image, same.image)
    assert one.lines == same.lines
    assert not np.array_equal(one.image, other.image)


@pytest.mark.parametrize("colour", ["white", "green", "black"])
def test_there_is_ink_where_a_word_is_said_to_stand(colour: Colour) -> None:
    board = draw_board(
        3, 480, 360, Kind(scripts=("latin",), colours=(colour,), drawings=0, formulas=0, spoilt=0)
    )
    grey = board.image.mean(axis=2)
    ground = float(np.median(grey))
    boxes = [word.box for line in board.lines for word in line]
    assert len(boxes) >= 3
    for left, top, right, bottom in boxes:
        part = grey[round(top) : round(bottom), round(left) : round(right)]
        assert abs(part - ground).max() > 25


def test_lines_stand_under_one_another_and_words_beside_one_another() -> None:
    board = draw_board(4, 480, 480, PLAIN)
    for line in board.lines:
        for word, following in pairwise(line):
            assert word.box[0] < following.box[0]
    assert len(board.lines) >= 4


def test_a_photo_is_half_as_large_and_worse_the_stronger_the_camera() -> None:
    sharp = draw_board(7, 320, 240, PLAIN).image
    errors = []
    for strength in (0.0, 0.6, 1.2):
        photos = [
            photographed(np.random.default_rng(seed), sharp, 2, Camera(strength=strength))
            for seed in range(6)
        ]
        assert all(photo.shape == (120, 160, 3) and photo.dtype == np.uint8 for photo in photos)
        small = sharp.reshape(120, 2, 160, 2, 3).mean(axis=(1, 3))
        errors.append(np.mean([np.abs(photo - small).mean() for photo in photos]))
    assert errors[0] < errors[1] < errors[2]


def test_light_and_tilt_keep_the_size_and_the_levels() -> None:
    random = np.random.default_rng(0)
    sharp = draw_board(8, 200, 160, PLAIN).image
    for _ in range(12):
        seen = lit(random, tilted(random, sharp, Camera()), Camera())
        assert seen.shape == sharp.shape
        assert seen.dtype == np.float32
        assert seen.min() >= 0
        assert seen.max() <= 255
        assert seen.std() > 1
