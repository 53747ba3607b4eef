"""The reader: finds lines, reads the same places in another size, in reading order."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from engines.boards.order import reading_order
from engines.boards.reading import BoardReader, Place
from engines.errors import ModelUnavailable
from engines.registry import BOARD_READERS, DEFAULT_BOARD_READER
from engines.sources import FolderSource
from tests.engines.boards.reading_boards import LINES, box, draw, real_reader

SPEC = BOARD_READERS[DEFAULT_BOARD_READER]


@pytest.mark.slow
def test_drawn_lines_are_found_from_the_top_and_read() -> None:
    image = draw()
    lines = real_reader().read(image, real_reader().find(image))
    assert [line.text for line in lines] == list(LINES)
    assert all(line.confidence > 0.9 for line in lines)
    assert all(0 <= x <= 1 and 0 <= y <= 1 for line in lines for x, y in line.box)


@pytest.mark.slow
def test_places_found_in_the_photo_are_read_in_an_enlargement_line_by_line() -> None:
    image = draw()
    places = real_reader().find(image)
    large = np.asarray(cv2.resize(image, None, fx=5, fy=5, interpolation=cv2.INTER_CUBIC), dtype=np.uint8)
    assert max(large.shape) > SPEC.longest_side
    lines = real_reader().read(large, places[::-1])
    assert [line.text for line in lines] == list(LINES[::-1])
    assert [line.box for line in lines] == [place.box for place in places[::-1]]


@pytest.mark.slow
def test_a_blank_board_has_no_lines_and_an_empty_or_vanishing_place_no_text() -> None:
    blank = np.full((200, 300, 3), 235, dtype=np.uint8)
    assert real_reader().find(blank) == ()
    assert real_reader().read(blank, []) == ()
    [vanishing] = real_reader().read(blank, [Place(box(0.5, 0.5, 0.5, 0.5), 0.9)])
    assert (vanishing.text, vanishing.confidence) == ("", 0.0)


@pytest.mark.slow
def test_the_same_picture_reads_the_same_twice() -> None:
    image = draw()
    assert real_reader().read_all(image) == real_reader().read_all(image.copy())


@pytest.mark.slow
def test_a_tiny_picture_is_read_without_failing() -> None:
    assert real_reader().read_all(np.full((3, 5, 3), 128, dtype=np.uint8)) == ()


def test_a_missing_file_is_named_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match=r"PP-OCRv6_det_small\.onnx.*install the package again"):
        BoardReader.load(replace(SPEC, source=FolderSource(str(tmp_path))))


def test_a_damaged_file_is_a_clear_error(tmp_path: Path) -> None:
    for name in (SPEC.detection, SPEC.recognition):
        (tmp_path / name).write_bytes(b"no network at all")
    with pytest.raises(ModelUnavailable, match="cannot be read"):
        BoardReader.load(replace(SPEC, source=FolderSource(str(tmp_path))))


def test_columns_are_read_one_after_the_other() -> None:
    left = [box(0.05, 0.1 + 0.1 * n, 0.4, 0.16 + 0.1 * n) for n in range(4)]
    right = [box(0.55, 0.12 + 0.1 * n, 0.95, 0.18 + 0.1 * n) for n in range(4)]
    mixed = [place for pair in zip(right, left, strict=True) for place in pair]
    assert [mixed[index] for index in reading_order(mixed)] == left + right


def test_a_heading_over_two_columns_comes_first() -> None:
    heading = box(0.1, 0.02, 0.9, 0.09)
    left = [box(0.05, 0.2 + 0.1 * n, 0.4, 0.26 + 0.1 * n) for n in range(3)]
    right = [box(0.55, 0.2 + 0.1 * n, 0.95, 0.26 + 0.1 * n) for n in range(3)]
    mixed = [*right, heading, *left]
    assert [mixed[index] for index in reading_order(mixed)] == [heading, *left, *right]


def test_pieces_of_one_line_are_read_from_the_left() -> None:
    pieces = [box(0.6, 0.11, 0.9, 0.2), box(0.1, 0.1, 0.25, 0.19), box(0.3, 0.1, 0.5, 0.21)]
    assert reading_order(pieces) == [1, 2, 0]


def test_no_place_is_lost_or_doubled_however_they_lie() -> None:
    random = np.random.default_rng(3)
    for count in (0, 1, 2, 40):
        corners = random.random((count, 2)) * 0.9
        boxes = [box(x, y, x + 0.1, y + 0.05) for x, y in corners]
        assert sorted(reading_order(boxes)) == list(range(count))
