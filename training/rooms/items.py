"""Single objects in close-up: on a table or before a plain background, three-quarter view, filling the frame."""

from __future__ import annotations

import math

import numpy as np

from training.rooms.colours import USUAL, VIVID, WOODS, paint
from training.rooms.made import MADE, make
from training.rooms.rooms import DAY, NEUTRAL, WARM
from training.rooms.scenes import Builder, Light, Scene, own_colour, sizes_of

PAINTED = {
    "office chair",
    "armchair",
    "chair",
    "sofa",
    "bar stool",
    "suitcase",
    "backpack",
    "handbag",
    "briefcase",
    "coffee cup",
    "teapot",
    "vase",
    "table lamp",
    "desk lamp",
    "hat",
    "helmet",
    "umbrella",
    "skateboard",
    "book",
    "car",
    "motorbike",
    "bicycle",
    "lorry",
    "van",
    "toaster",
    "kettle",
    "gift box",
    "barrel",
    "traffic cone",
    "filing cabinet",
    "waste bin",
    "electric guitar",
    "running shoes",
    "candle",
    "food mixer",
    "medicine bottle",
    "safe",
    "shopping basket",
    "dumbbell",
    "telephone",
    "clock",
    "deck chair",
    "wheelchair",
}
"""What is made in any colour, and so is painted."""

ITEMS: dict[str, tuple[str, ...]] = {
    "office chair": (),
    "armchair": (),
    "chair": ("wooden chair",),
    "sofa": (),
    "bar stool": (),
    "desk": ("office desk",),
    "laptop computer": ("laptop",),
    "desktop computer": ("computer", "computer screen"),
    "television": ("flat television",),
    "telephone": ("office telephone",),
    "printer": ("office printer",),
    "mobile phone": ("smartphone",),
    "tablet": ("tablet computer",),
    "photo camera": ("camera",),
    "headphones": (),
    "radio": (),
    "loudspeaker": (),
    "safe": ("steel safe",),
    "briefcase": (),
    "suitcase": ("travel suitcase",),
    "handbag": ("leather bag",),
    "backpack": ("school bag", "rucksack"),
    "book": ("textbook", "account book", "notebook"),
    "scissors": (),
    "stapler": (),
    "pen holder": ("pencils in a holder", "pencils and crayons"),
    "desk lamp": (),
    "table lamp": (),
    "clock": (),
    "filing cabinet": ("documents and folders",),
    "waste bin": (),
    "teddy bear": ("toy bear",),
    "toy train": ("wooden toy",),
    "rocking horse": (),
    "coffee cup": ("cup of coffee",),
    "teapot": (),
    "wine bottle": ("bottle of wine",),
    "beer glass": ("glass of beer",),
    "cocktail glass": ("cocktail",),
    "birthday cake": ("cake",),
    "cup cake": ("muffin",),
    "bread": ("loaf of bread",),
    "hamburger": (),
    "hot dog": (),
    "steak": ("grilled steak",),
    "french fries": (),
    "bowl of fruit": ("fruit and vegetables", "fresh fruit"),
    "bowl of salad": ("salad",),
    "apples": ("harvested apples",),
    "sushi tray": ("sushi",),
    "toaster": (),
    "microwave": (),
    "food mixer": (),
    "coffee machine": (),
    "kitchen scale": (),
    "knife stand": ("kitchen knives",),
    "pan": ("cooking pan",),
    "kettle": (),
    "shopping basket": ("shopping cart",),
    "medicine bottle": ("bottle of medicine", "bottle of pills"),
    "thermometer": (),
    "wheelchair": (),
    "hospital bed": (),
    "candle": (),
    "vase": (),
    "gift box": ("present",),
    "cardboard box": ("parcel",),
    "crate": ("wooden crate",),
    "barrel": (),
    "pallet": ("wooden pallet",),
    "hammer": (),
    "drill": ("power drill",),
    "saw": ("hand saw",),
    "screwdriver": (),
    "angle grinder": ("welding tool",),
    "pliers": (),
    "shovel": ("garden spade",),
    "tape measure": (),
    "step ladder": ("ladder",),
    "traffic cone": (),
    "fire extinguisher": (),
    "basketball": ("ball",),
    "football": ("soccer ball",),
    "tennis racket": (),
    "table tennis bat": (),
    "running shoes": ("sports shoes",),
    "helmet": ("safety helmet", "hard hat"),
    "hat": (),
    "wrist watch": (),
    "sunglasses": (),
    "keys": ("bunch of keys",),
    "electric guitar": ("guitar",),
    "umbrella": (),
    "skateboard": (),
    "table fan": ("fan",),
    "small plant": ("potted plant",),
    "plant": ("green plant in a pot",),
    "flowers": ("bouquet of flowers",),
    "piano": (),
    "treadmill": (),
    "exercise bike": (),
    "car": ("passenger car",),
    "lorry": ("truck",),
    "van": ("delivery van",),
    "bus": (),
    "bicycle": (),
    "motorbike": (),
    "wheelbarrow": ("garden tools",),
    "lawn mower": (),
    "fork lift": (),
    "camping tent": ("tent",),
    "washing machine": (),
    "fridge": ("refrigerator",),
    "traffic sign": ("road sign",),
    "coins": ("stack of coins",),
    "bricks": ("stack of bricks",),
    "paint bucket": ("bucket of paint",),
}
"""Noun → other names by which prompts ask for it."""
BACKGROUNDS = ("plain {} background", "{} studio background", "{} wall behind")


def draw(scene: Scene, random: np.random.Generator) -> None:
    """Draw one object in close-up into a scene."""
    builder = Builder(scene, random)
    noun = builder.one_of(tuple(ITEMS))
    scene.kind = scene.main = noun
    names = (noun, noun, *ITEMS[noun])
    named = builder.one_of(names)
    turn = builder.number(-50, 50) + builder.one_of((0, 0, 0, 20, -20))
    if noun in MADE:
        wide, deep, tall, colour = make(builder, noun)
    else:
        model = builder.model(noun)
        wide, deep, tall = sizes_of(model)
        size = max(wide, deep, tall)
        colour, tint = (
            paint(random, USUAL + VIVID) if noun in PAINTED and builder.chance(0.85) else ("", None)
        )
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
    way = builder.one_of(
        ("three-quarter view", "close-up", "close-up, shallow depth of field", "close-up, 85 mm lens")
    )
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
        backs = [
            one
            for one in (
                "white",
                "white",
                "grey",
                "blue",
                "turquoise",
                "beige",
                "yellow",
                "pink",
                "green",
                "black",
            )
            if one != avoided
        ]
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
        "day": f"soft window light from the {name}",
        "sun": f"bright sunlight from the {name}",
        "even": builder.one_of(("diffuse studio light", "bright even light")),
        "warm": f"warm lamp light from the {name}",
    }[mood]
    size = {"day": 1.6, "sun": 0.3, "even": 3.0, "warm": 0.7}[mood]
    power = {"day": 150.0, "sun": 170.0, "even": 130.0, "warm": 130.0}[mood]
    scene.lights.append(Light("area", (side * 1.8, -1.3, 2.0), (0, 0, 0.3), power, colour, (size, size)))
    scene.lights.append(
        Light("area", (-side * 2.2, -1.8, 1.2), (0, 0, 0.3), power * 0.3, NEUTRAL, (2.0, 2.0))
    )
    scene.lights.append(Light("area", (0, 1.0, 2.8), (0, 0, 0.2), power * 0.35, colour, (2.0, 1.0)))
    scene.sky, scene.sky_strength = colour, {"day": 0.35, "sun": 0.25, "even": 0.5, "warm": 0.15}[mood]
