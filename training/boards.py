"""Boards drawn by code: writing of many hands, formulas, diagrams, tables, on white, green and black boards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from training import fonts, formulas
from training.fonts import Family, Script
from training.words import token

Floats = NDArray[np.float32]
Colour = Literal["white", "green", "black"]

MARKERS = (
    (20, 24, 40),
    (26, 48, 130),
    (165, 28, 30),
    (20, 105, 52),
    (60, 36, 110),
    (190, 90, 20),
    (70, 70, 76),
)
CHALKS = ((238, 238, 230), (244, 226, 130), (236, 170, 180), (160, 205, 236), (180, 226, 170))
SHAPES = ("box", "ellipse", "arrow", "curve", "table", "axes", "rule")


@dataclass(frozen=True)
class Word:
    """A word on a board, and its upright box in pixels: left, top, right, bottom."""

    text: str
    box: tuple[float, float, float, float]


@dataclass(frozen=True)
class Board:
    """A drawn board: ``image`` is H × W × 3, float32, 0 … 255, sharp; ``lines`` in the order of writing."""

    image: Floats
    lines: tuple[tuple[Word, ...], ...]
    script: Script
    colour: Colour


@dataclass(frozen=True, kw_only=True)
class Kind:
    """What boards to draw.

    ``x_height`` is the range of small letters' heights in pixels; ``drawings`` the share of boards with drawings,
    ``formulas`` that of lines with set formulas (which are in no ``lines``), ``spoilt`` that of words that are crossed
    out or half erased; ``sums`` whether short formulas stand among the words; ``paper`` the share of white boards that
    are ruled paper; ``wander`` how far words stray from their line, 1.0 as in a hurry.
    """

    scripts: tuple[Script, ...] = ("latin", "latin", "latin", "cyrillic", "cyrillic", "greek")
    colours: tuple[Colour, ...] = ("white", "white", "white", "green", "black")
    styles: tuple[fonts.Style, ...] = ("hand", "hand", "hand", "print")
    x_height: tuple[float, float] = (7.0, 40.0)
    held_out: bool = False
    drawings: float = 0.5
    formulas: float = 0.1
    spoilt: float = 0.12
    sums: bool = True
    paper: float = 0.12
    wander: float = 1.0


@dataclass
class _Sheet:
    """A board while it is drawn."""

    image: Floats
    colour: Colour
    random: np.random.Generator
    lines: list[list[Word]] = field(default_factory=list)


def draw_board(seed: int, width: int, height: int, kind: Kind | None = None) -> Board:
    """Draw a board of ``width`` × ``height`` pixels; the same seed draws the same board."""
    kind = kind or Kind()
    random = np.random.default_rng(seed)
    script = kind.scripts[random.integers(len(kind.scripts))]
    colour = kind.colours[random.integers(len(kind.colours))]
    sheet = _Sheet(_ground(random, colour, width, height, kind.paper), colour, random)
    if random.random() < kind.drawings:
        for _ in range(int(random.integers(1, 4))):
            _shape(sheet)
    _write_lines(sheet, script, kind)
    lines = tuple(tuple(line) for line in sheet.lines if line)
    return Board(np.clip(sheet.image, 0, 255), lines, script, colour)


def _ground(random: np.random.Generator, colour: Colour, width: int, height: int, paper: float) -> Floats:
    """Return an empty board: its paint, smears of what was wiped off, and a faint texture."""
    if colour == "white":
        base = random.uniform(205, 252) + random.uniform(-7, 7, 3)
    elif colour == "green":
        base = np.array([random.uniform(30, 70), random.uniform(70, 110), random.uniform(50, 85)])
    else:
        base = random.uniform(22, 62) + random.uniform(-5, 5, 3)
    image = np.broadcast_to(base.astype(np.float32), (height, width, 3)).copy()
    if colour == "white" and random.random() < paper:
        _rule_paper(random, image)
    smear = clouds(random, width, height, random.uniform(0.02, 0.12), stretch=random.uniform(1, 4))
    strength = random.uniform(0, 10) * (1.6 if colour != "white" else 1.0)
    image += (strength * smear * (-1 if colour == "white" else 1))[..., None]
    return image


def _rule_paper(random: np.random.Generator, image: Floats) -> None:
    """Print the lines or squares of a sheet of paper."""
    height, width = image.shape[:2]
    ink = np.array(
        [random.uniform(120, 200), random.uniform(150, 210), random.uniform(190, 235)], dtype=np.float32
    )
    gap, strength = random.uniform(14, 44), random.uniform(0.2, 0.7)
    rows = np.arange(random.uniform(0, gap), height, gap).astype(int)
    image[rows] += (ink - image[rows]) * strength
    if random.random() < 0.5:
        columns = np.arange(random.uniform(0, gap), width, gap).astype(int)
        image[:, columns] += (ink - image[:, columns]) * strength


def clouds(
    random: np.random.Generator, width: int, height: int, share: float, *, stretch: float = 1.0
) -> Floats:
    """Return smooth noise, about -1 … 1, whose spots have ``share`` of the longer side, ``stretch`` times as wide."""
    cell = max(2.0, share * max(width, height))
    columns, rows = max(2, round(width / (cell * stretch))), max(2, round(height / cell))
    small = random.normal(0, 0.5, (rows + 1, columns + 1)).astype(np.float32)
    return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC), dtype=np.float32)


def _ink(sheet: _Sheet) -> NDArray[np.float64]:
    inks = MARKERS if sheet.colour == "white" else CHALKS
    chosen = np.array(inks[sheet.random.integers(len(inks))], dtype=np.float64)
    return np.clip(chosen + sheet.random.normal(0, 9, 3), 0, 255)


def _lay(sheet: _Sheet, mask: Floats, left: int, top: int, ink: NDArray[np.float64]) -> bool:
    """Lay ink where ``mask`` (0 … 1) says, with the pressure of a hand; False where it does not fit."""
    rows, columns = mask.shape
    height, width = sheet.image.shape[:2]
    if left < 0 or top < 0 or left + columns > width or top + rows > height or mask.size == 0:
        return False
    random = sheet.random
    if sheet.colour != "white":  # chalk skips over the grain of the board
        grain = random.normal(0, 1, (rows, columns)).astype(np.float32)
        grain = cv2.GaussianBlur(grain, (0, 0), 0.7) * 2.2
        mask = mask * np.clip(random.uniform(0.75, 1.05) + random.uniform(0.05, 0.3) * grain, 0, 1)
    pressure = random.uniform(0.72, 1.0) + random.uniform(0, 0.16) * clouds(random, columns, rows, 0.3)
    alpha = np.clip(mask * np.clip(pressure, 0.3, 1.0), 0, 1)[..., None]
    part = sheet.image[top : top + rows, left : left + columns]
    part += (ink.astype(np.float32) - part) * alpha
    return True


def _write_lines(sheet: _Sheet, script: Script, kind: Kind) -> None:
    """Fill the board with lines of writing, in one or two columns, by one or two hands."""
    random = sheet.random
    height, width = sheet.image.shape[:2]
    hands = [_hand(random, script, kind) for _ in range(int(random.integers(1, 3)))]
    low, high = kind.x_height
    x_height = float(np.exp(random.uniform(np.log(low), np.log(high))))
    columns = int(random.integers(1, 3)) if width > 26 * x_height else 1
    for column in range(columns):
        left, right = width * column / columns + x_height, width * (column + 1) / columns - 0.5 * x_height
        top = x_height * random.uniform(0.4, 2.0)
        while top < height - 2 * x_height:
            own = x_height * float(np.exp(random.normal(0, 0.12 if low < high else 0.0)))
            if random.random() < kind.formulas:
                top += _write_formula(sheet, own, left, top, right, kind)
                continue
            family = hands[random.integers(len(hands))]
            top += _write_line(
                sheet, family, script, own, left + x_height * random.exponential(0.6), top, right, kind
            )


def _hand(random: np.random.Generator, script: Script, kind: Kind) -> Family:
    style = kind.styles[random.integers(len(kind.styles))]
    able = fonts.families_for(script, held_out=kind.held_out)
    wanted = [family for family in able if family.style == style] or list(able)
    return wanted[random.integers(len(wanted))]


def _write_line(
    sheet: _Sheet,
    family: Family,
    script: Script,
    x_height: float,
    left: float,
    top: float,
    right: float,
    kind: Kind,
) -> float:
    """Write words until the line is full; returns how far down the next line begins."""
    random = sheet.random
    file = family.file(script)
    size = fonts.usual_size(x_height / max(0.2, fonts.x_height(file, script)))
    ink, bold = _ink(sheet), _boldness(random, family, x_height)
    slant, drift = random.normal(0, 0.025), random.normal(0, 0.12) * x_height * kind.wander
    x, lowest = left, 0.0
    sheet.lines.append([])
    while x < right:
        text = token(random, script, held_out=kind.held_out, sums=kind.sums)
        able = fonts.file_for(family, script, text)
        if able is None:
            continue
        mask, begin = _written(text, able, size, bold, random, slant, family.style == "hand")
        rows, columns = mask.shape
        if x + columns > right:
            break
        y = top + begin + drift * random.normal(0, 1) + (x - left) * slant
        spoilt = random.random() < kind.spoilt * 0.5
        if spoilt:
            mask = _half_erased(mask, random)
        if _lay(sheet, mask, round(x), round(y), ink):
            if random.random() < kind.spoilt * 0.5:
                _cross_out(sheet, (x, y, x + columns, y + rows), ink, x_height)
            elif not spoilt:
                sheet.lines[-1].append(Word(text, (x, y, x + columns, y + rows)))
            lowest = max(lowest, y + rows - top)
        x += columns + x_height * random.uniform(0.55, 1.3)
    return max(lowest, 2.0 * x_height) + x_height * random.uniform(0.35, 1.2)


def _write_formula(
    sheet: _Sheet, x_height: float, left: float, top: float, right: float, kind: Kind
) -> float:
    """Write a formula, if it fits; returns how far down the next line begins."""
    random = sheet.random
    families = formulas.FAMILIES[kind.held_out]
    mask = formulas.mask_of(formulas.formula(random), 2 * x_height, families[random.integers(len(families))])
    bold = float(x_height * random.uniform(0, 0.06))
    mask = np.pad(mask, 4 + round(4 * bold))
    if bold > 0.15:
        mask = _thicker(mask, 2 * bold)
    mask = _bent(mask, random, random.normal(0, 0.025), by_hand=True)
    if mask.shape[1] > right - left or not _lay(sheet, mask, round(left), round(top), _ink(sheet)):
        return x_height
    return float(mask.shape[0] + x_height * random.uniform(0.2, 0.8))


def _boldness(random: np.random.Generator, family: Family, x_height: float) -> float:
    """Return by how many pixels strokes are made thicker on each side: a marker's tip is broad."""
    return float(x_height * random.uniform(0, 0.075)) if family.style == "hand" else 0.0


