"""Read Real-ESRGAN's networks from ncnn's ``.param`` (layers) and ``.bin`` (weights).

The format: github.com/Tencent/ncnn/wiki/param-and-model-file-structure. A convolution's weights follow a tag of four
bytes (0x01306B47: float16, padded to four bytes; 0: float32), its bias and PReLU's slopes are float32 without a tag.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

MAGIC = "7767517"
HALF = 0x01306B47

_NEAREST, _BICUBIC = 1, 3
_PASSIVE = frozenset({"Input", "Split", "Concat", "Eltwise", "BinaryOp"})


@dataclass(frozen=True)
class Layer:
    """A line of a ``.param``: the layer's type, its name and its numbered settings."""

    kind: str
    name: str
    settings: dict[int, str]

    def number(self, setting: int, default: float = 0) -> float:
        return float(self.settings.get(setting, default))


def read(param: Path) -> tuple[dict[str, Tensor], Fraction]:
    """Return the official state dict of the network in ``param`` and the ``.bin`` beside it, and its enlargement.

    The enlargement includes a bicubic reduction at the end, where the carrier has one (4 × 1/2 in ×2 carriers).
    Raises ``ValueError`` for layers that are not those of RRDBNet or SRVGGNetCompact, and for too few or too many
    bytes of weights; ``OSError`` where a file cannot be read.
    """
    layers = _layers(param.read_text(encoding="ascii"))
    weights = _Weights(param.with_suffix(".bin").read_bytes())
    arrays: list[tuple[str, dict[str, Tensor]]] = []
    for layer in layers:
        if layer.kind == "Convolution":
            arrays.append(("Convolution", weights.convolution(layer)))
        elif layer.kind == "PReLU":
            arrays.append(("PReLU", {"weight": weights.floats(int(layer.number(0)))}))
    weights.finish()
    compact = any(kind == "PReLU" for kind, _ in arrays)
    names = _compact_names(layers) if compact else _rrdb_names(layers)
    state = {
        f"{name}.{part}": values
        for name, (_, parts) in zip(names, arrays, strict=True)
        for part, values in parts.items()
    }
    return state, _enlargement(layers)


def _layers(text: str) -> list[Layer]:
    lines = [line.split() for line in text.splitlines() if line.strip()]
    if len(lines) < 3 or lines[0] != [MAGIC]:
        raise ValueError("it is no text .param file of ncnn")
    layers = []
    for fields in lines[2:]:
        skipped = 4 + int(fields[2]) + int(fields[3])
        pairs = (field.split("=", 1) for field in fields[skipped:])
        layers.append(Layer(fields[0], fields[1], {int(number): value for number, value in pairs}))
    return layers


def _compact_names(layers: list[Layer]) -> list[str]:
    kinds = [layer.kind for layer in layers if layer.kind not in _PASSIVE and layer.kind != "Interp"]
    count = len(kinds) - 1
    if count % 2 == 0 or kinds != [*["Convolution", "PReLU"] * (count // 2), "Convolution", "PixelShuffle"]:
        raise ValueError("its layers are not those of SRVGGNetCompact")
    return [f"body.{number}" for number in range(count)]


def _rrdb_names(layers: list[Layer]) -> list[str]:
    convolutions = [layer for layer in layers if layer.kind == "Convolution"]
    blocks, rest = divmod(len(convolutions) - 6, 15)
    if rest or blocks < 1 or any(layer.kind not in _PASSIVE | {"Convolution", "Interp"} for layer in layers):
        raise ValueError("its layers are not those of RRDBNet")
    dense = [f"rdb{one}.conv{other}" for one in range(1, 4) for other in range(1, 6)]
    body = [f"body.{block}.{name}" for block in range(blocks) for name in dense]
    names = ["conv_first", *body, "conv_body", "conv_up1", "conv_up2", "conv_hr", "conv_last"]
    bent = [name for name, layer in zip(names, convolutions, strict=True) if layer.number(9) == 2]
    expected = [name for name in body if not name.endswith("conv5")] + ["conv_up1", "conv_up2", "conv_hr"]
    if bent != expected:
        raise ValueError("its activations are not where RRDBNet has them")
    return names


def _enlargement(layers: list[Layer]) -> Fraction:
    """Return the product of what enlarges the picture: pixel shuffle or nearest steps, then a bicubic reduction."""
    scale = Fraction(1)
    steps = [layer for layer in layers if layer.kind in ("Interp", "PixelShuffle")]
    shuffled = any(layer.kind == "PixelShuffle" for layer in steps)
    for layer in steps:
        if layer.kind == "PixelShuffle":
            scale *= int(layer.number(0))
            continue
        method, factor = int(layer.number(0)), Fraction(layer.settings.get(1, "1"))
        if (
            method not in (_NEAREST, _BICUBIC)
            or factor != Fraction(layer.settings.get(2, "1"))
            or factor <= 0
        ):
            raise ValueError("it resizes in a way that Real-ESRGAN's networks do not")
        if (
            method == _BICUBIC or not shuffled
        ):  # beside a pixel shuffle, the nearest step enlarges what it adds to
            scale *= factor
    return scale


class _Weights:
    """The bytes of a ``.bin``, taken from its beginning on."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._position = 0

    def convolution(self, layer: Layer) -> dict[str, Tensor]:
        made, size, side = int(layer.number(0)), int(layer.number(6)), int(layer.number(1))
        if (
            side != 3
            or int(layer.number(4)) != 1
            or int(layer.number(5)) != 1
            or made < 1
            or size % (made * 9)
        ):
            raise ValueError(f"{layer.name} is no padded 3 × 3 convolution with a bias")
        [tag] = self._take(np.dtype("<u4"), 1)
        if tag == HALF:
            weight = torch.from_numpy(self._take(np.dtype("<f2"), size).astype(np.float32))
            self._position = -(-self._position // 4) * 4
        elif tag == 0:
            weight = self.floats(size)
        else:
            raise ValueError(f"{layer.name} has weights of an unknown kind (tag 0x{tag:08X})")
        return {"weight": weight.view(made, size // (made * 9), 3, 3), "bias": self.floats(made)}

    def floats(self, count: int) -> Tensor:
        return torch.from_numpy(self._take(np.dtype("<f4"), count).astype(np.float32))

    def finish(self) -> None:
        if self._position != len(self._content):
            raise ValueError(f"its .bin holds {len(self._content)} bytes, its layers take {self._position}")

    def _take(self, dtype: np.dtype[np.generic], count: int) -> np.ndarray:
        if self._position + count * dtype.itemsize > len(self._content):
            raise ValueError("its .bin ends too early")
        values = np.frombuffer(self._content, dtype, count, self._position)
        self._position += count * dtype.itemsize
        return values
