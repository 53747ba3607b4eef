"""Parts of a network that can be computed in tiles without a trace."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor, nn


@dataclass(frozen=True)
class Stage:
    """A part of a network that reads feature maps by name and writes one.

    ``radius`` is how many pixels around a pixel its result depends on; ``scale`` how many pixels it makes of one along
    a side; ``channels`` what it writes (the last stage: 3, as pixels × channels levels 0 … 255 in float32); ``work``
    its multiply-adds a pixel; ``memory`` the bytes a pixel at its peak.
    """

    run: Callable[..., Tensor]
    reads: tuple[str, ...]
    writes: str
    radius: int
    scale: int
    channels: int
    work: int
    memory: int


def unfold(levels: Tensor, scale: int) -> Tensor:
    """Return count × height × width × (scale · scale) × 3 sub-pixels as count × scale·height × scale·width × 3."""
    count, height, width = levels.shape[:3]
    parts = levels.view(count, height, width, scale, scale, 3).transpose(2, 3)
    return parts.reshape(count, height * scale, width * scale, 3)


def parameters(module: nn.Module) -> int:
    """Return how many numbers a module has learnt."""
    return sum(values.numel() for values in module.parameters())