def _written(
    text: str, file: Path, size: int, bold: float, random: np.random.Generator, slant: float, by_hand: bool
) -> tuple[Floats, float]:
    """Return the mask of a word, 0 … 1, and how far under the line's top it begins."""
    font = fonts.load(file, 2 * size)
    left, top, right, bottom = (round(side) for side in font.getbbox(text))
    pad = 4 + round(4 * bold)
    sheet = Image.new("L", (right - left + 2 * pad, bottom - top + 2 * pad))
    ImageDraw.Draw(sheet).text((pad - left, pad - top), text, 255, font)
    mask = np.divide(np.asarray(sheet), 255, dtype=np.float32)
    if bold > 0.15:
        mask = _thicker(mask, 2 * bold)
    return _bent(mask, random, slant, by_hand), top / 2 - pad / 2


def _bent(mask: Floats, random: np.random.Generator, slant: float, by_hand: bool) -> Floats:
    """Return a mask in half its size, on its line's slant, with the leaning of a hand."""
    rows, columns = mask.shape
    angle = slant + (random.normal(0, 0.02) if by_hand else 0.0)
    shear = random.normal(0, 0.07) if by_hand else 0.0
    matrix = np.array([[0.5, 0.5 * shear, 0], [0.5 * angle, 0.5, 0]], dtype=np.float64)
    matrix[0, 2] = max(0.0, -0.5 * shear * rows)
    matrix[1, 2] = max(0.0, -0.5 * angle * columns)
    size_out = (
        int(np.ceil(0.5 * columns + abs(0.5 * shear * rows))) + 1,
        int(np.ceil(0.5 * rows + abs(0.5 * angle * columns))) + 1,
    )
    soft = cv2.GaussianBlur(mask, (0, 0), 0.6)
    return np.asarray(cv2.warpAffine(soft, matrix, size_out, flags=cv2.INTER_LINEAR), dtype=np.float32)


