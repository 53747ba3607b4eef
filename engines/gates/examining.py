"""Examine a picture: every detector is asked, and one that fails does not keep the others from it."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable

import numpy as np
from PIL import Image

from engines.gates import light
from engines.gates.light import Pixels
from engines.gates.results import Defect, Examined, Failure, Finding
from engines.gates.writing import Reader, fake_text

logger = logging.getLogger(__name__)


def opened(file: bytes) -> Image.Image:
    """Decode a picture of our own, RGB. Raises ``OSError`` for what is truncated or no picture."""
    try:
        return Image.open(io.BytesIO(file)).convert("RGB")
    except (SyntaxError, ValueError) as error:  # Pillow's for broken chunks of a PNG
        raise OSError(f"The file cannot be read: {error}") from error


def examine(picture: Pixels, reader: Callable[[], Reader]) -> Examined:
    """Measure a picture, RGB, for every defect. ``reader`` brings the OCR engine; it may raise, too."""
    grey = light.luminance(picture)
    detectors: dict[Defect, Callable[[], Finding]] = {
        "blank": lambda: Finding("blank", light.detail(grey)),
        "dark": lambda: Finding("dark", light.brightness(grey)),
        "blurred": lambda: Finding("blurred", light.blur(grey)),
        "low-contrast": lambda: Finding("low-contrast", light.contrast(grey)),
        "fake-text": lambda: fake_text(reader().read_all(picture)),
    }
    findings, failures = [], []
    for defect, detect in detectors.items():
        try:
            findings.append(detect())
        except Exception as error:
            logger.exception("The detector of %s failed.", defect)
            failures.append(Failure(defect, f"{type(error).__name__}: {error}"[:500]))
    return Examined(tuple(findings), tuple(failures))


def pixels_of(image: Image.Image) -> Pixels:
    """Return the pixels of a decoded picture."""
    return np.asarray(image, dtype=np.uint8)
