"""A language model in this process, by transformers: safetensors folders, hub repositories and GGUF files."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

import torch
from transformers import (
    AutoConfig,
    AutoModelForCausalLM,
    AutoTokenizer,
    Cache,
    DynamicCache,
    PretrainedConfig,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)
from transformers.utils import logging as transformers_logging

from engines import weights
from engines.callbacks import IsCancelled, OnProgress, ignore_progress, never_cancelled, stop_if
from engines.errors import EngineError, ModelUnavailable, OutOfMemory
from engines.llm import shared_prefix
from engines.llm.base import TextRequest
from engines.llm.formatting import as_messages, as_pattern, cut_at_stop
from engines.llm.gguf import gguf_file_in, parsed_once
from engines.llm.sampling import RowStops, SeededNucleus
from engines.sources import EndpointSource, HubSource
from engines.specs import LanguageModelSpec

_LOG = logging.getLogger(__name__)

_SHARED_PREFIX_TOKENS = 32
"""From this length on a beginning that all rows of a batch share is computed once instead of per row."""

_KNOWN_IS_ENOUGH = 0.8


class TransformersLanguageModel:
    """A causal language model; see :class:`engines.llm.base.LanguageModel` for what it promises."""

    def __init__(
        self,
        spec: LanguageModelSpec,
        model: PreTrainedModel,
        tokenizer: PreTrainedTokenizerBase,
        revision: str,
    ) -> None:
        self.spec = spec
        self._model = model
        self._shares_prefix = shared_prefix.is_used_by(model)
        self._tokenizer = tokenizer
        self._revision = revision
        self._batch_size = spec.batch_size
        self._prefix: tuple[list[int], shared_prefix.Prefix] | None = None

    @classmethod
    def load(cls, spec: LanguageModelSpec, *, device: str | None = None) -> TransformersLanguageModel:
        """Load the model that ``spec`` describes onto ``device`` (default: CUDA where there is one).

        Code that a repository carries is never run. Raises :class:`ModelUnavailable` where the weights are
        missing, unreadable or no causal language model, and :class:`OutOfMemory` where they do not fit.
        """
        if isinstance(spec.source, EndpointSource):
            raise TypeError(f"Model “{spec.key}” is behind an endpoint: load it with load_language_model.")
        path = weights.resolve(spec.source, key=spec.key)
        target = torch.device(device or ("cuda" if torch.cuda.is_available() else "cpu"))
        variant = spec.source.variant if isinstance(spec.source, HubSource) else None
        try:
            tokenizer, model = _read(path, variant, _dtype(spec, target), target)
        except Exception as error:
            if _is_out_of_memory(error):
                raise OutOfMemory(
                    f"Model “{spec.key}” needs about {spec.memory_gib:g} GiB, more than {target} has free: "
                    "choose a smaller model or a larger device."
                ) from error
            raise ModelUnavailable(
                spec.key,
                str(path),
                f"The files there cannot be read as a language model ({type(error).__name__}: "
                f"{str(error).strip().splitlines()[0][:200] if str(error).strip() else 'no details'}): "
                "install or copy them again.",
            ) from error
        if spec.style == "chat" and not tokenizer.chat_template:
            raise ModelUnavailable(
                spec.key,
                str(path),
                "Its tokenizer has no chat template: describe it with the style “continue”.",
            )
        return cls(spec, model, tokenizer, weights.revision_of(spec.source, path))

    @property
    def revision(self) -> str:
        """The commit of a hub snapshot, else a digest of the files."""
        return self._revision

    def complete(
        self,
        requests: Sequence[TextRequest],
        *,
        on_progress: OnProgress = ignore_progress,
        is_cancelled: IsCancelled = never_cancelled,
    ) -> list[str]:
        """Return one text a request, in their order.

        Works in batches of ``spec.batch_size``, halved (and kept so) when the device runs out of memory. A text
        holds neither the prompt nor the request's ``answer_prefix`` nor the stop string. Raises
        :class:`OutOfMemory` where not even one request fits, :class:`EngineError` for a prompt longer than the
        model's context, :class:`Cancelled` when ``is_cancelled`` answers true.
        """
        prompts = [self._encode(request) for request in requests]
        order = sorted(range(len(requests)), key=lambda index: (len(prompts[index]), index))
        texts = [""] * len(requests)
        done = 0
        while done < len(order):
            stop_if(is_cancelled)
            batch = order[done : done + self._batch_size]
            share = len(batch) / len(order)
            begun = done / len(order)
            try:
                written = self._generate(
                    [requests[index] for index in batch],
                    [prompts[index] for index in batch],
                    lambda part, begun=begun, share=share: on_progress(begun + share * part),  # type: ignore[misc]
                    is_cancelled,
                )
            except (RuntimeError, MemoryError) as error:
                if not _is_out_of_memory(error):
                    raise
                self._shrink(len(batch), error)
                continue
            for index, text in zip(batch, written, strict=True):
                texts[index] = text
            done += len(batch)
        on_progress(1.0)
        return texts

    def _shrink(self, failed: int, error: Exception) -> None:
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
        if failed == 1:
            raise OutOfMemory(
                f"Model “{self.spec.key}” ran out of memory on a single text: choose a smaller model."
            ) from error
        self._batch_size = max(1, failed // 2)
        _LOG.warning("%s ran out of memory: batches of %s from now on", self.spec.key, self._batch_size)

    def _encode(self, request: TextRequest) -> list[int]:
        if self.spec.style == "continue":
            tokens = self._tokenizer(as_pattern(request), add_special_tokens=True)["input_ids"]
        else:
            messages = as_messages(request)
            if request.answer_prefix:
                messages.append({"role": "assistant", "content": request.answer_prefix})
            tokens = self._tokenizer.apply_chat_template(
                messages,
                tokenize=True,
                return_dict=False,
                add_generation_prompt=not request.answer_prefix,
                continue_final_message=bool(request.answer_prefix),
            )
        room = self.spec.context_tokens - request.max_new_tokens
        if len(tokens) > room:
            raise EngineError(
                f"A prompt of {len(tokens)} tokens leaves model “{self.spec.key}” no room for "
                f"{request.max_new_tokens} more within its context of {self.spec.context_tokens}: "
                "shorten the system prompt or the worked examples."
            )
        return list(tokens)

    @torch.inference_mode()
    def _generate(
        self,
        requests: Sequence[TextRequest],
        prompts: Sequence[list[int]],
        on_progress: OnProgress,
        is_cancelled: IsCancelled,
    ) -> list[str]:
        device = next(self._model.parameters()).device
        shared = self._shared_tokens(prompts)
        width = max(len(prompt) for prompt in prompts)
        pad = self._tokenizer.pad_token_id
        rows = [[*prompt[:shared], *[pad] * (width - len(prompt)), *prompt[shared:]] for prompt in prompts]
        mask = [
            [*[1] * shared, *[0] * (width - len(prompt)), *[1] * (len(prompt) - shared)] for prompt in prompts
        ]
        stops = RowStops(self._tokenizer, requests, width, on_progress, is_cancelled)
        output = self._model.generate(  # type: ignore[operator]
            input_ids=torch.tensor(rows, device=device),
            attention_mask=torch.tensor(mask, device=device),
            past_key_values=self._cache_of(prompts[0][:shared], len(prompts), device),
            max_new_tokens=max(request.max_new_tokens for request in requests),
            do_sample=False,
            pad_token_id=pad,
            eos_token_id=self._end_tokens(),
            logits_processor=[SeededNucleus(requests, device)],
            stopping_criteria=[stops],
        )
        texts = self._tokenizer.batch_decode(output[:, width:], skip_special_tokens=True)
        return [cut_at_stop(text, request.stop) for text, request in zip(texts, requests, strict=True)]

    def _shared_tokens(self, prompts: Sequence[list[int]]) -> int:
        """Return how many leading tokens to compute once for all rows (0: not worth it).

        A slightly shorter beginning that is known from the last batch is worth more than a new one.
        """
        shared = _common_beginning(prompts)
        if self._prefix is not None:
            known = len(self._prefix[0])
            if _KNOWN_IS_ENOUGH * shared <= known <= shared and prompts[0][:known] == self._prefix[0]:
                return known
        return shared if shared >= _SHARED_PREFIX_TOKENS and len(prompts) > 1 else 0

    def _cache_of(self, tokens: list[int], rows: int, device: torch.device) -> Cache | None:
        if not tokens:
            return None
        if self._shares_prefix:
            if self._prefix is None or self._prefix[0] != tokens:
                self._prefix = (tokens, shared_prefix.prefix_of(self._prefill(tokens, device)))
            return shared_prefix.cache_behind(self._prefix[1])
        cache = self._prefill(tokens, device)
        cache.batch_repeat_interleave(rows)
        return cache

    def _prefill(self, tokens: list[int], device: torch.device) -> DynamicCache:
        cache = DynamicCache(config=self._model.config)
        self._model(
            input_ids=torch.tensor([tokens], device=device),
            past_key_values=cache,
            use_cache=True,
            logits_to_keep=1,
        )
        return cache

    def _end_tokens(self) -> list[int]:
        configured = self._model.generation_config.eos_token_id
        known = configured if isinstance(configured, list) else [configured]
        return sorted({token for token in [*known, self._tokenizer.eos_token_id] if isinstance(token, int)})


def _read(
    path: Path, variant: str | None, dtype: torch.dtype, device: torch.device
) -> tuple[PreTrainedTokenizerBase, PreTrainedModel]:
    options: dict[str, object] = {"trust_remote_code": False, "local_files_only": True}
    file = gguf_file_in(path, variant)
    bars = transformers_logging.is_progress_bar_enabled()
    verbosity = transformers_logging.get_verbosity()
    transformers_logging.disable_progress_bar()
    transformers_logging.set_verbosity_error()
    try:
        if file is None:
            tokenizer = AutoTokenizer.from_pretrained(path, **options)
            attention = _attention(AutoConfig.from_pretrained(path, **options), device)
            model = AutoModelForCausalLM.from_pretrained(
                path, dtype=dtype, use_safetensors=True, **attention, **options
            )
        else:
            options["gguf_file"] = file.name
            with parsed_once():
                tokenizer = AutoTokenizer.from_pretrained(file.parent, **options)
                attention = _attention(AutoConfig.from_pretrained(file.parent, **options), device)
                model = AutoModelForCausalLM.from_pretrained(file.parent, dtype=dtype, **attention, **options)
    finally:
        transformers_logging.set_verbosity(verbosity)
        if bars:
            transformers_logging.enable_progress_bar()
    if tokenizer.pad_token_id is None:
        tokenizer.pad_token = tokenizer.eos_token
    return tokenizer, model.eval().to(device)


def _attention(config: PretrainedConfig, device: torch.device) -> dict[str, str]:
    """Choose the attention: on a GPU what transformers chooses; on a CPU ours, or the eager one for other models.

    In bfloat16 with a mask the fused one takes a CPU twice as long as the eager one (24 rows: 248 ms against 139).
    """
    if device.type != "cpu":
        return {}
    plain = config.model_type in shared_prefix.MODEL_TYPES and getattr(config, "sliding_window", None) is None
    return {"attn_implementation": shared_prefix.NAME if plain else "eager"}


def _dtype(spec: LanguageModelSpec, device: torch.device) -> torch.dtype:
    """Choose the spec's precision, but float32 on a CPU that has no bfloat16 instructions (emulating is slower)."""
    wanted: torch.dtype = getattr(torch, spec.precision)
    if device.type != "cpu" or wanted == torch.float32:
        return wanted
    has_bfloat16 = getattr(torch.cpu, "_is_avx512_bf16_supported", lambda: False)()
    return torch.bfloat16 if has_bfloat16 else torch.float32


def _common_beginning(prompts: Sequence[list[int]]) -> int:
    """Return how many leading tokens all prompts share, leaving each at least one of its own."""
    shortest = min(len(prompt) for prompt in prompts)
    shared = 0
    while shared < shortest - 1 and all(prompt[shared] == prompts[0][shared] for prompt in prompts):
        shared += 1
    return shared


def _is_out_of_memory(error: BaseException) -> bool:
    if isinstance(error, torch.cuda.OutOfMemoryError | MemoryError):
        return True
    text = str(error).lower()
    return isinstance(error, RuntimeError) and ("out of memory" in text or "can't allocate memory" in text)
