"""Seeds for the many texts that one plan asks for."""

from __future__ import annotations

import hashlib


def seed_for(seed: int, *purpose: str | int) -> int:
    """Return a seed in 0 … 2³²−1 that depends on the plan's seed and on what it is for, and on nothing else."""
    text = "/".join(map(str, (seed, *purpose)))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big")
