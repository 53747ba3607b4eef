"""How rooms of each kind are furnished."""

from __future__ import annotations

from collections.abc import Callable

from training.rooms.colours import USUAL, VIVID, WOODS, paint
from training.rooms.rooms import Room
from training.rooms.scenes import own_colour, sizes_of

BRIGHT = ("day", "even", "even", "sun")


def _tinted(room: Room, noun: str, names: tuple[str, ...] = USUAL) -> tuple[str, tuple[float, float, float]]:
    return paint(room.random, names)


def office(room: Room) -> None:
    room.shell(room.number(4.0, 6.0), room.number(4.2, 6.5), 2.8, floors=("carpet", "wooden floor", "smooth floor"),
               moods=BRIGHT)  # fmt: skip
    room.keep_clear()
    colour, tint = _tinted(room, "chair", ("black", "black", "grey", "blue", "red", "green"))
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
                room.put("office chair", x + room.number(-0.2, 0.2), y + away, facing + room.number(-30, 30), model=chair,
                         tint=tint, solid=False)  # fmt: skip
                room.on(table, computer, 0.0, 0.0, 180)
                if room.chance(0.5):
                    room.on(table, room.one_of(("desk lamp", "telephone", "pen holder", "letter tray")), -wide / 3, 0.0)
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
    room.shell(room.number(3.8, 5.0), room.number(4.5, 6.0), 2.8, floors=("carpet", "wooden floor"), moods=BRIGHT)
    room.keep_clear()
    colour, tint = _tinted(room, "chair", ("black", "grey", "blue", "red", "white", "orange"))
    room.scene.main, room.scene.colour = "long table", colour
    table = room.table_with_chairs("long table", room.one_of(("office chair", "chair")), 0, room.depth * 0.55, chairs=10,
                                   tint=tint, turn=90.0 if room.chance(0.5) else 0.0)  # fmt: skip
    for place in (-0.5, 0.1, 0.6):
        if room.chance(0.7):
            room.on(table, room.one_of(("laptop computer", "coffee cup", "letter tray", "flowers")), place, room.number(-0.2, 0.2), 90)
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
    room.shell(room.number(5.0, 6.5), room.number(5.0, 6.5), 3.2, floors=("tiled floor", "wooden floor"), moods=("day", "even", "sun", "warm"))
    room.keep_clear()
    name = room.one_of(tuple(WOODS))
    wide = room.number(2.2, 3.2)
    x, y = room.number(-0.6, 0.6), room.depth - 1.5
    style, shade = ("wood", WOODS[name]) if room.chance(0.6) else ("plain", (0.93, 0.93, 0.92))
    name = name if style == "wood" else "white"
    room.box((x, y, 0.52), (wide, 0.6, 1.04), style, shade)
    room.box((x, y - 0.1, 1.07), (wide + 0.2, 0.85, 0.06), "plain", (0.25, 0.25, 0.27) if style == "plain" else (0.92, 0.92, 0.9))
    room.take(x, y, wide + 0.3, 2.0)
    room.put("desktop computer", x + 0.5, y, 180, 1.1, solid=False)
    room.put("flowers", x - wide / 3, y, 0, 1.1, solid=False)
    colour, tint = _tinted(room, "armchair", ("red", "blue", "grey", "beige", "green", "orange", "yellow"))
    room.scene.main, room.scene.colour = "reception desk", colour
    side = room.one_of((-1, 1))
    model = room.model("armchair")
    for step in (0, 1):
        room.put("armchair", side * (room.width / 2 - 0.7), 1.9 + step * 1.3, 90.0 * -side, model=model, tint=tint)
    room.put("coffee table", side * (room.width / 2 - 1.7), 2.5, 90)
    room.say(f"{name} reception desk", f"{colour} armchairs", "flowers on the desk")
    room.put("plant", -side * (room.width / 2 - 0.6), room.depth - 0.7)
    room.put("plant", -side * (room.width / 2 - 0.6), 2.2)
    if room.chance(0.5):
        room.rug(side * (room.width / 2 - 1.4), 2.5, 2.0, 2.4)
    room.pictures(2)
    room.ceiling_lamps(3, 1, "hanging lamp" if room.chance(0.5) else "")


def classroom(room: Room) -> None:
    room.shell(room.number(5.2, 6.5), room.number(5.8, 7.0), 3.0, floors=("wooden floor", "smooth floor"), moods=BRIGHT, windows="left right")
    room.keep_clear(0.5)
    board, name = ((0.08, 0.22, 0.16), "green chalkboard") if room.chance(0.6) else ((0.96, 0.96, 0.96), "whiteboard")
    room.box((0, room.depth - 0.02, 1.55), (3.2, 0.05, 1.25), "plain", (0.45, 0.3, 0.18))
    room.box((0, room.depth - 0.05, 1.55), (3.05, 0.05, 1.12), "plain", board)
    colour, tint = _tinted(room, "chair", ("blue", "green", "red", "orange", "grey", "yellow"))
    room.scene.main, room.scene.colour = "school desk", colour
    desk, chair = room.model("school desk"), room.model("school seat")
    columns = 3 if room.width > 5.7 else 2
    for row in range(3):
        for column in range(columns):
            x, y = ((column + 0.5) / columns - 0.5) * (room.width - 0.8), 1.2 + row * 1.35
            room.put("school desk", x, y, 180, model=desk)
            room.put("school seat", x, y - 0.45, 180 + room.number(-10, 10), model=chair, tint=tint, solid=False)
    room.put("desk", room.one_of((-1.4, 1.4)), room.depth - 1.0, 0)
    room.say("rows of desks", f"{colour} chairs", name)
    room.against(room.one_of(("left", "right")), room.one_of(("bookcase", "shelves", "plant")), along=0.9)
    room.ceiling_lamps(2, 3)


def lecture_hall(room: Room) -> None:
    room.shell(room.number(6.5, 8.0), room.number(8.0, 9.5), 4.2, floors=("carpet", "wooden floor"), moods=("even", "warm", "even"), windows="left right")
    name, tint = _tinted(room, "seat", ("red", "blue", "green", "grey", "orange"))
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
    room.box((0, room.depth - 0.05, 2.1), (4.2, 0.06, 2.1), "plain", room.one_of(((0.96, 0.96, 0.97), (0.08, 0.2, 0.15))))
    room.box((1.8, room.depth - 1.2, 0.55), (0.7, 0.5, 1.1), "wood", wood)
    room.say(f"rows of {name} seats", "large screen on the wall", "wooden lectern")
    room.ceiling_lamps(3, 3)
    room.eye = (room.number(-1.5, 1.5), -0.6, 2.6)


