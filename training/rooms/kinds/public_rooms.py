"""Rooms where guests, patients and customers are."""

from __future__ import annotations

from training.rooms.colours import VIVID, WOODS, paint
from training.rooms.rooms import BRIGHT, Room
from training.rooms.scenes import sizes_of


def ward(room: Room) -> None:
    room.shell(room.number(4.2, 5.8), room.number(4.5, 6.5), 2.8, floors=("smooth floor", "tiled floor"),
               walls=("white", "pale blue", "pale green", "white"), moods=("day", "even", "cold", "sun"))  # fmt: skip
    room.keep_clear(0.7)
    room.scene.main = "hospital bed"
    name, tint = paint(room.random, ("blue", "green", "turquoise", "white"))
    room.scene.colour = name
    for row in range(2 if room.depth > 5 else 1):
        for sign in (-1, 1) if room.width > 4.8 else (room.one_of((-1, 1)),):
            x, y = sign * (room.width / 2 - 1.1), 1.9 + row * 2.1
            if room.put("hospital bed", x, y, -90.0 * sign):
                room.put("bedside table", sign * (room.width / 2 - 0.3), y + 0.85, -90.0 * sign)
                if room.chance(0.6):
                    room.box((sign * (room.width / 2 - 0.9), y + 1.05, 1.2), (1.8, 0.06, 1.7), "fabric", tint)
    room.say("hospital beds", f"{name} curtains between the beds", "bedside tables")
    if room.chance(0.5):
        room.put("wheelchair", room.number(-0.4, 0.4), 2.0, room.number(-60, 60))
        room.say("wheelchair")
    room.against("back", room.one_of(("washbasin", "chair", "plant")))
    room.ceiling_lamps(2, 2)


def waiting_room(room: Room) -> None:
    room.shell(
        room.number(4.0, 5.2),
        room.number(4.0, 5.0),
        2.7,
        floors=("smooth floor", "tiled floor", "carpet"),
        moods=BRIGHT,
    )
    room.keep_clear()
    colour, tint = paint(room.random, ("blue", "red", "green", "orange", "grey", "turquoise"))
    room.scene.main, room.scene.colour = "row of chairs", colour
    chair = room.model("chair")
    wide, deep, _ = sizes_of(chair)
    count = int((room.width - 1.2) / (wide + 0.08))
    for n in range(count):
        x = (n - (count - 1) / 2) * (wide + 0.08)
        room.put("chair", x, room.depth - deep / 2 - 0.1, model=chair, tint=tint)
    side = room.one_of((-1, 1))
    for n in range(3):
        room.put(
            "chair",
            side * (room.width / 2 - deep / 2 - 0.1),
            1.4 + n * (wide + 0.08),
            -90.0 * side,
            model=chair,
            tint=tint,
        )
    table = room.put("coffee table", 0, room.depth * 0.5)
    room.on(table, room.one_of(("flowers", "book", "small plant")))
    room.put("plant", -side * (room.width / 2 - 0.5), room.depth - 0.5)
    room.say(f"row of {colour} chairs", "low table", "green plant")
    room.pictures(2)
    room.ceiling_lamps(2, 1)


def restaurant(room: Room) -> None:
    room.shell(
        room.number(5.0, 6.5),
        room.number(5.5, 7.0),
        3.0,
        floors=("wooden floor", "tiled floor"),
        walls=("white", "beige", "terracotta", "dark green", "dark blue", "yellow"),
        moods=("warm", "day", "warm", "sun"),
    )
    room.keep_clear(0.5)
    colour, tint = paint(room.random, ("red", "black", "brown", "green", "white", "blue"))
    room.scene.main, room.scene.colour = "tables", colour
    table, chair = room.model("round table"), room.model("cafe chair")
    if room.chance(0.4):
        table, chair = room.model("dining table"), room.model("chair")
    for row in range(3):
        for column in range(3 if room.width > 5.8 else 2):
            x = ((column + 0.5) / (3 if room.width > 5.8 else 2) - 0.5) * (room.width - 0.6)
            placed = room.table_with_chairs(
                "round table",
                "cafe chair",
                x,
                1.5 + row * 1.9,
                chairs=4,
                tint=tint,
                chair_model=chair,
                table_model=table,
            )
            if placed and room.chance(0.8):
                room.on(placed, room.one_of(("flowers", "candle", "wine bottle", "coffee cup")))
    room.say("tables set for guests", f"{colour} chairs", f"{room.walls} walls")
    room.pictures(3)
    room.somewhere("plant")
    room.ceiling_lamps(2, 2, "hanging lamp")


