"""Rooms as shells and groups: walls with windows, light, and furniture that belongs together."""

from __future__ import annotations

from training.rooms.colours import PAINTS, RGB, USUAL, VIVID, WOODS, paint, wall
from training.rooms.scenes import Builder, Light, Thing, sizes_of

DAY: RGB = (0.93, 0.96, 1.0)
WARM: RGB = (1.0, 0.83, 0.62)
COLD: RGB = (0.9, 0.96, 1.0)
NEUTRAL: RGB = (1.0, 0.97, 0.93)

BRIGHT = ("day", "even", "even", "sun")
"""The light of places of work."""

FLOORS = {
    "wooden floor": "planks", "tiled floor": "tiles", "carpet": "carpet", "concrete floor": "asphalt",
    "smooth floor": "plain",
}  # fmt: skip

LIGHTS = {
    "day": ("soft daylight from the window", "soft daylight from large windows", "diffuse daylight"),
    "sun": (
        "bright sunlight through the window",
        "morning sun through the window",
        "low sun with long shadows",
    ),
    "even": ("bright even light from ceiling lamps", "even light from ceiling lamps", "bright even light"),
    "warm": ("warm light of lamps", "warm evening light", "dim amber light from lamps"),
    "cold": ("cold even light from ceiling lamps", "cool white light", "cold light"),
}


