"""What two readers make of several pictures of a board, and which of the pictures is the best by it."""

from __future__ import annotations

from collections.abc import Sequence

from engines.boards.consensus import Count, Reading, believable, best, counted, written
from tests.engines.boards.reading_boards import line

BOARD = ["the sum of squares", "open the window"]


def reading(first: Sequence[str], second: Sequence[str], confidence: float = 0.8) -> Reading:
    """Return what the first reader, with a confidence in every line, and the second read in a picture."""
    return Reading.of([line(text, confidence) for text in first], second, 0.0)


def test_words_of_a_single_letter_are_not_believed() -> None:
    assert believable(["A to Z, x_ = 10; 5", "Ток TO"]) == {"to": 2, "10": 1, "ток": 1}


def test_words_that_each_reader_finds_in_some_picture_are_taken_for_written() -> None:
    assert written([reading(["the sun"], ["open"]), reading(["open it"], ["the"])]) == {"the": 1, "open": 1}


def test_words_of_which_the_first_reader_is_sure_are_taken_for_written() -> None:
    assert written([reading(["the sum"], [], 0.95), reading(["of squares"], [], 0.85)]) == {
        "the": 1,
        "sum": 1,
    }


def test_words_of_lines_hardly_read_count_for_nothing() -> None:
    assert written([reading(BOARD, BOARD, 0.4)]) == {}


def test_words_count_as_often_as_they_stand_in_one_picture() -> None:
    twice, once = reading(["to be or not to be"], ["to be"]), reading(["to be"], ["to be or not to be"])
    assert written([twice, once]) == {"to": 2, "be": 2, "or": 1, "not": 1}
    assert [(one.first, one.second) for one in counted([twice, once])] == [(6, 2), (2, 6)]


def test_what_is_read_nowhere_by_the_other_reader_counts_for_no_picture() -> None:
    wild = reading([*BOARD, "rn vv"], [*BOARD, "wwlln", "llnx"])
    assert [(one.first, one.second) for one in counted([reading(BOARD, BOARD), wild])] == [(7, 7), (7, 7)]


def test_the_first_of_the_pictures_that_gain_most_is_the_best() -> None:
    assert best([Count(10, 5), Count(10, 9), Count(12, 9), Count(11, 10)]) == 2


def test_a_picture_in_which_the_second_reader_finds_less_is_not_delivered() -> None:
    assert best([Count(10, 5), Count(20, 4)]) == 0


def test_a_picture_in_which_the_first_reader_finds_far_less_is_not_delivered() -> None:
    assert best([Count(100, 5), Count(97, 50)]) == 0
    assert best([Count(100, 5), Count(98, 50)]) == 1


def test_a_picture_in_which_both_together_find_less_is_not_delivered() -> None:
    assert best([Count(100, 50, 40.0), Count(98, 51, 99.0)]) == 0


def test_gains_that_may_be_chance_are_none() -> None:
    assert best([Count(40, 20), Count(41, 22)]) == 0
    assert best([Count(40, 20), Count(41, 23)]) == 1
    assert best([Count(0, 0), Count(1, 0)]) == 1


def test_confidence_gained_counts_and_confidence_lost_does_not() -> None:
    assert best([Count(6, 6, 3.0), Count(6, 6, 6.0)]) == 1
    assert best([Count(40, 20, 30.0), Count(42, 24, 10.0)]) == 1


def test_where_nothing_is_read_the_photo_is_the_best() -> None:
    assert best(counted([reading([], []), reading([], [])])) == 0
    assert best([Count(3, 3)]) == 0
