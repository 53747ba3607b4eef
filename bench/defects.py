"""Drawn rooms with made defects: blank, dark, blurred, of low contrast, by degrees, and with signs on their walls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from bench.rooms import Pixels, room
from engines.gates.results import Defect

SIDE = 768

REAL = (
    "EXIT", "OPEN", "CLOSED", "PUSH", "PULL", "RECEPTION", "MEETING ROOM 4", "COFFEE", "LIBRARY", "NO SMOKING",
    "TOILETS", "WC", "Staff only", "Information", "Cloakroom", "Conference hall", "Fire exit", "Welcome", "Sale 50 %",
    "Bakery", "Pharmacy", "Fresh espresso", "Croissants", "Room 214", "Laboratory", "Please wait", "Car park",
    "Photocopier", "Quiet zone", "Workshop", "Menu", "Lunch 12-14", "Bookshop", "Gate B7", "Platform 3", "Taxi",
    "Dentist", "Customer service", "Stairwell", "Accounting", "Emergency telephone", "First aid", "Ground floor",
    "Kitchen", "Human resources", "Private office", "Lost property", "Ideas and goals", "Quarterly report", "Team plan",
)  # fmt: skip
"""What stands on real signs, written down without a look at the list of words that the detector knows."""

_STARTS = (
    "b",
    "br",
    "d",
    "dr",
    "f",
    "fl",
    "g",
    "gr",
    "h",
    "k",
    "kl",
    "l",
    "m",
    "n",
    "p",
    "pr",
    "r",
    "s",
    "st",
    "t",
    "tr",
    "v",
    "z",
    "x",
    "j",
)
_MIDDLES = ("a", "e", "i", "o", "u", "ae", "io", "ou", "y")
_ENDS = ("", "b", "x", "lk", "rn", "z", "ft", "sk", "v", "n", "r", "nt", "q")

FACES = (
    cv2.FONT_HERSHEY_SIMPLEX,
    cv2.FONT_HERSHEY_DUPLEX,
    cv2.FONT_HERSHEY_TRIPLEX,
    cv2.FONT_HERSHEY_COMPLEX,
)


@dataclass(frozen=True)
class Made:
    """A picture with what was done to it. ``defect`` is None where nothing was, or too little to count."""

    kind: str
    defect: Defect | None
    picture: Pixels


def scaled(picture: Pixels, factor: float, around: float = 0.0) -> Pixels:
    """Bring every value nearer to one: to 0 that darkens, to the middle it takes the contrast away."""
    return cast("Pixels", np.clip((picture - around) * factor + around, 0, 255).astype(np.uint8))


def blurred(picture: Pixels, share: float) -> Pixels:
    """Blur by a Gaussian of so much of the side."""
    return cast("Pixels", cv2.GaussianBlur(picture, (0, 0), share * len(picture)))


def half_in_focus(picture: Pixels) -> Pixels:
    """Blur the upper half, as a lens does on purpose."""
    return np.concatenate([blurred(picture, 0.012)[: len(picture) // 2], picture[len(picture) // 2 :]])


def blank(seed: int, kind: str) -> Pixels:
    """Draw nothing, in one colour, as a slow gradient, or as mere grain."""
    chance = np.random.default_rng(seed)
    colour = chance.uniform(60, 250, 3)
    if kind == "one colour":
        canvas = np.ones((SIDE, SIDE, 1)) * colour
    elif kind == "a gradient":
        corners = (colour + chance.uniform(-30, 30, (2, 2, 3))).astype(np.float32)
        canvas = cv2.resize(corners, (SIDE, SIDE), interpolation=cv2.INTER_LINEAR).astype(np.float64)
    else:
        canvas = colour + chance.normal(0, chance.uniform(4, 12), (SIDE, SIDE, 3))
    return cast("Pixels", np.clip(canvas, 0, 255).astype(np.uint8))


def lights(seeds: range) -> list[Made]:
    """Make every defect but text, and what is not yet one, of the rooms of some seeds."""
    ways: dict[tuple[str, Defect | None], Callable[[Pixels], Pixels]] = {
        ("room", None): lambda one: one,
        ("half in focus", None): half_in_focus,
        ("dusk, × 0.5", None): lambda one: scaled(one, 0.5),
        ("hazy, × 0.6", None): lambda one: scaled(one, 0.6, 128),
        ("soft, 0.1 %", None): lambda one: blurred(one, 0.001),
        ("dark, × 0.25", "dark"): lambda one: scaled(one, 0.25),
        ("dark, × 0.15", "dark"): lambda one: scaled(one, 0.15),
        ("dark, × 0.08", "dark"): lambda one: scaled(one, 0.08),
        ("low contrast, × 0.3", "low-contrast"): lambda one: scaled(one, 0.3, 128),
        ("low contrast, × 0.2", "low-contrast"): lambda one: scaled(one, 0.2, 150),
        ("low contrast, × 0.12", "low-contrast"): lambda one: scaled(one, 0.12, 110),
        ("blurred, 0.35 %", "blurred"): lambda one: blurred(one, 0.0035),
        ("blurred, 0.6 %", "blurred"): lambda one: blurred(one, 0.006),
        ("blurred, 1.2 %", "blurred"): lambda one: blurred(one, 0.012),
    }
    made = []
    for seed in seeds:
        picture = room(seed, SIDE)
        made += [Made(kind, defect, way(picture)) for (kind, defect), way in ways.items()]
        made += [
            Made(f"blank: {kind}", "blank", blank(seed, kind))
            for kind in ("one colour", "a gradient", "grain")
        ]
    return made


def gibberish(chance: np.random.Generator) -> str:
    """Make up something that could be a brand, or a run of letters that nobody could say."""
    if chance.random() < 0.5:
        return "".join(chance.choice(list("abcdefghiklmnoprstuvwxz")) for _ in range(chance.integers(5, 10)))
    parts = chance.integers(2, 4)
    return "".join(
        str(chance.choice(_STARTS)) + str(chance.choice(_MIDDLES)) + str(chance.choice(_ENDS))
        for _ in range(parts)
    )


def signs(seeds: range) -> list[Made]:
    """Make rooms with real words, with made-up ones and with scrawls on signs, and without any sign."""
    made = []
    for seed in seeds:
        made.append(Made("no sign", None, room(seed, SIDE)))
        chance = np.random.default_rng(seed)
        real = [str(chance.choice(REAL)) for _ in range(chance.integers(1, 4))]
        made.append(Made("real words", None, _with_signs(seed, real)))
        fake = [" ".join(gibberish(chance) for _ in range(chance.integers(1, 3))) for _ in real]
        fake = [text.upper() if chance.random() < 0.5 else text.capitalize() for text in fake]
        made.append(Made("made-up words", "fake-text", _with_signs(seed, fake)))
        made.append(Made("scrawls", "fake-text", _with_signs(seed, [""] * len(real))))
    return made


def _with_signs(seed: int, texts: list[str]) -> Pixels:
    """Put signs into the room of a seed; an empty text is scrawled."""
    chance = np.random.default_rng(seed + 1)
    picture = room(seed, SIDE)
    for place, text in enumerate(texts):
        sign = _sign(text, chance)
        height, width = sign.shape[:2]
        left = int(chance.uniform(0.02, 0.96) * max(1, SIDE - width))
        top = int((place + chance.uniform(0.1, 0.6)) * SIDE / len(texts) * 0.8)
        turn = cv2.getRotationMatrix2D((width / 2, height / 2), chance.uniform(-6, 6), 1)
        turn[:, 2] += (left, top)
        mask = cv2.warpAffine(np.full((height, width), 255, np.uint8), turn, (SIDE, SIDE))
        turned = cv2.warpAffine(sign, turn, (SIDE, SIDE))
        picture = np.where(mask[..., None] > 127, turned, picture)
    return cast("Pixels", cv2.GaussianBlur(picture, (0, 0), 0.8))


def _sign(text: str, chance: np.random.Generator) -> Pixels:
    """Draw a sign, light on dark or dark on light."""
    ground = chance.uniform(190, 250, 3) if chance.random() < 0.6 else chance.uniform(10, 80, 3)
    ink = tuple(int(value) for value in (255 - ground) * 0.9)
    height = int(chance.uniform(26, 64))
    letters = max(len(text), int(chance.integers(6, 12)) if not text else 0)
    width = min(SIDE - 10, int(letters * height * 0.75) + 30)
    sign = np.full((height + 26, width, 3), ground, np.uint8)
    if not text:
        _scrawl(sign, letters, ink, chance)
    elif chance.random() < 0.5:
        image = Image.fromarray(sign)
        font = ImageFont.load_default(height * min(1.0, (width - 20) / (letters * height * 0.62)))
        ImageDraw.Draw(image).text((12, 8), text, ink, font)
        sign = np.asarray(image)
    else:
        face = FACES[int(chance.integers(len(FACES)))]
        (wide, high), _base = cv2.getTextSize(text, face, 1, 2)
        scale = min(height * 0.75 / high, (width - 20) / wide)
        foot = (10, height // 2 + 13 + int(high * scale / 2))
        cv2.putText(sign, text, foot, face, scale, ink, max(1, int(scale * 2)), cv2.LINE_AA)
    return sign


def _scrawl(sign: Pixels, letters: int, ink: tuple[int, ...], chance: np.random.Generator) -> None:
    """Draw strokes that stand like letters and are none."""
    height, width = sign.shape[:2]
    step = (width - 20) / letters
    for place in range(letters):
        left = 10 + place * step
        for _ in range(int(chance.integers(2, 5))):
            points = np.stack(
                [left + chance.uniform(0.05, 0.8, 3) * step, chance.uniform(12, height - 12, 3)], axis=1
            )
            cv2.polylines(sign, [points.astype(np.int32)], bool(chance.random() < 0.3), ink, 3, cv2.LINE_AA)
