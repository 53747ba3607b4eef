"""What is trained, and how: a recipe says it all, so that the same recipe and seed give the same network."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

from training.boards import Kind
from training.camera import Camera
from training.losses import Levels


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """One training. ``patch`` is the side of a photo's patch in pixels, ``steps`` the number of updates.

    ``about`` says in a sentence what it is. ``network`` is the project's own or Real-ESRGAN's compact one, whose plain
    convolutions ``blocks`` then counts; ``begin_from`` the key of the recipe or of the registry's model whose weights
    it starts from, None: from scratch.

    The rate of learning rises for ``warm_up`` steps and then falls along a half cosine to 0. ``levels`` names the loss,
    ``edges`` is the weight of that of gradients beside it; ``average`` how much of the moving average of the weights
    stays. With ``light_only`` the loss sees luminance alone: what the network says of colours is then to be replaced.

    Over 0, ``reading`` is the weight, beside that loss, of how a frozen reader of lines reads strips of the photos once
    they are enlarged (``losses.reading_loss``): one batch of them in each step. It asks for letters where the photo
    leaves them open, so it should stay small.
    """

    key: str
    about: str = ""
    network: Literal["board", "compact"] = "board"
    features: int
    blocks: int
    begin_from: str | None = None
    steps: int
    batch: int = 16
    patch: int = 48
    rate: float = 6e-4
    warm_up: int = 300
    levels: Levels = "square"
    edges: float = 0.5
    light_only: bool = False
    reading: float = 0.0
    average: float = 0.999
    kind: Kind = field(default_factory=Kind)
    camera: Camera = field(default_factory=Camera)


REFERENCE = Recipe(
    key="trial-reference",
    about="Like board-x2, but short: 600 steps, 60 of them to warm up.",
    features=64,
    blocks=16,
    steps=600,
    warm_up=60,
)

TRIALS: dict[str, Recipe] = {
    recipe.key: recipe
    for recipe in (
        REFERENCE,
        replace(
            REFERENCE,
            key="trial-charbonnier",
            about="Charbonnier's loss, close to absolute errors, instead of squares.",
            levels="charbonnier",
        ),
        replace(REFERENCE, key="trial-no-edges", about="Without the loss of gradients.", edges=0.0),
        replace(
            REFERENCE,
            key="trial-light-only",
            about="The loss of luminance alone; the colours come from the cubic enlargement.",
            light_only=True,
        ),
        replace(
            REFERENCE,
            key="trial-wider",
            about="Wider and less deep: 96 features, 8 blocks.",
            features=96,
            blocks=8,
        ),
        replace(
            REFERENCE,
            key="trial-deeper",
            about="Deeper and less wide: 48 features, 24 blocks.",
            features=48,
            blocks=24,
        ),
        replace(
            REFERENCE, key="trial-smaller", about="Smaller: 48 features, 8 blocks.", features=48, blocks=8
        ),
        replace(
            REFERENCE,
            key="trial-compact",
            about="Without pixel-unshuffle: Real-ESRGAN's compact network, 16 convolutions of 64 features.",
            network="compact",
        ),
        replace(
            REFERENCE,
            key="trial-weaker-camera",
            about="Photos by a weaker camera (strength 0.6).",
            camera=Camera(strength=0.6),
        ),
        replace(
            REFERENCE,
            key="trial-harder-camera",
            about="Photos by a harder camera (strength 1.4).",
            camera=Camera(strength=1.4),
        ),
    )
}
"""Short trainings that differ from the reference in one thing each; ``python -m training.trials`` trains them."""

RECIPES: dict[str, Recipe] = {
    recipe.key: recipe
    for recipe in (
        Recipe(key="board-x2", features=64, blocks=16, steps=16_000),
        Recipe(
            key="board-x2-read",
            about="board-x2 taken further with a reader of lines in the loop.",
            features=64,
            blocks=16,
            begin_from="board-x2",
            steps=3_000,
            rate=2e-4,
            reading=0.02,
        ),
        Recipe(
            key="compact-x2",
            about="Real-ESRGAN's compact network, begun with its own weights: it draws at the photo's full size.",
            network="compact",
            features=64,
            blocks=16,
            begin_from="realesr-animevideov3-x2",
            steps=6_000,
            rate=4e-4,
        ),
        Recipe(
            key="compact-x2-read",
            about="compact-x2 taken further with a reader of lines in the loop.",
            network="compact",
            features=64,
            blocks=16,
            begin_from="compact-x2",
            steps=3_000,
            rate=2e-4,
            reading=0.02,
        ),
        Recipe(key="tiny", features=8, blocks=2, steps=60, batch=4, patch=32, warm_up=5, average=0.9),
        *TRIALS.values(),
    )
}
