"""Seeded sampling row by row, and the reasons to stop, as transformers' generation hooks."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from transformers import LogitsProcessor, PreTrainedTokenizerBase, StoppingCriteria

from engines.callbacks import IsCancelled, OnProgress, stop_if
from engines.llm.base import TextRequest

TOP_K = 256
"""The nucleus is looked for among this many tokens: beyond them a small model has only noise."""

_TAIL_TOKENS = 12


class SeededNucleus(LogitsProcessor):
    """Choose each row's next token by temperature and top-p with the row's own random numbers.

    Every row has one generator and uses one number a step, so what a request draws depends on its seed alone,
    never on its neighbours in the batch (Holtzman et al. 2020 for the nucleus). The chosen token is left as the only
    possible one, so decoding must be greedy.
    """

    def __init__(self, requests: Sequence[TextRequest], device: torch.device) -> None:
        self._draws = torch.stack(
            [
                torch.rand(
                    max(other.max_new_tokens for other in requests),
                    generator=torch.Generator().manual_seed(request.seed),
                    dtype=torch.float64,
                )
                for request in requests
            ]
        ).to(device)
        self._temperature = torch.tensor([[request.temperature] for request in requests], device=device)
        self._top_p = torch.tensor([[request.top_p] for request in requests], device=device)
        self._step = 0

    def __call__(self, input_ids: torch.LongTensor, scores: torch.FloatTensor) -> torch.FloatTensor:
        """Return ``scores`` (rows × vocabulary) with −inf everywhere but at the token drawn."""
        best, tokens = scores.float().topk(min(TOP_K, scores.shape[-1]))
        shares = (best / self._temperature.clamp_min(1e-4)).softmax(-1)
        before = shares.cumsum(-1) - shares
        outside = before >= self._top_p
        outside[:, 0] = False
        shares = shares.masked_fill(outside, 0.0)
        ladder = shares.double().cumsum(-1)
        goal = self._draws[:, self._step : self._step + 1] * ladder[:, -1:]
        greedy = self._temperature <= 0
        rank = torch.where(
            greedy, torch.zeros_like(goal), torch.searchsorted(ladder, goal, right=True).double()
        )
        chosen = tokens.gather(-1, rank.long().clamp_max(tokens.shape[-1] - 1))
        self._step += 1
        only = torch.full_like(scores, float("-inf"))
        return only.scatter(-1, chosen, 0.0)  # type: ignore[return-value]


class RowStops(StoppingCriteria):
    """End a row at its stop strings or its own length, report progress, and give up when cancelled."""

    def __init__(
        self,
        tokenizer: PreTrainedTokenizerBase,
        requests: Sequence[TextRequest],
        prompt_tokens: int,
        on_progress: OnProgress,
        is_cancelled: IsCancelled,
    ) -> None:
        self._tokenizer = tokenizer
        self._requests = requests
        self._prompt_tokens = prompt_tokens
        self._longest = max(request.max_new_tokens for request in requests)
        self._done = [False] * len(requests)
        self._on_progress = on_progress
        self._is_cancelled = is_cancelled

    def __call__(
        self, input_ids: torch.LongTensor, scores: torch.FloatTensor, **_: object
    ) -> torch.BoolTensor:
        """Return for each row whether it is finished."""
        stop_if(self._is_cancelled)
        written = input_ids.shape[1] - self._prompt_tokens
        tails = input_ids[:, -min(written, _TAIL_TOKENS) :].tolist()
        for row, (request, tail) in enumerate(zip(self._requests, tails, strict=True)):
            if self._done[row]:
                continue
            text = self._tokenizer.decode(tail) if request.stop else ""
            self._done[row] = written >= request.max_new_tokens or any(stop in text for stop in request.stop)
        self._on_progress(min(1.0, written / self._longest))
        return torch.tensor(self._done, device=input_ids.device)  # type: ignore[return-value]
