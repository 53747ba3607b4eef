"""Drawn boards, and readers and an enlarger whose answers a test decides."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

import cv2
import numpy as np
from PIL import Image as PillowImage
from PIL import ImageDraw, ImageFont

from engines.boards.efforts import EFFORTS, Effort
from engines.boards.pipeline import BoardPipeline, Enlarger, Reader
from engines.boards.reading import BoardReader, Place
from engines.boards.results import BoardResult, Image, Quad, ReadLine
from engines.boards.witness import Witness
from engines.callbacks import IsCancelled, OnProgress, ignore_progress, never_cancelled
from engines.registry import BOARD_READERS, DEFAULT_BOARD_READER, SUPER_RESOLUTION_MODELS
from engines.specs import SuperResolutionSpec

FULL = EFFORTS["full"]
LINES = ("energy equals mass", "light has a speed", "the sum of squares", "open the window")


Font = ImageFont.ImageFont | ImageFont.FreeTypeFont


def draw(
    lines: Sequence[str] = LINES,
    *,
    width: int = 480,
    height: int = 260,
    size: int = 26,
    font: Font | None = None,
) -> Image:
    """Draw lines of text, dark on light, in Pillow's own font of ``size`` unless another is given."""
    font = font or ImageFont.load_default(size)
    image = PillowImage.new("RGB", (width, height), "#f2f0ea")
    pen = ImageDraw.Draw(image)
    for number, line in enumerate(lines):
        pen.text((size, size * (1 + 1.9 * number)), line, "#1b3a8c", font)
    return np.asarray(image)


def box(left: float, top: float, right: float, bottom: float) -> Quad:
    """Return the corners of an upright place."""
    return ((left, top), (right, top), (right, bottom), (left, bottom))


def rows(count: int) -> tuple[Place, ...]:
    """Return the places of lines under each other."""
    return tuple(Place(box(0.1, (n + 0.1) / count, 0.9, (n + 0.7) / count), 0.9) for n in range(count))


def line(text: str, confidence: float = 0.95, at: Quad | None = None) -> ReadLine:
    """Return a line as a reader gives it."""
    return ReadLine(text, confidence, at or box(0.1, 0.1, 0.9, 0.2))


BEFORE = [line("energy equals mass", 0.8), line("light has a speed", 0.92)]
BETTER = [line("energy equals mass", 0.98), line("light has a speed", 0.98)]


@cache
def real_reader() -> BoardReader:
    """Load the reader of the registry once a process."""
    return BoardReader.load(BOARD_READERS[DEFAULT_BOARD_READER])


class ColourReader:
    """A reader that recognises a place by its mean red: whoever draws the picture decides what it reads.

    ``meanings`` maps a level of red to a text and its confidence; the nearest level is read.
    """

    def __init__(self, places: Sequence[Place], meanings: dict[int, tuple[str, float]]) -> None:
        self.places = tuple(places)
        self.meanings = meanings
        self.read_counts: list[int] = []
        self.found: list[tuple[int, ...]] = []

    def find(self, image: Image) -> tuple[Place, ...]:
        """Return the places that the test named, whatever the picture."""
        self.found.append(image.shape)
        return self.places

    def suited_to(self, photo: Image, places: Sequence[Place]) -> ColourReader:
        """Read every board itself."""
        return self

    def read(self, image: Image, places: Sequence[Place]) -> tuple[ReadLine, ...]:
        """Look each place's colour up."""
        self.read_counts.append(len(places))
        height, width = image.shape[:2]
        lines = []
        for place in places:
            (left, top), _, (right, bottom), _ = place.box
            part = image[
                round(top * height) : round(bottom * height), round(left * width) : round(right * width)
            ]
            red = float(part[..., 0].mean())
            text, confidence = self.meanings[min(self.meanings, key=lambda level: abs(level - red))]
            lines.append(ReadLine(text, confidence, place.box))
        return tuple(lines)


class PaintingEnlarger:
    """An enlarger that doubles the picture and paints over it what the test wants."""

    spec: SuperResolutionSpec = SUPER_RESOLUTION_MODELS["realesr-animevideov3-x2"]

    def __init__(self, paint: Callable[[Image], None] = lambda image: None) -> None:
        self.paint = paint
        self.seen: list[tuple[int, ...]] = []

    def enlarge(
        self,
        image: Image,
        *,
        tile: int | None = None,
        on_progress: OnProgress = ignore_progress,
        is_cancelled: IsCancelled = never_cancelled,
    ) -> Image:
        """Double a picture by cubics, then paint."""
        self.seen.append(image.shape)
        size = (2 * image.shape[1], 2 * image.shape[0])
        large = np.array(cv2.resize(image, size, interpolation=cv2.INTER_CUBIC), dtype=np.uint8)
        self.paint(large)
        on_progress(1.0)
        return large


class SizeReader:
    """A reader to which every picture reads as the test says, by its width: the photo's, an enlargement's."""

    def __init__(self, by_width: dict[int, list[ReadLine]], changed: list[ReadLine] | None = None) -> None:
        self.by_width = by_width
        self.changed = changed
        self.photo: Image | None = None
        self.found = 0

    def find(self, image: Image) -> tuple[Place, ...]:
        self.found += 1
        if self.photo is None:
            self.photo = image
        return tuple(Place(line.box, 0.9) for line in self._lines(image))

    def suited_to(self, photo: Image, places: Sequence[Place]) -> Reader:
        return self

    def read(self, image: Image, places: Sequence[Place]) -> tuple[ReadLine, ...]:
        return tuple(self._lines(image)[: len(places)])

    def _lines(self, image: Image) -> list[ReadLine]:
        if self.changed is not None and image is not self.photo and image.shape[1] == 480:
            return self.changed
        return self.by_width.get(image.shape[1], self.by_width.get(480, []))


class SayingWitness:
    """A second reader that says of a picture what the test decides, and remembers what it was asked."""

    name = "second"

    def __init__(self, says: Callable[[Image], Sequence[str]]) -> None:
        self.says = says
        self.asked: list[Image] = []

    def read(self, image: Image) -> tuple[str, ...]:
        self.asked.append(image)
        return tuple(self.says(image))

    @property
    def widths(self) -> list[int]:
        return [image.shape[1] for image in self.asked]


def run(
    reader: Reader,
    resolver: Enlarger | None = None,
    *,
    effort: Effort = FULL,
    image: Image | None = None,
    side: int = 1600,
    witness: Witness | None = None,
) -> BoardResult:
    """Send a picture, a drawn board unless another is given, through a pipeline of these."""
    pipeline = BoardPipeline(reader=reader, resolver=resolver, longest_side=side, witness=witness)
    return pipeline.run(draw() if image is None else image, effort)