def computer_lab(room: Room) -> None:
    room.shell(room.number(5.0, 6.2), room.number(5.5, 6.5), 2.8, floors=("carpet", "smooth floor"), moods=("even", "cold", "day"), windows="left right")
    room.keep_clear(0.5)
    colour, tint = _tinted(room, "chair", ("blue", "black", "red", "green", "orange"))
    room.scene.main, room.scene.colour = "desktop computer", colour
    chair, computer = room.model("office chair"), room.model("desktop computer")
    for row in range(3):
        y = 1.5 + row * 1.6
        room.box((0, y, 0.72), (room.width - 1.4, 0.7, 0.05), "plain", (0.9, 0.9, 0.88))
        room.box((0, y + 0.3, 0.36), (room.width - 1.4, 0.04, 0.7), "plain", (0.75, 0.75, 0.75))
        for seat in range(4):
            x = (seat - 1.5) * (room.width - 1.6) / 4
            room.put("desktop computer", x, y + 0.05, 180 * (row % 2), 0.745, model=computer, solid=False)
            room.put("office chair", x, y - 0.55 if row % 2 == 0 else y + 0.6, 180 * ((row + 1) % 2), model=chair, tint=tint, solid=False)
    room.say("rows of computers", f"{colour} chairs", "white tables")
    if room.chance(0.5):
        room.put("whiteboard", 0, room.depth - 0.4, solid=False)
    room.ceiling_lamps(2, 3)


def library_hall(room: Room) -> None:
    room.shell(room.number(4.5, 6.0), room.number(5.0, 6.5), 3.2, floors=("wooden floor", "carpet"), moods=("day", "warm", "even", "sun"), windows="left right")
    room.keep_clear(0.6)
    shelf = room.one_of(("k/full-bookcase", "b/bookcase"))
    wide, deep, _ = sizes_of(shelf)
    for n in range(int(room.width / wide)):
        room.put("bookcase", (n + 0.5) * wide - room.width / 2 + 0.05, room.depth - deep / 2 - 0.03, model=shelf)
    for n in range(int((room.depth - 1.2) / wide)):
        for sign in (-1, 1):
            if sign < 0 or room.chance(0.6):
                room.put("bookcase", sign * (room.width / 2 - deep / 2 - 0.05), 1.2 + (n + 0.5) * wide, -90.0 * sign, model=shelf)
    colour, tint = _tinted(room, "chair", ("brown", "red", "green", "blue", "black"))
    room.scene.main, room.scene.colour = "bookshelves", colour
    table = room.table_with_chairs(room.one_of(("dining table", "long table")), "chair", 0, room.depth * 0.5, chairs=6, tint=tint)
    room.on(table, "desk lamp", -0.3)
    room.on(table, "book", 0.3, 0.1, 20)
    room.say("tall bookshelves full of books", f"reading table with {colour} chairs")
    room.ceiling_lamps(2, 2, "hanging lamp" if room.chance(0.5) else "")


def ward(room: Room) -> None:
    room.shell(room.number(4.2, 5.8), room.number(4.5, 6.5), 2.8, floors=("smooth floor", "tiled floor"),
               walls=("white", "pale blue", "pale green", "white"), moods=("day", "even", "cold", "sun"))  # fmt: skip
    room.keep_clear(0.7)
    room.scene.main = "hospital bed"
    name, tint = _tinted(room, "curtain", ("blue", "green", "turquoise", "white"))
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
    room.shell(room.number(4.0, 5.2), room.number(4.0, 5.0), 2.7, floors=("smooth floor", "tiled floor", "carpet"), moods=BRIGHT)
    room.keep_clear()
    colour, tint = _tinted(room, "chair", ("blue", "red", "green", "orange", "grey", "turquoise"))
    room.scene.main, room.scene.colour = "row of chairs", colour
    chair = room.model("chair")
    wide, deep, _ = sizes_of(chair)
    count = int((room.width - 1.2) / (wide + 0.08))
    for n in range(count):
        x = (n - (count - 1) / 2) * (wide + 0.08)
        room.put("chair", x, room.depth - deep / 2 - 0.1, model=chair, tint=tint)
    side = room.one_of((-1, 1))
    for n in range(3):
        room.put("chair", side * (room.width / 2 - deep / 2 - 0.1), 1.4 + n * (wide + 0.08), -90.0 * side, model=chair, tint=tint)
    table = room.put("coffee table", 0, room.depth * 0.5)
    room.on(table, room.one_of(("flowers", "book", "small plant")))
    room.put("plant", -side * (room.width / 2 - 0.5), room.depth - 0.5)
    room.say(f"row of {colour} chairs", "low table", "green plant")
    room.pictures(2)
    room.ceiling_lamps(2, 1)


