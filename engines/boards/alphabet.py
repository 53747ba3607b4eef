"""The letters that our reader of lines knows, and what its answers mean."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

LATIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
CYRILLIC = "абвгдежзийклмнопрстуфхцчшщъыьэюяёАБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯЁ"
GREEK = "αβγδεζηθικλμνξοπρσςτυφχψωΓΔΘΛΞΠΣΦΨΩάέήίόύώ"
DIGITS_AND_SIGNS = "0123456789 .,:;!?'\"-+=<>*/()[]{}%&#№@_|^~"
LETTERS = DIGITS_AND_SIGNS + LATIN + CYRILLIC + GREEK
"""In the order of the network's answers; before the first one stands ``BLANK``: nothing begins here."""

TWINS = frozenset("аеикорсухпАВЕКМНОРСТУХ")
"""Cyrillic letters that a hand writes like Latin ones: alone they are no sign of Cyrillic writing."""

BLANK = 0
COUNT = 1 + len(LETTERS)
NUMBERS = {letter: number for number, letter in enumerate(LETTERS, start=1)}


@dataclass(frozen=True)
class Run:
    """Like answers in a row that stand for one letter: those from ``begin`` to before ``end``."""

    letter: str
    begin: int
    end: int


def numbers_of(text: str) -> list[int] | None:
    """Return a text as numbers of letters; None where it holds one that is not known."""
    if any(letter not in NUMBERS for letter in text):
        return None
    return [NUMBERS[letter] for letter in text]


def runs_of(answers: Sequence[int]) -> Iterator[Run]:
    """Yield the letters that the likeliest answers, one for each place along a line, stand for.

    Repeats and blanks fall out, as CTC has it (Graves et al. 2006).
    """
    begin = 0
    for place in range(1, len(answers) + 1):
        if place == len(answers) or answers[place] != answers[begin]:
            if answers[begin] != BLANK:
                yield Run(LETTERS[answers[begin] - 1], begin, place)
            begin = place


def text_of(answers: Sequence[int]) -> str:
    """Return what the likeliest answers, one for each place along a line, say."""
    return "".join(run.letter for run in runs_of(answers))


def is_cyrillic(text: str) -> bool:
    """Tell whether most letters of a text are Cyrillic, and not all of them such as look like Latin ones."""
    cyrillic = [letter for letter in text if letter in CYRILLIC]
    letters = sum(map(str.isalpha, text))
    return 2 * len(cyrillic) > letters and any(letter not in TWINS for letter in cyrillic)
