"""The stem of a Russian word: the Snowball algorithm (Porter, https://snowballstem.org/algorithms/russian/stemmer.html)."""

from __future__ import annotations

import re
from functools import lru_cache

_VOWELS = "аеиоуыэюя"
_RV = re.compile(rf"^.*?[{_VOWELS}]")
_R1 = re.compile(rf"^.*?[{_VOWELS}][^{_VOWELS}]")


def _longest_first(endings: str) -> tuple[str, ...]:
    return tuple(sorted(endings.split(), key=len, reverse=True))


# Endings of a first group count only behind а or я.
_GERUND = (_longest_first("в вши вшись"), _longest_first("ив ивши ившись ыв ывши ывшись"))
_REFLEXIVE = ("ся", "сь")
_ADJECTIVE = _longest_first(
    "ее ие ые ое ими ыми ей ий ый ой ем им ым ом его ого ему ому их ых ую юю ая яя ою ею"
)
_PARTICIPLE = (_longest_first("ем нн вш ющ щ"), _longest_first("ивш ывш ующ"))
_VERB = (
    _longest_first("ла на ете йте ли й л ем н ло но ет ют ны ть ешь нно"),
    _longest_first(
        "ила ыла ена ейте уйте ите или ыли ей уй ил ыл им ым ен ило ыло ено ят ует уют ит ыт ены ить ыть ишь ую ю"
    ),
)
_NOUN = _longest_first(
    "а ев ов ие ье е иями ями ами еи ии и ией ей ой ий й иям ям ием ем ам ом о у ах иях ях ы ь ию ью ю ия ья я"
)


@lru_cache(20_000)
def stem(word: str) -> str:
    """Return the stem of a Russian word in small letters; ё counts as е. Words without a vowel stay as they are."""
    word = word.replace("ё", "е")
    found = _RV.match(word)
    if not found:
        return word
    head, rest = word[: found.end()], word[found.end() :]
    rest = _without_inflection(rest)
    rest = rest.removesuffix("и")
    rest = _without_derivation(word, head, rest)
    for ending in ("ейше", "ейш"):
        if rest.endswith(ending):
            rest = rest.removesuffix(ending)
            break
    else:
        if not rest.endswith("нн"):
            return head + rest.removesuffix("ь")
    return head + (rest[:-1] if rest.endswith("нн") else rest)


def _without_inflection(rest: str) -> str:
    if (cut := _cut_grouped(rest, _GERUND)) is not None:
        return cut
    for ending in _REFLEXIVE:
        if rest.endswith(ending):
            rest = rest.removesuffix(ending)
            break
    if (cut := _cut(rest, _ADJECTIVE)) is not None:
        participle = _cut_grouped(cut, _PARTICIPLE)
        return cut if participle is None else participle
    if (cut := _cut_grouped(rest, _VERB)) is not None:
        return cut
    cut = _cut(rest, _NOUN)
    return rest if cut is None else cut


def _without_derivation(word: str, head: str, rest: str) -> str:
    """Take ост or ость off where it stands in the word's second region."""
    first = _R1.match(word)
    second = _R1.match(word[first.end() :]) if first else None
    if first is None or second is None:
        return rest
    begin = first.end() + second.end()
    for ending in ("ость", "ост"):
        if rest.endswith(ending) and len(head) + len(rest) - len(ending) >= begin:
            return rest.removesuffix(ending)
    return rest


def _cut(rest: str, endings: tuple[str, ...]) -> str | None:
    return next((rest.removesuffix(ending) for ending in endings if rest.endswith(ending)), None)


def _cut_grouped(rest: str, groups: tuple[tuple[str, ...], tuple[str, ...]]) -> str | None:
    """Take off the longest ending of either group; one of the first only where а or я stands before it."""
    behind_a_vowel, anywhere = groups
    found = [ending for ending in anywhere if rest.endswith(ending)]
    found += [
        ending
        for ending in behind_a_vowel
        if rest.endswith(ending) and rest.removesuffix(ending).endswith(("а", "я"))
    ]
    return rest.removesuffix(max(found, key=len)) if found else None