def kitchen(room: Room) -> None:
    room.shell(room.number(3.0, 4.2), room.number(3.2, 4.4), 2.6, floors=("tiled floor", "wooden floor"), moods=("day", "day", "sun", "even", "warm"), windows="left right")
    room.keep_clear(0.6)
    colour, tint = _tinted(room, "cabinet", ("white", "red", "green", "blue", "grey", "turquoise", "yellow", "brown"))
    room.scene.main, room.scene.colour = "kitchen cabinets", colour
    own = room.chance(0.25)
    lower, upper = room.model("lower cabinet"), room.model("upper cabinet")
    x = -room.width / 2 + 0.05
    row = ["fridge", lower, "kitchen sink", lower, "oven", lower, lower, lower]
    if room.chance(0.5):
        row = ["high cabinet", lower, "stove", lower, "kitchen sink", lower, lower]
    for one in row:
        noun = one if "/" not in one else "lower cabinet"
        model = one if "/" in one else room.model(one)
        wide, deep, tall = sizes_of(model)
        if x + wide > room.width / 2:
            continue
        y = room.depth - deep / 2 - 0.02
        room.put(noun, x + wide / 2, y, model=model, tint=None if own or "cabinet" not in noun else tint, must=False)
        if noun == "oven" or noun == "stove":
            hood = room.model("hood")
            room.put("hood", x + wide / 2, room.depth - sizes_of(hood)[1] / 2, z=1.75, model=hood, solid=False)
        elif tall < 1.3:
            if "sink" not in noun:
                room.box((x + wide / 2, y, 0.91), (wide + 0.02, deep, 0.04), "plain", (0.3, 0.3, 0.3))
                if room.chance(0.6):
                    room.put(room.one_of(("microwave", "toaster", "food mixer", "coffee machine", "kettle", "bowl of fruit", "knife stand")), x + wide / 2, y, z=0.93, solid=False)
            deep_up, tall_up = sizes_of(upper)[1:]
            room.put("upper cabinet", x + wide / 2, room.depth - deep_up / 2 - 0.01, z=1.5, model=upper, tint=None if own else tint, solid=False)
        x += wide + 0.005
    room.box((0, room.depth - 0.01, 1.2), (room.width, 0.02, 0.6), "tiles", room.one_of(((0.9, 0.9, 0.88), (0.6, 0.75, 0.8), (0.85, 0.75, 0.6))))
    if own:
        room.scene.colour = ""
        room.say("kitchen cabinets", "oven with a hood")
    else:
        room.say(f"{colour} kitchen cabinets", "oven with a hood" if "oven" in row else "stove with a hood")
    if room.chance(0.7):
        table = room.table_with_chairs(room.one_of(("dining table", "round table")), "chair", room.number(-0.3, 0.3), room.depth * 0.46, chairs=4)
        room.on(table, room.one_of(("bowl of fruit", "flowers", "teapot", "bread", "bowl of salad")))
        room.say("table with chairs")
    else:
        room.put("kitchen island", 0, room.depth * 0.5)
    room.ceiling_lamps(1, 1, "hanging lamp")


def restaurant_kitchen(room: Room) -> None:
    room.shell(room.number(3.8, 5.0), room.number(4.5, 6.0), 2.9, floors=("tiled floor",), walls=("white", "pale grey"), moods=("even", "cold"))
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
            room.put(room.one_of(("pan", "food mixer", "knife stand", "kitchen scale", "bowl of salad", "bread", "pan")), x, y, -90.0 * sign, 0.905, solid=False)
        room.box((x + sign * 0.15, room.depth / 2, 1.65), (0.35, room.depth - 1, 0.04), "metal", steel)
        for n in range(7):
            room.put(room.one_of(("pan", "bowl of fruit", "coffee cup", "wine bottle")), x + sign * 0.15, 1 + n * 0.6, z=1.67, solid=False)
    room.box((0, room.depth * 0.58, 0.88), (0.9, 2.2, 0.05), "metal", steel)
    room.box((0, room.depth * 0.58, 0.4), (0.8, 2.1, 0.5), "metal", (0.55, 0.57, 0.6))
    for n in range(3):
        room.put(room.one_of(("pan", "bread", "bowl of salad", "steak", "apples")), 0, room.depth * 0.58 + (n - 1) * 0.65, z=0.905, solid=False)
    room.box((0, room.depth - 0.6, 2.1), (room.width * 0.6, 1.0, 0.45), "metal", steel)
    room.say("steel worktops", "pans on shelves", "white tiles")
    room.ceiling_lamps(2, 3)


def dining_room(room: Room) -> None:
    room.shell(room.number(3.6, 4.8), room.number(3.8, 5.0), 2.7, floors=("wooden floor", "wooden floor", "tiled floor"))
    room.keep_clear()
    colour, tint = _tinted(room, "chair")
    own = room.chance(0.4)
    chair, table_model = room.model("chair"), room.model("dining table")
    colour = own_colour(chair) if own else colour
    room.scene.main, room.scene.colour = "dining table", colour
    if room.chance(0.5):
        room.say(f"{room.rug(0, room.depth * 0.52, 2.6, 2.2)} rug")
    table = room.table_with_chairs("dining table", "chair", 0, room.depth * 0.52, chairs=6, tint=None if own else tint, chair_model=chair, table_model=table_model)
    room.on(table, room.one_of(("flowers", "bowl of fruit", "vase", "candle")))
    wood = own_colour(table_model)
    room.scene.objects.insert(0, f"{wood} dining table with {colour} chairs".replace("  ", " ").strip())
    if room.against("back", "sideboard"):
        room.say("sideboard")
    room.somewhere("plant")
    if room.chance(0.4):
        room.say(f"{room.curtains()} curtains")
    room.pictures()
    room.ceiling_lamps(1, 1, room.one_of(("hanging lamp", "chandelier")))


def restaurant(room: Room) -> None:
    room.shell(room.number(5.0, 6.5), room.number(5.5, 7.0), 3.0, floors=("wooden floor", "tiled floor"), walls=("white", "beige", "terracotta", "dark green", "dark blue", "yellow"), moods=("warm", "day", "warm", "sun"))
    room.keep_clear(0.5)
    colour, tint = _tinted(room, "chair", ("red", "black", "brown", "green", "white", "blue"))
    room.scene.main, room.scene.colour = "tables", colour
    table, chair = room.model("round table"), room.model("cafe chair")
    if room.chance(0.4):
        table, chair = room.model("dining table"), room.model("chair")
    for row in range(3):
        for column in range(3 if room.width > 5.8 else 2):
            x = ((column + 0.5) / (3 if room.width > 5.8 else 2) - 0.5) * (room.width - 0.6)
            placed = room.table_with_chairs("round table", "cafe chair", x, 1.5 + row * 1.9, chairs=4, tint=tint, chair_model=chair, table_model=table)
            if placed and room.chance(0.8):
                room.on(placed, room.one_of(("flowers", "candle", "wine bottle", "coffee cup")))
    room.say("tables set for guests", f"{colour} chairs", f"{room.walls} walls")
    room.pictures(3)
    room.somewhere("plant")
    room.ceiling_lamps(2, 2, "hanging lamp")


