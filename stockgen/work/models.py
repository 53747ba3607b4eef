"""The models that a worker process has loaded."""

from __future__ import annotations

from django.conf import settings

from engines.diffusion.model import ImageModel
from engines.embedding import TextEmbedder
from engines.errors import ModelUnavailable
from engines.llm.base import LanguageModel
from engines.llm.load import load_language_model
from engines.registry import DEFAULT_TEXT_EMBEDDER, TEXT_EMBEDDERS
from jobs.loaded import device, loaded
from jobs.worker import Work
from stockgen.models.registered import image_models, language_models


def language_model(key: str, work: Work) -> LanguageModel:
    """Return a language model, loading it under the announced limit. Raises :class:`ModelUnavailable`."""
    spec = language_models().get(key)
    if spec is None:
        raise _unknown(key)
    work.beat(0, seconds=settings.MODEL_LOAD_SECONDS)
    model = loaded().get(spec, lambda spec: load_language_model(spec, device=device()))
    work.beat(0, seconds=work.lease_seconds)
    return model


def image_model(key: str, work: Work) -> ImageModel:
    """Return an image model, loading it under the announced limit. Raises :class:`ModelUnavailable`."""
    spec = image_models().get(key)
    if spec is None:
        raise _unknown(key)
    work.beat(0, seconds=settings.MODEL_LOAD_SECONDS)
    model = loaded().get(spec, lambda spec: ImageModel.load(spec, device=device()))
    work.beat(0, seconds=work.lease_seconds)
    return model


def text_embedder() -> TextEmbedder:
    """Return the text embedder by which locations and prompts are told apart."""
    return loaded().get(TEXT_EMBEDDERS[DEFAULT_TEXT_EMBEDDER], TextEmbedder.load)


def _unknown(key: str) -> ModelUnavailable:
    return ModelUnavailable(
        key,
        "the registry and the registered models",
        "Choose another model, or register this one again in the admin.",
    )
