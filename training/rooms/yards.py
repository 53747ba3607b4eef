"""Outdoors: sky, ground, trees, and houses of cuboids with windows and doors."""

from __future__ import annotations

from training.rooms.colours import RGB, dimmed, paint
from training.rooms.scenes import Builder, Light

GREEN: RGB = (0.42, 0.6, 0.22)
GLASS: RGB = (0.16, 0.22, 0.3)
TREES = ("acacia", "maple", "beech", "poplar", "pine", "cypress", "blossoming tree")
FACADES: dict[str, tuple[str, RGB]] = {
    "white": ("plain", (0.9, 0.9, 0.88)),
    "brick": ("brick", (0.6, 0.28, 0.19)),
    "yellow": ("plain", (0.9, 0.78, 0.45)),
    "grey concrete": ("plain", (0.6, 0.6, 0.6)),
    "beige": ("plain", (0.82, 0.73, 0.58)),
    "pink": ("plain", (0.85, 0.62, 0.58)),
    "blue wooden": ("siding", (0.42, 0.56, 0.7)),
    "white wooden": ("siding", (0.9, 0.9, 0.88)),
    "red wooden": ("siding", (0.55, 0.15, 0.12)),
}


class Yard(Builder):
    """A builder under a sky: ground at z = 0, the camera near y = 0 looking along +y."""

    def sky(self, *moods: str) -> None:
        """Choose weather and light."""
        mood = self.one_of(moods or ("sun", "sun", "overcast", "evening", "morning"))
        scene = self.scene
        side = self.one_of((-1, 1))
        if mood == "sun":
            scene.sky, scene.sky_strength = (
                self.one_of(((0.42, 0.65, 0.95), (0.5, 0.72, 0.96), (0.6, 0.78, 0.97))),
                1.25,
            )
            scene.lights.append(Light("sun", (side * 3.0, -3.0, 4.5), (0, 0, 0), 6.5, (1.0, 0.95, 0.86)))
            scene.light = self.one_of(
                ("bright midday sun under a blue sky", "clear blue sky", "bright sunlight")
            )
        elif mood == "overcast":
            scene.sky, scene.sky_strength = self.one_of(((0.82, 0.85, 0.88), (0.75, 0.79, 0.83))), 1.5
            scene.lights.append(Light("sun", (side * 1.0, -2.0, 5.0), (0, 0, 0), 1.6, (1.0, 1.0, 1.0)))
            scene.light = self.one_of(
                ("soft overcast daylight", "overcast sky", "soft light under a cloudy sky")
            )
        elif mood == "evening":
            scene.sky, scene.sky_strength = (
                self.one_of(((0.95, 0.62, 0.42), (0.9, 0.6, 0.55), (0.95, 0.72, 0.5))),
                1.0,
            )
            scene.lights.append(Light("sun", (side * 5.0, -2.5, 1.8), (0, 0, 0), 5.0, (1.0, 0.7, 0.42)))
            scene.light = self.one_of(("orange evening sky", "warm light of sunset", "golden evening light"))
        elif mood == "night":
            scene.sky, scene.sky_strength = (0.16, 0.22, 0.42), 0.6
            scene.lights.append(Light("sun", (side * 3.0, -3.0, 3.0), (0, 0, 0), 0.25, (0.7, 0.8, 1.0)))
            scene.light = self.one_of(
                ("warm light from inside at blue hour", "blue hour", "blue evening light with lit windows")
            )
        else:
            scene.sky, scene.sky_strength = (0.78, 0.86, 0.95), 1.2
            scene.lights.append(Light("sun", (side * 4.0, -3.0, 2.6), (0, 0, 0), 5.5, (1.0, 0.88, 0.7)))
            scene.light = self.one_of(
                ("low morning sun with long shadows", "morning light", "soft morning sun")
            )
        self.mood = mood
        if mood in ("sun", "morning") and self.chance(0.6):
            for _ in range(4):  # clouds
                x, z = self.number(-90, 90), self.number(30, 75)
                self.box((x, 160, z), (self.number(20, 50), 2, self.number(4, 9)), "glow", (0.96, 0.97, 1.0))

    def ground(self, style: str = "grass", colour: RGB = GREEN) -> None:
        """Lay the ground to the horizon, with a dark line of woods there."""
        if self.scene.sky[0] > 0 and style == "snow":
            colour = (0.93, 0.95, 0.98)
        self.box((0, 90, -0.05), (400, 220, 0.1), style, colour)
        for n in range(14):
            shade = (0.36 + self.number(-0.04, 0.05), 0.5 + self.number(-0.05, 0.05), 0.26)
            self.box(
                ((n - 6.5) * 24, 120 + self.number(-8, 8), 3), (26, 4, self.number(8, 17)), "leaves", shade
            )

    def street(self, y: float, wide: float = 6.0) -> None:
        """Lay a road across, with pavements."""
        self.box((0, y, 0.0), (200, wide, 0.04), "asphalt", (0.3, 0.3, 0.32))
        for side in (-1, 1):
            self.box((0, y + side * (wide / 2 + 1.0), 0.05), (200, 2.0, 0.14), "paving", (0.66, 0.65, 0.62))
        for n in range(-6, 7):
            self.box((n * 5.0, y, 0.025), (2.2, 0.14, 0.02), "plain", (0.92, 0.92, 0.9))

    def trees(
        self, count: int, low: float, high: float, *nouns: str, spread: float = 16.0, scale: float = 0.8
    ) -> str:
        """Plant trees at y between two distances, off the middle; returns what they are."""
        noun = self.one_of(nouns or TREES)
        model = self.model(noun)
        for _ in range(count):
            y = self.number(low, high)
            x = self.one_of((-1, 1)) * self.number(0.28, 0.62) * y * 1.1 + self.number(-1, 1)
            x = max(-spread, min(spread, x))
            self.put(
                noun,
                x,
                y,
                self.number(0, 360),
                model=model,
                scale=scale * self.number(0.8, 1.15),
                solid=False,
            )
        return "trees" if noun in ("acacia", "maple", "beech") else f"{noun}s"

    def building(
        self, x: float, y: float, wide: float, deep: float, floors: int, facade: tuple[str, RGB], *,
        roof: str = "flat", columns: int | None = None, door: bool = True, tall: float = 3.0, glass: bool = False,
        roof_colour: RGB = (0.5, 0.22, 0.16), lit: bool = False,
    ) -> None:  # fmt: skip
        """Build a house whose front is at ``y``: rows of windows, a door, a flat or a pitched roof."""
        style, colour = facade
        high = floors * tall + 0.3
        self.box((x, y + deep / 2, high / 2), (wide, deep, high), style, colour)
        columns = columns or max(2, int(wide / 2.6))
        for floor in range(floors):
            for column in range(columns):
                middle = x + ((column + 0.5) / columns - 0.5) * wide
                base = floor * tall + 0.9
                is_door = door and floor == 0 and column == columns // 2
                pane = wide / columns * (0.86 if glass else 0.5)
                height = tall * 0.86 if glass else 1.5
                if is_door:
                    self._door(middle, y, colour)
                    continue
                shine: RGB = (1.0, 0.8, 0.45) if lit and self.chance(0.6) else GLASS
                z = base + 0.75 if not glass else floor * tall + tall / 2
                self.box((middle, y - 0.02, z), (pane + 0.2, 0.08, height + 0.2), "plain", (0.93, 0.93, 0.92))
                self.box(
                    (middle, y - 0.06, z),
                    (pane, 0.06, height),
                    "glow" if lit and shine[0] > 0.9 else "glass",
                    shine,
                )
                if not glass:
                    self.box((middle, y - 0.1, z), (0.06, 0.04, height), "plain", (0.93, 0.93, 0.92))
                    self.box(
                        (middle, y - 0.1, z + height * 0.15), (pane, 0.04, 0.06), "plain", (0.93, 0.93, 0.92)
                    )
        if roof == "pitched":
            steps = 10
            for n in range(steps):
                share = 1 - n / steps
                self.box(
                    (x, y + deep / 2, high + 0.15 + n * 0.28),
                    (wide + 0.8, (deep + 1.0) * share, 0.3),
                    "plain",
                    roof_colour,
                )
            self.box(
                (x + wide * 0.28, y + deep * 0.6, high + 2.4), (0.7, 0.7, 1.8), "brick", (0.5, 0.25, 0.18)
            )
        else:
            self.box(
                (x, y + deep / 2, high + 0.15),
                (wide + 0.4, deep + 0.4, 0.35),
                "plain",
                dimmed(colour, 0.85),
            )

    def _door(self, x: float, y: float, colour: RGB) -> None:
        _, shade = paint(self.random, ("red", "blue", "green", "brown", "white", "grey"))
        self.box((x, y - 0.03, 1.2), (1.5, 0.1, 2.4), "plain", (0.92, 0.92, 0.9))
        self.box((x, y - 0.08, 1.12), (1.2, 0.08, 2.2), "plain", shade)
        self.box((x, y - 0.7, 0.1), (2.0, 1.4, 0.2), "paving", (0.6, 0.6, 0.58))
        self.box((x, y - 0.5, 2.65), (2.1, 1.1, 0.12), "plain", dimmed(colour, 0.7))

    def camera(
        self, distance: float, aim: float, target_z: float, *, high: float = 1.7, angle: float = 58.0
    ) -> None:
        """Put the camera before what is at y = ``distance``; a slanted view now and then."""
        slant = self.number(-0.35, 0.35) if self.chance(0.65) else self.number(-0.08, 0.08)
        self.scene.eye = (slant * distance, 0.0, high)
        self.scene.target = (aim, distance, target_z)
        self.scene.angle = angle
        self.scene.view = self.one_of(
            ("aerial view from a drone", "high-angle shot") if high > 4 else
            ("symmetrical frontal view", "frontal view") if abs(slant) < 0.1 else
            ("wide shot from the side", "eye-level shot from across the street", "wide landscape shot")
        )  # fmt: skip

    def say(self, *phrases: str) -> None:
        """Note what is seen."""
        self.scene.objects += [phrase for phrase in phrases if phrase]
