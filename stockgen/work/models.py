"""The models that a worker process has loaded."""

from __future__ import annotations

from functools import cache

import psutil
import torch
from django.conf import settings

from engines.cache import ModelCache
from engines.diffusion.model import ImageModel
from engines.embedding import TextEmbedder
from engines.errors import ModelUnavailable
from engines.llm.base import LanguageModel
from engines.llm.load import load_language_model
from engines.registry import DEFAULT_TEXT_EMBEDDER, TEXT_EMBEDDERS
from jobs.worker import Work
from stockgen.models.registered import image_models, language_models


@cache
def _loaded() -> ModelCache:
    """Return this process's cache, made at first use: after the fork."""
    return ModelCache(settings.MODEL_MEMORY_GIB or _memory_gib())


def _memory_gib() -> float:
    """Return four fifths of the GPU's memory, or half of the host's where there is no GPU, in GiB."""
    if torch.cuda.is_available():
        return float(0.8 * torch.cuda.mem_get_info()[1] / 2**30)
    return float(0.5 * psutil.virtual_memory().total / 2**30)


def _device() -> str | None:
    """Return the configured device, None for the engines' own choice."""
    return None if settings.WORKER_DEVICE == "auto" else str(settings.WORKER_DEVICE)


def language_model(key: str, work: Work) -> LanguageModel:
    """Return a language model, loading it under the announced limit. Raises :class:`ModelUnavailable`."""
    spec = language_models().get(key)
    if spec is None:
        raise _unknown(key)
    work.beat(0, seconds=settings.MODEL_LOAD_SECONDS)
    model = _loaded().get(spec, lambda spec: load_language_model(spec, device=_device()))
    work.beat(0, seconds=work.lease_seconds)
    return model


def image_model(key: str, work: Work) -> ImageModel:
    """Return an image model, loading it under the announced limit. Raises :class:`ModelUnavailable`."""
    spec = image_models().get(key)
    if spec is None:
        raise _unknown(key)
    work.beat(0, seconds=settings.MODEL_LOAD_SECONDS)
    model = _loaded().get(spec, lambda spec: ImageModel.load(spec, device=_device()))
    work.beat(0, seconds=work.lease_seconds)
    return model


def text_embedder() -> TextEmbedder:
    """Return the text embedder by which locations and prompts are told apart."""
    return _loaded().get(TEXT_EMBEDDERS[DEFAULT_TEXT_EMBEDDER], TextEmbedder.load)


def _unknown(key: str) -> ModelUnavailable:
    return ModelUnavailable(
        key,
        "the registry and the registered models",
        "Choose another model, or register this one again in the admin.",
    )
