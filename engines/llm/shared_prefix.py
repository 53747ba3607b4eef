"""Attention in which a batch's common beginning is computed and kept once, not once a row.

All questions of a plan begin with the same instructions and worked examples, several hundred tokens against a few
dozen that differ. Copied into every row they cost a CPU most of each step; kept once, the rows' queries meet them
in one matrix product (as in Hydragen, Juravsky et al. 2024, and cascade attention).
"""

from __future__ import annotations

from typing import Any

import torch
from transformers import AttentionInterface
from transformers.cache_utils import Cache, DynamicCache, DynamicLayer
from transformers.masking_utils import AttentionMaskInterface, eager_mask

NAME = "shared_prefix"
"""The name under which transformers knows this attention."""

MODEL_TYPES = frozenset({"llama", "mistral", "qwen2", "qwen3"})
"""Architectures whose attention is the plain grouped-query one that is computed here."""

Prefix = list[tuple[torch.Tensor, torch.Tensor]]
"""A layer's keys and values, each of shape (key-value heads, tokens, head size), for every layer."""


class _PrefixedLayer(DynamicLayer):
    """A growing layer that begins behind a prefix, which it does not copy."""

    def __init__(self, keys: torch.Tensor, values: torch.Tensor) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._prefix = (keys, values)

    def update(
        self, key_states: torch.Tensor, value_states: torch.Tensor, *args: Any, **kwargs: Any
    ) -> tuple[torch.Tensor, torch.Tensor]:
        keys, values = super().update(key_states, value_states, *args, **kwargs)
        setattr(keys, "shared_prefix", self._prefix)  # noqa: B010 - a tensor has no such attribute to mypy
        return keys, values

    def get_seq_length(self) -> int:
        return int(self._prefix[0].shape[-2] + super().get_seq_length())


def is_used_by(model: torch.nn.Module) -> bool:
    """True if the model was loaded with this attention."""
    return bool(getattr(model.config, "_attn_implementation", None) == NAME)


def prefix_of(cache: DynamicCache) -> Prefix:
    """Return what a cache filled by one row holds."""
    layers: list[Any] = cache.layers
    return [(layer.keys[0], layer.values[0]) for layer in layers]


def cache_behind(prefix: Prefix) -> Cache:
    """Return an empty cache whose rows all continue the prefix."""
    return Cache(layers=[_PrefixedLayer(keys, values) for keys, values in prefix])


def attend(
    module: torch.nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    scaling: float,
    **_: Any,
) -> tuple[torch.Tensor, None]:
    """Attend to the shared prefix, where there is one, and to the row's own tokens; softmax in float32.

    ``query`` is (rows, heads, new tokens, head size), ``key`` and ``value`` the row's own (rows, key-value heads,
    tokens, head size). Returns (rows, new tokens, heads, head size). Padding can only be behind the prefix.
    """
    rows, heads, new, size = query.shape
    groups = key.shape[1]
    grouped = query.reshape(rows, groups, heads // groups, new, size)
    own = torch.einsum("bghqd,bgkd->bghqk", grouped, key)
    prefix = getattr(key, "shared_prefix", None)
    known = 0
    if prefix is not None:
        known = prefix[0].shape[-2]
        by_group = grouped.transpose(0, 1).reshape(groups, -1, size)
        shared = (by_group @ prefix[0].transpose(1, 2)).view(groups, rows, heads // groups, new, known)
        own = torch.cat([shared.transpose(0, 1), own], dim=-1)
    scores = own.float() * scaling
    if attention_mask is not None:
        scores = scores + attention_mask[:, :, None, :, : scores.shape[-1]]
    weights = scores.softmax(-1).to(query.dtype)
    output = torch.einsum("bghqk,bgkd->bghqd", weights[..., known:], value)
    if prefix is not None:
        by_group = weights[..., :known].transpose(0, 1).reshape(groups, -1, known)
        seen = (by_group @ prefix[1]).view(groups, rows, heads // groups, new, size)
        output = output + seen.transpose(0, 1)
    return output.reshape(rows, heads, new, size).transpose(1, 2).contiguous(), None


AttentionInterface.register(NAME, attend)
AttentionMaskInterface.register(NAME, eager_mask)
