"""The letters that a reader of boards knows, and what its answers mean."""

from __future__ import annotations

from collections.abc import Sequence

LATIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
CYRILLIC = "абвгдежзийклмнопрстуфхцчшщъыьэюяёАБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯЁ"
GREEK = "αβγδεζηθικλμνξοπρσςτυφχψωΓΔΘΛΞΠΣΦΨΩάέήίόύώ"
DIGITS_AND_SIGNS = "0123456789 .,:;!?'\"-+=<>*/()[]{}%&#№@_|^~"
LETTERS = DIGITS_AND_SIGNS + LATIN + CYRILLIC + GREEK
"""In the order of the network's answers; before the first one stands ``BLANK``: nothing begins here."""

BLANK = 0
COUNT = 1 + len(LETTERS)
NUMBERS = {letter: number for number, letter in enumerate(LETTERS, start=1)}


def numbers_of(text: str) -> list[int] | None:
    """Return a text as numbers of letters; None where it holds one that is not known."""
    if any(letter not in NUMBERS for letter in text):
        return None
    return [NUMBERS[letter] for letter in text]


def text_of(answers: Sequence[int]) -> str:
    """Return what the likeliest answers, one for each place along a line, say: repeats and blanks fall out (CTC)."""
    told = []
    before = BLANK
    for answer in answers:
        if answer not in (before, BLANK):
            told.append(LETTERS[answer - 1])
        before = answer
    return "".join(told)
