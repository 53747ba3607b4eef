"""Sentence embeddings: texts become unit vectors whose dot product is their likeness."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import torch
from transformers import AutoModel, AutoTokenizer, BatchEncoding, PreTrainedTokenizerBase
from transformers.utils import logging as transformers_logging

from engines import weights
from engines.errors import ModelUnavailable
from engines.specs import TextEmbedderSpec

Vectors = npt.NDArray[np.float32]

_BATCH = 64


class TextEmbedder:
    """A sentence encoder with mean pooling (Reimers & Gurevych 2019), as sentence-transformers runs MiniLM."""

    def __init__(
        self,
        spec: TextEmbedderSpec,
        model: torch.nn.Module,
        tokenizer: PreTrainedTokenizerBase,
        revision: str,
    ) -> None:
        self.spec = spec
        self._model = model
        self._tokenizer = tokenizer
        self._revision = revision

    @classmethod
    def load(cls, spec: TextEmbedderSpec) -> TextEmbedder:
        """Load the encoder that ``spec`` describes, on the CPU in float32.

        Raises :class:`ModelUnavailable` where its files are missing or cannot be read.
        """
        path = weights.resolve(spec.source, key=spec.key)
        options = {"trust_remote_code": False, "local_files_only": True}
        bars = transformers_logging.is_progress_bar_enabled()
        transformers_logging.disable_progress_bar()
        try:
            tokenizer = AutoTokenizer.from_pretrained(path, **options)
            model = AutoModel.from_pretrained(path, dtype=torch.float32, use_safetensors=True, **options)
        except Exception as error:
            raise ModelUnavailable(
                spec.key,
                str(path),
                f"The files there cannot be read ({type(error).__name__}): install them again.",
            ) from error
        finally:
            if bars:
                transformers_logging.enable_progress_bar()
        return cls(spec, model.eval(), tokenizer, weights.revision_of(spec.source, path))

    @property
    def revision(self) -> str:
        """A digest of the encoder's files, or the commit of a hub snapshot."""
        return self._revision

    @torch.inference_mode()
    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector a text: shape (n, ``spec.dimensions``), float32.

        Texts are cut after ``spec.max_tokens`` tokens. No texts give an array of shape (0, dimensions).
        """
        if not texts:
            return np.zeros((0, self.spec.dimensions), dtype=np.float32)
        parts = [self._encode(list(texts[start : start + _BATCH])) for start in range(0, len(texts), _BATCH)]
        return np.concatenate(parts)

    @torch.inference_mode()
    def embed_whole(self, text: str) -> Vectors:
        """Return the unit vector of a text of any length, shape (``spec.dimensions``,), float32.

        A text that the model cannot read at once is read in windows of ``spec.max_tokens`` tokens, as
        :meth:`engines.encoder.SentenceEncoder.embed_whole` does. A shorter one has the very vector of :meth:`embed`.
        """
        windows = self._tokens([text], return_overflowing_tokens=True)
        windows.pop("overflow_to_sample_mapping", None)
        mean = windows["attention_mask"].sum(1).float().numpy() @ self._pooled(windows)
        whole: Vectors = (mean / max(float(np.linalg.norm(mean)), 1e-12)).astype(np.float32)
        return whole

    def _encode(self, texts: list[str]) -> Vectors:
        return self._pooled(self._tokens(texts))

    def _tokens(self, texts: list[str], **options: bool) -> BatchEncoding:
        batch: BatchEncoding = self._tokenizer(
            texts,
            padding=True,
            truncation=True,
            max_length=self.spec.max_tokens,
            return_tensors="pt",
            **options,
        )
        return batch

    def _pooled(self, batch: BatchEncoding) -> Vectors:
        states = self._model(**batch).last_hidden_state
        mask = batch["attention_mask"].unsqueeze(-1).to(states.dtype)
        pooled = (states * mask).sum(1) / mask.sum(1).clamp_min(1e-9)
        vectors: Vectors = torch.nn.functional.normalize(pooled, dim=-1).numpy().astype(np.float32)
        return vectors


def cosine(left: Vectors, right: Vectors) -> Vectors:
    """Return the cosine similarities of two sets of unit vectors, (n, d) and (m, d) → (n, m), −1 … 1."""
    similarities: Vectors = left @ right.T
    return similarities


def nearest(vectors: Vectors, among: Vectors) -> npt.NDArray[np.intp]:
    """Return for each of the unit ``vectors`` the index of the most similar one of ``among``."""
    indices: npt.NDArray[np.intp] = cosine(vectors, among).argmax(axis=1)
    return indices
