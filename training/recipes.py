"""What is trained, and how: a recipe says it all, so that the same recipe and seed give the same network."""

from __future__ import annotations

from dataclasses import dataclass, field

from training.boards import Kind
from training.camera import Camera
from training.losses import Levels


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """One training. ``patch`` is the side of a photo's patch in pixels, ``steps`` the number of updates.

    The rate of learning rises for ``warm_up`` steps and then falls along a half cosine to 0. ``levels`` names the loss,
    ``edges`` is the weight of that of gradients beside it; ``average`` how much of the moving average of the weights
    stays.
    """

    key: str
    features: int
    blocks: int
    steps: int
    batch: int = 16
    patch: int = 48
    rate: float = 6e-4
    warm_up: int = 300
    levels: Levels = "square"
    edges: float = 0.5
    average: float = 0.999
    kind: Kind = field(default_factory=Kind)
    camera: Camera = field(default_factory=Camera)


RECIPES: dict[str, Recipe] = {
    recipe.key: recipe
    for recipe in (
        Recipe(key="board-x2", features=64, blocks=16, steps=12_000),
        Recipe(key="tiny", features=8, blocks=2, steps=60, batch=4, patch=32, warm_up=5, average=0.9),
    )
}
