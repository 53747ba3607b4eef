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
from engines.boards.order import reading_order
from engines.boards.results import Image, Point, Quad, ReadLine
from engines.errors import ModelUnavailable
from engines.specs import BoardReaderSpec

LEAST_SIDE = 2.0
"""Pixels: a place thinner than this in the picture that is read holds nothing that could be recognised."""


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
    on short lines it errs.
    """

    def __init__(self, spec: BoardReaderSpec, engine: RapidOCR, revision: str) -> None:
        self.spec = spec
        self.revision = revision
        self._engine = engine

    @classmethod
    def load(cls, spec: BoardReaderSpec) -> BoardReader:
        """Load both networks from this machine; the network is never asked.

        Raises :class:`ModelUnavailable` where a file is missing or cannot be read.
        """
        folder = weights.resolve(spec.source, key=spec.key, formats={".onnx"})
        files = {"Det": folder / spec.detection, "Rec": folder / spec.recognition}
        for file in files.values():
            if not file.is_file():
                raise ModelUnavailable(
                    spec.key, str(file), "The file is not there: install the package again."
                )
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
            reader = cls(spec, engine, weights.revision_of(spec.source, folder))
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

    def read(self, image: Image, places: Sequence[Place]) -> tuple[ReadLine, ...]:
        """Recognise the text at each of ``places``; one line each, in their order.

        ``image`` may have another size than the one in which the places were found. A place in which nothing is
        recognised gives an empty text with confidence 0.
        """
        small = self._bounded(image)
        height, width = small.shape[:2]
        quads = [np.array(place.box, dtype=np.float32) * (width, height) for place in places]
        legible = [index for index, quad in enumerate(quads) if _least_side(quad) >= LEAST_SIDE]
        texts = [("", 0.0)] * len(places)
        if legible:
            crops = self._engine.crop_text_regions(
                small, np.array([quads[index] for index in legible], dtype=np.float32)
            )
            read = self._engine.recognize_txt(crops)
            for index, text, score in zip(legible, read.txts or (), read.scores, strict=True):
                texts[index] = (text.strip(), float(score)) if text.strip() else ("", 0.0)
        return tuple(
            ReadLine(text, confidence, place.box)
            for (text, confidence), place in zip(texts, places, strict=True)
        )

    def read_all(self, image: Image) -> tuple[ReadLine, ...]:
        """Find and recognise every line; lines without text are left out."""
        return tuple(line for line in self.read(image, self.find(image)) if line.text)

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


def _least_side(quad: NDArray[np.float32]) -> float:
    """Return the shorter of a quadrangle's mean width and mean height, in its own units."""
    top, right, bottom, left = (float(np.linalg.norm(quad[i] - quad[(i + 1) % 4])) for i in range(4))
    return min((top + bottom) / 2, (left + right) / 2)
