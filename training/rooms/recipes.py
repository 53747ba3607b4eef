"""How the two networks of the demonstration model are trained: what is named in ``--recipe``."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

SIDE = 128
"""Pixels of a picture's side; the autoencoder makes 16 × 16 latents of it."""

TOKENS = 64
"""Of a prompt; what is longer is cut, what is shorter is filled up."""

WIDTH_OF_TEXT = 384
"""Of a token's state in all-MiniLM-L6-v2."""


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """A training: which network (``network`` are the arguments of diffusers' class), how long, how fast.

    The rate rises for ``warm_up`` steps and falls along a half cosine to a twentieth. ``average`` is how much of the
    moving average of the weights stays. ``edges`` (autoencoder) is the weight of the error of gradients.
    ``autoencoder`` (diffusion) is whose decoder draws the sheets, ``dropped`` the share of captions left out, for
    classifier-free guidance (Ho and Salimans 2022).
    """

    key: str
    kind: Literal["autoencoder", "diffusion"]
    network: dict[str, Any] = field(default_factory=dict)
    steps: int
    batch: int
    rate: float
    warm_up: int = 200
    average: float = 0.999
    edges: float = 0.4
    autoencoder: str = ""
    dropped: float = 0.12
    samples_every: int = 250


def _autoencoder(channels: int, *blocks: int, latents: int = 16) -> dict[str, Any]:
    """Describe an autoencoder without norms; ``blocks`` are those of the decoder, from latents to pixels."""
    levels = len(blocks)
    return {
        "latent_channels": latents, "decoder_block_out_channels": (channels,) * levels,
        "num_decoder_blocks": blocks, "encoder_block_out_channels": (channels,) * levels,
        "num_encoder_blocks": (1,) * levels,
    }  # fmt: skip


def _unet(*channels: int, crossed: int, latents: int = 16, layers: int = 1, side: int = 16) -> dict[str, Any]:
    """Describe a UNet whose last ``crossed`` levels see the text."""
    plain = len(channels) - crossed
    down = ("DownBlock2D",) * plain + ("CrossAttnDownBlock2D",) * crossed
    return {
        "sample_size": side, "in_channels": latents, "out_channels": latents, "block_out_channels": channels,
        "down_block_types": down, "up_block_types": tuple(one.replace("Down", "Up") for one in down[::-1]),
        "layers_per_block": layers, "cross_attention_dim": WIDTH_OF_TEXT, "attention_head_dim": 4,
        "norm_num_groups": 16,
    }  # fmt: skip


RECIPES: dict[str, Recipe] = {
    recipe.key: recipe
    for recipe in (
        Recipe(
            key="rooms-autoencoder",
            kind="autoencoder",
            network=_autoencoder(32, 3, 3, 2, 1),
            steps=10_000,
            batch=4,
            rate=1.5e-3,
        ),
        Recipe(
            key="rooms-diffusion",
            kind="diffusion",
            network=_unet(96, 128, 144, crossed=2),
            steps=12_000,
            batch=32,
            rate=5e-4,
            average=0.9995,
            autoencoder="rooms-autoencoder",
        ),
        Recipe(
            key="tiny-autoencoder",
            kind="autoencoder",
            network=_autoencoder(8, 1, 1, 1, 1),
            steps=40,
            batch=4,
            rate=3e-3,
            warm_up=5,
            average=0.9,
            samples_every=40,
        ),
        Recipe(
            key="tiny-diffusion",
            kind="diffusion",
            network=_unet(16, 16, crossed=1),
            steps=40,
            batch=4,
            rate=2e-3,
            warm_up=5,
            average=0.9,
            autoencoder="tiny-autoencoder",
            samples_every=40,
        ),
    )
}
