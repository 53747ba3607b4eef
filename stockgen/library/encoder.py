"""The text embedder of the library, one in each process that needs it; it brings no torch."""

from __future__ import annotations

import threading
from functools import cache, lru_cache

from django.conf import settings

from engines.encoder import SentenceEncoder, Vectors
from engines.registry import TEXT_EMBEDDERS
from engines.specs import TextEmbedderSpec

_REMEMBERED = 512
"""Texts whose vectors a process keeps: the next pages of a search ask for the same one."""

_loading = threading.Lock()


def spec() -> TextEmbedderSpec:
    """Return the description of the configured text embedder."""
    return TEXT_EMBEDDERS[settings.LIBRARY_EMBEDDER]


def encoder() -> SentenceEncoder:
    """Return the encoder, loaded at first use (0.2 s). Raises ``ModelUnavailable``."""
    with _loading:
        return _load(settings.LIBRARY_EMBEDDER)


@cache
def _load(key: str) -> SentenceEncoder:
    return SentenceEncoder.load(TEXT_EMBEDDERS[key])


def name() -> str:
    """Return which embedder a vector is of, as rows of the stock keep it: its key and revision."""
    return f"{settings.LIBRARY_EMBEDDER}@{encoder().revision}"


def vector_of(text: str) -> Vectors:
    """Return the unit vector of one text, however long, shape (dimensions,)."""
    return _remembered(settings.LIBRARY_EMBEDDER, text)


def forget() -> None:
    """Forget the vectors of earlier searches; for measuring."""
    _remembered.cache_clear()


@lru_cache(_REMEMBERED)
def _remembered(_key: str, text: str) -> Vectors:
    return encoder().embed_whole(text)
