"""What is judged: boards drawn in fonts and words never trained on, with exact truth; and photos of real boards."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
from PIL import Image as PillowImage

from engines.boards.results import Image
from training.boards import Colour, Kind, Word, draw_board
from training.camera import Camera, lit, photographed

SIZE = (960, 720)
"""Width and height of a drawn board; its photo has half of that."""

SCALE = 2
X_HEIGHTS = (16, 10, 8, 6, 5, 4)
Content = Literal["latin", "cyrillic", "formula"]
CONTENTS: tuple[Content, ...] = ("latin", "cyrillic", "formula")
"""What is written. Of formulas no words are known: they count for the nearness to the sharp board alone."""

COLOURS: tuple[Colour, ...] = ("white", "green", "black")
CAMERA = Camera(strength=0.6)
"""A phone held still, some rows back; training goes from 0.25 to 1.25."""

FIRST_CHOICE = 50
"""Figures are reported on boards with smaller numbers; settings are chosen on this one and the next, up to 99."""

GRAIN_SIGMA = 2.0
"""Levels of the noise that no eye sees, by which readers still change their minds."""

PHOTO_SUFFIXES = {".jpg", ".jpeg", ".png"}


Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Sample:
    """A board to judge: its photo, the board itself where there is one, and the lines that are written on it.

    ``group`` names what it counts to: content and height of small letters in pixels of the photo, or the reduction.
    ``boxes`` are the places of the lines: left, top, right, bottom, as shares of the picture; unknown in photos.
    """

    name: str
    group: tuple[str, ...]
    photo: Image
    clean: Image
    lines: tuple[str, ...]
    boxes: tuple[Box, ...] = ()

    @property
    def is_drawn(self) -> bool:
        return self.group[0] != "photo"

    def parts(self, image: Image) -> list[Image]:
        """Cut the lines out of a picture of the board, whatever its size."""
        height, width = image.shape[:2]
        return [
            image[int(top * height) : ceil(bottom * height), int(left * width) : ceil(right * width)]
            for left, top, right, bottom in self.boxes
        ]


def drawn(boards: int, contents: Sequence[Content] = CONTENTS, first: int = 0) -> Iterator[Sample]:
    """Draw ``boards`` boards of each content and size, the colours in turn; no training saw their fonts and words.

    Their numbers begin at ``first``. Raises ``ValueError`` for numbers over 99: those are boards of another size.
    """
    if first + boards > 100:
        raise ValueError(f"Boards have numbers up to 99: {boards} from {first} on are too many.")
    for content in contents:
        for size, x_height in enumerate(X_HEIGHTS):
            for number in range(first, first + boards):
                yield draw(content, x_height, COLOURS[(number + size) % len(COLOURS)], number)


def draw(content: Content, x_height: int, colour: Colour, number: int) -> Sample:
    """Draw one board and photograph it; the same for the same arguments."""
    seed = 7_000_000 + 10_000 * CONTENTS.index(content) + 100 * x_height + number
    kind = Kind(
        scripts=("cyrillic" if content == "cyrillic" else "latin",), colours=(colour,),
        x_height=(SCALE * x_height, SCALE * x_height), held_out=True, drawings=0.3,
        formulas=1.0 if content == "formula" else 0.0, spoilt=0.0, sums=False, paper=0.0, wander=0.4,
    )  # fmt: skip
    board = draw_board(seed, *SIZE, kind)
    random = np.random.default_rng(seed)
    sharp = lit(random, board.image, CAMERA)
    photo = photographed(random, sharp, SCALE, CAMERA)
    lines = tuple(" ".join(word.text for word in line) for line in board.lines)
    clean = np.clip(np.rint(sharp), 0, 255).astype(np.uint8)
    return Sample(
        f"{content}-{x_height}-{colour}-{number}",
        (content, f"{x_height} px", colour),
        photo,
        clean,
        lines,
        tuple(_box(line, SCALE * x_height) for line in board.lines),
    )


def grained(sample: Sample) -> Image:
    """Return the sharp board with faint noise, the same for the same board: what is misread in it is chance."""
    noise = np.random.default_rng(list(sample.name.encode())).normal(0, GRAIN_SIGMA, sample.clean.shape)
    return np.clip(np.rint(sample.clean + noise), 0, 255).astype(np.uint8)


def _box(line: Sequence[Word], x_height: int) -> Box:
    """Return the place of a line with a little ground around it."""
    lefts, tops, rights, bottoms = zip(*(word.box for word in line), strict=True)
    left, top = min(lefts) - 0.4 * x_height, min(tops) - 0.2 * x_height
    right, bottom = max(rights) + 0.4 * x_height, max(bottoms) + 0.2 * x_height
    width, height = SIZE
    return max(0.0, left / width), max(0.0, top / height), min(1.0, right / width), min(1.0, bottom / height)


def photos(folder: Path, reductions: Sequence[int] = (1, 2, 3)) -> Iterator[Sample]:
    """Read photos with their text (``NAME.gt.txt``) beside them, each as it is and made smaller.

    ``clean`` is the photo in its full size.
    """
    for file in sorted(folder.iterdir()):
        truth = file.with_suffix(".gt.txt")
        if file.suffix.lower() not in PHOTO_SUFFIXES or not truth.is_file():
            continue
        with PillowImage.open(file) as opened:
            full = np.asarray(opened.convert("RGB"))
        lines = tuple(line for line in truth.read_text(encoding="utf-8").splitlines() if line.strip())
        for reduction in reductions:
            size = (full.shape[1] // reduction, full.shape[0] // reduction)
            small = cv2.resize(full, size, interpolation=cv2.INTER_AREA) if reduction > 1 else full
            yield Sample(
                f"{file.stem} ÷{reduction}", ("photo", f"÷{reduction}"), np.asarray(small), full, lines
            )
