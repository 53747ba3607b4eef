"""The one interface of every language model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from engines.callbacks import IsCancelled, OnProgress
from engines.specs import LanguageModelSpec


@dataclass(frozen=True)
class Turn:
    """One worked example: what is asked and what a good answer looks like."""

    question: str
    answer: str


@dataclass(frozen=True)
class TextRequest:
    """A question with its instructions and worked examples.

    ``seed`` is in 0 … 2³²−1. The same request gives the same text on the same model, hardware and software,
    whatever batch it travels in (up to the rounding of the hardware).
    """

    system: str
    examples: tuple[Turn, ...]
    question: str
    seed: int
    answer_prefix: str = ""
    max_new_tokens: int = 256
    temperature: float = 0.8
    top_p: float = 0.95
    stop: tuple[str, ...] = ()


class LanguageModel(Protocol):
    """Writes texts. Raises :class:`engines.errors.ModelUnavailable` when it cannot be reached or loaded."""

    spec: LanguageModelSpec

    @property
    def revision(self) -> str:
        """What was loaded, exactly: a commit, a file's digest, or the endpoint's own model name."""
        ...

    def complete(
        self,
        requests: Sequence[TextRequest],
        *,
        on_progress: OnProgress = ...,
        is_cancelled: IsCancelled = ...,
    ) -> list[str]:
        """Return one text a request, in their order, without the prompt and without the stop string."""
        ...
