"""Gardens, beaches and other places for leisure."""

from __future__ import annotations

from training.rooms.colours import VIVID, paint
from training.rooms.yards import FACADES, TREES, Yard


def park(yard: Yard) -> None:
    yard.sky()
    yard.ground()
    yard.box((0, 20, 0.01), (2.4, 60, 0.03), "sand", (0.72, 0.65, 0.52))
    noun = yard.one_of(TREES)
    trees = yard.trees(9, 7, 34, noun, scale=0.75)
    for side in (-1, 1):
        for n in range(3):
            yard.put(
                "park bench" if n % 2 == 0 else "lamppost", side * 2.0, 6 + n * 5, 90 * -side, solid=False
            )
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
        sun, shade = paint(yard.random, (*VIVID, "white"))
        yard.put("sun umbrella", 0.2, 7.2, tint=shade, solid=False, scale=1.15)
        yard.say(f"{sun} sun umbrella")
    for _ in range(5):
        yard.put(
            yard.one_of(("flowers", "bush", "plant box", "flowers")),
            yard.number(-5, 5),
            yard.number(9, 12),
            scale=yard.number(0.9, 1.6),
            solid=False,
        )
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
    name, tint = paint(yard.random, (*VIVID, "white"))
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
        yard.put(
            "camping tent",
            (n - 1) * 3.6 + yard.number(-0.6, 0.6),
            8 + yard.number(-1, 2.5),
            yard.number(-40, 40),
            tint=tint,
            solid=False,
            scale=1.2,
        )
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
    yard.building(
        yard.number(-2, 2),
        15,
        7,
        6,
        1,
        FACADES[name],
        roof="pitched",
        roof_colour=(0.93, 0.95, 0.98),
        lit=yard.chance(0.5),
    )
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
    chosen = [noun for noun in ("child swing", "seesaw", "sandpit", "trampoline") if yard.chance(0.8)] or [
        "child swing"
    ]
    for n, noun in enumerate(chosen):
        _, tint = paint(yard.random, VIVID)
        yard.put(
            noun,
            (n - (len(chosen) - 1) / 2) * 3.4,
            8.5 + yard.number(-1, 1),
            yard.number(-30, 30),
            tint=tint if yard.chance(0.5) else None,
            solid=False,
        )
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
