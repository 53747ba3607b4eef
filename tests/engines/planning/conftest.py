"""The real text embedder, once a test process, and a language model that says what a test tells it to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from engines.callbacks import IsCancelled, OnProgress, ignore_progress, never_cancelled, stop_if
from engines.embedding import TextEmbedder
from engines.llm.base import TextRequest
from engines.planning.brief import Brief, ConceptBrief, TopicBrief
from engines.planning.files import load_concepts, load_topics
from engines.registry import DEFAULT_TEXT_EMBEDDER, TEXT_EMBEDDERS
from engines.sources import EndpointSource
from engines.specs import LanguageModelSpec

PROMPTS = Path(__file__).resolve().parents[3] / "prompts"


class ScriptedLanguageModel:
    """Answers by a function of the request and its number, and keeps every request."""

    revision = "script"

    def __init__(self, answer: Callable[[TextRequest, int], str], context_tokens: int = 2048) -> None:
        self.spec = LanguageModelSpec(
            key="script",
            title="Script",
            source=EndpointSource("http://localhost", "script"),
            licence="",
            style="continue",
            context_tokens=context_tokens,
            batch_size=8,
            memory_gib=0,
        )
        self.batches: list[list[TextRequest]] = []
        self._answer = answer
        self._asked = 0

    @property
    def requests(self) -> list[TextRequest]:
        return [request for batch in self.batches for request in batch]

    def complete(
        self,
        requests: Sequence[TextRequest],
        *,
        on_progress: OnProgress = ignore_progress,
        is_cancelled: IsCancelled = never_cancelled,
    ) -> list[str]:
        stop_if(is_cancelled)
        self.batches.append(list(requests))
        answers = []
        for request in requests:
            answers.append(self._answer(request, self._asked))
            self._asked += 1
        on_progress(1.0)
        return answers


@pytest.fixture(scope="session")
def embedder() -> TextEmbedder:
    return TextEmbedder.load(TEXT_EMBEDDERS[DEFAULT_TEXT_EMBEDDER])


@pytest.fixture(scope="session")
def concepts() -> dict[str, ConceptBrief]:
    return {concept.brief.key: concept.brief for concept in load_concepts(PROMPTS)}


@pytest.fixture(scope="session")
def topics() -> dict[str, TopicBrief]:
    return {t.key: TopicBrief(name=t.name, description=t.description) for t in load_topics(PROMPTS)}


@pytest.fixture(scope="session")
def medicine(concepts: dict[str, ConceptBrief], topics: dict[str, TopicBrief]) -> Brief:
    """Medicine and health, interiors."""
    return Brief(topics["medicine"], concepts["interior"])


@pytest.fixture
def scripted() -> type[ScriptedLanguageModel]:
    return ScriptedLanguageModel
