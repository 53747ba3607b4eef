"""What is asked of an image model and what it gives back (no torch here)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image


@dataclass(frozen=True, kw_only=True)
class RenderRequest:
    """One picture: sizes in pixels, ``seed`` in 0 … 2³²−1, ``guidance_scale`` ≥ 0 (1 = no guidance)."""

    prompt: str
    negative_prompt: str = ""
    seed: int
    width: int
    height: int
    steps: int
    guidance_scale: float

    @property
    def batch_key(self) -> tuple[int, int, int, float]:
        """Requests with the same key can be rendered together."""
        return (self.width, self.height, self.steps, self.guidance_scale)


@dataclass(frozen=True)
class RenderedPicture:
    """A picture in sRGB, 8 bits a channel, and what made it.

    ``seconds`` is its share of the batch's time; ``sampler`` is the scheduler's name in diffusers.
    """

    image: Image
    request: RenderRequest
    model_key: str
    model_revision: str
    seconds: float
    sampler: str = ""
