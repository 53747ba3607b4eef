"""The models that a worker process has in memory, whatever kind of work needs them."""

from __future__ import annotations

from functools import cache

from django.conf import settings

from engines.cache import ModelCache
from engines.devices import memory_gib


@cache
def loaded() -> ModelCache:
    """Return this process's cache, made at first use: after the fork."""
    return ModelCache(settings.MODEL_MEMORY_GIB or memory_gib())


def device() -> str | None:
    """Return the configured device, None for the engines' own choice."""
    return None if settings.WORKER_DEVICE == "auto" else str(settings.WORKER_DEVICE)
