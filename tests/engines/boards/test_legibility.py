"""Legibility: what counts, and what is taken off."""

from __future__ import annotations

import pytest

from engines.boards.legibility import legibility, lost_words, reads_alike, reads_worse, stands_up, weight
from tests.engines.boards.reading_boards import line


def test_a_word_counts_as_often_as_it_is_expected_to_be_right() -> None:
    assert weight(line("energy equals mass", 0.9)) == pytest.approx(3 * 0.9**4)


def test_single_letters_count_by_thirds_so_that_a_word_in_pieces_gains_nothing() -> None:
    assert weight(line("a b c", 1.0)) == pytest.approx(1.0)
    assert weight(line("algo ri thm", 1.0)) < weight(line("algorithm energy mass", 1.0))


def test_a_board_without_lines_is_worth_nothing() -> None:
    measured = legibility([])
    assert (measured.score, measured.words, measured.confidence, measured.lines) == (0.0, 0, 0.0, 0)


def test_words_of_doubtful_lines_are_not_counted_as_read() -> None:
    measured = legibility([line("energy mass", 0.9), line("speed of light", 0.3)])
    assert (measured.words, measured.lines) == (2, 2)
    assert measured.confidence == pytest.approx((2 * 0.9 + 3 * 0.3) / 5)


def test_a_sure_word_that_is_lost_is_taken_off_even_if_the_new_one_is_surer() -> None:
    photo = [line("energy of mass", 0.92)]
    invented = [line("onorgy of mass", 0.92)]
    assert legibility(invented, photo).score == pytest.approx(legibility(invented).score - 0.75)
    assert legibility(invented, photo).score < legibility(photo, photo).score


def test_an_unsure_word_may_change_without_loss() -> None:
    assert (
        legibility([line("energy", 0.8)], [line("onorgy", 0.7)]).score
        > legibility([line("onorgy", 0.7)]).score
    )


def test_a_word_is_not_lost_where_lines_were_only_joined_or_parted() -> None:
    photo = [line("energy equals"), line("mass")]
    assert not lost_words(photo, [line("mass"), line("equals energy")])
    assert lost_words([line("mass mass")], [line("mass")]).total() == 1


def test_a_score_is_never_negative() -> None:
    assert legibility([], [line("energy equals mass")]).score == 0.0


@pytest.mark.parametrize(
    ("photo", "result", "worse"),
    [
        (line("F = m a", 0.95), line("F  =  m a", 0.6), False),
        (line("F = m a", 0.95), line("F - m a", 0.99), True),
        (line("energy", 0.95), line("onorgy", 0.99), True),
        (line("onorgy", 0.7), line("energy", 0.8), False),
        (line("energy", 0.7), line("onorgy", 0.6), True),
        (line("energy equals mass", 0.7), line("energy", 0.99), True),
        (line("", 0.0), line("energy", 0.8), False),
    ],
)
def test_a_line_gives_way_only_to_a_reading_that_may_be_trusted_more(photo, result, worse: bool) -> None:  # type: ignore[no-untyped-def]
    assert reads_worse(photo, result) is worse


def test_other_punctuation_and_case_make_no_difference() -> None:
    assert reads_alike(line("Energy: mass."), line("energy mass"))


def test_another_text_does_not_stand_up_however_surely_it_is_read() -> None:
    photo = [line("light has a speed", 0.9), line("energy equals mass", 0.6)]
    invented = [line("lignt nos a spood", 0.99), line("onorgy oquals moss", 0.99)]
    assert legibility(invented, photo).score > legibility(photo).score
    assert not stands_up(photo, invented)


def test_the_photo_stands_up_to_itself_and_a_loss_does_not() -> None:
    photo = [line("energy equals mass", 0.95), line("light has a speed", 0.95)]
    assert stands_up(photo, photo)
    assert not stands_up(photo, [line("energy equals mass", 0.95), line("light has a", 0.95)])