def bar(room: Room) -> None:
    room.shell(room.number(4.2, 5.5), room.number(4.2, 5.5), 2.9, floors=("wooden floor", "tiled floor"), walls=("terracotta", "dark green", "dark blue", "beige", "pale grey"), moods=("warm", "warm", "day"))
    room.keep_clear()
    name = room.one_of(tuple(WOODS))
    wide, y = room.width * 0.75, room.depth - 1.5
    room.box((0, y, 0.52), (wide, 0.5, 1.04), "wood", WOODS[name])
    room.box((0, y - 0.08, 1.07), (wide + 0.2, 0.75, 0.06), "plain", (0.15, 0.12, 0.1))
    for level in (1.25, 1.65, 2.05):
        room.box((0, room.depth - 0.15, level), (wide, 0.3, 0.03), "wood", WOODS[name])
        for n in range(9):
            room.put(room.one_of(("wine bottle", "wine bottle", "beer glass", "cocktail glass", "vase")), (n - 4) * wide / 10, room.depth - 0.15, z=level + 0.015, solid=False, scale=room.number(0.9, 1.2))
    colour, tint = _tinted(room, "stool", ("red", "black", "brown", "orange", "blue"))
    room.scene.main, room.scene.colour = "bar counter", colour
    stool = room.model("bar stool")
    for n in range(4):
        room.put("bar stool", (n - 1.5) * wide / 4.2, y - 0.75, 180 + room.number(-20, 20), model=stool, tint=tint)
    room.put("coffee machine", wide / 3, y, 180, 1.1, solid=False)
    room.say(f"{name} bar counter", f"{colour} bar stools", "shelves with bottles")
    room.ceiling_lamps(3, 1, "hanging lamp")


def bedroom(room: Room) -> None:
    room.shell(room.number(3.4, 4.6), room.number(3.6, 4.8), 2.6, floors=("wooden floor", "carpet", "wooden floor"), moods=("day", "sun", "warm", "day"))
    room.keep_clear(0.5)
    colour, tint = _tinted(room, "bed", ("white", "blue", "red", "green", "grey", "purple", "beige", "pink", "orange"))
    model = room.model("double bed")
    wide, deep, _ = sizes_of(model)
    own = room.chance(0.35)
    colour = own_colour(model) if own else colour
    room.scene.main, room.scene.colour = "double bed", colour
    x = room.number(-0.4, 0.4)
    if room.chance(0.6):
        rug = room.rug(x, room.depth - deep, wide + 1.2, 1.8)
    else:
        rug = ""
    room.put("double bed", x, room.depth - deep / 2 - 0.05, model=model, tint=None if own else tint)
    for side in (-1, 1):
        table = room.put("bedside table", x + side * (wide / 2 + 0.35), room.depth - 0.3, model=None)
        room.on(table, "table lamp")
    room.say(f"{colour} double bed".strip(), "bedside tables with lamps", f"{rug} rug" if rug else "")
    side = room.one_of(("left", "right"))
    if room.against(side, room.one_of(("wardrobe", "dressing table", "sideboard")), along=room.number(-0.5, 0.3)):
        room.say("wardrobe" if room.scene.things[-1].noun == "wardrobe" else "")
    room.against("left" if side == "right" else "right", room.one_of(("armchair", "plant", "chest")))
    if room.chance(0.5):
        room.say(f"{room.curtains()} curtains")
    room.pictures()
    if room.chance(0.5):
        room.ceiling_lamps(1, 1, "hanging lamp")


def nursery(room: Room) -> None:
    room.shell(room.number(3.4, 4.4), room.number(3.6, 4.6), 2.6, floors=("wooden floor", "carpet"), walls=("yellow", "pale blue", "pale green", "pink", "white"), moods=("day", "sun", "even"))
    room.keep_clear(0.5)
    colour, tint = _tinted(room, "bed", VIVID)
    noun = room.one_of(("child bed", "bunk bed", "crib"))
    room.scene.main, room.scene.colour = noun, colour
    rug = room.rug(0, room.depth * 0.45, 1.8, 1.5)
    room.against("back", noun, tint=tint, along=room.one_of((-0.9, 0.9)))
    room.against("back", room.one_of(("shelves", "changing table", "wardrobe")))
    table = room.put("child table", room.number(-0.5, 0.5), room.depth * 0.5)
    if table:
        chair = room.model("child chair")
        room.put("child chair", table.place[0] - 0.5, table.place[1], 90, model=chair, tint=tint, solid=False)
        room.put("child chair", table.place[0] + 0.5, table.place[1], -90, model=chair, tint=tint, solid=False)
        room.on(table, "xylophone")
    for toy in ("teddy bear", "toy train", "rocking horse", "doll house"):
        if room.chance(0.7):
            room.put(toy, room.number(-1.2, 1.2), room.number(1.1, room.depth - 1), room.number(-40, 40))
    room.say(f"{colour} {noun}", f"{rug} rug", "toys on the floor")
    room.pictures(2)
    if room.chance(0.4):
        room.say(f"{room.curtains()} curtains")


def living_room(room: Room) -> None:
    room.shell(room.number(4.0, 5.2), room.number(4.0, 5.4), 2.7, floors=("wooden floor", "wooden floor", "carpet"))
    room.keep_clear(0.5)
    colour, tint = _tinted(room, "sofa", USUAL + ("red", "blue", "green", "grey"))
    corner = room.chance(0.15)
    noun = "corner sofa" if corner else "sofa"
    room.scene.main, room.scene.colour = "sofa", colour
    rug = room.rug(0, room.depth * 0.55, room.number(2.0, 2.8), room.number(1.6, 2.0)) if room.chance(0.75) else ""
    wall_name = room.one_of(("back", "back", "left", "right"))
    sofa = room.against(wall_name, noun, tint=tint, along=0.0)
    table = room.put("coffee table", 0, room.depth * 0.55, 0 if wall_name == "back" else 90)
    room.on(table, room.one_of(("flowers", "vase", "bowl of fruit", "book", "candle", "teapot")))
    chair_colour, chair_tint = _tinted(room, "armchair", ("white", "grey", "brown", "beige", "yellow", "blue"))
    armchair = room.put("armchair", room.one_of((-1, 1)) * (room.width / 2 - 0.8), 1.7, room.one_of((-120, 120)), tint=chair_tint)
    room.say(f"{colour} {noun}" if sofa else "", f"{rug} rug" if rug else "", "coffee table" if table else "", f"{chair_colour} armchair" if armchair else "")
    lamp = room.put("floor lamp", room.one_of((-1, 1)) * (room.width / 2 - 0.5), room.depth - 0.5)
    if room.chance(0.3):
        if room.against("back", "fireplace"):
            room.say("fireplace")
    elif room.against(room.one_of(("left", "right", "back")), room.one_of(("bookcase", "tv stand", "shelves"))):
        room.say("bookcase" if room.scene.things[-1].noun == "bookcase" else "")
    if room.somewhere("plant"):
        room.say("green plant")
    if room.chance(0.5):
        room.say(f"{room.curtains()} curtains")
    room.pictures()
    if lamp is None or room.chance(0.3):
        room.ceiling_lamps(1, 1, room.one_of(("hanging lamp", "chandelier")))


