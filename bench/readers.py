"""The two OCR engines that judge: rapidocr and tesseract, each with the settings it comes with."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from typing import Protocol

import cv2
from rapidocr import RapidOCR

from engines.boards.results import Image

PAGE_MODE = "11"
"""Of tesseract: sparse text in no particular order, as it stands on boards."""


class Judge(Protocol):
    """An OCR engine. ``read`` returns the lines of text that it sees in a picture, H × W × 3, uint8, RGB."""

    name: str

    def read(self, image: Image) -> list[str]: ...


class RapidJudge:
    """rapidocr with its own pipeline; the classifier of upside-down lines is off: it turns short lines over."""

    name = "rapidocr"

    def __init__(self) -> None:
        self._engine = RapidOCR(params={"Global.log_level": "error", "Global.use_cls": False})

    def read(self, image: Image) -> list[str]:
        found = self._engine(cv2.cvtColor(image, cv2.COLOR_RGB2BGR))
        return [str(text) for text in getattr(found, "txts", None) or ()]


class TesseractJudge:
    """tesseract with English and Russian. Raises ``FileNotFoundError`` where it is not installed."""

    name = "tesseract"

    def __init__(self, languages: str = "eng+rus") -> None:
        if shutil.which("tesseract") is None:
            raise FileNotFoundError(
                "tesseract is missing: apt install tesseract-ocr tesseract-ocr-eng tesseract-ocr-rus"
            )
        self._command = ["tesseract", "stdin", "stdout", "-l", languages, "--psm", PAGE_MODE]

    def read(self, image: Image) -> list[str]:
        done, file = cv2.imencode(".png", cv2.cvtColor(image, cv2.COLOR_RGB2BGR))
        assert done
        told = subprocess.run(
            self._command,
            input=file.tobytes(),
            capture_output=True,
            check=True,
            env={**os.environ, "OMP_THREAD_LIMIT": "1"},
        )
        return [line for line in told.stdout.decode().splitlines() if line.strip()]


def words_of(text: str) -> list[str]:
    """Return the lower-cased words of a text."""
    return re.findall(r"\w+", text.lower())
