"""How much is spent on a photo: levels from the whole gate down to a classical enhancement."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Effort:
    """One level of effort.

    ``scale`` is the largest enlargement (1: none by a network), ``super_resolution`` whether a network may run,
    ``most_lines`` how many lines the gate reads in the photo and in each candidate (None: all; 0: it reads none, and
    only the gentlest method may be delivered), ``verifies`` whether what is delivered is read again as a whole.
    ``seconds_per_megapixel`` and ``seconds`` are what it costs on two CPU cores before anything was measured.
    """

    key: str
    scale: int
    super_resolution: bool
    most_lines: int | None
    verifies: bool
    seconds: float
    seconds_per_megapixel: float


EFFORTS: dict[str, Effort] = {
    effort.key: effort
    for effort in (
        Effort(
            key="full", scale=4, super_resolution=True, most_lines=None, verifies=True,
            seconds=6, seconds_per_megapixel=10,
        ),
        Effort(
            key="quick", scale=2, super_resolution=True, most_lines=24, verifies=False,
            seconds=2.5, seconds_per_megapixel=4,
        ),
        Effort(
            key="light", scale=1, super_resolution=False, most_lines=12, verifies=False,
            seconds=1, seconds_per_megapixel=1,
        ),
        Effort(
            key="least", scale=1, super_resolution=False, most_lines=0, verifies=False,
            seconds=0.2, seconds_per_megapixel=0.6,
        ),
    )
}  # fmt: skip
"""The most thorough first."""
