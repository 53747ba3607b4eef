"""Rooms of homes and hotels."""

from __future__ import annotations

from training.rooms.colours import USUAL, VIVID, paint
from training.rooms.rooms import BRIGHT, Room
from training.rooms.scenes import own_colour, sizes_of


def kitchen(room: Room) -> None:
    room.shell(
        room.number(3.0, 4.2),
        room.number(3.2, 4.4),
        2.6,
        floors=("tiled floor", "wooden floor"),
        moods=("day", "day", "sun", "even", "warm"),
        windows="left right",
    )
    room.keep_clear(0.6)
    colour, tint = paint(
        room.random, ("white", "red", "green", "blue", "grey", "turquoise", "yellow", "brown")
    )
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
        room.put(
            noun,
            x + wide / 2,
            y,
            model=model,
            tint=None if own or "cabinet" not in noun else tint,
            must=False,
        )
        if noun == "oven" or noun == "stove":
            hood = room.model("hood")
            room.put(
                "hood", x + wide / 2, room.depth - sizes_of(hood)[1] / 2, z=1.75, model=hood, solid=False
            )
        elif tall < 1.3:
            if "sink" not in noun:
                room.box((x + wide / 2, y, 0.91), (wide + 0.02, deep, 0.04), "plain", (0.3, 0.3, 0.3))
                if room.chance(0.6):
                    room.put(
                        room.one_of(
                            (
                                "microwave",
                                "toaster",
                                "food mixer",
                                "coffee machine",
                                "kettle",
                                "bowl of fruit",
                                "knife stand",
                            )
                        ),
                        x + wide / 2,
                        y,
                        z=0.93,
                        solid=False,
                    )
            deep_up = sizes_of(upper)[1]
            room.put(
                "upper cabinet",
                x + wide / 2,
                room.depth - deep_up / 2 - 0.01,
                z=1.5,
                model=upper,
                tint=None if own else tint,
                solid=False,
            )
        x += wide + 0.005
    room.box(
        (0, room.depth - 0.01, 1.2),
        (room.width, 0.02, 0.6),
        "tiles",
        room.one_of(((0.9, 0.9, 0.88), (0.6, 0.75, 0.8), (0.85, 0.75, 0.6))),
    )
    if own:
        room.scene.colour = ""
        room.say("kitchen cabinets", "oven with a hood")
    else:
        room.say(f"{colour} kitchen cabinets", "oven with a hood" if "oven" in row else "stove with a hood")
    if room.chance(0.7):
        table = room.table_with_chairs(
            room.one_of(("dining table", "round table")),
            "chair",
            room.number(-0.3, 0.3),
            room.depth * 0.46,
            chairs=4,
        )
        room.on(table, room.one_of(("bowl of fruit", "flowers", "teapot", "bread", "bowl of salad")))
        room.say("table with chairs")
    else:
        room.put("kitchen island", 0, room.depth * 0.5)
    room.ceiling_lamps(1, 1, "hanging lamp")


def dining_room(room: Room) -> None:
    room.shell(
        room.number(3.6, 4.8),
        room.number(3.8, 5.0),
        2.7,
        floors=("wooden floor", "wooden floor", "tiled floor"),
    )
    room.keep_clear()
    colour, tint = paint(room.random)
    own = room.chance(0.4)
    chair, table_model = room.model("chair"), room.model("dining table")
    colour = own_colour(chair) if own else colour
    room.scene.main, room.scene.colour = "dining table", colour
    if room.chance(0.5):
        room.say(f"{room.rug(0, room.depth * 0.52, 2.6, 2.2)} rug")
    table = room.table_with_chairs(
        "dining table",
        "chair",
        0,
        room.depth * 0.52,
        chairs=6,
        tint=None if own else tint,
        chair_model=chair,
        table_model=table_model,
    )
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


