"""Pictures drawn for the tests, and the embedded models."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from engines.registry import SUPER_RESOLUTION_MODELS
from engines.superres.model import Image, SuperResolver


@pytest.fixture(scope="session")
def scene() -> Image:
    """Return a picture of 72 × 96 px like a photo: soft light, edges, thick writing."""
    large = np.full((288, 384, 3), (214, 220, 206), np.uint8)
    cv2.rectangle(large, (30, 30), (200, 200), (60, 90, 160), -1)
    cv2.circle(large, (290, 120), 70, (190, 80, 60), -1)
    cv2.putText(large, "board", (40, 265), cv2.FONT_HERSHEY_SIMPLEX, 2.2, (30, 30, 40), 9, cv2.LINE_AA)
    light = np.linspace(0.75, 1.0, 384)[None, :, None]
    small = cv2.resize((large * light).astype(np.uint8), (96, 72), interpolation=cv2.INTER_AREA)
    return np.asarray(small, dtype=np.uint8)


@pytest.fixture(scope="session")
def compact() -> SuperResolver:
    return SuperResolver.load(SUPER_RESOLUTION_MODELS["realesr-animevideov3-x2"], device="cpu")


@pytest.fixture(scope="session")
def board_model() -> SuperResolver:
    return SuperResolver.load(SUPER_RESOLUTION_MODELS["board-x2"], device="cpu")
