"""The letters of the reader of lines, and what its answers mean."""

from __future__ import annotations

import pytest

from engines.boards.alphabet import (
    BLANK,
    COUNT,
    LETTERS,
    NUMBERS,
    Run,
    is_cyrillic,
    numbers_of,
    runs_of,
    text_of,
)


def test_every_letter_has_one_number_and_the_blank_its_own() -> None:
    assert len(set(LETTERS)) == len(LETTERS) == COUNT - 1
    assert sorted(NUMBERS.values()) == list(range(1, COUNT))
    assert BLANK not in NUMBERS.values()


def test_repeats_and_blanks_fall_out_but_not_double_letters() -> None:
    [t, o] = numbers_of("to") or []
    assert text_of([BLANK, t, t, o, o, BLANK, o, BLANK]) == "too"
    assert text_of([]) == text_of([BLANK, BLANK]) == ""


def test_a_letter_is_told_with_the_answers_that_stand_for_it() -> None:
    [a, b] = numbers_of("aб") or []
    assert list(runs_of([a, a, BLANK, b])) == [Run("a", 0, 2), Run("б", 3, 4)]


def test_a_text_with_an_unknown_letter_has_no_numbers() -> None:
    assert numbers_of("Это 2x") is not None
    assert numbers_of("你") is None


@pytest.mark.parametrize(
    ("text", "is_it"),
    [
        ("Предел функции f(x) = 2", True),
        ("limit of f", False),
        ("integral щ of the", False),
        ("ТОР МАСНО", False),  # Cyrillic letters, each of which may be a Latin one
        ("3 + 4 = 7", False),
        ("", False),
    ],
)
def test_most_letters_decide_whether_a_text_is_cyrillic_unless_they_may_all_be_latin(
    text: str, is_it: bool
) -> None:
    assert is_cyrillic(text) is is_it