def bedroom(room: Room) -> None:
    room.shell(
        room.number(3.4, 4.6),
        room.number(3.6, 4.8),
        2.6,
        floors=("wooden floor", "carpet", "wooden floor"),
        moods=("day", "sun", "warm", "day"),
    )
    room.keep_clear(0.5)
    colour, tint = paint(
        room.random, ("white", "blue", "red", "green", "grey", "purple", "beige", "pink", "orange")
    )
    model = room.model("double bed")
    wide, deep, _ = sizes_of(model)
    own = room.chance(0.35)
    colour = own_colour(model) if own else colour
    room.scene.main, room.scene.colour = "double bed", colour
    x = room.number(-0.4, 0.4)
    rug = room.rug(x, room.depth - deep, wide + 1.2, 1.8) if room.chance(0.6) else ""
    room.put("double bed", x, room.depth - deep / 2 - 0.05, model=model, tint=None if own else tint)
    for side in (-1, 1):
        table = room.put("bedside table", x + side * (wide / 2 + 0.35), room.depth - 0.3, model=None)
        room.on(table, "table lamp")
    room.say(f"{colour} double bed".strip(), "bedside tables with lamps", f"{rug} rug" if rug else "")
    side = room.one_of(("left", "right"))
    if room.against(
        side, room.one_of(("wardrobe", "dressing table", "sideboard")), along=room.number(-0.5, 0.3)
    ):
        room.say("wardrobe" if room.scene.things[-1].noun == "wardrobe" else "")
    room.against("left" if side == "right" else "right", room.one_of(("armchair", "plant", "chest")))
    if room.chance(0.5):
        room.say(f"{room.curtains()} curtains")
    room.pictures()
    if room.chance(0.5):
        room.ceiling_lamps(1, 1, "hanging lamp")


def nursery(room: Room) -> None:
    room.shell(
        room.number(3.4, 4.4),
        room.number(3.6, 4.6),
        2.6,
        floors=("wooden floor", "carpet"),
        walls=("yellow", "pale blue", "pale green", "pink", "white"),
        moods=("day", "sun", "even"),
    )
    room.keep_clear(0.5)
    colour, tint = paint(room.random, VIVID)
    noun = room.one_of(("child bed", "bunk bed", "crib"))
    room.scene.main, room.scene.colour = noun, colour
    rug = room.rug(0, room.depth * 0.45, 1.8, 1.5)
    room.against("back", noun, tint=tint, along=room.one_of((-0.9, 0.9)))
    room.against("back", room.one_of(("shelves", "changing table", "wardrobe")))
    table = room.put("child table", room.number(-0.5, 0.5), room.depth * 0.5)
    if table:
        chair = room.model("child chair")
        room.put("child chair", table.place[0] - 0.5, table.place[1], 90, model=chair, tint=tint, solid=False)
        room.put(
            "child chair", table.place[0] + 0.5, table.place[1], -90, model=chair, tint=tint, solid=False
        )
        room.on(table, "xylophone")
    for toy in ("teddy bear", "toy train", "rocking horse", "doll house"):
        if room.chance(0.7):
            room.put(toy, room.number(-1.2, 1.2), room.number(1.1, room.depth - 1), room.number(-40, 40))
    room.say(f"{colour} {noun}", f"{rug} rug", "toys on the floor")
    room.pictures(2)
    if room.chance(0.4):
        room.say(f"{room.curtains()} curtains")


def living_room(room: Room) -> None:
    room.shell(
        room.number(4.0, 5.2), room.number(4.0, 5.4), 2.7, floors=("wooden floor", "wooden floor", "carpet")
    )
    room.keep_clear(0.5)
    colour, tint = paint(room.random, (*USUAL, "red", "blue", "green", "grey"))
    corner = room.chance(0.15)
    noun = "corner sofa" if corner else "sofa"
    room.scene.main, room.scene.colour = "sofa", colour
    rug = (
        room.rug(0, room.depth * 0.55, room.number(2.0, 2.8), room.number(1.6, 2.0))
        if room.chance(0.75)
        else ""
    )
    wall_name = room.one_of(("back", "back", "left", "right"))
    sofa = room.against(wall_name, noun, tint=tint, along=0.0)
    table = room.put("coffee table", 0, room.depth * 0.55, 0 if wall_name == "back" else 90)
    room.on(table, room.one_of(("flowers", "vase", "bowl of fruit", "book", "candle", "teapot")))
    chair_colour, chair_tint = paint(room.random, ("white", "grey", "brown", "beige", "yellow", "blue"))
    armchair = room.put(
        "armchair",
        room.one_of((-1, 1)) * (room.width / 2 - 0.8),
        1.7,
        room.one_of((-120, 120)),
        tint=chair_tint,
    )
    room.say(
        f"{colour} {noun}" if sofa else "",
        f"{rug} rug" if rug else "",
        "coffee table" if table else "",
        f"{chair_colour} armchair" if armchair else "",
    )
    lamp = room.put("floor lamp", room.one_of((-1, 1)) * (room.width / 2 - 0.5), room.depth - 0.5)
    if room.chance(0.3):
        if room.against("back", "fireplace"):
            room.say("fireplace")
    elif room.against(
        room.one_of(("left", "right", "back")), room.one_of(("bookcase", "tv stand", "shelves"))
    ):
        room.say("bookcase" if room.scene.things[-1].noun == "bookcase" else "")
    if room.somewhere("plant"):
        room.say("green plant")
    if room.chance(0.5):
        room.say(f"{room.curtains()} curtains")
    room.pictures()
    if lamp is None or room.chance(0.3):
        room.ceiling_lamps(1, 1, room.one_of(("hanging lamp", "chandelier")))


