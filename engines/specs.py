"""What is known about a model before it is loaded: frozen descriptions that the registry holds."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from engines.sources import EndpointSource, WeightSource

Precision = Literal["float32", "float16", "bfloat16"]


@dataclass(frozen=True, kw_only=True)
class LanguageModelSpec:
    """A language model. ``style`` is how it is asked.

    ``chat`` sends the system prompt, the worked examples and the question through the model's chat
    template; ``continue`` lets a small or base model continue the few-shot pattern of the examples.
    """

    key: str
    title: str
    source: WeightSource | EndpointSource
    licence: str
    style: Literal["chat", "continue"]
    precision: Precision = "bfloat16"
    context_tokens: int
    batch_size: int = 8
    memory_gib: float


@dataclass(frozen=True)
class Lora:
    """A LoRA file on top of an image model, with its weight (1.0 = as trained)."""

    source: WeightSource
    file_name: str
    weight: float = 1.0


@dataclass(frozen=True, kw_only=True)
class ImageModelSpec:
    """A diffusers text-to-image pipeline.

    Sizes are pixels and multiples of ``size_multiple``; ``max_side`` bounds both sides. ``batch_size`` is the
    number of pictures rendered together. ``demonstration`` marks a model whose pictures are no stock.
    ``scheduler`` names a diffusers scheduler class to use in place of the one in the weights, with
    ``timestep_spacing`` where the model was distilled for it.

    ``text_encoder`` is where a BERT encoder and its tokenizer are if they do not lie beside the other weights; it sees
    ``prompt_tokens`` tokens, always so many. ``enlarged_by`` is the key of the super-resolution model that pictures
    go through: sizes are those of the result, and the pipeline renders as many times smaller as it enlarges.
    """

    key: str
    title: str
    source: WeightSource
    licence: str
    precision: Precision = "float16"
    default_width: int
    default_height: int
    min_side: int = 64
    max_side: int
    size_multiple: int = 8
    default_steps: int
    max_steps: int = 100
    default_guidance_scale: float
    negative_prompt: bool = True
    batch_size: int = 4
    memory_gib: float
    demonstration: bool = False
    loras: tuple[Lora, ...] = field(default=())
    scheduler: str | None = None
    timestep_spacing: Literal["leading", "linspace", "trailing"] | None = None
    text_encoder: WeightSource | None = None
    prompt_tokens: int = 64
    enlarged_by: str | None = None


@dataclass(frozen=True, kw_only=True)
class TextEmbedderSpec:
    """A sentence-embedding model: texts go in, unit vectors of ``dimensions`` come out."""

    key: str
    title: str
    source: WeightSource
    licence: str
    dimensions: int
    max_tokens: int
    memory_gib: float
    languages: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class SuperResolutionSpec:
    """A super-resolution network; its architecture is read from its weights.

    ``scale`` is its enlargement: a network that enlarges more is followed by a bicubic reduction. ``precision`` other
    than float32 means half precision of the kind that the device computes fast in. ``board`` marks a model made for
    boards. ``strength``, over 0 and at most 1, is how much of the network's picture is taken; the rest is the photo
    enlarged by cubics.
    """

    key: str
    title: str
    source: WeightSource
    licence: str
    scale: int
    precision: Precision = "bfloat16"
    memory_gib: float
    board: bool = False
    strength: float = 1.0


@dataclass(frozen=True, kw_only=True)
class BoardReaderSpec:
    """An OCR engine that reads boards: a network that finds lines of text, and one that recognises each.

    ``detection`` and ``recognition`` are ONNX files within ``source``. A picture whose longest side is over
    ``longest_side`` pixels is made smaller before it is read. ``threads`` is how many the engine computes with (0: as
    many as the process may use). ``languages`` are those whose letters it knows.

    ``second`` is the ONNX file, relative to the project, of the project's own recogniser
    (:mod:`engines.boards.recogniser`), which reads the boards written in Cyrillic; None: nobody does.
    """

    key: str
    title: str
    source: WeightSource
    licence: str
    detection: str
    recognition: str
    longest_side: int
    second: str | None = None
    threads: int = 0
    memory_gib: float
    languages: tuple[str, ...]
