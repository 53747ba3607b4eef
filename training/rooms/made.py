"""Objects that the catalogues lack, built of cuboids: sizes and colour of each are told."""

from __future__ import annotations

from collections.abc import Callable

from training.rooms.colours import PAINTS, RGB, VIVID, paint
from training.rooms.scenes import Builder

Made = tuple[float, float, float, str]
"""Width, depth and height in metres, and the colour's name."""


def _bricks(builder: Builder, _name: str, _shade: RGB) -> Made:
    for level in range(4):
        for n in range(3):
            builder.box(
                ((n - 1) * 0.31 + builder.number(-0.01, 0.01), (level % 2) * 0.03, 0.06 + level * 0.125),
                (0.29, 0.36, 0.12),
                "plain",
                (0.62 + builder.number(-0.08, 0.08), 0.28, 0.19),
            )
    return 0.95, 0.4, 0.5, "red"


def _paint_bucket(builder: Builder, name: str, shade: RGB) -> Made:
    for n in range(12):
        builder.box((0, 0, 0.3), (0.5, 0.14, 0.6), "plain", (0.9, 0.9, 0.9), n * 15.0)
        builder.box((0, 0, 0.28), (0.505, 0.142, 0.3), "plain", shade, n * 15.0)
        builder.box((0, 0, 0.6), (0.47, 0.13, 0.02), "plain", shade, n * 15.0)
    return 0.55, 0.55, 0.6, name


def _coins(builder: Builder, _name: str, _shade: RGB) -> Made:
    for pile, high in ((-0.42, 6), (0.0, 10), (0.42, 14)):
        for level in range(high):
            for n in range(6):
                place, turn = (pile, 0, 0.02 + level * 0.045), n * 30.0 + level * 7
                builder.box(place, (0.36, 0.2, 0.036), "metal", (0.85, 0.65, 0.2), turn)
    return 1.2, 0.4, 0.62, "yellow"


def _traffic_sign(builder: Builder, _name: str, _shade: RGB) -> Made:
    sign = builder.one_of(("red", "blue"))
    builder.box((0, 0.02, 0.5), (0.05, 0.05, 1.0), "metal", (0.6, 0.62, 0.64))
    builder.box((0, 0, 0.75), (0.5, 0.03, 0.5), "plain", PAINTS[sign][0])
    builder.box((0, -0.02, 0.75), (0.4, 0.03, 0.12), "plain", (0.95, 0.95, 0.95))
    return 0.5, 0.2, 1.0, sign


MADE: dict[str, Callable[[Builder, str, RGB], Made]] = {
    "bricks": _bricks, "paint bucket": _paint_bucket, "coins": _coins, "traffic sign": _traffic_sign,
}  # fmt: skip


def make(builder: Builder, noun: str) -> Made:
    """Build an object in the middle of the floor."""
    name, shade = paint(builder.random, VIVID)
    return MADE[noun](builder, name, shade)
