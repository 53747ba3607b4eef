"""Load the language model that a spec describes, wherever it runs."""

from __future__ import annotations

from engines.llm.base import LanguageModel
from engines.llm.endpoint import EndpointLanguageModel
from engines.llm.local import TransformersLanguageModel
from engines.sources import EndpointSource
from engines.specs import LanguageModelSpec


def load_language_model(spec: LanguageModelSpec, *, device: str | None = None) -> LanguageModel:
    """Return a model ready to be asked: behind its endpoint, or loaded into this process onto ``device``.

    Raises :class:`engines.errors.ModelUnavailable` where the weights cannot be loaded. An endpoint is not
    contacted before it is first asked.
    """
    if isinstance(spec.source, EndpointSource):
        return EndpointLanguageModel(spec)
    return TransformersLanguageModel.load(spec, device=device)
