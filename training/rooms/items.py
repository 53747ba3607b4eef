"""Single objects in close-up: on a table or before a plain background, three-quarter view, filling the frame."""

from __future__ import annotations

import math

import numpy as np

from training.rooms.catalogue import nouns
from training.rooms.colours import PAINTS, USUAL, VIVID, WOODS, paint
from training.rooms.rooms import DAY, NEUTRAL, WARM
from training.rooms.scenes import Builder, Light, Scene, own_colour, sizes_of

PAINTED = {
    "office chair", "armchair", "chair", "sofa", "bar stool", "suitcase", "backpack", "handbag", "briefcase", "coffee cup", "teapot",
    "vase", "table lamp", "desk lamp", "hat", "helmet", "umbrella", "skateboard", "book", "car", "motorbike", "bicycle", "lorry", "van",
    "toaster", "kettle", "gift box", "barrel", "traffic cone", "filing cabinet", "waste bin", "electric guitar", "running shoes",
    "candle", "food mixer", "medicine bottle", "safe", "shopping basket", "dumbbell", "telephone", "clock", "deck chair", "wheelchair",
}  # fmt: skip
"""What is made in any colour, and so is painted."""

ITEMS: dict[str, tuple[str, ...]] = {
    "office chair": (), "armchair": (), "chair": ("wooden chair",), "sofa": (), "bar stool": (), "desk": ("office desk",),
    "laptop computer": ("laptop",), "desktop computer": ("computer", "computer screen"), "television": ("flat television",),
    "telephone": ("office telephone",), "printer": ("office printer",), "mobile phone": ("smartphone",), "tablet": ("tablet computer",),
    "photo camera": ("camera",), "headphones": (), "radio": (), "loudspeaker": (), "safe": ("steel safe",), "briefcase": (),
    "suitcase": ("travel suitcase",), "handbag": ("leather bag",), "backpack": ("school bag", "rucksack"), "book": ("textbook", "account book", "notebook"),
    "scissors": (), "stapler": (), "pen holder": ("pencils in a holder", "pencils and crayons"), "desk lamp": (), "table lamp": (), "clock": (),
    "filing cabinet": ("documents and folders",), "waste bin": (), "teddy bear": ("toy bear",), "toy train": ("wooden toy",),
    "rocking horse": (), "coffee cup": ("cup of coffee",), "teapot": (), "wine bottle": ("bottle of wine",), "beer glass": ("glass of beer",),
    "cocktail glass": ("cocktail",), "birthday cake": ("cake",), "cup cake": ("muffin",), "bread": ("loaf of bread",), "hamburger": (),
    "hot dog": (), "steak": ("grilled steak",), "french fries": (), "bowl of fruit": ("fruit and vegetables", "fresh fruit"),
    "bowl of salad": ("salad",), "apples": ("harvested apples",), "sushi tray": ("sushi",), "toaster": (), "microwave": (), "food mixer": (),
    "coffee machine": (), "kitchen scale": (), "knife stand": ("kitchen knives",), "pan": ("cooking pan",), "kettle": (),
    "shopping basket": ("shopping cart",), "medicine bottle": ("bottle of medicine", "bottle of pills"), "thermometer": (),
    "wheelchair": (), "hospital bed": (), "candle": (), "vase": (), "gift box": ("present",), "cardboard box": ("parcel",),
    "crate": ("wooden crate",), "barrel": (), "pallet": ("wooden pallet",), "hammer": (), "drill": ("power drill",), "saw": ("hand saw",),
    "screwdriver": (), "angle grinder": ("welding tool",), "pliers": (), "shovel": ("garden spade",), "tape measure": (), "step ladder": ("ladder",),
    "traffic cone": (), "fire extinguisher": (), "basketball": ("ball",), "football": ("soccer ball",), "tennis racket": (),
    "table tennis bat": (), "running shoes": ("sports shoes",), "helmet": ("safety helmet", "hard hat"), "hat": (), "wrist watch": (),
    "sunglasses": (), "keys": ("bunch of keys",), "electric guitar": ("guitar",), "umbrella": (), "skateboard": (), "table fan": ("fan",),
    "small plant": ("potted plant",), "plant": ("green plant in a pot",), "flowers": ("bouquet of flowers",), "piano": (),
    "treadmill": (), "exercise bike": (), "car": ("passenger car",), "lorry": ("truck",), "van": ("delivery van",), "bus": (),
    "bicycle": (), "motorbike": (), "wheelbarrow": ("garden tools",), "lawn mower": (), "fork lift": (), "camping tent": ("tent",),
    "washing machine": (), "fridge": ("refrigerator",), "globe": (), "dumbbell": ("dumbbells",), "traffic sign": ("road sign",),
    "coins": ("stack of coins",), "bricks": ("stack of bricks",), "circuit board": ("computer chip",), "wheel": ("tyre", "wheel and tyre"),
    "gear": ("steel gear",), "pipe": ("steel pipes",), "paint bucket": ("bucket of paint",),
}  # fmt: skip
"""Noun → other names by which prompts ask for it."""

