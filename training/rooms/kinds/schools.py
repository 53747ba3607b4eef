"""Rooms of schools, universities and libraries."""

from __future__ import annotations

from training.rooms.colours import WOODS, paint
from training.rooms.rooms import BRIGHT, Room
from training.rooms.scenes import own_colour, sizes_of


def classroom(room: Room) -> None:
    room.shell(
        room.number(5.2, 6.5),
        room.number(5.8, 7.0),
        3.0,
        floors=("wooden floor", "smooth floor"),
        moods=BRIGHT,
        windows="left right",
    )
    room.keep_clear(0.5)
    board, name = (
        ((0.08, 0.22, 0.16), "green chalkboard") if room.chance(0.6) else ((0.96, 0.96, 0.96), "whiteboard")
    )
    room.box((0, room.depth - 0.02, 1.55), (3.2, 0.05, 1.25), "plain", (0.45, 0.3, 0.18))
    room.box((0, room.depth - 0.05, 1.55), (3.05, 0.05, 1.12), "plain", board)
    colour, tint = paint(room.random, ("blue", "green", "red", "orange", "grey", "yellow"))
    room.scene.main, room.scene.colour = "school desk", colour
    desk, chair = room.model("school desk"), room.model("school seat")
    columns = 3 if room.width > 5.7 else 2
    for row in range(3):
        for column in range(columns):
            x, y = ((column + 0.5) / columns - 0.5) * (room.width - 0.8), 1.2 + row * 1.35
            room.put("school desk", x, y, 180, model=desk)
            room.put(
                "school seat", x, y - 0.45, 180 + room.number(-10, 10), model=chair, tint=tint, solid=False
            )
    room.put("desk", room.one_of((-1.4, 1.4)), room.depth - 1.0, 0)
    room.say("rows of desks", f"{colour} chairs", name)
    room.against(room.one_of(("left", "right")), room.one_of(("bookcase", "shelves", "plant")), along=0.9)
    room.ceiling_lamps(2, 3)


def lecture_hall(room: Room) -> None:
    room.shell(
        room.number(6.5, 8.0),
        room.number(8.0, 9.5),
        4.2,
        floors=("carpet", "wooden floor"),
        moods=("even", "warm", "even"),
        windows="left right",
    )
    name, tint = paint(room.random, ("red", "blue", "green", "grey", "orange"))
    room.scene.main, room.scene.colour = "rows of seats", name
    wood = room.one_of(tuple(WOODS.values()))
    for row in range(6):
        y, z = 0.6 + row * 0.95, 0.9 - row * 0.18
        room.box((0, y, z / 2 - 0.05), (room.width, 0.95, max(0.02, z)), "plain", (0.5, 0.48, 0.46))
        for seat in range(9):
            x = (seat - 4) * 0.66
            room.box((x, y - 0.1, z + 0.45), (0.52, 0.45, 0.1), "fabric", tint)
            room.box((x, y - 0.35, z + 0.72), (0.52, 0.1, 0.55), "fabric", tint)
        room.box((0, y + 0.32, z + 0.72), (6.1, 0.34, 0.05), "wood", wood)
    room.box(
        (0, room.depth - 0.05, 2.1),
        (4.2, 0.06, 2.1),
        "plain",
        room.one_of(((0.96, 0.96, 0.97), (0.08, 0.2, 0.15))),
    )
    room.box((1.8, room.depth - 1.2, 0.55), (0.7, 0.5, 1.1), "wood", wood)
    room.say(f"rows of {name} seats", "large screen on the wall", "wooden lectern")
    room.ceiling_lamps(3, 3)
    room.eye = (room.number(-1.5, 1.5), -0.6, 2.6)


