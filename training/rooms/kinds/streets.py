"""Houses, streets and what stands along them."""

from __future__ import annotations

from training.rooms.colours import VIVID, paint
from training.rooms.yards import FACADES, GLASS, Yard


def house(yard: Yard) -> None:
    yard.sky("sun", "sun", "overcast", "evening", "morning", "night")
    yard.ground()
    name = yard.one_of(tuple(FACADES))
    roof, colour = yard.one_of(
        (("red", (0.55, 0.2, 0.14)), ("grey", (0.3, 0.31, 0.33)), ("brown", (0.35, 0.22, 0.15)))
    )
    wide = yard.number(8, 11)
    yard.building(
        0,
        14,
        wide,
        8,
        yard.one_of((1, 2, 2)),
        FACADES[name],
        roof="pitched",
        roof_colour=colour,
        lit=yard.mood == "night",
    )
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
    name, colour = yard.one_of(
        (
            ("blue glass", (0.3, 0.42, 0.52)),
            ("white", (0.88, 0.88, 0.87)),
            ("grey", (0.5, 0.5, 0.52)),
            ("dark", (0.2, 0.22, 0.25)),
        )
    )
    floors = int(yard.random.integers(6, 12))
    yard.building(
        0,
        26,
        yard.number(16, 22),
        14,
        floors,
        ("plain", colour),
        glass=True,
        columns=9,
        tall=3.2,
        lit=yard.mood == "night",
    )
    for side in (-1, 1):
        yard.building(
            side * 26,
            34,
            16,
            14,
            int(yard.random.integers(3, 8)),
            FACADES[yard.one_of(("white", "grey concrete", "beige"))],
            columns=6,
            door=False,
        )
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
        yard.box(
            (x, 11.95, 1.6), (6.4, 0.1, 2.4), "glass", GLASS if yard.mood != "evening" else (0.9, 0.7, 0.4)
        )
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
    yard.building(
        0,
        22,
        34,
        10,
        int(yard.random.integers(2, 4)),
        FACADES[yard.one_of(("white", "grey concrete", "beige", "brick"))],
        columns=12,
    )
    yard.trees(3, 15, 20, scale=0.55)
    yard.put("street light", yard.one_of((-6, 6)), 13, 0, solid=False)
    yard.scene.main, yard.scene.colour = "cars", first
    yard.say("row of parked cars", f"{first} car" if first else "", "building behind")
    yard.camera(10, 0, 1.4, angle=62, high=yard.number(1.6, 3.5))


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
