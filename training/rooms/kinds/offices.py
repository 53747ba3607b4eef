"""Rooms of offices and technology."""

from __future__ import annotations

from training.rooms.colours import WOODS, dimmed, paint
from training.rooms.rooms import BRIGHT, Room
from training.rooms.scenes import sizes_of


def office(room: Room) -> None:
    room.shell(room.number(4.0, 6.0), room.number(4.2, 6.5), 2.8, floors=("carpet", "wooden floor", "smooth floor"),
               moods=BRIGHT)  # fmt: skip
    room.keep_clear()
    colour, tint = paint(room.random, ("black", "black", "grey", "blue", "red", "green"))
    room.scene.main, room.scene.colour = "office chair", colour
    desk, chair = room.model("desk"), room.model("office chair")
    wide, deep, _ = sizes_of(desk)
    computer = room.one_of(("laptop computer", "desktop computer"))
    for row in range(2 if room.depth > 5 else 1):
        for column in range(2 if room.width > 4.6 or room.chance(0.3) else 1):
            x = (column - 0.5) * (wide + 0.7) if room.width > 4.6 else (column - 0.4) * 0.8
            y = 2.1 + row * 2.3 + room.number(-0.15, 0.15)
            turn = room.one_of((0.0, 180.0)) if row == 0 else 0.0
            if table := room.put("desk", x, y, turn, model=desk):
                facing = turn
                away = (deep / 2 + 0.25) * (1 if turn == 0 else -1)
                room.put(
                    "office chair",
                    x + room.number(-0.2, 0.2),
                    y + away,
                    facing + room.number(-30, 30),
                    model=chair,
                    tint=tint,
                    solid=False,
                )
                room.on(table, computer, 0.0, 0.0, 180)
                if room.chance(0.5):
                    room.on(
                        table,
                        room.one_of(("desk lamp", "telephone", "pen holder", "letter tray")),
                        -wide / 3,
                        0.0,
                    )
                room.take(x, y + away, 0.7, 0.7)
    room.say(f"{colour} office chairs", f"desks with {computer}s")
    if room.against("back", room.one_of(("office cupboard", "bookcase"))):
        room.say("tall cupboard with folders")
    room.against(room.one_of(("left", "right")), "filing cabinet")
    if room.somewhere("plant"):
        room.say("green plant")
    room.somewhere("water cooler", "whiteboard", "printer") if room.chance(0.3) else None
    if room.chance(0.5):
        room.pictures()
    room.ceiling_lamps(2, 2)


def meeting_room(room: Room) -> None:
    room.shell(
        room.number(3.8, 5.0), room.number(4.5, 6.0), 2.8, floors=("carpet", "wooden floor"), moods=BRIGHT
    )
    room.keep_clear()
    colour, tint = paint(room.random, ("black", "grey", "blue", "red", "white", "orange"))
    room.scene.main, room.scene.colour = "long table", colour
    table = room.table_with_chairs(
        "long table",
        room.one_of(("office chair", "chair")),
        0,
        room.depth * 0.55,
        chairs=10,
        tint=tint,
        turn=90.0 if room.chance(0.5) else 0.0,
    )
    for place in (-0.5, 0.1, 0.6):
        if room.chance(0.7):
            room.on(
                table,
                room.one_of(("laptop computer", "coffee cup", "letter tray", "flowers")),
                place,
                room.number(-0.2, 0.2),
                90,
            )
    room.say("long table", f"{colour} chairs around the table")
    if room.chance(0.6):
        room.put("wall television", 0, room.depth - 0.08, z=1.0, solid=False, scale=1.4)
        room.say("large screen on the wall")
    else:
        room.against("back", "whiteboard")
        room.say("whiteboard")
    if room.somewhere("plant"):
        room.say("green plant in the corner")
    room.ceiling_lamps(2, 2)


def lobby(room: Room) -> None:
    room.shell(
        room.number(5.0, 6.5),
        room.number(5.0, 6.5),
        3.2,
        floors=("tiled floor", "wooden floor"),
        moods=("day", "even", "sun", "warm"),
    )
    room.keep_clear()
    name = room.one_of(tuple(WOODS))
    wide = room.number(2.2, 3.2)
    x, y = room.number(-0.6, 0.6), room.depth - 1.5
    style, shade = ("wood", WOODS[name]) if room.chance(0.6) else ("plain", (0.93, 0.93, 0.92))
    name = name if style == "wood" else "white"
    room.box((x, y, 0.52), (wide, 0.6, 1.04), style, shade)
    room.box(
        (x, y - 0.1, 1.07),
        (wide + 0.2, 0.85, 0.06),
        "plain",
        (0.25, 0.25, 0.27) if style == "plain" else (0.92, 0.92, 0.9),
    )
    room.take(x, y, wide + 0.3, 2.0)
    room.put("desktop computer", x + 0.5, y, 180, 1.1, solid=False)
    room.put("flowers", x - wide / 3, y, 0, 1.1, solid=False)
    colour, tint = paint(room.random, ("red", "blue", "grey", "beige", "green", "orange", "yellow"))
    room.scene.main, room.scene.colour = "reception desk", colour
    side = room.one_of((-1, 1))
    model = room.model("armchair")
    for step in (0, 1):
        room.put(
            "armchair", side * (room.width / 2 - 0.7), 1.9 + step * 1.3, 90.0 * -side, model=model, tint=tint
        )
    room.put("coffee table", side * (room.width / 2 - 1.7), 2.5, 90)
    room.say(f"{name} reception desk", f"{colour} armchairs", "flowers on the desk")
    room.put("plant", -side * (room.width / 2 - 0.6), room.depth - 0.7)
    room.put("plant", -side * (room.width / 2 - 0.6), 2.2)
    if room.chance(0.5):
        room.rug(side * (room.width / 2 - 1.4), 2.5, 2.0, 2.4)
    room.pictures(2)
    room.ceiling_lamps(3, 1, "hanging lamp" if room.chance(0.5) else "")


