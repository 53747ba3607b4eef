"""The judges: each call reads as it is asked to, whatever was asked before."""

from __future__ import annotations

from bench.readers import RapidJudge, words_of
from tests.engines.boards.reading_boards import draw

LINES = ("energy equals mass", "open the window")


def test_rapidocr_finds_lines_in_a_picture_before_and_after_it_was_given_single_ones() -> None:
    judge = RapidJudge()
    board = draw(LINES, height=160)
    lines = [draw((line,), height=70) for line in LINES]
    before = judge.read(board)
    assert words_of(" ".join(before)) == words_of(" ".join(LINES))
    alone = judge.read_lines(lines)
    assert alone == list(LINES)
    assert judge.read(board) == before
    assert judge.read_lines(lines) == alone
