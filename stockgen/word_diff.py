"""What differs between two texts, word by word."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import Match, SequenceMatcher
from enum import StrEnum
from itertools import accumulate

MOST_EFFORT = 2_000_000
"""How many pairs of equal words one comparison looks at, at most: some 0.2 s. Beyond, a stretch counts as rewritten."""

_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_WORD = re.compile(r"\s+|\w+|[^\w\s]")


class Kind(StrEnum):
    """Where a piece of text stands."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True)
class Piece:
    """A stretch of text that both have, or only the older (removed) or the newer one (added)."""

    kind: Kind
    text: str


def diff_words(old: str, new: str) -> list[Piece]:
    """Return the pieces of both texts in order, what was removed before what was added in its place.

    The same and removed pieces joined are ``old``, the same and added ones ``new``, to the character. Lines are matched
    first, then the words within changed lines. The time is bounded for any input: where matching would take too
    long, a stretch is given as removed and added whole.
    """
    pieces: list[Piece] = []
    for piece in _pieces(old, new):
        if pieces and pieces[-1].kind == piece.kind:
            pieces[-1] = Piece(piece.kind, pieces[-1].text + piece.text)
        elif piece.text:
            pieces.append(piece)
    return pieces


@dataclass
class _Effort:
    """What one comparison may still cost."""

    left: int = MOST_EFFORT


def _pieces(old: str, new: str) -> Iterator[Piece]:
    effort = _Effort()
    for kind, removed, added in list(_matched(_LINE.findall(old), _LINE.findall(new), effort)):
        if kind is Kind.SAME:
            yield Piece(kind, removed)
            continue
        for word_kind, words_removed, words_added in _matched(
            _WORD.findall(removed), _WORD.findall(added), effort
        ):
            if word_kind is Kind.SAME:
                yield Piece(word_kind, words_removed)
            else:
                yield Piece(Kind.REMOVED, words_removed)
                yield Piece(Kind.ADDED, words_added)


def _matched(old: Sequence[str], new: Sequence[str], effort: _Effort) -> Iterator[tuple[Kind, str, str]]:
    """Yield stretches that both have (SAME), or that were replaced (REMOVED), as texts."""
    past_old = past_new = 0
    for start_old, start_new, length in _runs(old, new, effort):
        yield Kind.REMOVED, "".join(old[past_old:start_old]), "".join(new[past_new:start_new])
        past_old, past_new = start_old + length, start_new + length
        yield Kind.SAME, "".join(old[start_old:past_old]), "".join(new[start_new:past_new])
    yield Kind.REMOVED, "".join(old[past_old:]), "".join(new[past_new:])


def _runs(old: Sequence[str], new: Sequence[str], effort: _Effort) -> list[Match]:
    """Return the runs that both have, rising: the longest first, then those before and after it, while effort lasts."""
    # Space is no reason to match: a rewritten sentence would fall to pieces around it.
    matcher = SequenceMatcher(str.isspace, old, new, autojunk=False)
    there = Counter(part for part in new if not part.isspace())
    costs = [0, *accumulate(1 + there[part] for part in old)]
    runs: list[Match] = []
    waiting = [(0, len(old), 0, len(new))]
    while waiting:
        a, b, c, d = waiting.pop()
        if a == b or c == d or costs[b] - costs[a] > effort.left:
            continue
        effort.left -= costs[b] - costs[a]
        run = matcher.find_longest_match(a, b, c, d)
        if run.size:
            runs.append(run)
            waiting += [(run.a + run.size, b, run.b + run.size, d), (a, run.a, c, run.b)]
    return sorted(runs)
