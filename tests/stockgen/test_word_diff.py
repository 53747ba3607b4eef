"""What differs between two texts, word by word."""

from __future__ import annotations

import random
import time
from itertools import pairwise

import pytest

from stockgen.word_diff import Kind, Piece, diff_words


def kinds(old: str, new: str) -> list[tuple[str, str]]:
    """Return the pieces as pairs of kind and text."""
    return [(piece.kind.value, piece.text) for piece in diff_words(old, new)]


def test_words_are_matched_not_letters() -> None:
    assert kinds("The desk is of pale oak.", "The desk is of dark oak.") == [
        ("same", "The desk is of "), ("removed", "pale"), ("added", "dark"), ("same", " oak."),
    ]  # fmt: skip


def test_a_rewritten_sentence_is_one_change_not_one_a_word() -> None:
    assert kinds("red big car", "old tiny house") == [("removed", "red big car"), ("added", "old tiny house")]


def test_a_new_line_in_the_middle_is_only_added() -> None:
    old = "First a bench.\nThen a lamp."
    assert kinds(old, "First a bench.\nNo people.\nThen a lamp.") == [
        ("same", "First a bench.\n"), ("added", "No people.\n"), ("same", "Then a lamp."),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "pieces"),
    [
        ("", "", []),
        ("a", "a", [Piece(Kind.SAME, "a")]),
        ("", "a b", [Piece(Kind.ADDED, "a b")]),
        ("a b", "", [Piece(Kind.REMOVED, "a b")]),
        (
            "Кафе у моря", "Бар у моря",
            [Piece(Kind.REMOVED, "Кафе"), Piece(Kind.ADDED, "Бар"), Piece(Kind.SAME, " у моря")],
        ),
    ],
)  # fmt: skip
def test_small_texts(old: str, new: str, pieces: list[Piece]) -> None:
    assert diff_words(old, new) == pieces


def test_both_texts_are_read_off_the_pieces_to_the_character() -> None:
    chance = random.Random(7)
    for _ in range(400):
        old, new = ("".join(chance.choices("ab ,.\n\tя", k=chance.randrange(40))) for _ in range(2))
        pieces = diff_words(old, new)
        assert "".join(piece.text for piece in pieces if piece.kind != Kind.ADDED) == old
        assert "".join(piece.text for piece in pieces if piece.kind != Kind.REMOVED) == new
        assert all(one.kind != other.kind for one, other in pairwise(pieces))


def hostile() -> list[tuple[str, str]]:
    """Return pairs of texts on which a plain comparison takes from seconds to hours."""
    numbers = [str(number) for number in range(5000)]
    shuffled = random.Random(1).sample(numbers, len(numbers))
    return [
        ("a " * 25_000, "b a " * 12_500),
        (" ".join(f"a x{i}" for i in range(4000)), " ".join(f"a y{i}" for i in range(4000))),
        ("\n".join(f"a\nx{i}" for i in range(4000)), "\n".join(f"a\ny{i}" for i in range(4000))),
        ("\n".join(f"a x{i} " * 90 for i in range(70)), "\n".join(f"a y{i} " * 90 for i in range(70))),
        (" ".join(numbers), " ".join(shuffled)),
    ]


@pytest.mark.parametrize(("old", "new"), hostile())
def test_the_longest_texts_take_a_bounded_time(old: str, new: str) -> None:
    began = time.process_time()
    pieces = diff_words(old, new)
    assert time.process_time() - began < 3
    assert "".join(piece.text for piece in pieces if piece.kind != Kind.ADDED) == old
    assert "".join(piece.text for piece in pieces if piece.kind != Kind.REMOVED) == new
