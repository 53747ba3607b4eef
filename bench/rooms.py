"""Drawn pictures that look like rooms, for benches that need thousands of different ones: a seed is a picture.

A wall, a floor in perspective, windows with light, furniture of boxes with legs, pictures on the wall, lamps, a
gradient of light over all and a little grain: as much detail and contrast as a rendered interior has. Nothing in
them is text.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
"""A picture, RGB, H × W × 3."""


def room(seed: int, side: int = 512) -> Pixels:
    """Draw the room of a seed, ``side`` × ``side`` pixels."""
    chance = np.random.default_rng(seed)
    canvas = np.zeros((side, side, 3), dtype=np.uint8)
    horizon = int(side * chance.uniform(0.45, 0.75))
    corner = int(side * chance.uniform(0.15, 0.85))
    wall = _colour(chance, 110, 235)
    canvas[:horizon] = wall
    canvas[:horizon, corner:] = np.clip(wall * chance.uniform(0.72, 1.12), 0, 255)
    canvas[horizon:] = _colour(chance, 50, 200)
    _floor(canvas, chance, horizon)
    for _ in range(int(chance.integers(0, 4))):
        _window(canvas, chance, horizon)
    for _ in range(int(chance.integers(0, 4))):
        _picture(canvas, chance, horizon)
    for _ in range(int(chance.integers(3, 10))):
        _furniture(canvas, chance, horizon)
    for _ in range(int(chance.integers(0, 4))):
        _lamp(canvas, chance)
    return _lit(canvas, chance)


def _colour(chance: np.random.Generator, least: int, most: int) -> NDArray[np.float64]:
    grey = chance.uniform(least, most)
    return np.clip(grey + chance.normal(0, 22, 3), 0, 255)


def _paint(colour: NDArray[np.float64]) -> tuple[int, int, int]:
    red, green, blue = (int(value) for value in np.clip(colour, 0, 255))
    return red, green, blue


def _floor(canvas: Pixels, chance: np.random.Generator, horizon: int) -> None:
    """Draw boards or tiles that run to a vanishing point."""
    side = len(canvas)
    walls = canvas[:horizon].copy()
    line = _paint(canvas[-1, 0] * chance.uniform(0.7, 0.9))
    vanishing = (int(side * chance.uniform(0.2, 0.8)), horizon - int(side * chance.uniform(0.05, 0.2)))
    for x in np.linspace(-side, 2 * side, int(chance.integers(12, 40))):
        cv2.line(canvas, (int(x), side), vanishing, line, max(1, side // 400), cv2.LINE_AA)
    canvas[:horizon] = walls
    for share in np.linspace(0, 1, int(chance.integers(0, 9))) ** 2:
        y = int(horizon + share * (side - horizon))
        cv2.line(canvas, (0, y), (side, y), line, max(1, side // 400))


def _window(canvas: Pixels, chance: np.random.Generator, horizon: int) -> None:
    side = len(canvas)
    width, height = (int(side * chance.uniform(0.12, 0.35)) for _ in "wh")
    left = int(chance.uniform(0, side - width))
    top = int(chance.uniform(0.02, 0.5) * horizon)
    bottom = min(top + height, horizon - 4)
    light = np.linspace(chance.uniform(200, 255), chance.uniform(140, 235), max(1, bottom - top))
    tint = chance.uniform(0.85, 1.0, 3)
    canvas[top:bottom, left : left + width] = (light[:, None, None] * tint).astype(np.uint8)
    frame = _paint(_colour(chance, 30, 250))
    thick = max(2, side // int(chance.integers(60, 130)))
    for x in np.linspace(left, left + width, int(chance.integers(2, 5))):
        cv2.line(canvas, (int(x), top), (int(x), bottom), frame, thick)
    for y in np.linspace(top, bottom, int(chance.integers(2, 4))):
        cv2.line(canvas, (left, int(y)), (left + width, int(y)), frame, thick)


def _picture(canvas: Pixels, chance: np.random.Generator, horizon: int) -> None:
    side = len(canvas)
    width, height = (int(side * chance.uniform(0.06, 0.2)) for _ in "wh")
    left, top = int(chance.uniform(0, side - width)), int(chance.uniform(0.05, 0.6) * horizon)
    blobs = chance.integers(
        0, 255, (int(chance.integers(2, 5)), int(chance.integers(2, 5)), 3), dtype=np.uint8
    )
    inside = cv2.resize(blobs, (width, height), interpolation=cv2.INTER_CUBIC)
    room_left = canvas[top : top + height, left : left + width]
    room_left[:] = inside[: room_left.shape[0], : room_left.shape[1]]
    cv2.rectangle(canvas, (left, top), (left + width, top + height), _paint(_colour(chance, 10, 240)), 3)


def _furniture(canvas: Pixels, chance: np.random.Generator, horizon: int) -> None:
    """Draw a table, a cupboard or a sofa: a front, a lighter top, perhaps legs, drawers or cushions."""
    side = len(canvas)
    foot = int(chance.uniform(horizon + 0.02 * side, side * 1.05))
    scale = (foot - horizon * 0.8) / side + 0.2
    width, height = (
        int(side * scale * chance.uniform(0.2, 0.7)),
        int(side * scale * chance.uniform(0.15, 0.6)),
    )
    left = int(chance.uniform(-0.2 * width, side - 0.8 * width))
    colour = _colour(chance, 25, 220)
    top = foot - height
    if chance.random() < 0.5:
        leg = max(2, width // 18)
        cv2.rectangle(canvas, (left, top), (left + width, top + max(3, height // 5)), _paint(colour), -1)
        for x in (left, left + width - leg):
            cv2.rectangle(canvas, (x, top), (x + leg, foot), _paint(colour * 0.7), -1)
    else:
        cv2.rectangle(canvas, (left, top), (left + width, foot), _paint(colour), -1)
        for x in np.linspace(left, left + width, int(chance.integers(2, 6))):
            cv2.line(canvas, (int(x), top), (int(x), foot), _paint(colour * 0.6), 2)
        for y in np.linspace(top, foot, int(chance.integers(2, 6))):
            cv2.line(canvas, (left, int(y)), (left + width, int(y)), _paint(colour * 0.65), 2)
    slant = int(width * chance.uniform(-0.15, 0.15))
    lid = np.array(
        [
            (left, top),
            (left + width, top),
            (left + width + slant, top - height // 7),
            (left + slant, top - height // 7),
        ]
    )
    cv2.fillPoly(canvas, [lid], _paint(colour * 1.25), cv2.LINE_AA)


def _lamp(canvas: Pixels, chance: np.random.Generator) -> None:
    side = len(canvas)
    x, y = int(chance.uniform(0, side)), int(chance.uniform(0.02, 0.35) * side)
    cv2.line(canvas, (x, 0), (x, y), _paint(_colour(chance, 10, 90)), max(1, side // 250))
    cv2.circle(canvas, (x, y), int(side * chance.uniform(0.015, 0.05)), (250, 244, 225), -1, cv2.LINE_AA)


def _lit(canvas: Pixels, chance: np.random.Generator) -> Pixels:
    """Lay a gradient of light, the softness of a lens and a little grain over the picture."""
    side = len(canvas)
    corners = chance.uniform(0.72, 1.12, (2, 2)).astype(np.float32)
    light = cv2.resize(corners, (side, side), interpolation=cv2.INTER_LINEAR)[..., None]
    grain = chance.normal(0, chance.uniform(0.8, 3.0), canvas.shape)
    soft = cv2.GaussianBlur(canvas, (0, 0), side / 1000)
    return np.clip(soft * light + grain, 0, 255).astype(np.uint8)
