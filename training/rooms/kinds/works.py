"""Factories, ports, farms and construction sites."""

from __future__ import annotations

from training.rooms.colours import RGB, dimmed, paint
from training.rooms.yards import FACADES, Yard


def factory_yard(yard: Yard) -> None:
    yard.sky("overcast", "sun", "evening", "morning")
    yard.ground("asphalt", (0.45, 0.45, 0.45))
    name = yard.one_of(("brick", "grey concrete", "white"))
    for n in range(3):
        yard.building(
            (n - 1) * 10,
            24,
            10,
            14,
            2,
            FACADES[name],
            columns=4,
            door=n == 1,
            roof="pitched" if yard.chance(0.5) else "flat",
            roof_colour=(0.4, 0.4, 0.42),
        )
    for n in range(int(yard.random.integers(2, 4))):
        x = (n - 1) * 6 + yard.number(-1, 1)
        high = yard.number(16, 24)
        for angle in (0, 30, 60):
            yard.box((x, 36, high / 2), (1.9, 1.9, high), "brick", (0.58, 0.3, 0.22), angle)
            yard.box((x, 36, high - 1.5), (2.0, 2.0, 1.0), "plain", (0.9, 0.9, 0.88), angle)
    yard.put(
        yard.one_of(("lorry", "fork lift", "shipping container")),
        yard.number(-6, 6),
        14,
        yard.number(40, 130),
        solid=False,
    )
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
                yard.box(
                    (x + (rib - 6.5) * 0.44, 16.73, 1.3 + level * 2.62),
                    (0.16, 0.06, 2.3),
                    "plain",
                    dimmed(tint, 0.75),
                )
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


def farm(yard: Yard) -> None:
    yard.sky()
    yard.ground("grass", (0.36, 0.47, 0.18))
    name = yard.one_of(("red wooden", "white wooden", "brick"))
    yard.building(
        yard.number(-6, 6),
        32,
        13,
        9,
        2,
        FACADES[name],
        roof="pitched",
        columns=4,
        roof_colour=(0.35, 0.3, 0.3),
    )
    crop, shade = yard.one_of(
        (
            ("golden wheat", (0.82, 0.66, 0.28)),
            ("green crops", (0.3, 0.52, 0.18)),
            ("brown furrows", (0.4, 0.28, 0.17)),
        )
    )
    for n in range(24):
        yard.box(
            ((n - 11.5) * 1.6, 14, 0.1),
            (0.95, 26, 0.35 if crop != "brown furrows" else 0.2),
            "leaves",
            varied(yard, shade),
        )
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
            yard.put(
                yard.one_of(("bush", "hedge", "flowers")) if n == 0 else "bush",
                row * 1.9,
                4 + n * 2.0,
                yard.number(0, 360),
                solid=False,
                scale=0.55,
            )
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


def scaffolding(yard: Yard) -> None:
    yard.sky("sun", "overcast", "morning")
    yard.ground("sand", (0.55, 0.47, 0.37))
    floors = int(yard.random.integers(3, 5))
    _unfinished_house(yard, floors)
    for n in range(7):
        yard.box(
            ((n - 3) * 2.3, 15.2, floors * 1.5), (0.08, 0.08, floors * 3.0 + 1), "metal", (0.75, 0.6, 0.15)
        )
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


def _unfinished_house(yard: Yard, floors: int) -> None:
    for floor in range(floors + 1):
        yard.box((0, 20, floor * 3.0), (14, 8, 0.35), "plain", (0.62, 0.62, 0.6))
        if floor < floors:
            for n in range(5):
                for y in (16.4, 23.6):
                    yard.box(
                        ((n - 2) * 3.3, y, floor * 3.0 + 1.5), (0.4, 0.4, 3.0), "plain", (0.58, 0.58, 0.56)
                    )
            if floor < floors - 1:
                for n in range(4):
                    if yard.chance(0.6):
                        yard.box(
                            ((n - 1.5) * 3.3, 16.5, floor * 3.0 + 1.2),
                            (2.9, 0.25, 2.2),
                            "brick",
                            (0.64, 0.3, 0.2),
                        )


def varied(yard: Yard, colour: RGB) -> RGB:
    """Return a colour a little lighter or darker in each part."""
    red, green, blue = (one * yard.number(0.9, 1.1) for one in colour)
    return red, green, blue
