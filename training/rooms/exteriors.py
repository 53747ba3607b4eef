"""Outdoor scenes: facades with windows and doors, streets, yards, gardens and landscapes under a sky."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from training.rooms.colours import RGB, VIVID, paint
from training.rooms.scenes import Builder, Light, Scene

GREEN: RGB = (0.42, 0.6, 0.22)
GLASS: RGB = (0.16, 0.22, 0.3)
TREES = ("acacia", "maple", "beech", "poplar", "pine", "cypress", "blossoming tree")
FACADES: dict[str, tuple[str, RGB]] = {
    "white": ("plain", (0.9, 0.9, 0.88)), "brick": ("brick", (0.6, 0.28, 0.19)), "yellow": ("plain", (0.9, 0.78, 0.45)),
    "grey concrete": ("plain", (0.6, 0.6, 0.6)), "beige": ("plain", (0.82, 0.73, 0.58)), "pink": ("plain", (0.85, 0.62, 0.58)),
    "blue wooden": ("siding", (0.42, 0.56, 0.7)), "white wooden": ("siding", (0.9, 0.9, 0.88)), "red wooden": ("siding", (0.55, 0.15, 0.12)),
}  # fmt: skip


class Yard(Builder):
    """A builder under a sky: ground at z = 0, the camera near y = 0 looking along +y."""

    def sky(self, *moods: str) -> None:
        """Choose weather and light."""
        mood = self.one_of(moods or ("sun", "sun", "overcast", "evening", "morning"))
        scene = self.scene
        side = self.one_of((-1, 1))
        if mood == "sun":
            scene.sky, scene.sky_strength = self.one_of(((0.42, 0.65, 0.95), (0.5, 0.72, 0.96), (0.6, 0.78, 0.97))), 1.25
            scene.lights.append(Light("sun", (side * 3.0, -3.0, 4.5), (0, 0, 0), 6.5, (1.0, 0.95, 0.86)))
            scene.light = self.one_of(("bright midday sun under a blue sky", "clear blue sky", "bright sunlight"))
        elif mood == "overcast":
            scene.sky, scene.sky_strength = self.one_of(((0.82, 0.85, 0.88), (0.75, 0.79, 0.83))), 1.5
            scene.lights.append(Light("sun", (side * 1.0, -2.0, 5.0), (0, 0, 0), 1.6, (1.0, 1.0, 1.0)))
            scene.light = self.one_of(("soft overcast daylight", "overcast sky", "soft light under a cloudy sky"))
        elif mood == "evening":
            scene.sky, scene.sky_strength = self.one_of(((0.95, 0.62, 0.42), (0.9, 0.6, 0.55), (0.95, 0.72, 0.5))), 1.0
            scene.lights.append(Light("sun", (side * 5.0, -2.5, 1.8), (0, 0, 0), 5.0, (1.0, 0.7, 0.42)))
            scene.light = self.one_of(("orange evening sky", "warm light of sunset", "golden evening light"))
        elif mood == "night":
            scene.sky, scene.sky_strength = (0.16, 0.22, 0.42), 0.6
            scene.lights.append(Light("sun", (side * 3.0, -3.0, 3.0), (0, 0, 0), 0.25, (0.7, 0.8, 1.0)))
            scene.light = self.one_of(("warm light from inside at blue hour", "blue hour", "blue evening light with lit windows"))
        else:
            scene.sky, scene.sky_strength = (0.78, 0.86, 0.95), 1.2
            scene.lights.append(Light("sun", (side * 4.0, -3.0, 2.6), (0, 0, 0), 5.5, (1.0, 0.88, 0.7)))
            scene.light = self.one_of(("low morning sun with long shadows", "morning light", "soft morning sun"))
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
            self.box(((n - 6.5) * 24, 120 + self.number(-8, 8), 3), (26, 4, self.number(8, 17)), "leaves", shade)

    def street(self, y: float, wide: float = 6.0) -> None:
        """Lay a road across, with pavements."""
        self.box((0, y, 0.0), (200, wide, 0.04), "asphalt", (0.3, 0.3, 0.32))
        for side in (-1, 1):
            self.box((0, y + side * (wide / 2 + 1.0), 0.05), (200, 2.0, 0.14), "paving", (0.66, 0.65, 0.62))
        for n in range(-6, 7):
            self.box((n * 5.0, y, 0.025), (2.2, 0.14, 0.02), "plain", (0.92, 0.92, 0.9))

    def trees(self, count: int, low: float, high: float, *nouns: str, spread: float = 16.0, scale: float = 0.8) -> str:
        """Plant trees at y between two distances, off the middle; returns what they are."""
        noun = self.one_of(nouns or TREES)
        model = self.model(noun)
        for _ in range(count):
            y = self.number(low, high)
            x = self.one_of((-1, 1)) * self.number(0.28, 0.62) * y * 1.1 + self.number(-1, 1)
            x = max(-spread, min(spread, x))
            self.put(noun, x, y, self.number(0, 360), model=model, scale=scale * self.number(0.8, 1.15), solid=False)
        return "trees" if noun in ("acacia", "maple", "beech") else f"{noun}s" if not noun.endswith("tree") else f"{noun}s"

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
                self.box((middle, y - 0.06, z), (pane, 0.06, height), "glow" if lit and shine[0] > 0.9 else "glass", shine)
                if not glass:
                    self.box((middle, y - 0.1, z), (0.06, 0.04, height), "plain", (0.93, 0.93, 0.92))
                    self.box((middle, y - 0.1, z + height * 0.15), (pane, 0.04, 0.06), "plain", (0.93, 0.93, 0.92))
        if roof == "pitched":
            steps = 10
            for n in range(steps):
                share = 1 - n / steps
                self.box((x, y + deep / 2, high + 0.15 + n * 0.28), (wide + 0.8, (deep + 1.0) * share, 0.3), "plain", roof_colour)
            self.box((x + wide * 0.28, y + deep * 0.6, high + 2.4), (0.7, 0.7, 1.8), "brick", (0.5, 0.25, 0.18))
        else:
            self.box((x, y + deep / 2, high + 0.15), (wide + 0.4, deep + 0.4, 0.35), "plain", tuple(0.85 * one for one in colour))  # type: ignore[arg-type]

    def _door(self, x: float, y: float, colour: RGB) -> None:
        _, shade = paint(self.random, ("red", "blue", "green", "brown", "white", "grey"))
        self.box((x, y - 0.03, 1.2), (1.5, 0.1, 2.4), "plain", (0.92, 0.92, 0.9))
        self.box((x, y - 0.08, 1.12), (1.2, 0.08, 2.2), "plain", shade)
        self.box((x, y - 0.7, 0.1), (2.0, 1.4, 0.2), "paving", (0.6, 0.6, 0.58))
        self.box((x, y - 0.5, 2.65), (2.1, 1.1, 0.12), "plain", tuple(0.7 * one for one in colour))  # type: ignore[arg-type]

    def camera(self, distance: float, aim: float, target_z: float, *, high: float = 1.7, angle: float = 58.0) -> None:
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


def house(yard: Yard) -> None:
    yard.sky("sun", "sun", "overcast", "evening", "morning", "night")
    yard.ground()
    name = yard.one_of(tuple(FACADES))
    roof, colour = yard.one_of((("red", (0.55, 0.2, 0.14)), ("grey", (0.3, 0.31, 0.33)), ("brown", (0.35, 0.22, 0.15))))
    wide = yard.number(8, 11)
    yard.building(0, 14, wide, 8, yard.one_of((1, 2, 2)), FACADES[name], roof="pitched", roof_colour=colour, lit=yard.mood == "night")
    yard.box((0, 6.5, 0.01), (1.6, 14, 0.03), "paving", (0.68, 0.66, 0.62))
    trees = yard.trees(3, 12, 22, scale=0.7)
    for side in (-1, 1):
        for n in range(3):
            yard.put(yard.one_of(("bush", "hedge")), side * (2.2 + n * 1.6), 12.6, solid=False, scale=0.8)
    if yard.chance(0.4):
        car, tint = paint(yard.random)
        yard.put("car", yard.one_of((-4.5, 4.5)), 9, yard.number(-30, 30), tint=tint, solid=False)
        yard.say(f"{car} car")
    yard.scene.main, yard.scene.colour = "house", name.split()[0]
    yard.scene.objects.insert(0, f"{name} walls")
    yard.say(f"{roof} roof", trees, "lawn")
    yard.camera(14, 0, 2.6)


def office_tower(yard: Yard) -> None:
    yard.sky("sun", "sun", "overcast", "evening", "night")
    yard.ground("paving", (0.62, 0.61, 0.6))
    name, colour = yard.one_of((("blue glass", (0.3, 0.42, 0.52)), ("white", (0.88, 0.88, 0.87)), ("grey", (0.5, 0.5, 0.52)), ("dark", (0.2, 0.22, 0.25))))
    floors = int(yard.random.integers(6, 12))
    yard.building(0, 26, yard.number(16, 22), 14, floors, ("plain", colour), glass=True, columns=9, tall=3.2, lit=yard.mood == "night")
    for side in (-1, 1):
        yard.building(side * 26, 34, 16, 14, int(yard.random.integers(3, 8)), FACADES[yard.one_of(("white", "grey concrete", "beige"))], columns=6, door=False)
    trees = yard.trees(4, 14, 22, scale=0.6)
    for n in range(3):
        yard.put("park bench", (n - 1) * 6, 15, yard.number(-10, 10), solid=False)
    yard.scene.main, yard.scene.colour = "office building", name.split()[0]
    yard.say(f"{name} facade", "rows of windows", trees)
    yard.camera(26, 0, floors * 1.5, angle=64, high=1.6)


def school(yard: Yard) -> None:
    yard.sky()
    yard.ground()
    name = yard.one_of(("brick", "yellow", "white", "pink", "beige"))
    yard.building(0, 22, 26, 9, yard.one_of((2, 3)), FACADES[name], columns=11)
    yard.box((0, 12, 0.01), (24, 18, 0.03), "asphalt", (0.48, 0.47, 0.46))
    toys = [noun for noun in ("child swing", "seesaw", "sandpit", "trampoline") if yard.chance(0.7)]
    for n, noun in enumerate(toys):
        yard.put(noun, (n - 1.5) * 4.5, 10.5, yard.number(-30, 30), solid=False)
    trees = yard.trees(3, 12, 20, scale=0.65)
    yard.scene.main, yard.scene.colour = "school", name
    yard.say(f"{name} walls", "rows of windows", f"{toys[0]} in the yard" if toys else "wide yard", trees)
    yard.camera(20, 0, 3.2, angle=62)


def hospital(yard: Yard) -> None:
    yard.sky("sun", "overcast", "morning", "sun")
    yard.ground()
    yard.building(0, 24, 28, 10, yard.one_of((3, 4)), FACADES["white"], columns=10)
    for wide, tall in ((0.5, 1.6), (1.6, 0.5)):
        yard.box((0, 23.8, 10.2 if wide else 9), (wide * 1.2, 0.2, tall * 1.2), "plain", (0.8, 0.08, 0.08))
    yard.box((0, 21.5, 3.0), (7, 5, 0.3), "plain", (0.85, 0.85, 0.84))
    for side in (-3, 3):
        yard.box((side, 19.4, 1.5), (0.3, 0.3, 3.0), "plain", (0.8, 0.8, 0.8))
    yard.street(13)
    yard.put("van", yard.one_of((-6, 6)), 14, 90, tint=(0.94, 0.94, 0.93), solid=False)
    trees = yard.trees(4, 16, 22, scale=0.6)
    yard.scene.main, yard.scene.colour = "hospital", "white"
    yard.say("white walls", "red cross over the entrance", trees, "white van")
    yard.camera(22, 0, 4.0, angle=62)


def shop_street(yard: Yard) -> None:
    yard.sky()
    yard.ground("paving", (0.6, 0.58, 0.55))
    yard.street(6)
    colours = []
    for n in range(3):
        name = yard.one_of(tuple(FACADES))
        x = (n - 1) * 8.2
        style, colour = FACADES[name]
        yard.box((x, 16, 4.5), (8.0, 8, 9), style, colour)
        awning, shade = paint(yard.random, VIVID)
        colours.append(awning)
        yard.box((x, 11.95, 1.6), (6.4, 0.1, 2.4), "glass", GLASS if yard.mood != "evening" else (0.9, 0.7, 0.4))
        for part in range(8):
            stripe = shade if part % 2 else (0.94, 0.94, 0.92)
            yard.box((x + (part - 3.5) * 0.85, 11.3, 3.05), (0.85, 1.3, 0.12), "fabric", stripe)
            yard.box((x + (part - 3.5) * 0.85, 10.65, 2.9), (0.85, 0.05, 0.3), "fabric", stripe)
        for k in range(3):
            for level in (4.6, 7.2):
                yard.box((x + (k - 1) * 2.3, 11.95, level), (1.2, 0.1, 1.7), "plain", (0.93, 0.93, 0.92))
                yard.box((x + (k - 1) * 2.3, 11.9, level), (1.0, 0.1, 1.5), "glass", GLASS)
    if yard.chance(0.6):
        model = yard.model("garden table")
        for n in range(3):
            yard.put("garden table", (n - 1) * 2.6, 10.0, model=model, solid=False)
            for side in (-0.6, 0.6):
                yard.put("garden chair", (n - 1) * 2.6 + side, 10.0, 90 if side < 0 else -90, solid=False)
        yard.say("tables on the pavement")
    car, tint = paint(yard.random)
    yard.put("car", yard.number(-5, 5), 7.3, 90, tint=tint, solid=False)
    yard.scene.main, yard.scene.colour = "shop front", colours[1]
    yard.scene.objects.insert(0, f"shop windows with {colours[1]} striped awnings")
    yard.say(f"{car} car")
    yard.camera(12, 0, 2.6, angle=66)


def factory_yard(yard: Yard) -> None:
    yard.sky("overcast", "sun", "evening", "morning")
    yard.ground("asphalt", (0.45, 0.45, 0.45))
    name = yard.one_of(("brick", "grey concrete", "white"))
    for n in range(3):
        yard.building((n - 1) * 10, 24, 10, 14, 2, FACADES[name], columns=4, door=n == 1, roof="pitched" if yard.chance(0.5) else "flat", roof_colour=(0.4, 0.4, 0.42))
    for n in range(int(yard.random.integers(2, 4))):
        x = (n - 1) * 6 + yard.number(-1, 1)
        high = yard.number(16, 24)
        for angle in (0, 30, 60):
            yard.box((x, 36, high / 2), (1.9, 1.9, high), "brick", (0.58, 0.3, 0.22), angle)
            yard.box((x, 36, high - 1.5), (2.0, 2.0, 1.0), "plain", (0.9, 0.9, 0.88), angle)
    yard.put(yard.one_of(("lorry", "fork lift", "shipping container")), yard.number(-6, 6), 14, yard.number(40, 130), solid=False)
    for n in range(3):
        yard.put("barrel", 5 + n * 0.9, 12, solid=False)
    yard.scene.main, yard.scene.colour = "factory", name.split()[0]
    yard.say(f"{name} walls", "tall chimneys", f"{yard.scene.things[0].noun} in the yard")
    yard.camera(26, 0, 6.5, angle=64)


def container_yard(yard: Yard) -> None:
    yard.sky("sun", "overcast", "evening", "morning")
    yard.ground("asphalt", (0.5, 0.5, 0.5))
    for column in range(7):
        for level in range(int(yard.random.integers(1, 4))):
            _, tint = paint(yard.random, ("red", "blue", "green", "orange", "grey", "yellow", "white"))
            x = (column - 3) * 6.4
            yard.box((x, 18, 1.3 + level * 2.62), (6.1, 2.5, 2.6), "plain", tint)
            for rib in range(14):
                yard.box((x + (rib - 6.5) * 0.44, 16.73, 1.3 + level * 2.62), (0.16, 0.06, 2.3), "plain", tuple(0.75 * one for one in tint))  # type: ignore[arg-type]
    if yard.chance(0.7):
        crane, tint = paint(yard.random, ("blue", "red", "yellow", "orange"))
        for x in (-9, 9):
            yard.box((x, 30, 9), (1.0, 1.0, 18), "plain", tint)
        yard.box((0, 30, 18), (34, 1.4, 1.4), "plain", tint)
        yard.say(f"{crane} crane")
    yard.put("lorry", yard.number(-4, 4), 10.5, 90, solid=False)
    yard.scene.main, yard.scene.colour = "containers", ""
    yard.scene.objects.insert(0, "stacks of coloured containers")
    yard.say("lorry")
    yard.camera(18, 0, 4.0, angle=62, high=yard.one_of((1.8, 1.8, 6.0)))


def park(yard: Yard) -> None:
    yard.sky()
    yard.ground()
    yard.box((0, 20, 0.01), (2.4, 60, 0.03), "sand", (0.72, 0.65, 0.52))
    noun = yard.one_of(TREES)
    trees = yard.trees(9, 7, 34, noun, scale=0.75)
    for side in (-1, 1):
        for n in range(3):
            yard.put("park bench" if n % 2 == 0 else "lamppost", side * 2.0, 6 + n * 5, 90 * -side, solid=False)
    if yard.chance(0.6):
        yard.put("fountain", 0, 17, solid=False, scale=1.5)
        yard.say("fountain")
    yard.scene.main, yard.scene.colour = "trees", "green"
    yard.scene.objects.insert(0, trees)
    yard.say("benches along a gravel path", "green lawn")
    yard.camera(16, 0, 2.2, angle=60)


def garden(yard: Yard) -> None:
    yard.sky("sun", "sun", "morning", "evening")
    yard.ground()
    model = yard.model("hedge")
    for n in range(12):
        yard.put("hedge", (n - 5.5) * 1.5, 13, model=model, solid=False)
    name, tint = paint(yard.random, ("white", "red", "blue", "green", "brown"))
    yard.box((0, 7, 0.02), (5, 4, 0.04), "paving", (0.7, 0.67, 0.62))
    table = yard.model("garden table")
    chair = yard.model("garden chair")
    yard.put("garden table", 0, 7, model=table, solid=False, scale=1.2)
    for x, y, turn in ((-1.0, 7, 90), (1.0, 7, -90), (0, 8.0, 0)):
        yard.put("garden chair", x, y, turn, model=chair, tint=tint, solid=False, scale=1.1)
    if yard.chance(0.6):
        sun, shade = paint(yard.random, VIVID + ("white",))
        yard.put("sun umbrella", 0.2, 7.2, tint=shade, solid=False, scale=1.15)
        yard.say(f"{sun} sun umbrella")
    for n in range(5):
        yard.put(yard.one_of(("flowers", "bush", "plant box", "flowers")), yard.number(-5, 5), yard.number(9, 12), scale=yard.number(0.9, 1.6), solid=False)
    trees = yard.trees(3, 13, 20, scale=0.6)
    yard.scene.main, yard.scene.colour = "garden table", name
    yard.scene.objects.insert(0, f"garden table with {name} chairs")
    yard.say("green hedge", trees)
    yard.camera(8, 0, 1.1, angle=56)


def pool(yard: Yard) -> None:
    yard.sky("sun", "sun", "evening", "morning")
    yard.ground()
    yard.box((0, 11, 0.03), (15, 13, 0.06), "paving", (0.8, 0.76, 0.68))
    yard.box((0, 11, 0.05), (8.4, 7.4, 0.06), "plain", (0.9, 0.92, 0.92))
    yard.box((0, 11, 0.06), (8.0, 7.0, 0.06), "water", (0.12, 0.6, 0.75))
    name, tint = paint(yard.random, ("white", "blue", "orange", "yellow", "red"))
    model = yard.model("deck chair")
    for side in (-1, 1):
        for n in range(3):
            yard.put("deck chair", side * 5.4, 8 + n * 2.4, 90 * -side, model=model, tint=tint, solid=False)
    for side in (-1, 1):
        if yard.chance(0.7):
            yard.put("sun umbrella", side * 6.2, 11, tint=tint, solid=False, scale=1.2)
    noun = yard.one_of(("palm tree", "coconut tree", "cypress"))
    yard.trees(5, 17, 24, noun, scale=0.6)
    if yard.chance(0.5):
        yard.building(0, 24, 24, 9, 3, FACADES[yard.one_of(("white", "yellow", "pink"))], columns=9)
        yard.say("hotel building")
    yard.scene.main, yard.scene.colour = "swimming pool", "turquoise"
    yard.scene.objects[:0] = ["turquoise swimming pool", f"{name} deck chairs"]
    yard.say(f"{noun}s" if not noun.endswith("cypress") else "cypresses")
    yard.camera(11, 0, 1.0, angle=62, high=yard.number(1.8, 3.5))


def beach(yard: Yard) -> None:
    yard.sky("sun", "sun", "evening", "morning")
    yard.box((0, 6, -0.05), (300, 24, 0.1), "sand", (0.86, 0.76, 0.56))
    yard.box((0, 150, -0.08), (800, 264, 0.1), "water", (0.1, 0.45, 0.6))
    name, tint = paint(yard.random, VIVID + ("white",))
    model = yard.model("deck chair")
    for n in range(4):
        x = (n - 1.5) * 3.0
        yard.put("deck chair", x, 9, 180 + yard.number(-10, 10), model=model, solid=False)
        if n % 2 == 0:
            yard.put("sun umbrella", x + 1.2, 9.4, tint=tint, solid=False, scale=1.2)
    yard.trees(3, 8, 14, yard.one_of(("coconut tree", "palm tree")), scale=0.7)
    yard.scene.main, yard.scene.colour = "beach", "yellow"
    yard.say("deck chairs on the sand", f"{name} sun umbrellas", "palm trees", "blue sea")
    yard.camera(12, 0, 1.4, angle=60, high=yard.number(1.7, 2.6))


def campsite(yard: Yard) -> None:
    yard.sky()
    yard.ground()
    name, tint = paint(yard.random, ("green", "orange", "blue", "red", "yellow"))
    for n in range(int(yard.random.integers(1, 4))):
        yard.put("camping tent", (n - 1) * 3.6 + yard.number(-0.6, 0.6), 8 + yard.number(-1, 2.5), yard.number(-40, 40), tint=tint, solid=False, scale=1.2)
    yard.put("wood logs", yard.number(-1, 1), 5.4, solid=False)
    trees = yard.trees(10, 10, 26, "pine", "pine", "poplar", "acacia", scale=0.9)
    for _ in range(3):
        yard.put("rock", yard.number(-4, 4), yard.number(5, 9), yard.number(0, 360), solid=False)
    yard.scene.main, yard.scene.colour = "tent", name
    yard.say(f"{name} tents", trees, "grass meadow")
    yard.camera(8, 0, 1.3, angle=60)


def winter(yard: Yard) -> None:
    yard.sky("sun", "overcast", "evening", "morning")
    yard.ground("snow", (0.93, 0.95, 0.98))
    name = yard.one_of(("red wooden", "blue wooden", "brick", "yellow"))
    yard.building(yard.number(-2, 2), 15, 7, 6, 1, FACADES[name], roof="pitched", roof_colour=(0.93, 0.95, 0.98), lit=yard.chance(0.5))
    yard.trees(9, 10, 28, "snowy pine", scale=0.9)
    if yard.chance(0.4):
        yard.put("snowman", yard.number(-2.5, 2.5), 7, yard.number(-20, 20), solid=False, scale=1.4)
        yard.say("snowman")
    yard.scene.main, yard.scene.colour = "snow", "white"
    yard.scene.objects[:0] = ["pines under snow", f"{name} house".replace("wooden house", "wooden house")]
    yard.say("snow on the roof")
    yard.camera(13, 0, 2.0, angle=58)


def playground(yard: Yard) -> None:
    yard.sky("sun", "sun", "overcast", "morning")
    yard.ground()
    yard.box((0, 9, 0.01), (14, 9, 0.03), "sand", (0.82, 0.72, 0.5))
    chosen = [noun for noun in ("child swing", "seesaw", "sandpit", "trampoline") if yard.chance(0.8)] or ["child swing"]
    for n, noun in enumerate(chosen):
        _, tint = paint(yard.random, VIVID)
        yard.put(noun, (n - (len(chosen) - 1) / 2) * 3.4, 8.5 + yard.number(-1, 1), yard.number(-30, 30), tint=tint if yard.chance(0.5) else None, solid=False)
    trees = yard.trees(5, 14, 22, scale=0.7)
    model = yard.model("fence")
    for n in range(12):
        yard.put("fence", (n - 5.5) * 1.8, 13.5, model=model, solid=False)
    yard.scene.main = chosen[0]
    yard.say(*chosen[:2], "sand", trees)
    yard.camera(9, 0, 1.2, angle=60)


def football_pitch(yard: Yard) -> None:
    yard.sky()
    yard.ground("grass", (0.22, 0.48, 0.14))
    for stripe in range(8):
        if stripe % 2:
            yard.box((0, 3 + stripe * 4, 0.005), (70, 4, 0.01), "grass", (0.28, 0.55, 0.18))
    yard.put("football goal", 0, 22, solid=False)
    for x, y, wide, deep in ((0, 21, 60, 0.14), (0, 14, 18, 0.14), (-9, 17.5, 0.14, 7), (9, 17.5, 0.14, 7)):
        yard.box((x, y, 0.02), (wide, deep, 0.02), "plain", (0.95, 0.95, 0.95))
    name, tint = paint(yard.random, ("blue", "red", "orange", "green", "yellow"))
    for row in range(7):
        yard.box((0, 30 + row * 1.1, 0.5 + row * 0.8), (70, 1.1, 0.5), "plain", (0.66, 0.66, 0.66))
        for n in range(44):
            yard.box(((n - 21.5) * 1.5, 30 + row * 1.1, 1.1 + row * 0.8), (0.9, 0.35, 0.7), "plain", tint)
    yard.scene.main, yard.scene.colour = "football goal", name
    yard.say("football goal", "green grass with white lines", f"{name} stadium seats")
    yard.camera(20, 0, 2.4, angle=56, high=yard.number(1.6, 4.5))


def farm(yard: Yard) -> None:
    yard.sky()
    yard.ground("grass", (0.36, 0.47, 0.18))
    name = yard.one_of(("red wooden", "white wooden", "brick"))
    yard.building(yard.number(-6, 6), 32, 13, 9, 2, FACADES[name], roof="pitched", columns=4, roof_colour=(0.35, 0.3, 0.3))
    crop, shade = yard.one_of((("golden wheat", (0.82, 0.66, 0.28)), ("green crops", (0.3, 0.52, 0.18)), ("brown furrows", (0.4, 0.28, 0.17))))
    for n in range(24):
        yard.box(((n - 11.5) * 1.6, 14, 0.1), (0.95, 26, 0.35 if crop != "brown furrows" else 0.2), "leaves", tuple(one * yard.number(0.9, 1.1) for one in shade))  # type: ignore[arg-type]
    yard.trees(4, 26, 36, scale=0.8)
    if yard.chance(0.4):
        yard.put("horse", yard.number(-3, 3), 9, yard.number(60, 120), solid=False)
    yard.scene.main, yard.scene.colour = "field", crop.split()[0]
    yard.say(f"rows of {crop}", f"{name} barn".replace("brick barn", "brick barn"), "trees")
    yard.camera(22, 0, 1.8, angle=58, high=yard.number(1.8, 4.0))


def greenhouse(yard: Yard) -> None:
    yard.sky("sun", "overcast", "morning")
    yard.ground("sand", (0.55, 0.45, 0.33))
    for row in range(-3, 4):
        for n in range(9):
            yard.put(yard.one_of(("bush", "hedge", "flowers")) if n == 0 else "bush", row * 1.9, 4 + n * 2.0, yard.number(0, 360), solid=False, scale=0.55)
    for n in range(7):
        y = 3 + n * 3.2
        for side in (-1, 1):
            yard.box((side * 7, y, 1.8), (0.12, 0.12, 3.6), "plain", (0.92, 0.93, 0.92))
        yard.box((0, y, 4.6), (0.12, 0.12, 1.9), "plain", (0.92, 0.93, 0.92))
        yard.box((0, y, 3.6), (14, 0.12, 0.12), "plain", (0.92, 0.93, 0.92))
    for x in (-7, -3.5, 0, 3.5, 7):
        yard.box((x, 13, 3.65), (0.1, 22, 0.1), "plain", (0.92, 0.93, 0.92))
    yard.box((0, 24.5, 1.8), (14, 0.1, 3.6), "glow", (0.8, 0.9, 0.93))
    yard.scene.main, yard.scene.colour = "rows of plants", "green"
    yard.say("rows of green plants", "white steel frame", "glass roof")
    yard.camera(14, 0, 1.6, angle=62)


def car_park(yard: Yard) -> None:
    yard.sky()
    yard.ground("asphalt", (0.36, 0.36, 0.38))
    first = ""
    for n in range(5):
        x = (n - 2) * 2.9
        yard.box((x - 1.45, 9, 0.01), (0.12, 5, 0.02), "plain", (0.93, 0.93, 0.93))
        if yard.chance(0.8):
            name, tint = paint(yard.random, ("white", "black", "grey", "red", "blue", "green", "yellow"))
            yard.put("car", x, 9, yard.one_of((0, 180)), tint=tint, solid=False)
            first = first or name
    yard.building(0, 22, 34, 10, int(yard.random.integers(2, 4)), FACADES[yard.one_of(("white", "grey concrete", "beige", "brick"))], columns=12)
    yard.trees(3, 15, 20, scale=0.55)
    yard.put("street light", yard.one_of((-6, 6)), 13, 0, solid=False)
    yard.scene.main, yard.scene.colour = "cars", first
    yard.say("row of parked cars", f"{first} car" if first else "", "building behind")
    yard.camera(10, 0, 1.4, angle=62, high=yard.number(1.6, 3.5))


def scaffolding(yard: Yard) -> None:
    yard.sky("sun", "overcast", "morning")
    yard.ground("sand", (0.55, 0.47, 0.37))
    floors = int(yard.random.integers(3, 5))
    for floor in range(floors + 1):
        yard.box((0, 20, floor * 3.0), (14, 8, 0.35), "plain", (0.62, 0.62, 0.6))
        if floor < floors:
            for n in range(5):
                for y in (16.4, 23.6):
                    yard.box(((n - 2) * 3.3, y, floor * 3.0 + 1.5), (0.4, 0.4, 3.0), "plain", (0.58, 0.58, 0.56))
            if floor < floors - 1:
                for n in range(4):
                    if yard.chance(0.6):
                        yard.box(((n - 1.5) * 3.3, 16.5, floor * 3.0 + 1.2), (2.9, 0.25, 2.2), "brick", (0.64, 0.3, 0.2))
    for n in range(7):
        yard.box(((n - 3) * 2.3, 15.2, floors * 1.5), (0.08, 0.08, floors * 3.0 + 1), "metal", (0.75, 0.6, 0.15))
    for level in range(floors):
        yard.box((0, 15.3, level * 3.0 + 2.2), (14, 0.7, 0.08), "wood", (0.7, 0.52, 0.3))
        yard.box((0, 15.0, level * 3.0 + 3.2), (14, 0.06, 0.06), "metal", (0.75, 0.6, 0.15))
    if yard.chance(0.7):
        _, tint = paint(yard.random, ("yellow", "red", "orange"))
        yard.box((9, 28, 12), (0.9, 0.9, 24), "plain", tint)
        yard.box((2, 28, 22), (26, 0.8, 0.8), "plain", tint)
        yard.say("tower crane")
    for noun in ("wheelbarrow", "traffic cone", "pallet", "traffic cone", "barrel"):
        yard.put(noun, yard.number(-5, 5), yard.number(8, 12), yard.number(0, 180), solid=False)
    yard.scene.main, yard.scene.colour = "scaffolding", "grey"
    yard.scene.objects[:0] = ["scaffolding", "unfinished concrete house"]
    yard.say("brick walls")
    yard.camera(18, 0, 4.4, angle=62)


def station(yard: Yard) -> None:
    yard.sky()
    yard.ground("sand", (0.5, 0.47, 0.43))
    for track in (-1.2, 1.8):
        for rail in (-0.5, 0.5):
            yard.box((track + rail, 40, 0.12), (0.1, 90, 0.12), "metal", (0.55, 0.5, 0.47))
        for n in range(45):
            yard.box((track, 1 + n * 0.9, 0.04), (1.7, 0.28, 0.1), "wood", (0.3, 0.22, 0.16))
    yard.box((-5, 30, 0.4), (4.6, 70, 0.9), "paving", (0.66, 0.65, 0.63))
    yard.box((-2.85, 30, 0.86), (0.3, 70, 0.04), "plain", (0.95, 0.85, 0.2))
    for n in range(6):
        yard.box((-5, 5 + n * 6, 2.6), (0.2, 0.2, 3.6), "metal", (0.4, 0.45, 0.5))
        yard.put("park bench", -5.8, 7 + n * 6, 90, 0.85, solid=False)
    yard.box((-5, 24, 4.5), (4.2, 44, 0.2), "plain", (0.5, 0.52, 0.55))
    yard.building(-12, 14, 9, 20, 2, FACADES[yard.one_of(("brick", "yellow", "beige"))], columns=4)
    if yard.chance(0.5):
        name, tint = paint(yard.random, ("red", "blue", "green", "white"))
        yard.box((1.8, 32, 2.2), (2.8, 40, 3.6), "plain", tint)
        yard.box((1.8, 11.9, 2.9), (2.2, 0.2, 1.1), "glass", GLASS)
        for n in range(10):
            yard.box((0.38, 14 + n * 3.6, 2.7), (0.05, 2.4, 1.1), "glass", GLASS)
        yard.say(f"{name} train")
    yard.trees(4, 16, 30, "poplar", "maple", scale=0.6)
    yard.scene.main = "rails"
    yard.say("rails", "platform with benches", "roof over the platform")
    yard.camera(20, 0, 1.8, angle=58, high=yard.number(1.7, 3.0))


KINDS: dict[str, tuple[Callable[[Yard], None], tuple[str, ...]]] = {
    "house": (house, ("house with a garden", "family house", "country house", "detached house with a lawn", "cottage")),
    "office building": (office_tower, ("office tower", "glass office building", "business centre building", "bank headquarters", "technology park building", "stock exchange building")),
    "school": (school, ("school building with a yard", "school yard", "kindergarten building", "university building", "school with a playground")),
    "hospital": (hospital, ("hospital building", "clinic entrance", "hospital entrance with a red cross", "medical centre building")),
    "shop street": (shop_street, ("street with shops", "shop front", "cafe terrace on a street", "shopping street", "restaurant terrace", "bakery front")),
    "factory": (factory_yard, ("factory with chimneys", "factory yard", "power plant with chimneys", "steel mill", "industrial plant")),
    "container yard": (container_yard, ("container terminal", "harbour with containers", "sea port with cranes", "freight yard with containers")),
    "park": (park, ("park with trees", "city park with benches", "park path with benches", "public garden with a fountain")),
    "garden": (garden, ("garden with a table", "hotel garden terrace", "garden terrace with chairs", "back garden")),
    "pool": (pool, ("swimming pool with deck chairs", "hotel swimming pool", "outdoor swimming pool", "beach resort pool")),
    "beach": (beach, ("beach with palm trees", "beach resort", "sandy beach with sun umbrellas", "tropical beach")),
    "campsite": (campsite, ("campsite with tents", "camping meadow in a forest", "tents at the edge of a forest", "mountain trail campsite")),
    "winter": (winter, ("house in the snow", "winter landscape with pines", "ski resort cottage", "snowy village")),
    "playground": (playground, ("playground", "playground with a swing", "kindergarten playground", "children's playground in a park")),
    "football pitch": (football_pitch, ("football pitch", "stadium with a football goal", "sports field", "football stadium")),
    "farm": (farm, ("farm fields with a barn", "field in front of a barn", "farm with a barn", "farmland")),
    "greenhouse": (greenhouse, ("greenhouse with rows of plants", "plant nursery", "greenhouse", "vegetable greenhouse")),
    "car park": (car_park, ("car park", "car park with cars", "parking lot in front of a building", "bus depot and car park")),
    "building site": (scaffolding, ("construction site", "building with scaffolding", "construction site with a crane", "unfinished house with scaffolding")),
    "railway station": (station, ("railway station platform", "train station", "railway tracks at a station", "platform of a railway station")),
}  # fmt: skip
"""Kind of place → how it is built, and what it is called in prompts."""


def draw(scene: Scene, random: np.random.Generator) -> None:
    """Draw an outdoor place into a scene."""
    yard = Yard(scene, random)
    scene.kind = yard.one_of(tuple(KINDS))
    build, names = KINDS[scene.kind]
    scene.location = yard.one_of(names)
    build(yard)