class Room(Builder):
    """A builder with a room around it: ``width`` along x, centred; ``depth`` along y from 0; ``height``."""

    width = depth = height = 0.0
    eye: tuple[float, float, float] | None = None
    """Where the camera must be, None: wherever it likes."""

    is_aisle = False
    """Whether the sides are full, so that the camera stays in the middle."""

    walls = floor = ""

    def shell(
        self, width: float, depth: float, height: float, *,
        floors: tuple[str, ...] = ("wooden floor", "carpet", "tiled floor"),
        walls: tuple[str, ...] = ("white", "white", "pale grey", "beige", "pale blue", "pale green", "yellow"),
        moods: tuple[str, ...] = ("day", "day", "sun", "even", "warm"), windows: str = "left right back",
    ) -> None:  # fmt: skip
        """Build floor, walls, ceiling, windows and light."""
        self.width, self.depth, self.height = width, depth, height
        self.walls, colour = wall(self.random, walls)
        self.floor = self.one_of(floors)
        self._floor(FLOORS[self.floor])
        self.box((0, depth / 2, height + 0.05), (width + 0.4, depth + 0.4, 0.1), "plain", (0.95, 0.95, 0.94))
        mood = self.one_of(moods)
        side = self.one_of(windows.split()) if windows else ""
        for wall_name in ("left", "right", "back"):
            accent = colour
            if wall_name == "back" and self.chance(0.15):
                self.walls, accent = wall(self.random)
            self._wall(wall_name, accent, mood if wall_name == side else "")
        self._skirting()
        self._light(mood, side)
        self.scene.light = self.one_of(LIGHTS[mood])

    def _floor(self, style: str) -> None:
        if style == "planks":
            colour = self.one_of(tuple(WOODS.values()))
        elif style == "tiles":
            colour = self.one_of(((0.85, 0.85, 0.83), (0.75, 0.7, 0.62), (0.35, 0.37, 0.4)))
        elif style == "carpet":
            _, colour = paint(self.random, ("grey", "beige", "blue", "green", "brown"))
        elif style == "asphalt":
            colour = (0.55, 0.55, 0.54)
        else:
            colour = self.one_of(((0.62, 0.66, 0.68), (0.7, 0.66, 0.58), (0.5, 0.6, 0.62)))
        middle = (0.0, self.depth / 2 - 1.5, -0.05)
        self.box(middle, (self.width + 0.4, self.depth + 3.4, 0.1), style, colour)

    def _wall(self, name: str, colour: RGB, mood: str) -> None:
        """Build a wall, with windows in it where it gets a mood."""
        length = self.width if name == "back" else self.depth + 1.0
        holes: list[tuple[float, float]] = []
        low, high = 0.9, min(self.height - 0.3, 2.35)
        if mood:
            if self.chance(0.25):
                low = 0.15
            count = 1 if length < 3.6 else 2 if length < 6 else 3
            wide = min(self.number(1.1, 2.0), length / count - 0.5)
            holes = [(length * (n + 0.5) / count - length / 2, wide) for n in range(count)]
        self._panel(name, length, -length / 2, length / 2, 0, low if holes else self.height, colour)
        if not holes:
            return
        self._panel(name, length, -length / 2, length / 2, high, self.height, colour)
        edge = -length / 2
        for middle, wide in holes:
            self._panel(name, length, edge, middle - wide / 2, low, high, colour)
            edge = middle + wide / 2
            self._window(name, middle, wide, low, high, mood)
        self._panel(name, length, edge, length / 2, low, high, colour)

    def _at(self, name: str, along: float, out: float, z: float) -> tuple[float, float, float]:
        """Return the point of a wall: ``along`` it, ``out`` of the room."""
        if name == "back":
            return (along, self.depth + out, z)
        middle = (self.depth - 1.0) / 2
        return (
            (-self.width / 2 - out, middle + along, z)
            if name == "left"
            else (self.width / 2 + out, middle + along, z)
        )

    def _sizes(self, name: str, long: float, thick: float, high: float) -> tuple[float, float, float]:
        return (long, thick, high) if name == "back" else (thick, long, high)

    def _panel(
        self, name: str, length: float, a: float, b: float, low: float, high: float, colour: RGB
    ) -> None:
        if b - a > 0.01 and high - low > 0.01:
            middle = self._at(name, (a + b) / 2, 0.1, (low + high) / 2)
            self.box(middle, self._sizes(name, b - a, 0.2, high - low), "plain", colour)

    def _window(self, name: str, middle: float, wide: float, low: float, high: float, mood: str) -> None:
        frame: RGB = self.one_of(
            ((0.95, 0.95, 0.95), (0.95, 0.95, 0.95), (0.35, 0.22, 0.13), (0.25, 0.26, 0.28))
        )
        tall = high - low
        for along, long, z, high_of in (
            (middle - wide / 2, 0.07, low + tall / 2, tall), (middle + wide / 2, 0.07, low + tall / 2, tall),
            (middle, 0.06, low + tall / 2, tall), (middle, wide, low, 0.07), (middle, wide, high, 0.07),
        ):  # fmt: skip
            self.box(self._at(name, along, 0.05, z), self._sizes(name, long, 0.08, high_of), "plain", frame)
        self.box(
            self._at(name, middle, -0.06, low - 0.03),
            self._sizes(name, wide + 0.2, 0.2, 0.04),
            "plain",
            frame,
        )
        sky: RGB = (
            (0.08, 0.1, 0.2) if mood == "warm" else self.one_of(((0.75, 0.87, 1.0), (0.86, 0.92, 0.98)))
        )
        self.box(
            self._at(name, middle, 0.9, high), self._sizes(name, wide * 3, 0.02, tall * 2.6), "glow", sky
        )
        if mood != "warm" and self.chance(0.5):
            green: RGB = self.one_of(((0.36, 0.52, 0.3), (0.42, 0.56, 0.36), (0.55, 0.52, 0.46)))
            self.box(
                self._at(name, middle, 0.8, low + 0.1), self._sizes(name, wide * 3, 0.02, tall), "glow", green
            )

    def _skirting(self) -> None:
        for name in ("left", "right", "back"):
            length = self.width if name == "back" else self.depth + 1.0
            self.box(
                self._at(name, 0, -0.01, 0.05),
                self._sizes(name, length, 0.02, 0.1),
                "plain",
                (0.9, 0.9, 0.89),
            )

    def _light(self, mood: str, side: str) -> None:
        lights, area = self.scene.lights, self.width * self.depth
        ceiling, colour, front = {
            "day": (2.6, DAY, 0.34), "sun": (2.4, DAY, 0.3), "even": (5.6, NEUTRAL, 0.3), "warm": (4.6, WARM, 0.1),
            "cold": (5.6, COLD, 0.26),
        }[mood]  # fmt: skip
        place = (0.0, self.depth / 2, self.height - 0.03)
        lights.append(
            Light(
                "area",
                place,
                (0, self.depth / 2, 0),
                ceiling * area,
                colour,
                (self.width * 0.8, self.depth * 0.8),
            )
        )
        self.scene.sky, self.scene.sky_strength = colour, front
        if side and mood != "warm":
            power = {"day": 13.0, "sun": 9.0, "even": 4.0, "cold": 4.0}[mood] * area
            length = self.width if side == "back" else self.depth
            inside = self._at(side, 0, -1.0, 1.2)
            lights.append(
                Light("area", self._at(side, 0, 0.05, 1.6), inside, power, DAY, (length * 0.8, 1.3))
            )
            if mood == "sun":
                sun = {"left": (-3.0, -0.6, 3.0), "right": (3.0, -0.6, 3.0), "back": (0.8, 3.0, 3.0)}[side]
                lights.append(Light("sun", sun, (0, 0, 0), 7.0, (1.0, 0.9, 0.72)))

    def camera(self, *, close: float = 0.0) -> None:
        """Put the camera among the furniture at the open front, at eye height, looking in."""
        way = self.one_of(
            ("straight", "low", "high") if self.is_aisle else ("straight", "corner", "corner", "low", "high")
        )
        x = self.number(-0.12, 0.12) if way != "corner" else self.one_of((-1, 1)) * self.number(0.22, 0.36)
        z = {"low": self.number(0.8, 1.05), "high": self.number(1.9, 2.2)}.get(way, self.number(1.35, 1.6))
        self.scene.eye = (x * self.width, close + self.number(-0.35, 0.3), min(z, self.height - 0.25))
        aim = {"low": 0.85, "high": 0.5}.get(way, 0.8) + self.number(-0.1, 0.1)
        if self.eye:
            self.scene.eye = self.eye
        self.scene.target = (-x * self.width * 0.45, self.depth * 0.7, aim)
        self.scene.angle = self.number(56, 68)
        self.scene.view = {
            "straight": ("symmetrical wide shot", "straight view", "wide-angle shot from the doorway"),
            "corner": ("corner view, 24 mm lens", "wide-angle shot from the corner", "eye-level shot"),
            "low": ("low-angle shot", "low-angle wide shot"),
            "high": ("high-angle shot", "high-angle view"),
        }[way][int(self.random.integers(2))]

    def keep_clear(self, deep: float = 0.9) -> None:
        """Keep the strip before the camera free of what would hide the room."""
        self.take(0, -0.5, self.width, 2 * deep)

    def against(self, wall_name: str, noun: str, *, tint: RGB | None = None, along: float | None = None,
                model: str | None = None, gap: float = 0.0) -> Thing | None:  # fmt: skip
        """Put a thing with its back to a wall, at a place along it (−1 … 1) or where it is free."""
        model = model or self.model(noun)
        wide, deep, _ = sizes_of(model)
        for _ in range(12):
            share = along if along is not None else self.number(-1, 1)
            if wall_name == "back":
                x, y, turn = share * (self.width - wide) / 2, self.depth - deep / 2 - 0.03 - gap, 0.0
            else:
                sign = -1 if wall_name == "left" else 1
                x = sign * (self.width / 2 - deep / 2 - 0.03 - gap)
                y = self.depth * (0.6 + 0.35 * share) - (wide / 2 * max(share, 0))
                y, turn = min(y, self.depth - wide / 2 - 0.05), -90.0 * sign
            if thing := self.put(noun, x, y, turn, model=model, tint=tint):
                return thing
            if along is not None:
                return None
        return None

    def somewhere(self, *nouns: str, tint: RGB | None = None) -> Thing | None:
        """Put one of several things against any wall, or in a corner at the back."""
        noun = self.one_of(nouns)
        return self.against(self.one_of(("back", "left", "right")), noun, tint=tint)

    def on(self, below: Thing | None, noun: str, dx: float = 0.0, dy: float = 0.0, turn: float = 0.0,
           tint: RGB | None = None) -> Thing | None:  # fmt: skip
        """Put a thing upon another, off its middle by metres of the lower thing's own axes."""
        if below is None:
            return None
        import math

        angle = math.radians(below.turn)
        x = below.place[0] + dx * math.cos(angle) - dy * math.sin(angle)
        y = below.place[1] + dx * math.sin(angle) + dy * math.cos(angle)
        z = below.place[2] + below.height
        return self.put(noun, x, y, below.turn + turn, z, tint=tint, solid=False)

    def table_with_chairs(
        self, table: str, chair: str, x: float, y: float, *, chairs: int = 4, tint: RGB | None = None,
        chair_model: str | None = None, table_model: str | None = None, turn: float = 0.0,
    ) -> Thing | None:  # fmt: skip
        """Put a table with chairs around it that face it; returns the table."""
        table_model = table_model or self.model(table)
        chair_model = chair_model or self.model(chair)
        wide, deep, _ = sizes_of(table_model)
        if turn:
            wide, deep = deep, wide
        chair_wide, chair_deep, _ = sizes_of(chair_model)
        reach = chair_deep * 0.75
        if not self.free(x, y, wide + reach, deep + reach):
            return None
        thing = self.put(table, x, y, turn, model=table_model, must=False)
        self.take(x, y, wide + 2 * reach, deep + 2 * reach)
        seats = []
        rows = max(1, int(wide / (chair_wide + 0.12)))
        for row in range(rows):
            across = (row + 0.5) * wide / rows - wide / 2
            seats += [
                (across, deep / 2 + chair_deep * 0.25, 0.0),
                (across, -deep / 2 - chair_deep * 0.25, 180.0),
            ]
        if deep > 0.65 and wide > 0.9:
            seats += [(-wide / 2 - chair_deep * 0.25, 0.0, 90.0), (wide / 2 + chair_deep * 0.25, 0.0, -90.0)]
        for across, away, facing in seats[:chairs]:
            swing = self.number(-12, 12)
            self.put(chair, x + across, y + away, facing + swing, model=chair_model, tint=tint, solid=False)
        return thing

    def rug(self, x: float, y: float, wide: float, deep: float) -> str:
        """Lay a rug; returns its colour."""
        name, colour = paint(self.random, (*VIVID, "grey", "beige", "beige"))
        red, green, blue = (0.7 * one + 0.2 for one in colour)
        self.box((x, y, 0.006), (wide, deep, 0.012), "carpet", (red, green, blue))
        self.box((x, y, 0.009), (wide - 0.25, deep - 0.25, 0.012), "carpet", colour)
        return name

    def pictures(self, count: int | None = None) -> None:
        """Hang pictures on the walls."""
        for _ in range(count if count is not None else int(self.random.integers(1, 4))):
            name = self.one_of(("back", "back", "left", "right"))
            wide, high = self.number(0.4, 0.9), self.number(0.35, 0.7)
            along = self.number(-0.4, 0.4) * (self.width if name == "back" else self.depth)
            _, colour = paint(self.random, VIVID)
            frame: RGB = self.one_of(((0.1, 0.1, 0.1), (0.9, 0.9, 0.88), (0.5, 0.32, 0.18), (0.7, 0.58, 0.3)))
            self.box(
                self._at(name, along, -0.01, 1.65),
                self._sizes(name, wide + 0.08, 0.03, high + 0.08),
                "plain",
                frame,
            )
            self.box(
                self._at(name, along, -0.025, 1.65), self._sizes(name, wide, 0.02, high), "picture", colour
            )

    def curtains(self, colour: RGB | None = None) -> str:
        """Hang a pair of curtains at the back wall; returns their colour."""
        name, shade = paint(self.random, ("white", "beige", "grey", "red", "green", "blue", "orange"))
        for side in (-1, 1):
            x = side * min(self.width / 2 - 0.35, 1.25)
            self.put("curtain", x, self.depth - 0.12, tint=colour or shade, scale=0.98, solid=False, z=0.05)
        return name

    def ceiling_lamps(self, columns: int, rows: int, noun: str = "") -> None:
        """Hang lamps in a grid: bright panels, or models that hang from the ceiling."""
        for column in range(columns):
            for row in range(rows):
                x = ((column + 0.5) / columns - 0.5) * self.width
                y = self.depth * (row + 0.7) / (rows + 0.4)
                if noun:
                    model = self.model(noun)
                    self.put(noun, x, y, z=self.height - sizes_of(model)[2], model=model, solid=False)
                else:
                    self.box((x, y, self.height - 0.01), (1.1, 0.28, 0.03), "glow", (1.0, 1.0, 0.98))

    def say(self, *phrases: str) -> None:
        """Note what is seen, in order of weight."""
        self.scene.objects += [phrase for phrase in phrases if phrase]


def shade(name: str) -> RGB:
    """Return the first shade of a colour's name."""
    return PAINTS[name][0]


__all__ = ["LIGHTS", "USUAL", "Room", "shade"]
