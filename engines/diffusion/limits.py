"""What an image model accepts: checked before anything is stored or rendered (no torch here)."""

from __future__ import annotations

import math
from dataclasses import dataclass

from engines.diffusion.requests import RenderRequest
from engines.specs import ImageModelSpec

MAX_SEED = 2**32 - 1
MAX_GUIDANCE_SCALE = 30.0


@dataclass(frozen=True)
class Problem:
    """A value that the model does not accept: the field of :class:`RenderRequest` and a sentence about it."""

    field: str
    message: str


def problems_with(request: RenderRequest, spec: ImageModelSpec) -> list[Problem]:
    """Return everything about ``request`` that the model of ``spec`` does not accept; empty if it does."""
    found = [
        problem
        for field, side in (("width", request.width), ("height", request.height))
        if (problem := _problem_with_side(field, side, spec))
    ]
    if not request.prompt.strip():
        found.append(Problem("prompt", "The prompt is empty."))
    if not 0 <= request.seed <= MAX_SEED:
        found.append(Problem("seed", f"The seed is {request.seed}; it must be between 0 and {MAX_SEED}."))
    if not 1 <= request.steps <= spec.max_steps:
        found.append(
            Problem("steps", f"{request.steps} steps asked; {spec.title} takes 1 to {spec.max_steps}.")
        )
    scale = request.guidance_scale
    if not math.isfinite(scale) or not 0 <= scale <= MAX_GUIDANCE_SCALE:
        found.append(
            Problem(
                "guidance_scale",
                f"The guidance scale is {scale}; it must be between 0 and {MAX_GUIDANCE_SCALE:g}.",
            )
        )
    return found


def accepts_size(spec: ImageModelSpec, width: int, height: int) -> bool:
    """Tell whether the model of ``spec`` renders this size, in pixels."""
    return not any(_problem_with_side("side", side, spec) for side in (width, height))


def _problem_with_side(field: str, side: int, spec: ImageModelSpec) -> Problem | None:
    if not spec.min_side <= side <= spec.max_side:
        return Problem(
            field,
            f"The {field} is {side} px; {spec.title} renders {spec.min_side} to {spec.max_side} px a side.",
        )
    if side % spec.size_multiple:
        return Problem(field, f"The {field} is {side} px; it must be a multiple of {spec.size_multiple}.")
    return None
