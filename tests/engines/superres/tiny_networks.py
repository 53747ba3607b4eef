"""Tiny networks of the real architectures with random weights, and measures between pictures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file

from engines.sources import FolderSource
from engines.specs import Precision, SuperResolutionSpec
from engines.superres.boardnet import BoardNet
from engines.superres.model import Image, SuperResolver
from engines.superres.networks import Network, RRDBNet, SRVGGNetCompact


def tiny(network: Network, *, seed: int = 0) -> Network:
    """Give ``network`` seeded weights whose results spread over the levels."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for values in network.parameters():
            values.copy_(torch.randn(values.shape, generator=generator) * (0.1 if values.ndim > 1 else 0.05))
    return network.eval()


def tiny_compact(scale: int = 4) -> SRVGGNetCompact:
    network = tiny(SRVGGNetCompact(features=8, convolutions=3, scale=scale))
    assert isinstance(network, SRVGGNetCompact)
    return network


def tiny_rrdb(unshuffle: int = 1) -> RRDBNet:
    network = tiny(RRDBNet(features=8, growth=4, blocks=2, unshuffle=unshuffle))
    assert isinstance(network, RRDBNet)
    with torch.no_grad():
        network.conv_last.weight *= 8
        network.conv_last.bias.fill_(0.5)  # type: ignore[union-attr]
    return network


def tiny_board() -> BoardNet:
    network = tiny(BoardNet(features=8, blocks=2))
    assert isinstance(network, BoardNet)
    return network


def spec_of(path: Path | str, *, scale: int = 4, precision: Precision = "float32") -> SuperResolutionSpec:
    return SuperResolutionSpec(
        key="tiny",
        title="A tiny network",
        source=FolderSource(str(path)),
        licence="made by this test",
        scale=scale,
        precision=precision,
        memory_gib=0.1,
    )


def resolver_of(network: Network, *, scale: int | None = None) -> SuperResolver:
    """Return the network as the engine runs it, in float32 on the CPU."""
    return SuperResolver(spec_of("nowhere", scale=scale or network.scale), network, "tiny", "cpu")


def write(network: Network, path: Path) -> Path:
    """Write the network's parameters as safetensors."""
    save_file({name: values.contiguous() for name, values in network.state_dict().items()}, path)
    return path


def largest_difference(one: Image, other: Image) -> int:
    assert one.shape == other.shape
    return int(np.abs(one.astype(int) - other.astype(int)).max())


def psnr(one: Image, other: Image) -> float:
    """Return the peak signal-to-noise ratio in dB."""
    error = float(np.mean((one.astype(np.float64) - other.astype(np.float64)) ** 2))
    return float("inf") if error == 0 else 10 * float(np.log10(255**2 / error))
