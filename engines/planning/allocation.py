"""How an asked number of pictures is spread over locations, prompts and seeds."""

from __future__ import annotations

import math

SEED_LIMIT = 2**32
MAX_PROMPTS_PER_LOCATION = 4
PICTURES_PER_LOCATION = 3
MAX_LOCATIONS = 100


def default_location_count(count: int) -> int:
    """Return how many locations ``count`` ≥ 1 pictures are planned over: about three pictures each, at most 100."""
    return max(1, min(MAX_LOCATIONS, math.ceil(count / PICTURES_PER_LOCATION)))


def prompts_per_location(count: int, location_count: int) -> int:
    """Return how many different prompts each location gets, 1 … 4; further pictures repeat one with new seeds."""
    return max(1, min(MAX_PROMPTS_PER_LOCATION, math.ceil(count / max(1, location_count))))


def assign_seeds(count: int, prompt_count: int, seed: int) -> list[tuple[int, int]]:
    """Return ``count`` pairs of prompt index and image seed, all distinct and spread evenly over the prompts.

    The seeds are ``seed``, ``seed`` + 1, … modulo 2³², so the first picture has the seed that was asked for.
    Raises ``ValueError`` if there is no prompt.
    """
    if prompt_count < 1:
        raise ValueError("There is no prompt to render.")
    return [(index % prompt_count, (seed + index) % SEED_LIMIT) for index in range(count)]
