"""Combinations in a prompt: ``{morning|evening} light`` stands for two prompts.

Groups may stand in each other (``{a {red|blue} car|a bus}``), and an option may be empty (``{old|} house``). A
backslash makes ``{``, ``|`` and ``}`` plain letters; outside of groups ``|`` is one anyway.
"""

from __future__ import annotations

import re
from typing import Generic, Literal, Protocol, TypeVar

MOST_COMBINATIONS = 1000

WildcardErrorKind = Literal["unclosed", "unopened", "too_many"]

_TOKEN = re.compile(r"\\([{|}])|([{|}])")
_MESSAGES: dict[WildcardErrorKind, str] = {
    "unclosed": "The brace at character {} is not closed: close it, or write \\{{ for a plain brace.",
    "unopened": "The brace at character {} closes nothing: open a group before it, or write \\}} for a plain brace.",
    "too_many": "The groups from character {} on stand for too many combinations: use fewer.",
}


class WildcardError(ValueError):
    """A prompt whose combinations cannot be made.

    ``position`` is the index (from 0) of the brace that is not closed, closes nothing or begins the first group.
    """

    def __init__(self, kind: WildcardErrorKind, position: int) -> None:
        super().__init__(_MESSAGES[kind].format(position + 1))
        self.kind: WildcardErrorKind = kind
        self.position = position


def expand(text: str, limit: int = MOST_COMBINATIONS) -> list[str]:
    """Return the distinct prompts that ``text`` stands for, the rightmost group changing first.

    A text without groups is returned as it is, but for its backslashes before braces. Otherwise doubled spaces, a
    space before a comma, and commas with nothing between them are tidied, as empty options leave them behind. Raises
    :class:`WildcardError`.
    """
    check(text, limit)
    texts = _read(text, _Texts())
    if _first_group(text) is not None:
        texts = [_tidy(one) for one in texts]
    return list(dict.fromkeys(texts))


def count(text: str) -> int:
    """Return how many combinations ``text`` stands for, equal ones counted each; raises :class:`WildcardError`.

    There is no limit, and it costs the same however many they are.
    """
    return _read(text, _Numbers())


def check(text: str, limit: int = MOST_COMBINATIONS) -> None:
    """Raise :class:`WildcardError` where braces do not match, or more than ``limit`` combinations are meant."""
    if count(text) > limit:
        raise WildcardError("too_many", _first_group(text) or 0)


def escape(text: str) -> str:
    """Return a text that stands for ``text`` as it is, whatever braces it has: ``expand(escape(text)) == [text]``."""
    return re.sub(r"[{}]|\\(?=\|)", r"\\\g<0>", text)


# ---------------------------------------------------------------------------------------------------------- reading
_T = TypeVar("_T")


class _Meaning(Protocol[_T]):
    """What words, one behind the other and one instead of the other, amount to."""

    def word(self, text: str) -> _T: ...
    def both(self, first: _T, second: _T) -> _T: ...
    def either(self, first: _T, second: _T) -> _T: ...


class _Numbers:
    def word(self, text: str) -> int:
        return 1

    def both(self, first: int, second: int) -> int:
        return first * second

    def either(self, first: int, second: int) -> int:
        return first + second


class _Texts:
    def word(self, text: str) -> list[str]:
        return [text]

    def both(self, first: list[str], second: list[str]) -> list[str]:
        return [one + other for one in first for other in second]

    def either(self, first: list[str], second: list[str]) -> list[str]:
        return first + second


class _Group(Generic[_T]):
    """A group that is being read: where it began, the options behind us, and the one at hand."""

    def __init__(self, position: int, begun: _T) -> None:
        self.position = position
        self.options: _T | None = None
        self.begun = begun


def _read(text: str, meaning: _Meaning[_T]) -> _T:
    """Return what the text amounts to, without recursion: a prompt of nothing but braces must not end the process."""
    groups = [_Group(-1, meaning.word(""))]
    behind = 0

    def add(piece: _T) -> None:
        groups[-1].begun = meaning.both(groups[-1].begun, piece)

    def end_option(group: _Group[_T]) -> _T:
        options = group.begun if group.options is None else meaning.either(group.options, group.begun)
        group.options, group.begun = options, meaning.word("")
        return options

    for token in _TOKEN.finditer(text):
        add(meaning.word(text[behind : token.start()]))
        behind = token.end()
        escaped, sign = token.groups()
        if sign == "{":
            groups.append(_Group(token.start(), meaning.word("")))
        elif sign == "}" and len(groups) == 1:
            raise WildcardError("unopened", token.start())
        elif sign == "}":
            add(end_option(groups.pop()))
        elif sign == "|" and len(groups) > 1:
            end_option(groups[-1])
        else:
            add(meaning.word(escaped or sign))
    if len(groups) > 1:
        raise WildcardError("unclosed", groups[-1].position)
    add(meaning.word(text[behind:]))
    return groups[0].begun


def _first_group(text: str) -> int | None:
    return next((token.start() for token in _TOKEN.finditer(text) if token.group(2) == "{"), None)


def _tidy(text: str) -> str:
    text = re.sub(r"[ \t]{2,}", " ", text)
    text = re.sub(r"[ \t]+(?=[,.;:!?](?:\s|$))", "", text)
    text = re.sub(r",(?:\s*,)+", ",", text)
    return re.sub(r"^[\s,]+|[\s,]+$", "", text)