MADE = {"globe", "dumbbell", "traffic sign", "coins", "bricks", "circuit board", "wheel", "gear", "pipe", "paint bucket"}
BACKGROUNDS = ("plain {} background", "{} studio background", "{} wall behind")


def draw(scene: Scene, random: np.random.Generator) -> None:
    """Draw one object in close-up into a scene."""
    builder = Builder(scene, random)
    noun = builder.one_of([one for one in ITEMS if one not in MADE or one in ("bricks", "paint bucket", "coins", "traffic sign")])
    scene.kind = scene.main = noun
    names = (noun, noun, *ITEMS[noun])
    named = builder.one_of(names)
    turn = builder.number(-50, 50) + builder.one_of((0, 0, 0, 20, -20))
    if noun in MADE:
        wide, deep, tall, colour = _made(builder, noun)
    else:
        model = builder.model(noun)
        wide, deep, tall = sizes_of(model)
        size = max(wide, deep, tall)
        colour, tint = paint(random, USUAL + VIVID) if noun in PAINTED and builder.chance(0.85) else ("", None)
        scale = 1.0 / size
        lying = tall < 0.3 * size
        builder.put(noun, 0, 0, turn, model=model, tint=tint, scale=scale, solid=False)
        wide, deep, tall = wide * scale, deep * scale, tall * scale
        colour = colour or own_colour(model)
        if lying:
            scene.view = ""
    scene.colour = colour
    scene.location = f"{colour} {named}".strip() if builder.chance(0.8) else named
    _ground(builder, colour)
    _light(builder)
    high = tall < 0.35
    lift = builder.number(35, 55) if high else builder.number(8, 28)
    way = builder.one_of(("three-quarter view", "close-up", "close-up, shallow depth of field", "close-up, 85 mm lens"))
    if high and builder.chance(0.3):
        lift, way = builder.number(60, 75), "close-up from above"
    scene.view = way
    radius = 0.5 * math.sqrt(wide**2 + deep**2 + tall**2)
    scene.angle = 30.0
    away = radius / math.sin(math.radians(15.0)) * builder.number(0.86, 1.08)
    side = math.radians(builder.number(-12, 12))
    up = math.radians(lift)
    middle = (0.0, 0.0, tall * 0.48)
    scene.target = middle
    scene.eye = (
        away * math.cos(up) * math.sin(side), -away * math.cos(up) * math.cos(side), middle[2] + away * math.sin(up)
    )  # fmt: skip


def _ground(builder: Builder, avoided: str) -> None:
    """Lay a table or a sheet under the object, and a wall behind it."""
    scene = builder.scene
    if builder.chance(0.45):
        name = builder.one_of(tuple(WOODS))
        builder.box((0, 0.3, -0.03), (4.0, 3.2, 0.06), "planks", WOODS[name])
        backs = [one for one in ("white", "grey", "blue", "green", "beige", "brown") if one != avoided]
        back, shade = paint(builder.random, tuple(backs))
        builder.box((0, 2.2, 2.0), (14.0, 0.1, 8.0), "plain", shade)
        scene.objects += [f"{name} table", f"{back} wall behind"]
    else:
        backs = [one for one in ("white", "white", "grey", "blue", "turquoise", "beige", "yellow", "pink", "green", "black") if one != avoided]
        back, shade = paint(builder.random, tuple(backs))
        builder.box((0, 3, -0.05), (18.0, 16.0, 0.1), "plain", shade)
        builder.box((0, 3.5, 3.0), (18.0, 0.1, 10.0), "plain", shade)
        scene.objects.append(builder.one_of(BACKGROUNDS).format(back))


