"""The two OCR engines that judge: rapidocr and tesseract, each with the settings it comes with."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray
from rapidocr import RapidOCR

from engines.boards.results import Image

ANYWHERE, ONE_LINE = "11", "7"
"""Page modes of tesseract: text somewhere on a picture, as it stands on boards; a picture of one line."""

RIM = 8
"""Pixels by which a picture of a line is continued on all sides: tesseract wants some ground around letters."""


class Judge(Protocol):
    """An OCR engine: what it sees in a picture, H × W × 3, uint8, RGB, and in pictures of one line each."""

    name: str

    def read(self, image: Image) -> list[str]: ...

    def read_lines(self, images: Sequence[Image]) -> list[str]: ...


class RapidJudge:
    """rapidocr with its own pipeline; the classifier of upside-down lines is off: it turns short lines over."""

    name = "rapidocr"

    def __init__(self) -> None:
        self._engine = RapidOCR(params={"Global.log_level": "error", "Global.use_cls": False})

    def read(self, image: Image) -> list[str]:
        return self._told(image, finds_lines=True)

    def read_lines(self, images: Sequence[Image]) -> list[str]:
        return [" ".join(self._told(image, finds_lines=False)) for image in images]

    def _told(self, image: Image, *, finds_lines: bool) -> list[str]:
        """Say in every call what is wanted: the engine keeps what one call says for those that come after it."""
        found = self._engine(
            cv2.cvtColor(image, cv2.COLOR_RGB2BGR), use_det=finds_lines, use_rec=True, use_cls=False
        )
        return [str(text) for text in getattr(found, "txts", None) or ()]


class TesseractJudge:
    """tesseract with English and Russian. Raises ``FileNotFoundError`` where it is not installed."""

    name = "tesseract"

    def __init__(self, languages: str = "eng+rus") -> None:
        if shutil.which("tesseract") is None:
            raise FileNotFoundError(
                "tesseract is missing: apt install tesseract-ocr tesseract-ocr-eng tesseract-ocr-rus"
            )
        self._languages = languages

    def read(self, image: Image) -> list[str]:
        [text] = self._told([image], ANYWHERE)
        return [line for line in text.splitlines() if line.strip()]

    def read_lines(self, images: Sequence[Image]) -> list[str]:
        wide = [np.pad(image, ((RIM, RIM), (RIM, RIM), (0, 0)), "edge") for image in images]
        return [" ".join(text.split()) for text in self._told(wide, ONE_LINE)]

    def _told(self, images: Sequence[NDArray[np.uint8]], mode: str) -> list[str]:
        """Give it all pictures at once: it takes longer to start than to read a line."""
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            for number, image in enumerate(images):
                cv2.imwrite(str(folder / f"{number}.png"), cv2.cvtColor(image, cv2.COLOR_RGB2BGR))
            files = folder / "files.txt"
            files.write_text("\n".join(str(folder / f"{number}.png") for number in range(len(images))))
            told = subprocess.run(
                ["tesseract", str(files), "stdout", "-l", self._languages, "--psm", mode],
                capture_output=True,
                check=True,
                env={**os.environ, "OMP_THREAD_LIMIT": "1"},
            )
        pages = told.stdout.decode().split("\f")
        assert len(pages) >= len(images), "a page for each picture"
        return pages[: len(images)]


def words_of(text: str) -> list[str]:
    """Return the lower-cased words of a text."""
    return re.findall(r"\w+", text.lower())