def bathroom(room: Room) -> None:
    room.shell(
        room.number(2.4, 3.3),
        room.number(2.6, 3.4),
        2.5,
        floors=("tiled floor",),
        walls=("white", "pale blue", "pale green", "white", "pale grey", "beige"),
        moods=("even", "day", "sun", "warm"),
    )
    room.keep_clear(0.3)
    colour = room.one_of(
        ((0.92, 0.93, 0.94), (0.55, 0.75, 0.82), (0.65, 0.8, 0.7), (0.3, 0.45, 0.6), (0.85, 0.78, 0.66))
    )
    name = {0.92: "white", 0.55: "blue", 0.65: "green", 0.3: "blue", 0.85: "beige"}[colour[0]]
    room.box((0, room.depth - 0.005, 0.9), (room.width, 0.01, 1.8), "tiles_upright", colour)
    for sign in (-1, 1):
        room.box(
            (sign * (room.width / 2 - 0.005), room.depth / 2, 0.6),
            (0.01, room.depth, 1.2),
            "tiles_upright",
            colour,
        )
    room.scene.main, room.scene.colour = "bathtub", name
    if room.chance(0.65):
        room.against("back", "bathtub")
        room.say("white bathtub")
    else:
        room.scene.main = "shower stall"
        room.against("back", "shower stall", along=room.one_of((-1, 1)))
        room.say("shower stall")
    basin = room.against(
        room.one_of(("left", "right", "back")), room.one_of(("washbasin", "washbasin", "vanity"))
    )
    if basin and basin.noun == "washbasin":
        x, y, _ = basin.place
        if abs(basin.turn) > 1:
            room.box(
                (room.width / 2 * (1 if x > 0 else -1) * 0.99, y, 1.5),
                (0.03, 0.6, 0.8),
                "mirror",
                (0.9, 0.9, 0.9),
            )
        else:
            room.box((x, room.depth - 0.03, 1.5), (0.6, 0.03, 0.8), "mirror", (0.9, 0.9, 0.9))
    if basin:
        room.say("washbasin with a mirror")
    if room.somewhere("toilet"):
        room.say("toilet")
    room.somewhere("towel rack", "clothes basket", "small plant")
    room.put(
        "bathmat", room.number(-0.3, 0.3), room.depth * 0.5, solid=False, tint=paint(room.random, VIVID)[1]
    )
    room.say(f"{name} tiles")
    room.ceiling_lamps(1, 1)


def laundry(room: Room) -> None:
    room.shell(
        room.number(3.0, 4.0),
        room.number(3.2, 4.2),
        2.6,
        floors=("tiled floor", "smooth floor"),
        moods=BRIGHT,
    )
    room.keep_clear(0.5)
    model = room.model("washing machine")
    wide, deep, tall = sizes_of(model)
    count = int((room.width - 0.4) / (wide + 0.03))
    for n in range(count):
        x = (n - (count - 1) / 2) * (wide + 0.03)
        room.put("washing machine", x, room.depth - deep / 2 - 0.03, model=model)
        if room.chance(0.5):
            room.put(
                "washing machine", x, room.depth - deep / 2 - 0.03, z=tall + 0.01, model=model, solid=False
            )
    room.scene.main, room.scene.colour = "washing machine", "white"
    colour, tint = paint(room.random, VIVID)
    room.put("clothes basket", room.number(-1, 1), 1.9, tint=tint)
    room.put("clothes basket", room.number(-1, 1), 2.2, tint=tint)
    room.against(room.one_of(("left", "right")), room.one_of(("metal rack", "shelves", "bench")))
    room.say("row of white washing machines", f"{colour} laundry baskets", room.floor)
    room.ceiling_lamps(2, 1)
