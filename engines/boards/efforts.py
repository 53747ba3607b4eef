"""How much is spent on a photo: levels from the whole gate down to a classical enhancement."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Effort:
    """One level of effort.

    ``scale`` is the largest enlargement (1: none by a network), ``super_resolution`` whether a network may run,
    ``most_lines`` how many lines are compared place by place between the photo and what was made of it (None: all;
    0: nothing is read at all, and the photo stays as it is). ``most_tries`` is how many candidates may be found and
    read anew as a whole: only one that then reads no worse than the photo is delivered; the best of them all with
    ``seeks_best``, else the first. With 0 tries the photo is only read. With ``asks_witness`` a second reader, where
    there is one, reads them all as well, and the two decide together. ``seconds_per_megapixel`` and ``seconds`` are
    what it costs on two CPU cores before anything was measured.
    """

    key: str
    scale: int
    super_resolution: bool
    most_lines: int | None
    most_tries: int
    seeks_best: bool
    asks_witness: bool
    seconds: float
    seconds_per_megapixel: float


EFFORTS: dict[str, Effort] = {
    effort.key: effort
    for effort in (
        Effort(
            key="full", scale=4, super_resolution=True, most_lines=None, most_tries=5, seeks_best=True,
            asks_witness=True, seconds=8, seconds_per_megapixel=9,
        ),
        Effort(
            key="quick", scale=2, super_resolution=True, most_lines=24, most_tries=2, seeks_best=False,
            asks_witness=True, seconds=5.5, seconds_per_megapixel=5,
        ),
        Effort(
            key="light", scale=1, super_resolution=False, most_lines=None, most_tries=1, seeks_best=False,
            asks_witness=False, seconds=0.8, seconds_per_megapixel=1.5,
        ),
        Effort(
            key="swift", scale=1, super_resolution=False, most_lines=None, most_tries=0, seeks_best=False,
            asks_witness=False, seconds=0.4, seconds_per_megapixel=0.7,
        ),
        Effort(
            key="least", scale=1, super_resolution=False, most_lines=0, most_tries=0, seeks_best=False,
            asks_witness=False, seconds=0.1, seconds_per_megapixel=0.1,
        ),
    )
}  # fmt: skip
"""The most thorough first."""