def _light(builder: Builder) -> None:
    scene = builder.scene
    mood = builder.one_of(("day", "sun", "even", "warm"))
    colour = {"day": DAY, "sun": (1.0, 0.93, 0.8), "even": NEUTRAL, "warm": WARM}[mood]
    side = builder.one_of((-1, 1))
    name = "left" if side < 0 else "right"
    scene.light = {
        "day": f"soft window light from the {name}", "sun": f"bright sunlight from the {name}", "even": builder.one_of(("diffuse studio light", "bright even light")),
        "warm": f"warm lamp light from the {name}",
    }[mood]  # fmt: skip
    size = {"day": 1.6, "sun": 0.3, "even": 3.0, "warm": 0.7}[mood]
    power = {"day": 150.0, "sun": 170.0, "even": 130.0, "warm": 130.0}[mood]
    scene.lights.append(Light("area", (side * 1.8, -1.3, 2.0), (0, 0, 0.3), power, colour, (size, size)))
    scene.lights.append(Light("area", (-side * 2.2, -1.8, 1.2), (0, 0, 0.3), power * 0.3, NEUTRAL, (2.0, 2.0)))
    scene.lights.append(Light("area", (0, 1.0, 2.8), (0, 0, 0.2), power * 0.35, colour, (2.0, 1.0)))
    scene.sky, scene.sky_strength = colour, {"day": 0.35, "sun": 0.25, "even": 0.5, "warm": 0.15}[mood]


def _made(builder: Builder, noun: str) -> tuple[float, float, float, str]:
    """Build an object of cuboids; returns its sizes and its colour's name."""
    colour, shade = paint(builder.random, VIVID)
    if noun == "bricks":
        for level in range(4):
            for n in range(3):
                builder.box(((n - 1) * 0.31 + builder.number(-0.01, 0.01), (level % 2) * 0.03, 0.06 + level * 0.125), (0.29, 0.36, 0.12), "plain", (0.62 + builder.number(-0.08, 0.08), 0.28, 0.19))
        return 0.95, 0.4, 0.5, "red"
    if noun == "paint bucket":
        for n in range(12):
            builder.box((0, 0, 0.3), (0.5, 0.14, 0.6), "plain", (0.9, 0.9, 0.9), n * 15.0)
            builder.box((0, 0, 0.28), (0.505, 0.142, 0.3), "plain", shade, n * 15.0)
            builder.box((0, 0, 0.6), (0.47, 0.13, 0.02), "plain", shade, n * 15.0)
        return 0.55, 0.55, 0.6, colour
    if noun == "coins":
        gold = (0.85, 0.65, 0.2)
        for pile, high in ((-0.42, 6), (0.0, 10), (0.42, 14)):
            for level in range(high):
                for n in range(6):
                    builder.box((pile, 0, 0.02 + level * 0.045), (0.36, 0.2, 0.036), "metal", gold, n * 30.0 + level * 7)
        return 1.2, 0.4, 0.62, "yellow"
    if noun == "pipe":
        for level, count in enumerate((4, 3, 2)):
            for n in range(count):
                for angle in (0, 1):
                    builder.box(((n - (count - 1) / 2) * 0.2, 0, 0.1 + level * 0.17), ((0.19, 0.13)[angle], 1.1, (0.13, 0.19)[angle]), "metal", (0.7, 0.72, 0.75))
                builder.box(((n - (count - 1) / 2) * 0.2, -0.55, 0.1 + level * 0.17), (0.1, 0.02, 0.1), "plain", (0.05, 0.05, 0.05))
        return 0.8, 1.1, 0.55, "grey"
    if noun == "dumbbell":
        builder.box((0, 0, 0.25), (0.7, 0.08, 0.08), "metal", (0.7, 0.72, 0.75), 20)
        angle = math.radians(20)
        for place, size in ((-0.42, 0.36), (-0.32, 0.5), (0.32, 0.5), (0.42, 0.36)):
            for _ in range(1):
                builder.box((place * math.cos(angle), place * math.sin(angle), 0.25), (0.1, size, size), "plain", shade, 20)
                builder.box((place * math.cos(angle), place * math.sin(angle), 0.25), (0.098, size * 0.75, size * 1.15), "plain", shade, 20)
        return 0.95, 0.5, 0.5, colour
    sign = builder.one_of(("red", "blue"))
    builder.box((0, 0.02, 0.5), (0.05, 0.05, 1.0), "metal", (0.6, 0.62, 0.64))
    builder.box((0, 0, 0.75), (0.5, 0.03, 0.5), "plain", PAINTS[sign][0])
    builder.box((0, -0.02, 0.75), (0.4, 0.03, 0.12), "plain", (0.95, 0.95, 0.95))
    return 0.5, 0.2, 1.0, sign


assert all(one in nouns() or one in MADE for one in ITEMS), [one for one in ITEMS if one not in nouns()]