def bar(room: Room) -> None:
    room.shell(
        room.number(4.2, 5.5),
        room.number(4.2, 5.5),
        2.9,
        floors=("wooden floor", "tiled floor"),
        walls=("terracotta", "dark green", "dark blue", "beige", "pale grey"),
        moods=("warm", "warm", "day"),
    )
    room.keep_clear()
    name = room.one_of(tuple(WOODS))
    wide, y = room.width * 0.75, room.depth - 1.5
    room.box((0, y, 0.52), (wide, 0.5, 1.04), "wood", WOODS[name])
    room.box((0, y - 0.08, 1.07), (wide + 0.2, 0.75, 0.06), "plain", (0.15, 0.12, 0.1))
    for level in (1.25, 1.65, 2.05):
        room.box((0, room.depth - 0.15, level), (wide, 0.3, 0.03), "wood", WOODS[name])
        for n in range(9):
            room.put(
                room.one_of(("wine bottle", "wine bottle", "beer glass", "cocktail glass", "vase")),
                (n - 4) * wide / 10,
                room.depth - 0.15,
                z=level + 0.015,
                solid=False,
                scale=room.number(0.9, 1.2),
            )
    colour, tint = paint(room.random, ("red", "black", "brown", "orange", "blue"))
    room.scene.main, room.scene.colour = "bar counter", colour
    stool = room.model("bar stool")
    for n in range(4):
        room.put(
            "bar stool", (n - 1.5) * wide / 4.2, y - 0.75, 180 + room.number(-20, 20), model=stool, tint=tint
        )
    room.put("coffee machine", wide / 3, y, 180, 1.1, solid=False)
    room.say(f"{name} bar counter", f"{colour} bar stools", "shelves with bottles")
    room.ceiling_lamps(3, 1, "hanging lamp")


def restaurant_kitchen(room: Room) -> None:
    room.shell(
        room.number(3.8, 5.0),
        room.number(4.5, 6.0),
        2.9,
        floors=("tiled floor",),
        walls=("white", "pale grey"),
        moods=("even", "cold"),
    )
    room.keep_clear(0.5)
    room.scene.main, room.scene.colour = "steel worktop", "grey"
    steel = (0.72, 0.74, 0.76)
    for sign in (-1, 1):
        x = sign * (room.width / 2 - 0.4)
        for n in range(4):
            y = 1.0 + n * 1.15
            if room.chance(0.35):
                room.put(room.one_of(("stove", "oven", "fridge")), x, y, -90.0 * sign, must=False)
                continue
            room.box((x, y, 0.88), (0.75, 1.13, 0.05), "metal", steel)
            room.box((x, y, 0.4), (0.7, 1.1, 0.6), "metal", (0.6, 0.62, 0.64))
            room.put(
                room.one_of(
                    ("pan", "food mixer", "knife stand", "kitchen scale", "bowl of salad", "bread", "pan")
                ),
                x,
                y,
                -90.0 * sign,
                0.905,
                solid=False,
            )
        room.box((x + sign * 0.15, room.depth / 2, 1.65), (0.35, room.depth - 1, 0.04), "metal", steel)
        for n in range(7):
            room.put(
                room.one_of(("pan", "bowl of fruit", "coffee cup", "wine bottle")),
                x + sign * 0.15,
                1 + n * 0.6,
                z=1.67,
                solid=False,
            )
    room.box((0, room.depth * 0.58, 0.88), (0.9, 2.2, 0.05), "metal", steel)
    room.box((0, room.depth * 0.58, 0.4), (0.8, 2.1, 0.5), "metal", (0.55, 0.57, 0.6))
    for n in range(3):
        room.put(
            room.one_of(("pan", "bread", "bowl of salad", "steak", "apples")),
            0,
            room.depth * 0.58 + (n - 1) * 0.65,
            z=0.905,
            solid=False,
        )
    room.box((0, room.depth - 0.6, 2.1), (room.width * 0.6, 1.0, 0.45), "metal", steel)
    room.say("steel worktops", "pans on shelves", "white tiles")
    room.ceiling_lamps(2, 3)