def _thicker(mask: Floats, by: float) -> Floats:
    whole = int(by)
    thick = (
        cv2.dilate(mask, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * whole + 1,) * 2))
        if whole
        else mask
    )
    more = cv2.dilate(mask, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * whole + 3,) * 2))
    return np.asarray(thick + (by - whole) * (more - thick), dtype=np.float32)


def _half_erased(mask: Floats, random: np.random.Generator) -> Floats:
    rows, columns = mask.shape
    wiped = clouds(random, columns, rows, 0.5, stretch=2) + random.uniform(-0.4, 0.6)
    return np.asarray(mask * np.clip(0.65 - wiped, 0.08, 1.0), dtype=np.float32)


def _cross_out(sheet: _Sheet, box: Sequence[float], ink: NDArray[np.float64], x_height: float) -> None:
    left, top, right, bottom = box
    for _ in range(int(sheet.random.integers(1, 4))):
        start = (left, sheet.random.uniform(top, bottom))
        end = (right, sheet.random.uniform(top, bottom))
        _stroke(sheet, [start, end], ink, max(1.0, 0.14 * x_height))


def _stroke(
    sheet: _Sheet, points: Sequence[tuple[float, float]], ink: NDArray[np.float64], thick: float
) -> None:
    """Draw a line through points, with the trembling of a hand."""
    height, width = sheet.image.shape[:2]
    corners = np.array(points, dtype=np.float64)
    steps = np.linspace(0, len(corners) - 1, 12 * len(corners))
    line = np.stack([np.interp(steps, range(len(corners)), corners[:, axis]) for axis in (0, 1)], axis=1)
    line += np.cumsum(sheet.random.normal(0, 0.12 * thick, line.shape), axis=0)
    left, top = np.floor(line.min(axis=0) - thick - 2).astype(int).clip(0)
    right, bottom = np.minimum(np.ceil(line.max(axis=0) + thick + 2).astype(int), (width, height))
    if right - left < 2 or bottom - top < 2:
        return
    mask = np.zeros((bottom - top, right - left), dtype=np.uint8)
    fine = np.rint((line - (left, top)) * 16).astype(np.int32)
    cv2.polylines(mask, [fine], False, 255, max(1, round(thick)), cv2.LINE_AA, 4)
    _lay(sheet, np.divide(mask, 255, dtype=np.float32), int(left), int(top), ink)