def bathroom(room: Room) -> None:
    room.shell(room.number(2.4, 3.3), room.number(2.6, 3.4), 2.5, floors=("tiled floor",), walls=("white", "pale blue", "pale green", "white", "pale grey", "beige"), moods=("even", "day", "sun", "warm"))
    room.keep_clear(0.3)
    colour = room.one_of(((0.92, 0.93, 0.94), (0.55, 0.75, 0.82), (0.65, 0.8, 0.7), (0.3, 0.45, 0.6), (0.85, 0.78, 0.66)))
    name = {0.92: "white", 0.55: "blue", 0.65: "green", 0.3: "blue", 0.85: "beige"}[colour[0]]
    room.box((0, room.depth - 0.005, 0.9), (room.width, 0.01, 1.8), "tiles_upright", colour)
    for sign in (-1, 1):
        room.box((sign * (room.width / 2 - 0.005), room.depth / 2, 0.6), (0.01, room.depth, 1.2), "tiles_upright", colour)
    room.scene.main, room.scene.colour = "bathtub", name
    if room.chance(0.65):
        room.against("back", "bathtub")
        room.say("white bathtub")
    else:
        room.scene.main = "shower stall"
        room.against("back", "shower stall", along=room.one_of((-1, 1)))
        room.say("shower stall")
    basin = room.against(room.one_of(("left", "right", "back")), room.one_of(("washbasin", "washbasin", "vanity")))
    if basin and basin.noun == "washbasin":
        x, y, _ = basin.place
        if abs(basin.turn) > 1:
            room.box((room.width / 2 * (1 if x > 0 else -1) * 0.99, y, 1.5), (0.03, 0.6, 0.8), "mirror", (0.9, 0.9, 0.9))
        else:
            room.box((x, room.depth - 0.03, 1.5), (0.6, 0.03, 0.8), "mirror", (0.9, 0.9, 0.9))
    if basin:
        room.say("washbasin with a mirror")
    if room.somewhere("toilet"):
        room.say("toilet")
    room.somewhere("towel rack", "clothes basket", "small plant")
    room.put("bathmat", room.number(-0.3, 0.3), room.depth * 0.5, solid=False, tint=paint(room.random, VIVID)[1])
    room.say(f"{name} tiles")
    room.ceiling_lamps(1, 1)


def laundry(room: Room) -> None:
    room.shell(room.number(3.0, 4.0), room.number(3.2, 4.2), 2.6, floors=("tiled floor", "smooth floor"), moods=BRIGHT)
    room.keep_clear(0.5)
    model = room.model("washing machine")
    wide, deep, tall = sizes_of(model)
    count = int((room.width - 0.4) / (wide + 0.03))
    for n in range(count):
        x = (n - (count - 1) / 2) * (wide + 0.03)
        room.put("washing machine", x, room.depth - deep / 2 - 0.03, model=model)
        if room.chance(0.5):
            room.put("washing machine", x, room.depth - deep / 2 - 0.03, z=tall + 0.01, model=model, solid=False)
    room.scene.main, room.scene.colour = "washing machine", "white"
    colour, tint = _tinted(room, "basket", VIVID)
    room.put("clothes basket", room.number(-1, 1), 1.9, tint=tint)
    room.put("clothes basket", room.number(-1, 1), 2.2, tint=tint)
    room.against(room.one_of(("left", "right")), room.one_of(("metal rack", "shelves", "bench")))
    room.say("row of white washing machines", f"{colour} laundry baskets", room.floor)
    room.ceiling_lamps(2, 1)


def workshop(room: Room) -> None:
    room.shell(room.number(4.0, 5.5), room.number(4.2, 5.5), 3.0, floors=("concrete floor", "wooden floor"), walls=("white", "pale grey", "beige", "pale green"), moods=("day", "even", "cold", "sun"))
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
            room.box((x + side * (long / 2 - 0.1), room.depth * 0.5 + edge * 0.3, 0.41), (0.1, 0.1, 0.82), "wood", WOODS[wood])
    room.take(x, room.depth * 0.5, long, 0.8)
    for n in range(5):
        room.put(room.one_of(("hammer", "drill", "saw", "screwdriver", "angle grinder", "pliers")), x + (n - 2) * long / 5.5, room.depth * 0.5 + room.number(-0.2, 0.2), room.number(0, 180), 0.905, solid=False, scale=1.2)
    for n in range(7):  # tools on the wall
        room.box(((n - 3) * 0.32 + x * 0.3, room.depth - 0.03, 1.75 + room.number(-0.1, 0.1)), (0.06, 0.03, room.number(0.25, 0.5)), "metal", room.one_of(((0.5, 0.5, 0.52), (0.6, 0.15, 0.1), (0.15, 0.3, 0.6), (0.8, 0.6, 0.1))))
    room.against(room.one_of(("left", "right")), "metal rack")
    for noun in ("barrel", "crate", "step ladder", "cardboard box", "drawing table", "fire extinguisher"):
        if room.chance(0.5):
            room.somewhere(noun)
    room.say(f"{wood} workbench with tools", "tools on the wall", "metal shelves")
    room.ceiling_lamps(2, 2)


