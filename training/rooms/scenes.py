"""What a picture shows, before anything renders it: things, surfaces, light and camera, with sizes in metres.

A scene is a function of its seed and number (:func:`training.rooms.draw.draw_scene`). The floor is z = 0; in rooms the
camera looks along +y from the open front towards the back wall. Things at turn 0 face −y, and turn counter-clockwise.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from training.rooms.catalogue import nouns
from training.rooms.colours import RGB, name_of

Point = tuple[float, float, float]

LIBRARY = Path(__file__).with_name("library.json")
"""What ``training.rooms.library`` found of each model."""


@dataclass(frozen=True)
class Thing:
    """A model of the library in its place; ``tint`` is the colour, sRGB, of its largest material, None: its own."""

    noun: str
    model: str
    place: Point
    turn: float = 0.0
    scale: float = 1.0
    tint: RGB | None = None
    height: float = 0.0


@dataclass(frozen=True)
class Box:
    """A cuboid by its centre and sizes; ``style`` names one of the renderer's materials."""

    centre: Point
    sizes: Point
    style: str
    colour: RGB
    turn: float = 0.0


@dataclass(frozen=True)
class Light:
    """An area light at a place that shines towards another, or a sun in that direction (power in W or W/m²)."""

    kind: str
    place: Point
    target: Point
    power: float
    colour: RGB
    size: tuple[float, float] = (1.0, 1.0)


@dataclass
class Scene:
    """All of a picture, and what can be said of it: ``objects`` are phrases in order of weight."""

    number: int
    concept: str
    kind: str = ""
    location: str = ""
    main: str = ""
    colour: str = ""
    light: str = ""
    view: str = ""
    objects: list[str] = field(default_factory=list)
    things: list[Thing] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)
    lights: list[Light] = field(default_factory=list)
    eye: Point = (0.0, 0.0, 1.5)
    target: Point = (0.0, 3.0, 1.0)
    angle: float = 65.0
    sky: RGB = (0.8, 0.9, 1.0)
    sky_strength: float = 0.5
    captions: list[str] = field(default_factory=list)

    def facts(self) -> dict[str, Any]:
        """Return what is kept beside the picture."""
        kept = asdict(self)
        return {
            key: kept[key]
            for key in ("number", "concept", "kind", "main", "colour", "light", "view", "objects", "captions")
        }


@cache
def library() -> dict[str, Any]:
    """Return what is known of each model: sizes, and its materials' shares and colours."""
    known: dict[str, Any] = json.loads(LIBRARY.read_text(encoding="utf-8"))
    return known


def own_colour(model: str) -> str:
    """Return the name of a model's main colour, or nothing where no material has most of it."""
    materials = sorted(library()[model]["materials"], key=lambda one: -one["share"])
    return name_of(tuple(materials[0]["colour"])) if materials and materials[0]["share"] > 0.45 else ""


class Builder:
    """Put things into a scene so that none stand in one another."""

    def __init__(self, scene: Scene, random: np.random.Generator) -> None:
        self.scene, self.random = scene, random
        self.taken: list[tuple[float, float, float, float]] = []

    def chance(self, share: float) -> bool:
        """Tell yes in a share of the cases."""
        return bool(self.random.random() < share)

    def number(self, low: float, high: float) -> float:
        """Return a number between two."""
        return float(self.random.uniform(low, high))

    def one_of(self, values: Any) -> Any:
        """Return one of several values."""
        return values[int(self.random.integers(len(values)))]

    def model(self, noun: str) -> str:
        """Return one of a noun's models."""
        return str(self.one_of(nouns()[noun]))

    def free(self, x: float, y: float, width: float, depth: float, gap: float = 0.05) -> bool:
        """Tell whether a rectangle of the floor, by its centre, is free."""
        left, right, near, far = x - width / 2, x + width / 2, y - depth / 2, y + depth / 2
        return all(
            right + gap <= a or left - gap >= b or far + gap <= c or near - gap >= d
            for a, b, c, d in self.taken
        )

    def take(self, x: float, y: float, width: float, depth: float) -> None:
        """Keep a rectangle of the floor."""
        self.taken.append((x - width / 2, x + width / 2, y - depth / 2, y + depth / 2))

    def put(
        self, noun: str, x: float, y: float, turn: float = 0.0, z: float = 0.0, *,
        model: str | None = None, tint: RGB | None = None, scale: float = 1.0, solid: bool = True, must: bool = True,
    ) -> Thing | None:  # fmt: skip
        """Put a thing; returns None, and puts nothing, where it ``must`` be free and is not."""
        model = model or self.model(noun)
        sizes = [side * scale for side in library()[model]["sizes"]]
        width, depth = _turned(sizes[0], sizes[1], turn)
        if solid and must and not self.free(x, y, width, depth):
            return None
        if solid:
            self.take(x, y, width, depth)
        thing = Thing(noun, model, (x, y, z), turn, scale, tint, sizes[2])
        self.scene.things.append(thing)
        return thing

    def box(self, centre: Point, sizes: Point, style: str, colour: RGB, turn: float = 0.0) -> Box:
        """Put a cuboid."""
        self.scene.boxes.append(Box(centre, sizes, style, colour, turn))
        return self.scene.boxes[-1]


def _turned(width: float, depth: float, turn: float) -> tuple[float, float]:
    angle = np.deg2rad(turn)
    c, s = abs(np.cos(angle)), abs(np.sin(angle))
    return float(width * c + depth * s), float(width * s + depth * c)


def sizes_of(model: str) -> tuple[float, float, float]:
    """Return width, depth and height of a model, in metres."""
    width, depth, height = library()[model]["sizes"]
    return width, depth, height
