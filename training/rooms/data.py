"""The rendered pictures as training sees them: pixels, what is in them, captions and the captions' states."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from transformers import AutoTokenizer, BertModel

from engines import weights
from engines.registry import TEXT_EMBEDDERS
from training.rooms.recipes import SIDE, TOKENS, WIDTH_OF_TEXT

Bytes = NDArray[np.uint8]
ONE_IN = 20
"""Of so many numbers one is held out: never trained on, for measuring only."""


def is_held_out(number: int) -> bool:
    """Tell whether a picture is for measuring only."""
    return number % ONE_IN == 7


def numbers_in(folder: Path, *, held_out: bool = False) -> list[int]:
    """Return the numbers of the finished pictures of a folder, in order."""
    found = sorted(int(file.stem) for file in folder.glob("[0-9]*.json"))
    return [number for number in found if is_held_out(number) is held_out]


def facts_of(folder: Path, number: int) -> dict[str, Any]:
    """Return what is in a picture: concept, kind, main, colour, captions."""
    told: dict[str, Any] = json.loads((folder / f"{number:06}.json").read_text(encoding="utf-8"))
    return told


def load(folder: Path, numbers: Iterable[int]) -> Bytes:
    """Return pictures as bytes, N × 3 × 128 × 128."""
    wanted = list(numbers)
    pictures = np.empty((len(wanted), 3, SIDE, SIDE), np.uint8)
    for place, number in enumerate(wanted):
        with Image.open(folder / f"{number:06}.png") as picture:
            pictures[place] = np.asarray(picture.convert("RGB").resize((SIDE, SIDE))).transpose(2, 0, 1)
    return pictures


def may_be_mirrored(facts: dict[str, Any]) -> bool:
    """Tell whether a picture's mirror image still is what its captions say."""
    return not any(" left" in caption or " right" in caption for caption in facts["captions"])


class TextStates:
    """The packaged sentence encoder, for the states of a prompt's tokens: what the diffusion network attends to."""

    def __init__(self) -> None:
        spec = TEXT_EMBEDDERS["all-minilm-l6-v2"]
        folder = weights.resolve(spec.source, key=spec.key)
        self.tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        self.encoder = BertModel.from_pretrained(folder, local_files_only=True, use_safetensors=True).eval()

    @torch.inference_mode()
    def __call__(self, texts: list[str]) -> torch.Tensor:
        """Return N × 64 × 384 in float16."""
        batch = self.tokenizer(
            texts, padding="max_length", truncation=True, max_length=TOKENS, return_tensors="pt"
        )
        with torch.autocast("cpu", torch.bfloat16):
            states: torch.Tensor = self.encoder(
                batch.input_ids, attention_mask=batch.attention_mask
            ).last_hidden_state
        return states.half()


def states_of(folder: Path, numbers: list[int], texts: TextStates | None = None) -> NDArray[np.float16]:
    """Return the states of all captions of pictures, N × captions × 64 × 384, kept beside them for the next time."""
    kept = folder / "states"
    kept.mkdir(exist_ok=True)
    rows = []
    for number in numbers:
        file = kept / f"{number:06}.npy"
        if not file.is_file():
            texts = texts or TextStates()
            made = texts(facts_of(folder, number)["captions"]).numpy()
            part = file.with_suffix(".part.npy")
            np.save(part, made)
            part.rename(file)
        rows.append(np.load(file, mmap_mode="r"))
    if not rows:
        return np.empty((0, 0, TOKENS, WIDTH_OF_TEXT), np.float16)
    return np.stack(rows)
