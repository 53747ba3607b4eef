"""How well a picture of a board reads: words and confidence, less the words that were changed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from engines.boards.results import Legibility, ReadLine

SURE = 0.9
"""From this confidence on, what the photo reads is taken for what is written: four of five such words are right."""

READ = 0.5
"""From this confidence on, a line's words count as read."""

POWER = 4.0
"""A word read with confidence c is right about as often as c to this power (``docs/boards.md`` has the figures)."""

LOSS = 0.75
"""What a word that the photo reads surely, and the result nowhere, takes off the score."""

SHORT = 3
"""Letters from which on a word counts in full."""

MOST_LOST = 0.25
"""A picture that lost more than this share of the photo's sure words is another text, however surely it is read."""

_WORD = re.compile(r"\w+")
_TOKEN = re.compile(r"\w+|[+=<>*/^%-]")
"""Words, and the signs that change what a formula says. Other punctuation is beyond a reader of handwriting."""


def words_of(text: str) -> list[str]:
    """Return the words of a text: runs of letters, digits and underscores, case folded."""
    return _WORD.findall(text.casefold())


def weight(line: ReadLine) -> float:
    """Return how much right text may be expected of a line: its words × confidence to the power of ``POWER``.

    A word shorter than ``SHORT`` letters counts less in proportion: strokes of a drawing read as single letters, and a
    word that falls to pieces must not count for more than before.
    """
    words = sum(min(1.0, len(word) / SHORT) for word in words_of(line.text))
    return float(words * line.confidence**POWER)


def is_sure(line: ReadLine) -> bool:
    """Tell whether a line of the photo is read with a confidence of at least ``SURE``."""
    return bool(line.text) and line.confidence >= SURE


def reads_alike(one: ReadLine, other: ReadLine) -> bool:
    """Tell whether two readings of a place have the same words and signs in the same order."""
    return _TOKEN.findall(one.text.casefold()) == _TOKEN.findall(other.text.casefold())


def reads_worse(photo: ReadLine, line: ReadLine) -> bool:
    """Tell whether a line should not take the place of the photo's own.

    That is so where it departs from a sure reading, and where the two differ and it is read with less confidence, or
    with fewer than four fifths of the letters: half a line can be read with more confidence than all of it.
    """
    if reads_alike(photo, line):
        return False
    if is_sure(photo) or line.confidence <= photo.confidence:
        return True
    return _letters(line) < 0.8 * _letters(photo)


def lost_words(photo: Sequence[ReadLine], result: Sequence[ReadLine]) -> Counter[str]:
    """Return the words of the photo's sure lines that stand nowhere in the result, as often as they are missing."""
    return _sure_words(photo) - Counter(word for line in result for word in words_of(line.text))


def stands_up(photo: Sequence[ReadLine], result: Sequence[ReadLine]) -> bool:
    """Tell whether a result, read as a whole, reads no worse than the photo.

    Its score beside the photo is at least the photo's, and no more than ``MOST_LOST`` of the sure words are lost.
    """
    if lost_words(photo, result).total() > MOST_LOST * _sure_words(photo).total():
        return False
    return legibility(result, photo).score >= legibility(photo).score


def _sure_words(photo: Sequence[ReadLine]) -> Counter[str]:
    return Counter(word for line in photo if is_sure(line) for word in words_of(line.text))


def legibility(lines: Sequence[ReadLine], photo: Sequence[ReadLine] = ()) -> Legibility:
    """Measure a picture by its lines, beside those of the photo where ``photo`` is given.

    The score is the sum of :func:`weight` over the lines, how many right words may be expected, less ``LOSS`` for each
    word that the photo reads surely (confidence ≥ ``SURE``) and that is read nowhere here; not below 0. The lines of
    the two need not be the same places.

    ``words`` are those of lines read with a confidence of at least ``READ``; ``confidence`` is the mean over words,
    0.0 without any. ``lines`` is the number of places looked at.
    """
    counts = [len(words_of(line.text)) for line in lines]
    total = sum(counts)
    confidence = sum(count * line.confidence for count, line in zip(counts, lines, strict=True))
    score = sum(map(weight, lines)) - LOSS * lost_words(photo, lines).total()
    return Legibility(
        score=round(max(0.0, score), 3),
        words=sum(count for count, line in zip(counts, lines, strict=True) if line.confidence >= READ),
        confidence=round(confidence / total, 4) if total else 0.0,
        lines=len(lines),
    )


def has_text(lines: Sequence[ReadLine]) -> bool:
    """Tell whether anything was read that may pass for text: a word with a confidence of at least ``READ``."""
    return any(line.confidence >= READ and words_of(line.text) for line in lines)


def _letters(line: ReadLine) -> int:
    return sum(map(len, words_of(line.text)))
