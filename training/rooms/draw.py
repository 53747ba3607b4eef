"""Draw up the scene of a number: which concept, which kind, and everything in it."""

from __future__ import annotations

import numpy as np

from training.rooms import exteriors, interiors, items
from training.rooms.captions import captions_of
from training.rooms.rooms import Room
from training.rooms.scenes import Scene

SHARES = {"interior": 0.52, "item": 0.30, "exterior": 0.18}
"""Of each concept's pictures among all; any run of numbers has about these."""


def draw_scene(seed: int, number: int) -> Scene:
    """Return scene ``number`` of a seed, the same wherever it is drawn."""
    random = np.random.default_rng((seed, number))
    concept = str(random.choice(list(SHARES), p=list(SHARES.values())))
    scene = Scene(number, concept)
    if concept == "interior":
        room = Room(scene, random)
        scene.kind = room.one_of(tuple(interiors.KINDS))
        furnish, names = interiors.KINDS[scene.kind]
        scene.location = room.one_of(names)
        furnish(room)
        room.camera()
    elif concept == "item":
        items.draw(scene, random)
    else:
        exteriors.draw(scene, random)
    scene.captions = captions_of(scene, random)
    return scene