def shop(room: Room) -> None:
    room.shell(
        room.number(3.4, 4.6),
        room.number(6.0, 8.0),
        3.1,
        floors=("tiled floor", "smooth floor"),
        moods=("even", "even", "day", "cold"),
    )
    room.is_aisle = True
    room.scene.main, room.scene.colour = "shop shelves", "white"
    for x in (-room.width / 2 + 0.4, room.width / 2 - 0.4):
        for n in range(4):
            y = 1.4 + n * 1.45
            room.box((x, y, 0.9), (0.08 if x == 0 else 0.06, 1.4, 1.8), "plain", (0.92, 0.92, 0.92))
            for level in (0.15, 0.6, 1.05, 1.5):
                room.box((x, y, level), (0.7, 1.4, 0.04), "plain", (0.9, 0.9, 0.9))
                _, shade = paint(room.random, (*VIVID, "white", "brown"))
                for k in range(6):
                    high = room.number(0.2, 0.34)
                    if k % 3 == 0:
                        _, shade = paint(room.random, (*VIVID, "white", "brown"))
                    for side in (-0.2, 0.2):
                        room.box(
                            (x + side, y + (k - 2.5) * 0.22, level + 0.02 + high / 2),
                            (0.25, 0.19, high),
                            "plain",
                            shade,
                        )
    room.say("shelves with colourful goods", "white shelves", room.floor)
    if room.chance(0.6):
        room.put("shopping basket", 0.2, 2.2, 20)
        room.say("shopping basket")
    room.ceiling_lamps(2, 4)


def boutique(room: Room) -> None:
    room.shell(
        room.number(4.2, 5.4),
        room.number(4.2, 5.5),
        2.9,
        floors=("wooden floor", "tiled floor"),
        moods=("even", "warm", "day"),
    )
    room.keep_clear(0.6)
    colour, tint = paint(room.random, VIVID)
    room.scene.main, room.scene.colour = "clothes rack", colour
    for x in (-1, 1):
        for n in range(2):
            y = 1.9 + n * 1.5
            px = x * room.width * 0.3
            room.box((px, y, 1.5), (0.04, 1.3, 0.04), "metal", (0.6, 0.6, 0.6))
            for edge in (-0.65, 0.65):
                room.box((px, y + edge, 0.75), (0.04, 0.04, 1.5), "metal", (0.6, 0.6, 0.6))
            for k in range(8):
                _, shade = paint(room.random, (*VIVID, "white", "black", "beige"))
                room.box(
                    (px, y + (k - 3.5) * 0.15, 1.05), (0.45, 0.09, room.number(0.7, 0.9)), "fabric", shade
                )
            room.take(px, y, 0.6, 1.4)
    room.against("back", "shelves")
    room.put("mannequin", 0, room.depth - 0.9)
    room.put("armchair", 0, room.depth * 0.5, room.number(-30, 30), tint=tint)
    room.say("clothes on racks", f"{colour} armchair", "mannequin")
    room.against("back", "plant")
    room.ceiling_lamps(2, 2)


def gym(room: Room) -> None:
    room.shell(
        room.number(5.0, 6.5),
        room.number(5.0, 6.5),
        3.0,
        floors=("smooth floor", "wooden floor", "carpet"),
        moods=BRIGHT,
    )
    room.keep_clear(0.6)
    room.scene.main = "treadmill"
    room.box((0, room.depth - 0.02, 1.3), (room.width * 0.85, 0.02, 1.8), "mirror", (0.9, 0.92, 0.93))
    for n in range(3):
        room.put("treadmill", (n - 1) * room.width * 0.29, room.depth - 1.5, room.one_of((180.0, 180.0)))
    for noun in ("exercise bike", "weight bench", "fitness tower", "punching bag", "exercise bike"):
        room.put(
            noun,
            room.number(-0.35, 0.35) * room.width,
            room.number(1.2, room.depth - 2.8),
            room.number(-90, 90),
        )
    name, tint = paint(room.random, VIVID)
    room.scene.colour = name
    for n in range(2):
        room.box((room.number(-1.5, 1.5), 1.2 + n * 0.9, 0.02), (1.8, 0.6, 0.04), "fabric", tint)
    room.say("treadmills", "large mirror", f"{name} mats on the floor")
    room.ceiling_lamps(2, 2)


def games_room(room: Room) -> None:
    room.shell(
        room.number(4.6, 5.6),
        room.number(4.6, 5.6),
        2.8,
        floors=("wooden floor", "carpet"),
        moods=("warm", "even", "day"),
    )
    room.keep_clear(0.5)
    noun = room.one_of(("pool table", "table football", "table tennis table"))
    room.scene.main = noun
    room.scene.colour = "green" if noun != "table football" else ""
    room.put(noun, 0, room.depth * 0.52, room.one_of((0, 90)) if noun == "table football" else 0, must=False)
    room.say(noun)
    colour, tint = paint(room.random, ("red", "brown", "black", "green", "blue"))
    if room.against("back", room.one_of(("sofa", "armchair")), tint=tint):
        room.say(f"{colour} {room.scene.things[-1].noun}")
    room.somewhere("bar stool", "plant", "shelves")
    room.somewhere("bar stool", "loudspeaker", "plant")
    room.pictures(3)
    room.ceiling_lamps(2, 1, "hanging lamp")
