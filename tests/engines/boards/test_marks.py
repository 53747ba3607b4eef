"""Marks: other strokes than the photo's are found, a mere enhancement is not."""

from __future__ import annotations

import cv2
import numpy as np

from engines.boards.enhancing import even_out
from engines.boards.marks import departures, unsure_lines
from tests.engines.boards.reading_boards import LINES, box, draw, line


def test_the_photo_itself_departs_nowhere() -> None:
    assert departures(draw(), draw()) == ()


def test_other_light_contrast_and_size_are_no_departure() -> None:
    photo = draw()
    shaded = (photo * np.linspace(1.0, 0.6, photo.shape[1])[None, :, None]).astype(np.uint8)
    noisy = np.clip(shaded + np.random.default_rng(1).normal(0, 3, photo.shape), 0, 255).astype(np.uint8)
    enlarged = np.asarray(
        cv2.resize(even_out(noisy), None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC), dtype=np.uint8
    )
    assert departures(noisy, enlarged) == ()


def test_a_word_that_became_another_is_marked_where_it_stands() -> None:
    photo = draw()
    redrawn = draw((*LINES[:2], "the WXY of squares", *LINES[3:]))
    marks = departures(photo, np.asarray(cv2.resize(redrawn, None, fx=2, fy=2), dtype=np.uint8))
    assert marks
    assert {mark.kind for mark in marks} == {"departs"}
    for mark in marks:
        assert 0.4 < (mark.box[0][1] + mark.box[2][1]) / 2 < 0.72


def test_a_line_that_was_not_there_is_marked() -> None:
    marks = departures(draw(LINES[:3]), draw(LINES))
    assert any(mark.box[2][1] > 0.75 for mark in marks)


def test_marks_lie_within_the_picture() -> None:
    for mark in departures(draw(LINES[:1]), draw(("", *LINES[1:]))):
        assert all(0 <= x <= 1 and 0 <= y <= 1 for x, y in mark.box)


def test_a_picture_smaller_than_a_block_is_compared_all_the_same() -> None:
    tiny = np.full((5, 7, 3), 200, dtype=np.uint8)
    assert departures(tiny, tiny) == ()


def test_a_line_read_with_little_confidence_is_unsure_whatever_made_it() -> None:
    [mark] = unsure_lines([], [line("energy", 0.55), line("mass", 0.9)], is_redrawn=False)
    assert mark.kind == "unsure"


def test_sure_text_is_suspect_only_where_a_network_drew_it_and_the_photo_reads_nothing_of_it() -> None:
    here, there = box(0.1, 0.1, 0.5, 0.2), box(0.1, 0.5, 0.5, 0.6)
    photo = [line("energy of mass", 0.7, here)]
    result = [line("energy of moss", 0.95, here), line("speed", 0.95, there)]
    assert [mark.box for mark in unsure_lines(photo, result, is_redrawn=True)] == [there]
    assert unsure_lines(photo, result, is_redrawn=False) == ()
