"""Every model the project knows, by key: where its weights are, its licence, its sizes. No magic: three dicts."""

from __future__ import annotations

from engines.specs import ImageModelSpec, LanguageModelSpec, TextEmbedderSpec

LANGUAGE_MODELS: dict[str, LanguageModelSpec] = {}

IMAGE_MODELS: dict[str, ImageModelSpec] = {}

TEXT_EMBEDDERS: dict[str, TextEmbedderSpec] = {}

DEFAULT_LANGUAGE_MODEL = "smollm2-135m-instruct"
DEFAULT_IMAGE_MODEL = "demonstration"
DEFAULT_TEXT_EMBEDDER = "all-minilm-l6-v2"