def factory(room: Room) -> None:
    room.shell(room.number(7.0, 9.0), room.number(8.0, 11.0), 5.0, floors=("concrete floor",), walls=("pale grey", "white", "pale blue"), moods=("cold", "even", "day"))
    room.keep_clear(0.6)
    colour, tint = _tinted(room, "machine", ("green", "blue", "yellow", "orange", "grey", "red"))
    room.scene.main, room.scene.colour = "machines", colour
    for sign in (-1, 1):
        for n in range(4):
            x, y = sign * room.width * 0.3, 1.6 + n * 2.3
            high, wide = room.number(1.3, 2.2), room.number(1.1, 1.6)
            room.box((x, y, high / 2), (wide, 1.4, high), "plain", tint)
            room.box((x - sign * 0.1, y, high + 0.2), (wide * 0.5, 0.7, 0.4), "metal", (0.6, 0.62, 0.64))
            room.box((x - sign * wide / 2, y, high * 0.65), (0.04, 0.8, 0.45), "plain", (0.1, 0.12, 0.14))
            room.box((x - sign * (wide / 2 + 0.02), y + 0.5, high * 0.45), (0.05, 0.15, 0.3), "plain", (0.85, 0.75, 0.1))
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
        room.box((sign * room.width * 0.35, room.depth / 2, 4.2), (0.35, room.depth, 0.35), "metal", (0.7, 0.72, 0.74))
    room.scene.objects.insert(0, f"rows of {colour} machines")
    room.say("concrete floor", "steel beams")
    room.ceiling_lamps(2, 4)


def warehouse(room: Room) -> None:
    room.shell(room.number(6.0, 7.5), room.number(8.0, 11.0), 5.0, floors=("concrete floor",), walls=("white", "pale grey"), moods=("cold", "even", "day"), windows="back")
    colour, tint = _tinted(room, "rack", ("orange", "blue", "green", "yellow", "red"))
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
                        shade = room.one_of(((0.72, 0.54, 0.33), (0.66, 0.48, 0.28), (0.78, 0.62, 0.42), (0.85, 0.85, 0.83)))
                        room.box((x + room.number(-0.1, 0.1), y + (k - 1) * 0.72, level + 0.05 + high / 2), (0.8, 0.6, high), "plain", shade)
    room.say(f"high {colour} shelves", "cardboard boxes", "concrete floor")
    if room.chance(0.5):
        room.put("fork lift", room.number(-0.3, 0.3), room.depth * 0.5, room.one_of((80, -95)))
        room.say("fork lift")
    else:
        room.put("pallet", 0.2, 2.6)
    room.ceiling_lamps(1, 5)


def shop(room: Room) -> None:
    room.shell(room.number(3.4, 4.6), room.number(6.0, 8.0), 3.1, floors=("tiled floor", "smooth floor"), moods=("even", "even", "day", "cold"))
    room.is_aisle = True
    room.scene.main, room.scene.colour = "shop shelves", "white"
    for x in (-room.width / 2 + 0.4, room.width / 2 - 0.4):
        for n in range(4):
            y = 1.4 + n * 1.45
            room.box((x, y, 0.9), (0.08 if x == 0 else 0.06, 1.4, 1.8), "plain", (0.92, 0.92, 0.92))
            for level in (0.15, 0.6, 1.05, 1.5):
                room.box((x, y, level), (0.7, 1.4, 0.04), "plain", (0.9, 0.9, 0.9))
                _, shade = paint(room.random, VIVID + ("white", "brown"))
                for k in range(6):
                    high = room.number(0.2, 0.34)
                    if k % 3 == 0:
                        _, shade = paint(room.random, VIVID + ("white", "brown"))
                    for side in (-0.2, 0.2):
                        room.box((x + side, y + (k - 2.5) * 0.22, level + 0.02 + high / 2), (0.25, 0.19, high), "plain", shade)
    room.say("shelves with colourful goods", "white shelves", room.floor)
    if room.chance(0.6):
        room.put("shopping basket", 0.2, 2.2, 20)
        room.say("shopping basket")
    room.ceiling_lamps(2, 4)


def boutique(room: Room) -> None:
    room.shell(room.number(4.2, 5.4), room.number(4.2, 5.5), 2.9, floors=("wooden floor", "tiled floor"), moods=("even", "warm", "day"))
    room.keep_clear(0.6)
    colour, tint = _tinted(room, "seat", VIVID)
    room.scene.main, room.scene.colour = "clothes rack", colour
    for x in (-1, 1):
        for n in range(2):
            y = 1.9 + n * 1.5
            px = x * room.width * 0.3
            room.box((px, y, 1.5), (0.04, 1.3, 0.04), "metal", (0.6, 0.6, 0.6))
            for edge in (-0.65, 0.65):
                room.box((px, y + edge, 0.75), (0.04, 0.04, 1.5), "metal", (0.6, 0.6, 0.6))
            for k in range(8):
                _, shade = paint(room.random, VIVID + ("white", "black", "beige"))
                room.box((px, y + (k - 3.5) * 0.15, 1.05), (0.45, 0.09, room.number(0.7, 0.9)), "fabric", shade)
            room.take(px, y, 0.6, 1.4)
    room.against("back", "shelves")
    room.put("mannequin", 0, room.depth - 0.9)
    room.put("armchair", 0, room.depth * 0.5, room.number(-30, 30), tint=tint)
    room.say("clothes on racks", f"{colour} armchair", "mannequin")
    room.against("back", "plant")
    room.ceiling_lamps(2, 2)


def gym(room: Room) -> None:
    room.shell(room.number(5.0, 6.5), room.number(5.0, 6.5), 3.0, floors=("smooth floor", "wooden floor", "carpet"), moods=BRIGHT)
    room.keep_clear(0.6)
    room.scene.main = "treadmill"
    room.box((0, room.depth - 0.02, 1.3), (room.width * 0.85, 0.02, 1.8), "mirror", (0.9, 0.92, 0.93))
    for n in range(3):
        room.put("treadmill", (n - 1) * room.width * 0.29, room.depth - 1.5, room.one_of((180.0, 180.0)))
    for noun in ("exercise bike", "weight bench", "fitness tower", "punching bag", "exercise bike"):
        room.put(noun, room.number(-0.35, 0.35) * room.width, room.number(1.2, room.depth - 2.8), room.number(-90, 90))
    name, tint = _tinted(room, "mat", VIVID)
    room.scene.colour = name
    for n in range(2):
        room.box((room.number(-1.5, 1.5), 1.2 + n * 0.9, 0.02), (1.8, 0.6, 0.04), "fabric", tint)
    room.say("treadmills", "large mirror", f"{name} mats on the floor")
    room.ceiling_lamps(2, 2)


