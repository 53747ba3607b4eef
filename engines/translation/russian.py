"""Russian text, word by word, into English: enough for a search by meaning, no translation for people to read.

A glossary of our own (``glossary.txt``: what slides and stock pictures are about) goes before a dictionary
(``dictionary.txt``, made from Mueller's by ``scripts/russian_words.py``). Words are looked up by their stems, several
that stand together first.
"""

from __future__ import annotations

import bisect
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from engines.translation.stemming import stem

HERE = Path(__file__).parent
DICTIONARY = HERE / "dictionary.txt"
LONGEST = 4
"""Words of the longest phrase in the lists."""

_MOST_LEFT = 5

_CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)
_TOKEN = re.compile(r"[а-яё]+(?:-[а-яё]+)*|[^\W_а-яё]+(?:['’.-][^\W_а-яё]+)*|[.,;:!?\n]", re.IGNORECASE)


@dataclass(frozen=True)
class Translation:
    """English words for a Russian text; ``unknown`` are the Russian words that no list has, which are left out."""

    text: str
    unknown: tuple[str, ...]


def is_russian(text: str) -> bool:
    """True if a text has Cyrillic letters."""
    return _CYRILLIC.search(text) is not None


def to_english(text: str) -> Translation:
    """Return the English words of a text. What is written in Latin letters or digits, and the order, stay.

    Costs about a microsecond a word. A text without any known word gives an empty one.
    """
    words: list[str] = []
    unknown: list[str] = []
    for part in _parts(text):
        if isinstance(part, str):
            words.append(part)
        else:
            words.extend(_translated(part, unknown))
    return Translation(_joined(words), tuple(dict.fromkeys(unknown)))


def _parts(text: str) -> Iterator[str | list[str]]:
    """Yield runs of Russian words, in small letters, and between them what stays as it is."""
    run: list[str] = []
    for token in _TOKEN.findall(text):
        if _CYRILLIC.match(token):
            run.append(token.lower().replace("ё", "е"))
            continue
        if run:
            yield run
            run = []
        yield token
    if run:
        yield run


def _translated(run: list[str], unknown: list[str]) -> Iterator[str]:
    """Yield the English of a run of Russian words: the longest known phrase first, at each place."""
    known = lists()
    place = 0
    while place < len(run):
        for length in range(min(LONGEST, len(run) - place), 0, -1):
            english = known.get(key_of(run[place : place + length]))
            if english:
                yield english
                place += length
                break
        else:
            word = run[place]
            place += 1
            if "-" in word:
                yield from _translated(word.split("-"), unknown)
            elif word not in _dropped():
                english = _akin(stem(word))
                if english:
                    yield english
                else:
                    unknown.append(word)


def key_of(words: list[str]) -> str:
    """Return under what a phrase stands in the lists: the stems of its words."""
    return " ".join("-".join(map(stem, word.split("-"))) for word in words)


def _akin(stem_of_word: str) -> str | None:
    """Return the English of the listed word that begins most alike: of a verb for its noun, of a town for its people.

    They must share two thirds of their letters or nearly so, at least five, and neither may go on for more than five.
    """
    common = max(5, math.ceil(0.65 * len(stem_of_word)))
    if len(stem_of_word) < common:
        return None
    keys = _single_words()
    begin = stem_of_word[:common]
    place = bisect.bisect_left(keys, begin)
    best, least = None, 2 * _MOST_LEFT + 1
    while place < len(keys) and keys[place].startswith(begin):
        shared = _length_shared(keys[place], stem_of_word)
        left = len(keys[place]) - shared, len(stem_of_word) - shared
        if max(left) <= _MOST_LEFT and sum(left) < least:
            best, least = keys[place], sum(left)
        place += 1
    return lists()[best] if best else None


def _length_shared(left: str, right: str) -> int:
    pairs = enumerate(zip(left, right, strict=False))
    return next((place for place, (ours, theirs) in pairs if ours != theirs), min(len(left), len(right)))


@cache
def _dropped() -> frozenset[str]:
    return frozenset(word for line in _lines(HERE / "dropped.txt") for word in line.split())


@cache
def _single_words() -> list[str]:
    return sorted(key for key in lists() if " " not in key)


@cache
def lists() -> dict[str, str]:
    """Return English by the stems of Russian, read once (0.1 s).

    Whoever cannot take the dictionary's licence deletes its file: then the glossary is all there is.
    """
    found = {}
    if DICTIONARY.is_file():
        for line in _lines(DICTIONARY):
            key, english = line.split("\t")
            found[key] = english
    for line in _lines(HERE / "glossary.txt"):
        russian, english = line.split(" = ")
        for phrase in russian.split(", "):
            found[key_of(phrase.lower().replace("ё", "е").split())] = english
    return found


def _lines(file: Path) -> Iterator[str]:
    with file.open(encoding="utf-8") as lines:
        yield from (line.rstrip("\n") for line in lines if line.strip() and not line.startswith("#"))


def _joined(words: list[str]) -> str:
    text = " ".join(words)
    return re.sub(r"\s+([.,;:!?])", r"\1", re.sub(r"\s*\n\s*", "\n", text)).strip(" .,;:!?\n")
