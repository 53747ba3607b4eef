"""Colours by name: what captions call them, and what things are painted with (sRGB, 0 … 1)."""

from __future__ import annotations

import colorsys
from typing import Any

RGB = tuple[float, float, float]

PAINTS: dict[str, tuple[RGB, ...]] = {
    "white": ((0.94, 0.94, 0.93), (0.97, 0.96, 0.94)),
    "grey": ((0.5, 0.5, 0.52), (0.62, 0.63, 0.64), (0.4, 0.41, 0.43)),
    "black": ((0.06, 0.06, 0.07), (0.1, 0.1, 0.1)),
    "red": ((0.75, 0.1, 0.1), (0.65, 0.06, 0.1), (0.85, 0.16, 0.12)),
    "orange": ((0.92, 0.45, 0.1), (0.88, 0.38, 0.08)),
    "yellow": ((0.93, 0.78, 0.15), (0.96, 0.85, 0.3)),
    "green": ((0.16, 0.5, 0.22), (0.3, 0.6, 0.25), (0.1, 0.4, 0.3)),
    "turquoise": ((0.15, 0.62, 0.62), (0.3, 0.72, 0.7)),
    "blue": ((0.12, 0.3, 0.7), (0.2, 0.42, 0.8), (0.1, 0.2, 0.5)),
    "purple": ((0.42, 0.2, 0.6), (0.5, 0.28, 0.62)),
    "pink": ((0.9, 0.5, 0.62), (0.93, 0.62, 0.7)),
    "brown": ((0.4, 0.23, 0.12), (0.32, 0.18, 0.1)),
    "beige": ((0.83, 0.74, 0.6), (0.87, 0.8, 0.68)),
}
VIVID = ("red", "orange", "yellow", "green", "turquoise", "blue", "purple", "pink")
USUAL = ("white", "grey", "black", "brown", "beige", "red", "green", "blue", "yellow", "orange", "turquoise")
WALLS: dict[str, tuple[RGB, ...]] = {
    "white": ((0.9, 0.9, 0.89), (0.93, 0.92, 0.9)),
    "pale grey": ((0.75, 0.76, 0.77),),
    "beige": ((0.86, 0.79, 0.67), (0.83, 0.75, 0.62)),
    "pale blue": ((0.66, 0.77, 0.86), (0.58, 0.72, 0.84)),
    "pale green": ((0.69, 0.81, 0.68), (0.62, 0.76, 0.64)),
    "yellow": ((0.93, 0.83, 0.53),),
    "pink": ((0.9, 0.73, 0.73),),
    "terracotta": ((0.72, 0.44, 0.33),),
    "dark blue": ((0.2, 0.27, 0.42),),
    "dark green": ((0.2, 0.34, 0.28),),
}
WOODS: dict[str, RGB] = {
    "pale wooden": (0.78, 0.62, 0.43),
    "wooden": (0.58, 0.38, 0.21),
    "dark wooden": (0.32, 0.19, 0.11),
}


def paint(random: Any, names: tuple[str, ...] = USUAL) -> tuple[str, RGB]:
    """Return a colour's name and one of its shades."""
    name = names[int(random.integers(len(names)))]
    shades = PAINTS[name]
    return name, shades[int(random.integers(len(shades)))]


def wall(random: Any, names: tuple[str, ...] = tuple(WALLS)) -> tuple[str, RGB]:
    """Return the name of a wall's colour and one of its shades."""
    name = names[int(random.integers(len(names)))]
    shades = WALLS[name]
    return name, shades[int(random.integers(len(shades)))]


def dimmed(colour: RGB, share: float) -> RGB:
    """Return a colour with its light multiplied."""
    red, green, blue = colour
    return share * red, share * green, share * blue


def name_of(colour: Any) -> str:
    """Return what a colour, sRGB, is called."""
    hue, saturation, value = colorsys.rgb_to_hsv(*colour)
    if value < 0.2:
        return "black"
    if saturation < 0.14:
        return "white" if value > 0.8 else "grey"
    degrees = hue * 360
    if 12 < degrees < 50 and (saturation < 0.45 or value < 0.62):
        return "beige" if value > 0.68 else "brown"
    for limit, name in (
        (14, "red"), (42, "orange"), (68, "yellow"), (165, "green"), (195, "turquoise"), (255, "blue"), (300, "purple"),
        (335, "pink"),
    ):  # fmt: skip
        if degrees < limit:
            return name
    return "red"
