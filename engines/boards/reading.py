"""Read a board: find its lines of text once, and recognise the same places in the photo and in what was made of it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray
from rapidocr import RapidOCR
from rapidocr.ch_ppocr_det import TextDetOutput

from engines import weights
from engines.boards.alphabet import is_cyrillic
from engines.boards.order import reading_order
from engines.boards.recogniser import Read, Recogniser
from engines.boards.results import Image, Point, Quad, ReadLine
from engines.errors import ModelUnavailable
from engines.specs import BoardReaderSpec

LOOKED_AT = 8
"""So many of a board's widest lines tell whose letters it is written in."""

FAIR = 0.7
"""The confidence from which on a line tells that; so must at least half of those looked at."""

LEAST_SIDE = 2.0
"""Pixels: a place thinner than this in the picture that is read holds nothing that could be recognised."""

Corners = NDArray[np.float32]
"""Those of a place in pixels, 4 × 2, clockwise from the top left."""


@dataclass(frozen=True)
class Place:
    """Where a line of text stands, as shares of the picture. ``score`` is the detector's own, 0.0 … 1.0."""

    box: Quad
    score: float

    @property
    def height(self) -> float:
        """Return the mean length of its upright sides, as a share of the picture's height."""
        (_, a), (_, b), (_, c), (_, d) = self.box
        return (abs(d - a) + abs(c - b)) / 2