def games_room(room: Room) -> None:
    room.shell(room.number(4.6, 5.6), room.number(4.6, 5.6), 2.8, floors=("wooden floor", "carpet"), moods=("warm", "even", "day"))
    room.keep_clear(0.5)
    noun = room.one_of(("pool table", "table football", "table tennis table"))
    room.scene.main = noun
    room.scene.colour = "green" if noun != "table football" else ""
    room.put(noun, 0, room.depth * 0.52, room.one_of((0, 90)) if noun == "table football" else 0, must=False)
    room.say(noun)
    colour, tint = _tinted(room, "sofa", ("red", "brown", "black", "green", "blue"))
    if room.against("back", room.one_of(("sofa", "armchair")), tint=tint):
        room.say(f"{colour} {room.scene.things[-1].noun}")
    room.somewhere("bar stool", "plant", "shelves")
    room.somewhere("bar stool", "loudspeaker", "plant")
    room.pictures(3)
    room.ceiling_lamps(2, 1, "hanging lamp")


def music_room(room: Room) -> None:
    room.shell(room.number(3.8, 5.0), room.number(4.0, 5.0), 2.8, floors=("wooden floor",), moods=("day", "sun", "warm"))
    room.keep_clear(0.5)
    room.scene.main, room.scene.colour = "piano", "black"
    model = room.model("piano")
    if model.startswith("z/"):
        room.put("piano", room.number(-0.3, 0.3), room.depth * 0.58, room.one_of((0.0, 90.0, -90.0)), model=model)
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


def server_room(room: Room) -> None:
    room.shell(room.number(3.6, 4.6), room.number(6.0, 8.0), 2.8, floors=("tiled floor", "smooth floor"), walls=("white", "pale grey"), moods=("cold", "cold", "even"), windows="back")
    room.is_aisle = True
    room.scene.main, room.scene.colour = "server racks", "black"
    glow, shade = room.one_of((("blue", (0.2, 0.5, 1.0)), ("green", (0.2, 0.9, 0.4)), ("white", (0.8, 0.9, 1.0))))
    body = room.one_of(((0.05, 0.05, 0.06), (0.1, 0.1, 0.12), (0.16, 0.17, 0.19)))
    for sign in (-1, 1):
        for n in range(int(room.depth / 0.72)):
            x, y = sign * (room.width / 2 - 0.65), 0.4 + n * 0.7
            room.box((x, y, 1.05), (1.0, 0.66, 2.1), "plain", body)
            for level in range(9):
                room.box((x - sign * 0.51, y, 0.3 + level * 0.2), (0.02, 0.56, 0.14), "plain", (0.18, 0.19, 0.21))
                room.box((x - sign * 0.525, y + room.number(-0.22, 0.22), 0.3 + level * 0.2), (0.02, 0.09, 0.04), "glow", shade)
    room.say("rows of black server racks", f"{glow} lights", room.floor)
    room.ceiling_lamps(1, 5)


def laboratory(room: Room) -> None:
    room.shell(room.number(4.4, 5.6), room.number(4.8, 6.0), 2.9, floors=("smooth floor", "tiled floor"), walls=("white", "pale blue", "pale grey", "pale green"), moods=("cold", "even", "day"))
    room.keep_clear(0.5)
    colour, tint = _tinted(room, "stool", ("blue", "green", "red", "black", "turquoise"))
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
            high, shade = room.number(0.1, 0.3), room.one_of(((0.2, 0.5, 0.8), (0.8, 0.3, 0.2), (0.9, 0.8, 0.3), (0.85, 0.9, 0.92), (0.3, 0.7, 0.4)))
            room.box((room.number(-0.5, 0.5) * (room.width - 2.2), y + room.number(-0.3, -0.15), 0.93 + high / 2), (0.09, 0.09, high), "glass", shade)
            room.box(((n - 3.5) * (room.width - 2.3) / 8, y, 1.365 + high / 2), (0.1, 0.1, high), "glass", shade)
        room.put(room.one_of(("desktop computer", "laptop computer")), room.number(-0.8, 0.8), y, 0, 0.93, solid=False)
        for n in (-1, 1):
            room.put("bar stool", n * 0.9, y - 0.75, 180, model=stool, tint=tint, solid=False)
    room.against("back", room.one_of(("office cupboard", "metal rack")))
    room.say("white laboratory benches", "glass bottles", f"{colour} stools")
    room.ceiling_lamps(2, 3)


def vault(room: Room) -> None:
    room.shell(room.number(3.4, 4.4), room.number(4.5, 6.0), 2.7, floors=("tiled floor", "smooth floor"), walls=("pale grey", "beige"), moods=("even", "warm", "cold"), windows="back")
    room.is_aisle = True
    room.scene.main = "safe deposit boxes"
    name, shade = room.one_of((("steel", (0.66, 0.68, 0.7)), ("golden", (0.72, 0.58, 0.32))))
    room.scene.colour = "grey" if name == "steel" else "yellow"
    for sign in (-1, 1):
        x = sign * (room.width / 2 - 0.25)
        room.box((x, room.depth / 2, 1.2), (0.5, room.depth, 2.4), "metal", tuple(0.6 * one for one in shade))  # type: ignore[arg-type]
        for n in range(int(room.depth / 0.5)):
            for level in range(6):
                room.box((x - sign * 0.26, 0.3 + n * 0.5, 0.25 + level * 0.38), (0.03, 0.45, 0.34), "metal", shade)
                room.box((x - sign * 0.28, 0.42 + n * 0.5, 0.25 + level * 0.38), (0.03, 0.05, 0.05), "plain", (0.15, 0.15, 0.15))
    for n in range(int((room.width - 1) / 0.5)):
        for level in range(6):
            room.box(((n + 0.5) * 0.5 - room.width / 2 + 0.5, room.depth - 0.03, 0.25 + level * 0.38), (0.45, 0.05, 0.34), "metal", shade)
    if room.chance(0.6):
        room.put("dining table", 0, room.depth * 0.6, 90)
    else:
        room.put("safe", 0.2, room.depth * 0.6, scale=1.6)
    room.say(f"walls of {name} safe deposit boxes", room.floor, "table in the middle")
    room.ceiling_lamps(1, 3)