def library_hall(room: Room) -> None:
    room.shell(
        room.number(4.5, 6.0),
        room.number(5.0, 6.5),
        3.2,
        floors=("wooden floor", "carpet"),
        moods=("day", "warm", "even", "sun"),
        windows="left right",
    )
    room.keep_clear(0.6)
    shelf = room.one_of(("k/full-bookcase", "b/bookcase"))
    wide, deep, _ = sizes_of(shelf)
    for n in range(int(room.width / wide)):
        room.put(
            "bookcase", (n + 0.5) * wide - room.width / 2 + 0.05, room.depth - deep / 2 - 0.03, model=shelf
        )
    for n in range(int((room.depth - 1.2) / wide)):
        for sign in (-1, 1):
            if sign < 0 or room.chance(0.6):
                room.put(
                    "bookcase",
                    sign * (room.width / 2 - deep / 2 - 0.05),
                    1.2 + (n + 0.5) * wide,
                    -90.0 * sign,
                    model=shelf,
                )
    colour, tint = paint(room.random, ("brown", "red", "green", "blue", "black"))
    room.scene.main, room.scene.colour = "bookshelves", colour
    table = room.table_with_chairs(
        room.one_of(("dining table", "long table")), "chair", 0, room.depth * 0.5, chairs=6, tint=tint
    )
    room.on(table, "desk lamp", -0.3)
    room.on(table, "book", 0.3, 0.1, 20)
    room.say("tall bookshelves full of books", f"reading table with {colour} chairs")
    room.ceiling_lamps(2, 2, "hanging lamp" if room.chance(0.5) else "")


def laboratory(room: Room) -> None:
    room.shell(
        room.number(4.4, 5.6),
        room.number(4.8, 6.0),
        2.9,
        floors=("smooth floor", "tiled floor"),
        walls=("white", "pale blue", "pale grey", "pale green"),
        moods=("cold", "even", "day"),
    )
    room.keep_clear(0.5)
    colour, tint = paint(room.random, ("blue", "green", "red", "black", "turquoise"))
    room.scene.main, room.scene.colour = "laboratory bench", colour
    stool = room.model("bar stool")
    for row in range(2):
        y = 1.9 + row * 2.0
        room.box((0, y, 0.9), (room.width - 1.8, 0.8, 0.06), "plain", (0.94, 0.95, 0.95))
        room.box((0, y, 0.44), (room.width - 2.0, 0.7, 0.86), "plain", (0.75, 0.8, 0.83))
        room.box((0, y, 1.35), (room.width - 2.0, 0.25, 0.03), "plain", (0.85, 0.87, 0.88))
        for edge in (-1, 1):
            room.box((edge * (room.width / 2 - 1.1), y, 1.14), (0.05, 0.2, 0.45), "plain", (0.7, 0.72, 0.74))
        for n in range(8):
            high, shade = (
                room.number(0.1, 0.3),
                room.one_of(
                    ((0.2, 0.5, 0.8), (0.8, 0.3, 0.2), (0.9, 0.8, 0.3), (0.85, 0.9, 0.92), (0.3, 0.7, 0.4))
                ),
            )
            room.box(
                (room.number(-0.5, 0.5) * (room.width - 2.2), y + room.number(-0.3, -0.15), 0.93 + high / 2),
                (0.09, 0.09, high),
                "glass",
                shade,
            )
            room.box(
                ((n - 3.5) * (room.width - 2.3) / 8, y, 1.365 + high / 2), (0.1, 0.1, high), "glass", shade
            )
        room.put(
            room.one_of(("desktop computer", "laptop computer")),
            room.number(-0.8, 0.8),
            y,
            0,
            0.93,
            solid=False,
        )
        for n in (-1, 1):
            room.put("bar stool", n * 0.9, y - 0.75, 180, model=stool, tint=tint, solid=False)
    room.against("back", room.one_of(("office cupboard", "metal rack")))
    room.say("white laboratory benches", "glass bottles", f"{colour} stools")
    room.ceiling_lamps(2, 3)


def music_room(room: Room) -> None:
    room.shell(
        room.number(3.8, 5.0),
        room.number(4.0, 5.0),
        2.8,
        floors=("wooden floor",),
        moods=("day", "sun", "warm"),
    )
    room.keep_clear(0.5)
    room.scene.main, room.scene.colour = "piano", "black"
    model = room.model("piano")
    if model.startswith("z/"):
        room.put(
            "piano", room.number(-0.3, 0.3), room.depth * 0.58, room.one_of((0.0, 90.0, -90.0)), model=model
        )
    else:
        room.against("back", "piano", model=model, along=room.number(-0.5, 0.5))
        room.scene.colour = own_colour(model)
    rug = room.rug(0, room.depth * 0.5, 2.6, 2.0)
    room.somewhere("bookcase", "shelves")
    chair = room.put("chair", room.number(-0.9, 0.9), 1.6, room.number(130, 230))
    for noun in ("electric guitar", "loudspeaker", "plant"):
        room.somewhere(noun)
    room.say("piano", f"{rug} rug", "chair" if chair else "")
    room.pictures(2)
    if room.chance(0.5):
        room.say(f"{room.curtains()} curtains")