class BoardReader:
    """PP-OCR's detector and recogniser as rapidocr runs them (https://github.com/RapidAI/RapidOCR), on the CPU.

    The same picture always reads the same. The classifier of upside-down lines is left out: boards arrive upright, and
    on short lines it errs. ``second`` recognises letters that PP-OCR does not know; with ``is_by_second`` it reads
    every line, otherwise none: :meth:`suited_to` says which.
    """

    def __init__(
        self,
        spec: BoardReaderSpec,
        engine: RapidOCR,
        revision: str,
        second: Recogniser | None = None,
        *,
        is_by_second: bool = False,
    ) -> None:
        self.spec = spec
        self.revision = revision
        self.is_by_second = is_by_second
        self._engine = engine
        self._second = second

    @classmethod
    def load(cls, spec: BoardReaderSpec) -> BoardReader:
        """Load the networks from this machine; the hub is never asked. The revision names those of both recognisers.

        Raises :class:`ModelUnavailable` where a file is missing or cannot be read.
        """
        folder = weights.resolve(spec.source, key=spec.key, formats={".onnx"})
        files = {"Det": folder / spec.detection, "Rec": folder / spec.recognition}
        for file in files.values():
            if not file.is_file():
                raise ModelUnavailable(
                    spec.key, str(file), "The file is not there: install the package again."
                )
        revision, second = weights.revision_of(spec.source, folder), None
        if spec.second is not None:
            second = Recogniser.load(weights.PROJECT / spec.second, key=spec.key, threads=spec.threads)
            revision = f"{revision}+{second.revision}"
        try:
            engine = RapidOCR(
                params={
                    "Global.log_level": "error",
                    "Global.use_cls": False,
                    "Global.use_rec": False,
                    "Global.max_side_len": spec.longest_side,
                    "EngineConfig.onnxruntime.intra_op_num_threads": spec.threads
                    or len(os.sched_getaffinity(0)),
                    **{f"{part}.model_path": str(file) for part, file in files.items()},
                }
            )
            reader = cls(spec, engine, revision, second)
            reader._warm_up()
        except Exception as error:
            raise ModelUnavailable(
                spec.key,
                str(folder),
                f"The files there cannot be read ({type(error).__name__}): install the package again.",
            ) from error
        return reader

    def _warm_up(self) -> None:
        """Make rapidocr load its networks, which it otherwise does at the first picture."""
        blank = np.full((64, 256, 3), 255, dtype=np.uint8)
        whole: Quad = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
        self.find(blank)
        self.read(blank, [Place(whole, 1.0)])

    def find(self, image: Image) -> tuple[Place, ...]:
        """Return where lines of text stand, in reading order: columns from the left, each from the top."""
        height, width = image.shape[:2]
        found = self._engine(cv2.cvtColor(image, cv2.COLOR_RGB2BGR))
        if not isinstance(found, TextDetOutput) or found.boxes is None or found.scores is None:
            return ()
        size = np.array([width, height], dtype=np.float64)
        places = [
            Place(_quad(np.clip(box / size, 0.0, 1.0)), float(score))
            for box, score in zip(found.boxes, found.scores, strict=True)
        ]
        return tuple(places[index] for index in reading_order([place.box for place in places]))

    def suited_to(self, photo: Image, places: Sequence[Place]) -> BoardReader:
        """Return the reader that knows the letters of a board: for its photo and all that is made of that.

        It reads by the second recogniser where that one, on the widest of the ``places``, reads Cyrillic with fair
        confidence, and is this one otherwise. To be asked once a board: two readers' confidences cannot be compared.
        """
        if self._second is None:
            return self
        small = self._bounded(photo)
        legible = [quad for quad in _quads(small, places) if _least_side(quad) >= LEAST_SIDE]
        widest = sorted(legible, key=_width, reverse=True)[:LOOKED_AT]
        if not is_board_cyrillic(self._second.read(self._crops(small, widest))):
            return self
        return BoardReader(self.spec, self._engine, self.revision, self._second, is_by_second=True)

    def read(self, image: Image, places: Sequence[Place]) -> tuple[ReadLine, ...]:
        """Recognise the text at each of ``places``; one line each, in their order.

        ``image`` may have another size than the one in which the places were found. A place in which nothing is
        recognised gives an empty text with confidence 0.
        """
        small = self._bounded(image)
        quads = _quads(small, places)
        legible = [index for index, quad in enumerate(quads) if _least_side(quad) >= LEAST_SIDE]
        texts: list[Read] = [("", 0.0)] * len(places)
        read = self._recognise(self._crops(small, [quads[index] for index in legible]))
        for index, told in zip(legible, read, strict=True):
            texts[index] = told
        return tuple(
            ReadLine(text, confidence, place.box)
            for (text, confidence), place in zip(texts, places, strict=True)
        )

    def read_all(self, image: Image) -> tuple[ReadLine, ...]:
        """Find and recognise every line of a photo in its own letters; lines without text are left out."""
        places = self.find(image)
        return tuple(line for line in self.suited_to(image, places).read(image, places) if line.text)

    def _crops(self, small: Image, quads: Sequence[Corners]) -> list[Image]:
        """Cut places out of a picture, each turned upright."""
        if not quads:
            return []
        return list(self._engine.crop_text_regions(small, np.array(quads, dtype=np.float32)))

    def _recognise(self, crops: Sequence[Image]) -> Sequence[Read]:
        """Read what was cut out; BGR, as everything within this class."""
        if self._second is not None and self.is_by_second:
            return self._second.read([crop[..., ::-1] for crop in crops])
        if not crops:
            return ()
        read = self._engine.recognize_txt(list(crops))
        return [
            (text.strip(), float(score)) if text.strip() else ("", 0.0)
            for text, score in zip(read.txts or (), read.scores, strict=True)
        ]

    def _bounded(self, image: Image) -> NDArray[np.uint8]:
        """Return the picture as the networks want it: BGR, not over ``spec.longest_side``."""
        height, width = image.shape[:2]
        share = self.spec.longest_side / max(height, width)
        if share < 1:
            size = (max(1, round(width * share)), max(1, round(height * share)))
            image = cast("Image", cv2.resize(image, size, interpolation=cv2.INTER_AREA))
        return cast("Image", cv2.cvtColor(image, cv2.COLOR_RGB2BGR))


def _quad(corners: NDArray[np.float64]) -> Quad:
    points: list[Point] = [(float(x), float(y)) for x, y in corners]
    return (points[0], points[1], points[2], points[3])


def is_board_cyrillic(read: Sequence[Read]) -> bool:
    """Tell whether what the second recogniser read of some lines of a board makes it one to be read by it.

    At least half of the lines are read with a confidence of ``FAIR`` or more, and most of their letters are Cyrillic.
    """
    fair = [text for text, confidence in read if confidence >= FAIR]
    return 2 * len(fair) >= len(read) and is_cyrillic(" ".join(fair))


def _quads(image: Image, places: Sequence[Place]) -> list[Corners]:
    height, width = image.shape[:2]
    return [np.array(place.box, dtype=np.float32) * (width, height) for place in places]


def _width(quad: Corners) -> float:
    """Return the mean length of the upper and the lower side."""
    return float(np.linalg.norm(quad[0] - quad[1]) + np.linalg.norm(quad[2] - quad[3])) / 2


def _least_side(quad: Corners) -> float:
    """Return the shorter of a quadrangle's mean width and mean height, in its own units."""
    top, right, bottom, left = (float(np.linalg.norm(quad[i] - quad[(i + 1) % 4])) for i in range(4))
    return min((top + bottom) / 2, (left + right) / 2)
