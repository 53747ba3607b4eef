"""A cut line as the reader of lines sees it."""

from __future__ import annotations

import numpy as np
import pytest

from engines.boards.line_images import HEIGHT, LEAST_WIDTH, answers_of, normalised
from engines.boards.results import Image


def strokes(height: int, width: int, ink: int, ground: int) -> Image:
    """Draw three upright strokes."""
    part = np.full((height, width, 3), ground, dtype=np.uint8)
    for place in (width // 4, width // 2, 3 * width // 4):
        part[:, place : place + max(1, width // 40)] = ink
    return part


@pytest.mark.parametrize(("height", "width"), [(32, 128), (64, 256), (16, 64)])
def test_lines_of_any_size_become_equally_high_and_keep_their_proportions(height: int, width: int) -> None:
    assert normalised(strokes(height, width, 40, 200)).shape == (HEIGHT, 128)


def test_faint_ink_becomes_black_on_white() -> None:
    seen = normalised(strokes(32, 160, 90, 130))
    assert [int(seen.min()), int(seen.max()), int(np.median(seen))] == [0, 255, 255]


def test_chalk_becomes_dark_on_light_like_ink() -> None:
    ink, chalk = strokes(32, 160, 30, 220), strokes(32, 160, 220, 30)
    assert np.abs(normalised(ink).astype(int) - normalised(chalk)).max() <= 1


def test_an_empty_place_becomes_white_and_stays_smooth() -> None:
    empty = np.full((32, 160, 3), 128, dtype=np.uint8)
    empty[:4] += 1
    assert normalised(empty).min() > 255 - 255 / 8 - 1


def test_a_sliver_is_wide_enough_for_an_answer() -> None:
    assert normalised(strokes(200, 3, 0, 255)).shape == (HEIGHT, LEAST_WIDTH)


def test_every_begun_step_has_an_answer() -> None:
    assert [answers_of(width) for width in (8, 9, 12)] == [2, 3, 3]
