"""Short videos of drawn boards."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np

from tests.boards import draw_board
from tests.engines.boards.scenes import Picture, with_noise

RATE = 10
SIZE = (640, 400)
TEXTS = (
    ("first law of motion", "a body at rest stays", "unless a force acts", "inertia"),
    ("entropy never falls", "heat flows downhill", "dS is dQ over T", "boltzmann k log W"),
    ("maxwell found light", "curl E is minus dB", "div B is zero", "waves in a vacuum"),
)


def boards(size: tuple[int, int] = SIZE) -> list[Picture]:
    """Draw three boards that have nothing in common."""
    return [draw_board(text, size=size, height=size[1] // 12, ink=ink) for text, ink in zip(
        TEXTS, ("#1b3a8c", "#202020", "#0a7d32"), strict=True
    )]  # fmt: skip


def hold(board: Picture, seconds: float, seed: int = 0) -> Iterator[Picture]:
    """Film a board with noise, of which there are four patterns."""
    noisy = [with_noise(board, 4, seed=seed + number) for number in range(4)]
    for number in range(round(seconds * RATE)):
        yield noisy[number % 4]


def blend(before: Picture, after: Picture, seconds: float = 0.8) -> Iterator[Picture]:
    """Swing from one board to the other, blurred."""
    count = round(seconds * RATE)
    for number in range(count):
        share = (number + 1) / (count + 1)
        mixed = cv2.addWeighted(before, 1 - share, after, share, 0)
        yield with_noise(cv2.blur(mixed, (41, 5)), 4, seed=number)


def with_person(frames: Sequence[Picture]) -> Iterator[Picture]:
    """Let somebody in a checked shirt walk through the picture."""
    for number, frame in enumerate(frames):
        height, width = frame.shape[:2]
        left = round(number / len(frames) * width * 1.1) - width // 8
        person = frame.copy()
        cv2.rectangle(person, (left, height // 4), (left + width // 6, height), (60, 50, 70), cv2.FILLED)
        for y in range(height // 4, height, 8):
            cv2.line(person, (left, y), (left + width // 6, y), (140, 60, 60), 2)
        yield person


def write_video(path: Path, frames: Sequence[Picture] | Iterator[Picture], codec: str = "MJPG") -> Path:
    """Write frames of one size as a video."""
    writer = None
    for frame in frames:
        if writer is None:
            size = frame.shape[1], frame.shape[0]
            writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*codec), RATE, size)
            assert writer.isOpened()
        writer.write(np.ascontiguousarray(frame[..., ::-1]))
    assert writer is not None
    writer.release()
    return path


def lecture() -> Iterator[Picture]:
    """Film three boards for two seconds and more each, with a swing between them."""
    first, second, third = boards()
    yield from hold(first, 2.2)
    yield from blend(first, second)
    yield from hold(second, 2.2, seed=50)
    yield from blend(second, third)
    yield from hold(third, 2.2, seed=90)
