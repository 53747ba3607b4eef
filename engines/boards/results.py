"""What comes out of a photo of a board."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
"""RGB, shape (height, width, 3), 0 … 255, sRGB."""

LineImage = NDArray[np.uint8]
"""A single line: grey, shape (height, width), 0 … 255, dark on light."""

Point = tuple[float, float]
"""x, y as shares of the width and the height, 0.0 … 1.0, from the top left."""

Quad = tuple[Point, Point, Point, Point]
"""Four corners, clockwise from the top left."""

Note = Literal[
    "no-text",
    "chalkboard",
    "glare",
    "lines-kept",
    "nothing-helped",
    "read-partly",
    "only-read",
    "not-read",
    "no-network",
    "reduced",
    "enlarged",
]
"""What a person should know of how the result was made, in words of the page that shows it.

``lines-kept``: where a line read worse than in the photo, it was not redrawn. ``nothing-helped``: every method reads
worse than the photo. ``read-partly``: for want of time not every line was compared; the others were not redrawn.
``only-read``: for want of time the photo was read, and nothing tried. ``not-read``: for want of time it was not even
read. ``no-network``: the network could not be loaded or run. ``reduced``: the
photo was made smaller before it went through the network.
"""

SOFTENED_SUFFIX = "-softened"
"""What follows the key of a network in the key of the method that mixes its picture with a gentle one."""


def network_of(method: str) -> str:
    """Return the key of the network behind a method that may be a softened one; other keys as they are."""
    return method.removesuffix(SOFTENED_SUFFIX)


@dataclass(frozen=True)
class ReadLine:
    """A line of text as a reader sees it. ``confidence`` is 0.0 … 1.0, ``box`` where it stands."""

    text: str
    confidence: float
    box: Quad


@dataclass(frozen=True)
class Legibility:
    """How well a picture reads: ``score`` is how many right words may be expected, less those known to be lost.

    :func:`engines.boards.legibility.legibility` defines it. ``words`` counts the words read with a confidence of at
    least one half. ``lines`` is the number of those that were looked at.
    """

    score: float
    words: int
    confidence: float
    lines: int


@dataclass(frozen=True)
class Candidate:
    """A method that was tried: its key, how it reads (None: not read), and what it cost in seconds."""

    method: str
    legibility: Legibility | None
    seconds: float


@dataclass(frozen=True)
class Mark:
    """A place to be looked at twice: the result departs from the photo, or its text may be invented."""

    kind: Literal["departs", "unsure"]
    box: Quad


@dataclass(frozen=True)
class BoardResult:
    """A board made legible.

    ``method`` is the key of the candidate delivered; ``before`` and ``after`` compare the photo and ``image``, each
    found and read anew as a whole (None where nothing was read, or there is no text). ``lines`` are the text of the
    result in reading order. ``seconds`` is the time that it took, ``fallen_back`` in how many lines a gentler method's
    pixels stayed because the network's read worse.
    """

    image: Image
    method: str
    before: Legibility | None
    after: Legibility | None
    lines: tuple[ReadLine, ...]
    candidates: tuple[Candidate, ...]
    fallen_back: int
    notes: tuple[Note, ...]
    marks: tuple[Mark, ...]
    seconds: float

    @property
    def text(self) -> str:
        """Return the recognised text, a line a line."""
        return "\n".join(line.text for line in self.lines)