def building_site(room: Room) -> None:
    room.shell(room.number(3.8, 5.0), room.number(4.0, 5.2), 2.8, floors=("concrete floor",), walls=("pale grey", "white", "beige"), moods=("day", "sun", "cold"))
    room.keep_clear(0.6)
    room.scene.main, room.scene.colour = "step ladder", room.one_of(("grey",))
    if room.chance(0.6):
        room.box((0, room.depth - 0.005, 0.65), (room.width, 0.01, 1.3), "brick", (0.62, 0.3, 0.2))
        room.say("bare brick wall")
    room.put("step ladder", room.number(-1, 1), room.depth * 0.6, room.number(-40, 40))
    room.put("trestle table", room.number(-0.6, 0.6), room.depth * 0.45, room.number(-15, 15))
    for n in range(4):
        _, shade = paint(room.random, VIVID + ("white",))
        x, y = room.number(-1.5, 1.5), room.number(1.3, room.depth - 0.6)
        if room.free(x, y, 0.3, 0.3):
            room.box((x, y, 0.15), (0.26, 0.26, 0.3), "plain", shade)
            room.take(x, y, 0.3, 0.3)
    for noun in ("wheelbarrow", "pallet", "cardboard box", "open box", "barrel"):
        if room.chance(0.55):
            room.put(noun, room.number(-1.5, 1.5), room.number(1.5, room.depth - 0.7), room.number(0, 180))
    room.box((room.number(-1, 1), room.depth - 0.3, 0.4), (0.9, 0.4, 0.8), "brick", (0.65, 0.33, 0.22))
    room.say("step ladder", "paint buckets on the concrete floor", "stack of bricks")


KINDS: dict[str, tuple[Callable[[Room], None], tuple[str, ...]]] = {
    "office": (office, ("office", "open-plan office with desks", "office with computers", "coworking space", "small office", "accounting office with desks", "business office interior")),
    "meeting room": (meeting_room, ("meeting room", "conference room with a long table", "boardroom", "meeting room with a screen", "business centre meeting room")),
    "lobby": (lobby, ("hotel lobby", "reception area with armchairs", "lobby of an office building", "reception desk", "entrance hall of a clinic", "bank reception hall")),
    "classroom": (classroom, ("classroom", "classroom with a chalkboard", "school classroom with desks", "empty classroom", "classroom with rows of desks")),
    "lecture hall": (lecture_hall, ("lecture hall", "university lecture hall with seats", "auditorium", "conference hall with rows of seats", "university auditorium")),
    "computer lab": (computer_lab, ("computer lab", "computer classroom", "room with rows of computers", "call centre", "technology training room")),
    "library": (library_hall, ("library", "library hall with bookshelves", "reading room of a library", "university library", "school library")),
    "ward": (ward, ("hospital ward with beds", "hospital room", "patient room in a clinic", "ward of a hospital", "recovery room with beds")),
    "waiting room": (waiting_room, ("waiting room", "waiting area of a clinic", "waiting room with chairs", "dental clinic waiting room", "airport waiting area")),
    "kitchen": (kitchen, ("kitchen", "kitchen with cabinets", "home kitchen", "fitted kitchen", "kitchen of a house")),
    "restaurant kitchen": (restaurant_kitchen, ("restaurant kitchen", "professional kitchen with steel worktops", "bakery kitchen", "hotel kitchen", "commercial kitchen")),
    "dining room": (dining_room, ("dining room", "dining room with a table and chairs", "family dining room")),
    "restaurant": (restaurant, ("restaurant", "restaurant with tables", "cafe with small tables", "restaurant dining hall", "cafe interior")),
    "bar": (bar, ("bar", "bar with stools", "hotel bar", "bar counter with bottles", "cocktail bar")),
    "bedroom": (bedroom, ("bedroom", "hotel room with a double bed", "bedroom with a double bed", "hotel suite", "guest room")),
    "nursery": (nursery, ("children's room", "kindergarten room", "nursery with toys", "playroom", "kindergarten playroom with toys")),
    "living room": (living_room, ("living room", "living room with a sofa", "lounge", "apartment living room", "hotel lounge with sofas")),
    "bathroom": (bathroom, ("bathroom", "bathroom with tiles", "hotel bathroom", "bathroom with a bathtub")),
    "laundry": (laundry, ("laundry room", "laundry with washing machines", "laundrette", "hotel laundry")),
    "workshop": (workshop, ("workshop with tools", "carpentry workshop", "repair workshop", "workshop with a workbench", "robotics workshop")),
    "factory": (factory, ("factory hall with machines", "assembly line in a factory", "production hall", "machine hall", "manufacturing plant interior")),
    "warehouse": (warehouse, ("warehouse with high shelves", "storage hall", "warehouse aisle", "logistics warehouse", "parcel warehouse")),
    "shop": (shop, ("supermarket aisle", "shop with shelves", "supermarket with shelves", "grocery store", "pharmacy with shelves")),
    "boutique": (boutique, ("boutique with clothes", "clothes shop", "fashion boutique", "boutique interior")),
    "gym": (gym, ("gym with mirrors", "fitness room", "gym with treadmills", "sports hall with machines", "hotel gym")),
    "games room": (games_room, ("games room", "games room with a table", "club room", "recreation room")),
    "music room": (music_room, ("music room with a piano", "rehearsal room", "music school room")),
    "server room": (server_room, ("server room", "data centre with server racks", "data centre aisle", "server room with blue lights")),
    "laboratory": (laboratory, ("laboratory", "medical laboratory with benches", "chemistry laboratory", "research laboratory", "school laboratory")),
    "vault": (vault, ("bank vault", "vault with safe deposit boxes", "bank vault with steel boxes", "safe deposit room")),
    "building site": (building_site, ("room under renovation", "unfinished room", "unfinished house with ladders", "renovation of a flat", "construction site interior")),
}  # fmt: skip
"""Kind of room → how it is furnished, and what such a place is called in prompts."""
