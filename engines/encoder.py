"""The sentence encoder without torch: for a process that answers requests and holds no machine-learning library.

The same weights as :mod:`engines.embedding` give the same vectors, to 1e-4. The weights are mapped into memory, not
read: processes of one host share them.
"""

from __future__ import annotations

import json
import math
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from tokenizers import Encoding, Tokenizer

from engines import weights
from engines.errors import ModelUnavailable
from engines.specs import TextEmbedderSpec

Vectors = npt.NDArray[np.float32]

_BATCH = 16
_KINDS: dict[str, np.dtype[Any]] = {"F32": np.dtype("<f4"), "F16": np.dtype("<f2")}


class SentenceEncoder:
    """A BERT encoder with mean pooling (Devlin et al. 2019; Reimers & Gurevych 2019), computed by NumPy.

    Reads every model that ``transformers`` calls ``bert`` with the GELU and absolute positions: MiniLM and its
    multilingual sister among them. Safe for several threads.
    """

    def __init__(self, spec: TextEmbedderSpec, path: Path, revision: str) -> None:
        self.spec = spec
        self._revision = revision
        config = json.loads((path / "config.json").read_text())
        if config["model_type"] != "bert" or config["hidden_act"] != "gelu":
            raise ValueError(f"{config['model_type']} with {config['hidden_act']} is no BERT encoder.")
        self._layers: int = config["num_hidden_layers"]
        self._heads: int = config["num_attention_heads"]
        self._epsilon: float = config["layer_norm_eps"]
        self._tensors = mapped_tensors(path / "model.safetensors")
        self._tokenizer: Tokenizer = Tokenizer.from_file(str(path / "tokenizer.json"))
        self._tokenizer.enable_truncation(spec.max_tokens)
        self._tokenizer.enable_padding(
            pad_id=config["pad_token_id"],
            pad_token=self._tokenizer.id_to_token(config["pad_token_id"]) or "[PAD]",
        )
        self._tokenizing = threading.Lock()

    @classmethod
    def load(cls, spec: TextEmbedderSpec) -> SentenceEncoder:
        """Map the encoder that ``spec`` describes. Raises :class:`ModelUnavailable` where its files cannot be read."""
        path = weights.resolve(spec.source, key=spec.key)
        try:
            return cls(spec, path, weights.revision_of(spec.source, path))
        except Exception as error:  # the tokenizer's own errors are plain ones
            raise ModelUnavailable(
                spec.key,
                str(path),
                f"The files there cannot be read ({type(error).__name__}): install them again.",
            ) from error

    @property
    def revision(self) -> str:
        """A digest of the encoder's files, or the commit of a hub snapshot."""
        return self._revision

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector a text: shape (n, ``spec.dimensions``), float32.

        Texts are cut after ``spec.max_tokens`` tokens. About 10 ms for a short text on one core.
        """
        found = np.zeros((len(texts), self.spec.dimensions), dtype=np.float32)
        by_length = sorted(
            range(len(texts)), key=lambda index: len(texts[index])
        )  # little padding in a batch
        for start in range(0, len(texts), _BATCH):
            part = by_length[start : start + _BATCH]
            found[part] = self._encode([texts[index] for index in part])
        return found

    def embed_whole(self, text: str) -> Vectors:
        """Return the unit vector of a text of any length, shape (``spec.dimensions``,), float32.

        A text that the model cannot read at once is read in windows of ``spec.max_tokens`` tokens; the vector is that
        of the mean over the windows' unit vectors, each weighted by its tokens. A shorter one has the very vector of
        :meth:`embed`. The time grows with the text: about 0.2 s a window on one core.
        """
        with self._tokenizing:
            first = self._tokenizer.encode(text)
        windows = [first, *first.overflowing]
        if len(windows) == 1:
            vector: Vectors = self.embed([text])[0]
            return vector
        weights = np.array([sum(one.attention_mask) for one in windows], dtype=np.float32)
        mean = weights @ np.concatenate([self._pooled([one]) for one in windows])
        whole: Vectors = (mean / np.maximum(np.linalg.norm(mean), 1e-12)).astype(np.float32)
        return whole

    def _encode(self, texts: list[str]) -> Vectors:
        with self._tokenizing:
            encodings = self._tokenizer.encode_batch(texts)
        return self._pooled(encodings)

    def _pooled(self, encodings: Sequence[Encoding]) -> Vectors:
        """Return the unit vectors of texts of equal, padded length: the means over their tokens' states."""
        tokens = np.array([one.ids for one in encodings])
        mask = np.array([one.attention_mask for one in encodings], dtype=np.float32)
        states = self._states(tokens, mask)
        pooled = (states * mask[..., None]).sum(axis=1) / np.maximum(mask.sum(axis=1, keepdims=True), 1e-9)
        vectors: Vectors = pooled / np.maximum(np.linalg.norm(pooled, axis=1, keepdims=True), 1e-12)
        return vectors

    def _states(self, tokens: npt.NDArray[np.int64], mask: Vectors) -> Vectors:
        """Return the last layer's states, (n, length, width), of padded tokens, (n, length)."""
        tensor = self._tensors
        words = tensor["embeddings.word_embeddings.weight"][tokens].astype(np.float32)
        places = tensor["embeddings.position_embeddings.weight"][: tokens.shape[1]]
        first_kind = tensor["embeddings.token_type_embeddings.weight"][0]
        states = self._normalised(words + places + first_kind, "embeddings.LayerNorm")
        unseen = (1.0 - mask[:, None, None, :]) * np.float32(-1e9)
        for layer in range(self._layers):
            name = f"encoder.layer.{layer}"
            seen = self._attention(states, unseen, f"{name}.attention.self")
            seen = self._linear(seen, f"{name}.attention.output.dense")
            states = self._normalised(states + seen, f"{name}.attention.output.LayerNorm")
            wide = gelu(self._linear(states, f"{name}.intermediate.dense"))
            states = self._normalised(
                states + self._linear(wide, f"{name}.output.dense"), f"{name}.output.LayerNorm"
            )
        return states

    def _attention(self, states: Vectors, unseen: Vectors, name: str) -> Vectors:
        count, length, width = states.shape
        queries, keys, values = (
            self._linear(states, f"{name}.{part}")
            .reshape(count, length, self._heads, width // self._heads)
            .transpose(0, 2, 1, 3)
            for part in ("query", "key", "value")
        )
        scores = queries @ keys.transpose(0, 1, 3, 2) / np.float32(math.sqrt(width // self._heads)) + unseen
        shares = np.exp(scores - scores.max(axis=-1, keepdims=True))
        shares /= shares.sum(axis=-1, keepdims=True)
        joined: Vectors = (shares @ values).transpose(0, 2, 1, 3).reshape(count, length, width)
        return joined

    def _linear(self, states: Vectors, name: str) -> Vectors:
        product: Vectors = states @ self._tensors[f"{name}.weight"].T + self._tensors[f"{name}.bias"]
        return product

    def _normalised(self, states: Vectors, name: str) -> Vectors:
        centred = states - states.mean(axis=-1, keepdims=True)
        spread = np.sqrt((centred * centred).mean(axis=-1, keepdims=True) + self._epsilon)
        scaled: Vectors = (
            centred / spread * self._tensors[f"{name}.weight"] + self._tensors[f"{name}.bias"]
        ).astype(np.float32)
        return scaled


def gelu(values: Vectors) -> Vectors:
    """Return x Φ(x), with the error function by formula 7.1.26 of Abramowitz & Stegun, off by 1.5e-7 at most."""
    scaled = np.abs(values) * np.float32(1 / math.sqrt(2))
    turned = 1.0 / (1.0 + np.float32(0.3275911) * scaled)
    series = np.full_like(values, 1.061405429)
    for factor in (-1.453152027, 1.421413741, -0.284496736, 0.254829592):
        series *= turned
        series += np.float32(factor)
    error = 1.0 - series * turned * np.exp(-scaled * scaled)
    activated: Vectors = 0.5 * values * (1.0 + np.copysign(error, values))
    return activated


def mapped_tensors(file: Path) -> dict[str, Any]:
    """Map the floating-point tensors of a safetensors file into memory, by their names without the prefix ``bert.``.

    The format: eight bytes with the length of a JSON header, the header, the numbers. Raises ``ValueError`` for a file
    that is not one.
    """
    content = np.memmap(file, dtype=np.uint8, mode="r")
    if content.size < 8:
        raise ValueError(f"{file} is no safetensors file.")
    length = int.from_bytes(content[:8].tobytes(), "little")
    header = json.loads(content[8 : 8 + length].tobytes())
    body = content[8 + length :]
    tensors = {}
    for name, about in header.items():
        if name != "__metadata__" and about["dtype"] in _KINDS:
            start, end = about["data_offsets"]
            tensors[name.removeprefix("bert.")] = (
                body[start:end].view(_KINDS[about["dtype"]]).reshape(about["shape"])
            )
    return tensors
