"""The embedded language model, loaded once a test process."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engines.llm.local import TransformersLanguageModel
from engines.registry import DEFAULT_LANGUAGE_MODEL, LANGUAGE_MODELS


@pytest.fixture(scope="session")
def exact_llm() -> TransformersLanguageModel:
    """The embedded model in float32, where rounding does not depend on the size of the batch."""
    return TransformersLanguageModel.load(
        replace(LANGUAGE_MODELS[DEFAULT_LANGUAGE_MODEL], precision="float32"), device="cpu"
    )
