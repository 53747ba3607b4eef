"""Which runs of letters are words: the whole words of the text embedder's vocabulary, about 22,000 English ones."""

from __future__ import annotations

import string
from collections.abc import Iterator
from functools import cache

from engines import weights
from engines.registry import DEFAULT_TEXT_EMBEDDER, TEXT_EMBEDDERS

LEAST_LETTERS = 3
"""Shorter runs are never doubted: signs are full of WC, No, P2."""

LEAST_FORGIVEN = 6
"""From so many letters on, a run that is one letter off a word is taken for it: readers of small letters err."""

LEAST_PART = 4
"""From so many letters on, two words written as one count as words."""

ENDINGS = {
    **dict.fromkeys(("s", "es", "ed", "d", "ing", "er", "ers", "ly"), ""),
    **dict.fromkeys(("ies", "ied", "ier", "iers"), "y"),
}
"""What a form of a word ends in, and what the word itself ends in there."""


@cache
def words() -> frozenset[str]:
    """Return the words, in lower case. Raises :class:`ModelUnavailable` where the vocabulary is not installed."""
    spec = TEXT_EMBEDDERS[DEFAULT_TEXT_EMBEDDER]
    folder = weights.resolve(spec.source, key=spec.key, allow_download=False)
    listed = (folder / "vocab.txt").read_text(encoding="utf-8").split("\n")
    return frozenset(word for word in listed if word.isalpha() and len(word) > 1)


@cache
def is_word(run: str) -> bool:
    """Tell whether a run of lower-case letters is a word, a form of one, two in one, or one letter off a long one."""
    known = words()
    if len(run) < LEAST_LETTERS or _is_form(run):
        return True
    cuts = range(LEAST_PART, len(run) - LEAST_PART + 1)
    if any(run[:cut] in known and _is_form(run[cut:]) for cut in cuts):
        return True
    return len(run) >= LEAST_FORGIVEN and any(near in known for near in _one_letter_off(run))


def _is_form(run: str) -> bool:
    """Tell whether a run is a word or a regular form of one."""
    known = words()
    return run in known or any(
        run.endswith(end) and run.removesuffix(end) + rest in known
        for end, rest in ENDINGS.items()
        if len(run) - len(end) > 2
    )


def _one_letter_off(run: str) -> Iterator[str]:
    """Yield what a run is with one letter changed, left out or put in."""
    for place in range(len(run) + 1):
        head, tail = run[:place], run[place:]
        yield head + tail[1:]
        for letter in string.ascii_lowercase:
            yield head + letter + tail
            yield head + letter + tail[1:]
