"""Fake text: lines that an OCR engine reads and that are no words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from engines.boards.alphabet import CYRILLIC
from engines.boards.results import ReadLine
from engines.gates.results import Box, Finding
from engines.gates.words import is_word

LEAST_CONFIDENCE = 0.3
"""What is read with less is mostly no writing at all: blinds, shelves, leaves."""

LEAST_IN_LINE = 3
"""Fewer letters that are no word are no evidence: a handle is read as a letter, a window as 口."""

_RUN = re.compile(r"[^\W\d_]+")


class Reader(Protocol):
    """Who finds and reads the lines of a picture, RGB; :class:`engines.boards.reading.BoardReader` does."""

    def read_all(self, image: NDArray[np.uint8]) -> Sequence[ReadLine]:
        """Return the lines."""
        ...


def fake_text(lines: Iterable[ReadLine]) -> Finding:
    """Return how many letters of the lines belong to no word, in lines that are mostly such, with their places.

    Latin letters are judged by English words, and what is written in Cyrillic not at all: there is no list of
    its words. Letters of any other script count as fake, because readers take scrawls for them.
    """
    fakes = [(line, count) for line in lines if (count := _letters_of_no_word(line))]
    return Finding(
        "fake-text", float(sum(count for _, count in fakes)), tuple(_box(line) for line, _ in fakes)
    )


def _letters_of_no_word(line: ReadLine) -> int:
    """Count the letters of a line that belong to no word; 0 where the line is mostly words, or hardly legible."""
    if line.confidence < LEAST_CONFIDENCE:
        return 0
    runs = [run.lower() for run in _RUN.findall(line.text)]
    judged = [run for run in runs if not any(letter in CYRILLIC for letter in run)]
    fake = sum(len(run) for run in judged if not run.isascii() or not is_word(run))
    return fake if fake >= LEAST_IN_LINE and 2 * fake > sum(map(len, runs)) else 0


def _box(line: ReadLine) -> Box:
    """Return the upright rectangle around a line."""
    across, down = zip(*line.box, strict=True)
    left, top = min(across), min(down)
    return Box(left, top, max(across) - left, max(down) - top, line.text)
