"""From a model's description to its network, whatever format its weights have."""

from __future__ import annotations

import pickle
from fractions import Fraction
from pathlib import Path
from typing import Any

import safetensors.torch
import torch
from safetensors import SafetensorError
from torch import Tensor

from engines.errors import ModelUnavailable
from engines.specs import SuperResolutionSpec
from engines.superres import ncnn
from engines.superres.networks import Network, network_of
from engines.weights import resolve, revision_of

FORMATS = frozenset({".safetensors", ".pth", ".param"})
"""``.param`` is ncnn's, with its ``.bin`` beside it; a ``.pth`` is read as numbers only (``weights_only=True``)."""

_WRAPPERS = ("params_ema", "params", "state_dict")
_UNREADABLE = (
    AttributeError,
    EOFError,
    IndexError,
    KeyError,
    OSError,
    RuntimeError,
    SafetensorError,
    TypeError,
    ValueError,
    pickle.UnpicklingError,
)


def load_network(spec: SuperResolutionSpec) -> tuple[Network, str]:
    """Return the network of ``spec`` (float32, on the CPU) and its revision.

    Raises :class:`ModelUnavailable` where the weights cannot be found, read or trusted, are of another network, or
    enlarge less than ``spec.scale``.
    """
    place = resolve(spec.source, key=spec.key, formats=FORMATS | {".bin"})
    path = _only_file(place, spec.key)
    try:
        state, enlargement = _read(path)
        network = network_of(state)
    except _UNREADABLE as error:
        reason = (str(error).splitlines() or ["no message"])[0][:200]
        raise ModelUnavailable(
            spec.key,
            str(path),
            f"The file cannot be read as a Real-ESRGAN network ({type(error).__name__}: {reason}): "
            "fetch it again, or choose another model.",
        ) from error
    if network.scale < spec.scale or enlargement not in (None, spec.scale):
        raise ModelUnavailable(
            spec.key,
            str(path),
            f"Its network enlarges ×{enlargement or network.scale}, not ×{spec.scale}: correct the model's scale.",
        )
    return network, revision_of(spec.source, path)


def _only_file(place: Path, key: str) -> Path:
    """Return the weights: the file itself, or the only one of a folder."""
    files = [place] if place.is_file() else sorted(file for file in place.iterdir() if file.suffix in FORMATS)
    if len(files) != 1 or files[0].suffix not in FORMATS:
        names = ", ".join(file.name for file in files) or "none"
        raise ModelUnavailable(
            key,
            str(place),
            f"One .safetensors, .pth or .param file is needed there; found: {names}. Name the file as the source.",
        )
    if files[0].suffix == ".param" and not files[0].with_suffix(".bin").is_file():
        raise ModelUnavailable(key, str(place), f"{files[0].stem}.bin is missing beside it: put it there.")
    return files[0]


def _read(path: Path) -> tuple[dict[str, Tensor], Fraction | None]:
    if path.suffix == ".param":
        return ncnn.read(path)
    content: Any
    if path.suffix == ".safetensors":
        content = safetensors.torch.load_file(path)
    else:
        content = torch.load(path, map_location="cpu", weights_only=True)
    for name in _WRAPPERS:
        if isinstance(content, dict) and isinstance(content.get(name), dict):
            content = content[name]
            break
    if not isinstance(content, dict) or not all(isinstance(values, Tensor) for values in content.values()):
        raise ValueError("it holds no state dict")
    return {str(name): values for name, values in content.items()}, None