def computer_lab(room: Room) -> None:
    room.shell(
        room.number(5.0, 6.2),
        room.number(5.5, 6.5),
        2.8,
        floors=("carpet", "smooth floor"),
        moods=("even", "cold", "day"),
        windows="left right",
    )
    room.keep_clear(0.5)
    colour, tint = paint(room.random, ("blue", "black", "red", "green", "orange"))
    room.scene.main, room.scene.colour = "desktop computer", colour
    chair, computer = room.model("office chair"), room.model("desktop computer")
    for row in range(3):
        y = 1.5 + row * 1.6
        room.box((0, y, 0.72), (room.width - 1.4, 0.7, 0.05), "plain", (0.9, 0.9, 0.88))
        room.box((0, y + 0.3, 0.36), (room.width - 1.4, 0.04, 0.7), "plain", (0.75, 0.75, 0.75))
        for seat in range(4):
            x = (seat - 1.5) * (room.width - 1.6) / 4
            room.put("desktop computer", x, y + 0.05, 180 * (row % 2), 0.745, model=computer, solid=False)
            room.put(
                "office chair",
                x,
                y - 0.55 if row % 2 == 0 else y + 0.6,
                180 * ((row + 1) % 2),
                model=chair,
                tint=tint,
                solid=False,
            )
    room.say("rows of computers", f"{colour} chairs", "white tables")
    if room.chance(0.5):
        room.put("whiteboard", 0, room.depth - 0.4, solid=False)
    room.ceiling_lamps(2, 3)


def server_room(room: Room) -> None:
    room.shell(
        room.number(3.6, 4.6),
        room.number(6.0, 8.0),
        2.8,
        floors=("tiled floor", "smooth floor"),
        walls=("white", "pale grey"),
        moods=("cold", "cold", "even"),
        windows="back",
    )
    room.is_aisle = True
    room.scene.main, room.scene.colour = "server racks", "black"
    glow, shade = room.one_of(
        (("blue", (0.2, 0.5, 1.0)), ("green", (0.2, 0.9, 0.4)), ("white", (0.8, 0.9, 1.0)))
    )
    body = room.one_of(((0.05, 0.05, 0.06), (0.1, 0.1, 0.12), (0.16, 0.17, 0.19)))
    for sign in (-1, 1):
        for n in range(int(room.depth / 0.72)):
            x, y = sign * (room.width / 2 - 0.65), 0.4 + n * 0.7
            room.box((x, y, 1.05), (1.0, 0.66, 2.1), "plain", body)
            for level in range(9):
                room.box(
                    (x - sign * 0.51, y, 0.3 + level * 0.2), (0.02, 0.56, 0.14), "plain", (0.18, 0.19, 0.21)
                )
                room.box(
                    (x - sign * 0.525, y + room.number(-0.22, 0.22), 0.3 + level * 0.2),
                    (0.02, 0.09, 0.04),
                    "glow",
                    shade,
                )
    room.say("rows of black server racks", f"{glow} lights", room.floor)
    room.ceiling_lamps(1, 5)


def vault(room: Room) -> None:
    room.shell(
        room.number(3.4, 4.4),
        room.number(4.5, 6.0),
        2.7,
        floors=("tiled floor", "smooth floor"),
        walls=("pale grey", "beige"),
        moods=("even", "warm", "cold"),
        windows="back",
    )
    room.is_aisle = True
    room.scene.main = "safe deposit boxes"
    name, shade = room.one_of((("steel", (0.66, 0.68, 0.7)), ("golden", (0.72, 0.58, 0.32))))
    room.scene.colour = "grey" if name == "steel" else "yellow"
    for sign in (-1, 1):
        x = sign * (room.width / 2 - 0.25)
        room.box((x, room.depth / 2, 1.2), (0.5, room.depth, 2.4), "metal", dimmed(shade, 0.6))
        for n in range(int(room.depth / 0.5)):
            for level in range(6):
                room.box(
                    (x - sign * 0.26, 0.3 + n * 0.5, 0.25 + level * 0.38), (0.03, 0.45, 0.34), "metal", shade
                )
                room.box(
                    (x - sign * 0.28, 0.42 + n * 0.5, 0.25 + level * 0.38),
                    (0.03, 0.05, 0.05),
                    "plain",
                    (0.15, 0.15, 0.15),
                )
    for n in range(int((room.width - 1) / 0.5)):
        for level in range(6):
            room.box(
                ((n + 0.5) * 0.5 - room.width / 2 + 0.5, room.depth - 0.03, 0.25 + level * 0.38),
                (0.45, 0.05, 0.34),
                "metal",
                shade,
            )
    if room.chance(0.6):
        room.put("dining table", 0, room.depth * 0.6, 90)
    else:
        room.put("safe", 0.2, room.depth * 0.6, scale=1.6)
    room.say(f"walls of {name} safe deposit boxes", room.floor, "table in the middle")
    room.ceiling_lamps(1, 3)
