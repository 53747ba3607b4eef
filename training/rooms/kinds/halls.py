"""Workshops, halls and rooms under construction."""

from __future__ import annotations

from training.rooms.colours import VIVID, WOODS, paint
from training.rooms.rooms import Room


def workshop(room: Room) -> None:
    room.shell(
        room.number(4.0, 5.5),
        room.number(4.2, 5.5),
        3.0,
        floors=("concrete floor", "wooden floor"),
        walls=("white", "pale grey", "beige", "pale green"),
        moods=("day", "even", "cold", "sun"),
    )
    room.keep_clear(0.6)
    room.scene.main = "workbench"
    wood = room.one_of(tuple(WOODS))
    room.against("back", "workbench", along=room.one_of((-0.6, 0.6)))
    room.scene.colour = "brown"
    long = room.number(1.8, 2.4)
    x = room.number(-0.5, 0.5)
    room.box((x, room.depth * 0.5, 0.86), (long, 0.75, 0.09), "wood", WOODS[wood])
    for side in (-1, 1):
        for edge in (-1, 1):
            room.box(
                (x + side * (long / 2 - 0.1), room.depth * 0.5 + edge * 0.3, 0.41),
                (0.1, 0.1, 0.82),
                "wood",
                WOODS[wood],
            )
    room.take(x, room.depth * 0.5, long, 0.8)
    for n in range(5):
        room.put(
            room.one_of(("hammer", "drill", "saw", "screwdriver", "angle grinder", "pliers")),
            x + (n - 2) * long / 5.5,
            room.depth * 0.5 + room.number(-0.2, 0.2),
            room.number(0, 180),
            0.905,
            solid=False,
            scale=1.2,
        )
    for n in range(7):  # tools on the wall
        room.box(
            ((n - 3) * 0.32 + x * 0.3, room.depth - 0.03, 1.75 + room.number(-0.1, 0.1)),
            (0.06, 0.03, room.number(0.25, 0.5)),
            "metal",
            room.one_of(((0.5, 0.5, 0.52), (0.6, 0.15, 0.1), (0.15, 0.3, 0.6), (0.8, 0.6, 0.1))),
        )
    room.against(room.one_of(("left", "right")), "metal rack")
    for noun in ("barrel", "crate", "step ladder", "cardboard box", "drawing table", "fire extinguisher"):
        if room.chance(0.5):
            room.somewhere(noun)
    room.say(f"{wood} workbench with tools", "tools on the wall", "metal shelves")
    room.ceiling_lamps(2, 2)


def factory(room: Room) -> None:
    room.shell(
        room.number(7.0, 9.0),
        room.number(8.0, 11.0),
        5.0,
        floors=("concrete floor",),
        walls=("pale grey", "white", "pale blue"),
        moods=("cold", "even", "day"),
    )
    room.keep_clear(0.6)
    colour, tint = paint(room.random, ("green", "blue", "yellow", "orange", "grey", "red"))
    room.scene.main, room.scene.colour = "machines", colour
    for sign in (-1, 1):
        for n in range(4):
            x, y = sign * room.width * 0.3, 1.6 + n * 2.3
            high, wide = room.number(1.3, 2.2), room.number(1.1, 1.6)
            room.box((x, y, high / 2), (wide, 1.4, high), "plain", tint)
            room.box((x - sign * 0.1, y, high + 0.2), (wide * 0.5, 0.7, 0.4), "metal", (0.6, 0.62, 0.64))
            room.box((x - sign * wide / 2, y, high * 0.65), (0.04, 0.8, 0.45), "plain", (0.1, 0.12, 0.14))
            room.box(
                (x - sign * (wide / 2 + 0.02), y + 0.5, high * 0.45),
                (0.05, 0.15, 0.3),
                "plain",
                (0.85, 0.75, 0.1),
            )
    if room.chance(0.6):
        room.box((0, room.depth / 2, 0.8), (0.9, room.depth - 2, 0.1), "plain", (0.15, 0.15, 0.16))
        for n in range(6):
            room.box((0, 1.4 + n * 1.4, 0.4), (0.8, 0.1, 0.8), "metal", (0.6, 0.6, 0.62))
            room.put("cardboard box", room.number(-0.1, 0.1), 1.6 + n * 1.4, 90, 0.85, solid=False)
        room.say("assembly line with boxes")
    else:
        room.put("fork lift", 0, room.depth * 0.5, room.one_of((70, -110)))
        room.say("fork lift")
    for n in range(4):
        room.box((0, 1.5 + n * 2.4, 4.6), (room.width, 0.2, 0.3), "metal", (0.45, 0.5, 0.55))
    for sign in (-1, 1):
        room.box(
            (sign * room.width * 0.35, room.depth / 2, 4.2),
            (0.35, room.depth, 0.35),
            "metal",
            (0.7, 0.72, 0.74),
        )
    room.scene.objects.insert(0, f"rows of {colour} machines")
    room.say("concrete floor", "steel beams")
    room.ceiling_lamps(2, 4)


