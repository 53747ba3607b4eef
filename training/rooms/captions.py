"""What is written of a scene, in the language of the prompts that the product writes (``prompts/``)."""

from __future__ import annotations

from typing import Any

from training.rooms.scenes import Scene

ENDINGS = {
    "interior": "realistic interior photograph, sharp detail",
    "exterior": "realistic outdoor photograph, sharp detail",
    "item": "realistic product photograph, sharp detail",
}
NEEDED: dict[str, tuple[str, ...]] = {
    "armchair": ("armchair",), "bedside table": ("bedside table",), "wheelchair": ("wheelchair",),
    "hospital bed": ("hospital bed",), "treadmill": ("treadmill",), "mannequin": ("mannequin",),
    "green plant": ("plant", "bush"), "low table": ("coffee table",), "coffee table": ("coffee table",),
    "table with chairs": ("dining table", "round table"), "dining table": ("dining table",), "bathtub": ("bathtub",),
    "shower stall": ("shower stall",), "toilet": ("toilet",), "step ladder": ("step ladder",), "piano": ("piano",),
    "double bed": ("double bed",), "child bed": ("child bed",), "bunk bed": ("bunk bed",), "crib": ("crib",),
    "laundry basket": ("clothes basket",), "metal shelves": ("metal rack",), "shopping basket": ("shopping basket",),
    "fork lift": ("fork lift",), "washing machine": ("washing machine",), "sideboard": ("sideboard",),
    "washbasin": ("washbasin", "vanity"), "toys": ("teddy bear", "toy train", "rocking horse", "doll house"),
    "whiteboard": ("whiteboard",), "long table": ("long table",), "fireplace": ("fireplace",),
    "sofa": ("sofa", "corner sofa"),
    "reading table": ("dining table", "long table"), "office chair": ("office chair",), "school desk": ("school desk",),
    "bar stool": ("bar stool",), "snowman": ("snowman",), "lorry": ("lorry",),
}  # fmt: skip
"""Words of a phrase → the things of which one must be there: what found no room in a scene is not told of it."""


def is_true(scene: Scene, phrase: str) -> bool:
    """Tell whether the things that a phrase names are in the scene."""
    held = {thing.noun for thing in scene.things}
    return all(
        held & set(nouns)
        for words, nouns in NEEDED.items()
        if words in phrase and not _is_drawn(scene, words)
    )


def _is_drawn(scene: Scene, words: str) -> bool:
    """Tell whether a scene's kind builds something of cuboids instead of taking a model of it."""
    return words == "whiteboard" and scene.kind == "classroom"


def captions_of(scene: Scene, random: Any) -> list[str]:
    """Return some phrasings of one scene: from all that is known, as prompts are written, to a few words."""
    scene.objects = [phrase for phrase in dict.fromkeys(scene.objects) if is_true(scene, phrase)]
    seen = scene.objects
    location = f"Close-up of {scene.location}" if scene.concept == "item" else scene.location
    ending = ENDINGS[scene.concept]
    few = (
        seen[:3]
        if len(seen) < 4 or random.random() < 0.6
        else [seen[0], *(seen[1:][n] for n in sorted(random.permutation(len(seen) - 1)[:2]))]
    )
    full = [location, *few, scene.light, scene.view, ending]
    shorter = [
        location,
        *seen[: 1 + int(random.integers(2))],
        scene.light if random.random() < 0.5 else "",
        ending,
    ]
    plain = (
        f"{scene.location} with {seen[0]}"
        if seen and scene.concept != "item"
        else ", ".join([scene.location, *seen[:1]])
    )
    return [
        _joined(full),
        _joined(
            [location, *few[::-1], scene.light, scene.view, ending]
            if random.random() < 0.5
            else [*full[:-2], ending]
        ),
        _joined(shorter),
        _joined([plain, scene.light if random.random() < 0.4 else ""]),
    ]


def _joined(parts: list[str]) -> str:
    return ", ".join(part for part in parts if part)