def _shape(sheet: _Sheet) -> None:
    """Draw a diagram's part somewhere."""
    random = sheet.random
    height, width = sheet.image.shape[:2]
    kind = SHAPES[random.integers(len(SHAPES))]
    thick, ink = float(random.uniform(0.003, 0.011) * max(width, height)), _ink(sheet)
    w, h = random.uniform(0.1, 0.6) * width, random.uniform(0.1, 0.5) * height
    x, y = random.uniform(0, width - w), random.uniform(0, height - h)
    corners = [(x, y), (x + w, y), (x + w, y + h), (x, y + h), (x, y)]
    if kind == "box":
        _stroke(sheet, corners, ink, thick)
    elif kind == "rule":
        _stroke(sheet, [(x, y), (x + w, y + random.normal(0, 4))], ink, thick)
    elif kind == "ellipse":
        turn = np.linspace(0, 2 * np.pi, 24)
        _stroke(sheet, [(x + w / 2 * (1 + np.cos(t)), y + h / 2 * (1 + np.sin(t))) for t in turn], ink, thick)
    elif kind == "curve":
        xs = np.linspace(x, x + w, 14)
        ys = y + h / 2 * (1 + np.sin(np.linspace(0, random.uniform(3, 12), 14)))
        _stroke(sheet, list(zip(xs, ys, strict=True)), ink, thick)
    elif kind == "table":
        for share in np.linspace(0, 1, int(random.integers(3, 6))):
            _stroke(sheet, [(x, y + share * h), (x + w, y + share * h)], ink, thick)
            _stroke(sheet, [(x + share * w, y), (x + share * w, y + h)], ink, thick)
    else:
        _arrow(sheet, (x, y + h), (x + w, y + random.uniform(0, h) if kind == "arrow" else y + h), ink, thick)
        if kind == "axes":
            _arrow(sheet, (x, y + h), (x, y), ink, thick)


def _arrow(
    sheet: _Sheet,
    start: tuple[float, float],
    end: tuple[float, float],
    ink: NDArray[np.float64],
    thick: float,
) -> None:
    _stroke(sheet, [start, end], ink, thick)
    back = np.arctan2(start[1] - end[1], start[0] - end[0])
    for turn in (-0.45, 0.45):
        tip = (end[0] + 6 * thick * np.cos(back + turn), end[1] + 6 * thick * np.sin(back + turn))
        _stroke(sheet, [tip, end], ink, thick)