def warehouse(room: Room) -> None:
    room.shell(
        room.number(6.0, 7.5),
        room.number(8.0, 11.0),
        5.0,
        floors=("concrete floor",),
        walls=("white", "pale grey"),
        moods=("cold", "even", "day"),
        windows="back",
    )
    colour, tint = paint(room.random, ("orange", "blue", "green", "yellow", "red"))
    room.is_aisle = True
    room.scene.main, room.scene.colour = "high shelves", colour
    for sign in (-1, 1):
        for n in range(4):
            y = 1.0 + n * 2.3
            x = sign * (room.width / 2 - 1.0)
            for edge in (-1.1, 1.1):
                for side in (-0.5, 0.5):
                    room.box((x + side, y + edge, 2.1), (0.1, 0.1, 4.2), "plain", tint)
            for level in (0.15, 1.6, 3.0):
                room.box((x, y, level), (1.1, 2.2, 0.1), "plain", tint)
                for k in range(3):
                    if room.chance(0.85):
                        high = room.number(0.5, 1.0)
                        shade = room.one_of(
                            ((0.72, 0.54, 0.33), (0.66, 0.48, 0.28), (0.78, 0.62, 0.42), (0.85, 0.85, 0.83))
                        )
                        room.box(
                            (x + room.number(-0.1, 0.1), y + (k - 1) * 0.72, level + 0.05 + high / 2),
                            (0.8, 0.6, high),
                            "plain",
                            shade,
                        )
    room.say(f"high {colour} shelves", "cardboard boxes", "concrete floor")
    if room.chance(0.5):
        room.put("fork lift", room.number(-0.3, 0.3), room.depth * 0.5, room.one_of((80, -95)))
        room.say("fork lift")
    else:
        room.put("pallet", 0.2, 2.6)
    room.ceiling_lamps(1, 5)


def building_site(room: Room) -> None:
    room.shell(
        room.number(3.8, 5.0),
        room.number(4.0, 5.2),
        2.8,
        floors=("concrete floor",),
        walls=("pale grey", "white", "beige"),
        moods=("day", "sun", "cold"),
    )
    room.keep_clear(0.6)
    room.scene.main, room.scene.colour = "step ladder", room.one_of(("grey",))
    if room.chance(0.6):
        room.box((0, room.depth - 0.005, 0.65), (room.width, 0.01, 1.3), "brick", (0.62, 0.3, 0.2))
        room.say("bare brick wall")
    room.put("step ladder", room.number(-1, 1), room.depth * 0.6, room.number(-40, 40))
    room.put("trestle table", room.number(-0.6, 0.6), room.depth * 0.45, room.number(-15, 15))
    for _ in range(4):
        _, shade = paint(room.random, (*VIVID, "white"))
        x, y = room.number(-1.5, 1.5), room.number(1.3, room.depth - 0.6)
        if room.free(x, y, 0.3, 0.3):
            room.box((x, y, 0.15), (0.26, 0.26, 0.3), "plain", shade)
            room.take(x, y, 0.3, 0.3)
    for noun in ("wheelbarrow", "pallet", "cardboard box", "open box", "barrel"):
        if room.chance(0.55):
            room.put(noun, room.number(-1.5, 1.5), room.number(1.5, room.depth - 0.7), room.number(0, 180))
    room.box((room.number(-1, 1), room.depth - 0.3, 0.4), (0.9, 0.4, 0.8), "brick", (0.65, 0.33, 0.22))
    room.say("step ladder", "paint buckets on the concrete floor", "stack of bricks")
