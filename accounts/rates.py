"""How often something may happen: counted by the clock's minutes or hours, in each web process."""

from __future__ import annotations

from time import time

from django.core.cache import cache

MINUTE = 60
HOUR = 3600


def is_within(limit: int, name: str, *, seconds: int = MINUTE, count: int = 1) -> bool:
    """Count ``count`` of ``name`` in, and tell whether ``limit`` in the clock's present ``seconds`` is kept; 0 is none.

    Counting is one atomic step in the cache, so requests side by side are all counted, also those over the limit.
    """
    if not limit:
        return True
    key = f"{name}:{int(time() // seconds)}"
    cache.add(key, 0, timeout=2 * seconds)
    return int(cache.incr(key, count)) <= limit


def seconds_left(seconds: int = MINUTE) -> float:
    """Return how long the clock's present minute or hour lasts."""
    return seconds - time() % seconds
