"""The two networks of Real-ESRGAN, with the parameter names of the official weights.

Sources: RRDBNet is the generator of ESRGAN (Wang et al. 2018, arXiv:1809.00219) as Real-ESRGAN uses it (Wang et al.
2021, arXiv:2107.10833); SRVGGNetCompact is its compact network. Both follow github.com/xinntao/Real-ESRGAN and
github.com/XPixelGroup/BasicSR (BSD-3-Clause, Apache-2.0).

``forward`` is the definition: levels 0.0 … 1.0 in and out. ``stages`` is the same network for whole photos: uint8 in,
levels 0 … 255 out, cut where feature maps are small, so that each stage can be computed in tiles without a trace.
"""

from __future__ import annotations

import copy
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional

from engines.superres.boardnet import BoardNet, board_network_of
from engines.superres.stages import Stage, parameters, unfold

SLOPE = 0.2
"""Of RRDBNet's leaky ReLU; also the weight of its residuals."""


class SRVGGNetCompact(nn.Module):
    """A plain chain of convolutions with PReLU and one pixel shuffle; it adds to the enlarged input."""

    unshuffle = 1

    def __init__(self, features: int, convolutions: int, scale: int) -> None:
        super().__init__()
        self.features, self.convolutions, self.scale = features, convolutions, scale
        body: list[nn.Module] = [nn.Conv2d(3, features, 3, padding=1), nn.PReLU(features)]
        for _ in range(convolutions):
            body += [nn.Conv2d(features, features, 3, padding=1), nn.PReLU(features)]
        self.body = nn.Sequential(*body, nn.Conv2d(features, 3 * scale**2, 3, padding=1))

    def forward(self, image: Tensor) -> Tensor:
        residual = functional.pixel_shuffle(self.body(image), self.scale)
        enlarged: Tensor = functional.interpolate(image, scale_factor=self.scale, mode="nearest")
        return residual + enlarged

    def stages(self, device: torch.device, dtype: torch.dtype) -> tuple[Stage, ...]:
        """Return the network as one stage on ``device``, computing in ``dtype``."""
        body = copy.deepcopy(self.body)
        first, last = body[0], body[-1]
        assert isinstance(first, nn.Conv2d)
        assert isinstance(last, nn.Conv2d)
        assert last.bias is not None
        with torch.no_grad():
            first.weight /= 255.0  # whole levels are exact in half precision, their 255ths are not
            # From channel × sub-row × sub-column to sub-row × sub-column × channel: the shuffle then moves whole runs.
            order = torch.arange(3 * self.scale**2).view(3, self.scale**2).t().flatten()
            last.weight.copy_(last.weight[order])
            last.bias.copy_(last.bias[order])
        body = body.eval().to(device, dtype).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        scale = self.scale

        def run(pixels: Tensor) -> Tensor:
            count, _, height, width = pixels.shape
            # Added in float32, so that half precision rounds what the network adds and not the photo.
            levels = body(pixels.to(dtype)).permute(0, 2, 3, 1).to(torch.float32).mul_(255.0)
            levels = levels.reshape(count, height, width, scale**2, 3)
            levels += pixels.permute(0, 2, 3, 1).unsqueeze(3)
            return unfold(levels, scale)

        return (
            Stage(
                run=run,
                reads=("pixels",),
                writes="result",
                radius=self.convolutions + 2,
                scale=scale,
                channels=3,
                work=parameters(self.body),
                memory=3 * self.features * dtype.itemsize + 3 * scale**2 * (dtype.itemsize + 8),
            ),
        )


class _DenseBlock(nn.Module):
    """Five convolutions, each seeing all before it; ``features`` in and out, ``growth`` added by each."""

    def __init__(self, features: int, growth: int) -> None:
        super().__init__()
        for number in range(5):
            made = features if number == 4 else growth
            self.add_module(f"conv{number + 1}", nn.Conv2d(features + number * growth, made, 3, padding=1))

    def forward(self, maps: Tensor) -> Tensor:
        seen = maps
        for number in range(1, 5):
            grown = functional.leaky_relu_(self.get_submodule(f"conv{number}")(seen), SLOPE)
            seen = torch.cat((seen, grown), 1)
        return torch.add(maps, self.get_submodule("conv5")(seen), alpha=SLOPE)


class _ResidualBlock(nn.Module):
    """Residual in residual: three dense blocks and a way around them."""

    def __init__(self, features: int, growth: int) -> None:
        super().__init__()
        self.rdb1 = _DenseBlock(features, growth)
        self.rdb2 = _DenseBlock(features, growth)
        self.rdb3 = _DenseBlock(features, growth)

    def forward(self, maps: Tensor) -> Tensor:
        return torch.add(maps, self.rdb3(self.rdb2(self.rdb1(maps))), alpha=SLOPE)


class RRDBNet(nn.Module):
    """The large network: ``blocks`` residual blocks at the input's size, then twice ×2.

    ``unshuffle`` is the side of the squares of pixels that it takes as one (2 in ×2 models, 4 in ×1 models).
    """

    def __init__(self, features: int, growth: int, blocks: int, unshuffle: int = 1) -> None:
        super().__init__()
        self.features, self.growth, self.unshuffle = features, growth, unshuffle
        self.scale = 4 // unshuffle
        self.conv_first = nn.Conv2d(3 * unshuffle**2, features, 3, padding=1)
        self.body = nn.Sequential(*(_ResidualBlock(features, growth) for _ in range(blocks)))
        self.conv_body = nn.Conv2d(features, features, 3, padding=1)
        self.conv_up1 = nn.Conv2d(features, features, 3, padding=1)
        self.conv_up2 = nn.Conv2d(features, features, 3, padding=1)
        self.conv_hr = nn.Conv2d(features, features, 3, padding=1)
        self.conv_last = nn.Conv2d(features, 3, 3, padding=1)

    def forward(self, image: Tensor) -> Tensor:
        first = self.conv_first(functional.pixel_unshuffle(image, self.unshuffle))
        last: Tensor = self.conv_last(self.enlarge_maps(self.body(first), first))
        return last

    def stages(self, device: torch.device, dtype: torch.dtype) -> tuple[Stage, ...]:
        """Return the entry, each residual block, and the enlargement as stages on ``device``, in ``dtype``."""
        network = copy.deepcopy(self).eval()
        with torch.no_grad():
            network.conv_first.weight /= (
                255.0  # whole levels are exact in half precision, their 255ths are not
            )
        network = network.to(device, dtype).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        network.conv_last = network.conv_last.float()  # a result of 8 bits needs more than half precision's

        def enter(pixels: Tensor) -> Tensor:
            maps: Tensor = network.conv_first(pixels.to(dtype))
            return maps

        def leave(body: Tensor, first: Tensor) -> Tensor:
            maps = network.enlarge_maps(body, first).to(torch.float32)
            levels: Tensor = network.conv_last(maps)
            return levels.permute(0, 2, 3, 1).mul_(255.0)

        def stage(
            run: Callable[..., Tensor], reads: tuple[str, ...], writes: str, radius: int, values: int
        ) -> Stage:
            parts = [run] if isinstance(run, nn.Module) else [network.conv_first]
            work = sum(parameters(part) for part in parts)
            return Stage(run, reads, writes, radius, 1, self.features, work, values * dtype.itemsize)

        width, growth = self.features, self.growth
        blocks = [
            stage(block, ("body" if number else "first",), "body", 15, 5 * width + 10 * growth)
            for number, block in enumerate(network.body)
        ]
        work = 5 * parameters(self.conv_body) + 16 * (
            2 * parameters(self.conv_hr) + parameters(self.conv_last)
        )
        end = Stage(
            leave, ("body", "first"), "result", 3, 4, 3, work, 16 * width * (2 * dtype.itemsize + 4) + 16 * 24
        )
        return (stage(enter, ("pixels",), "first", 1, 2 * width), *blocks, end)

    def enlarge_maps(self, body: Tensor, first: Tensor) -> Tensor:
        """Return the features at four times the size: all that follows the residual blocks but the last layer."""
        maps = first + self.conv_body(body)
        for conv in (self.conv_up1, self.conv_up2):
            maps = functional.leaky_relu_(
                conv(functional.interpolate(maps, scale_factor=2, mode="nearest")), SLOPE
            )
        return functional.leaky_relu_(self.conv_hr(maps), SLOPE)


Network = SRVGGNetCompact | RRDBNet | BoardNet


def network_of(state: dict[str, Tensor]) -> Network:
    """Build the network that a state dict's names and shapes describe, and load it. float32, on the CPU.

    Raises ``ValueError`` where they describe none of the networks.
    """
    network: Network
    if "head.weight" in state:
        network = board_network_of(state)
    else:
        network = _compact_of(state) if "body.0.weight" in state else _rrdb_of(state)
    try:
        network.load_state_dict(state)
    except RuntimeError as error:
        raise ValueError(
            f"the parameters fit no Real-ESRGAN network ({str(error).splitlines()[-1].strip()})"
        ) from error
    if not all(bool(torch.isfinite(values).all()) for values in network.state_dict().values()):
        raise ValueError("the parameters are not all finite numbers")
    return network.float().eval()


def _compact_of(state: dict[str, Tensor]) -> SRVGGNetCompact:
    last = max(int(name.split(".")[1]) for name in state if name.startswith("body."))
    shape, end = state["body.0.weight"].shape, state.get(f"body.{last}.weight")
    scale = round((end.shape[0] / 3) ** 0.5) if end is not None and end.ndim == 4 else 0
    if len(shape) != 4 or end is None or last < 4 or last % 2 or scale < 1 or end.shape[0] != 3 * scale**2:
        raise ValueError(
            "the parameters fit no Real-ESRGAN network (a chain of convolutions of another shape)"
        )
    return SRVGGNetCompact(features=shape[0], convolutions=last // 2 - 1, scale=scale)


def _rrdb_of(state: dict[str, Tensor]) -> RRDBNet:
    first, dense = state.get("conv_first.weight"), state.get("body.0.rdb1.conv1.weight")
    unshuffle = {3: 1, 12: 2, 48: 4}.get(first.shape[1]) if first is not None and first.ndim == 4 else None
    if first is None or dense is None or unshuffle is None:
        names = ", ".join(sorted(state)[:3])
        raise ValueError(f"the parameters fit no Real-ESRGAN network (they begin with {names or 'nothing'})")
    blocks = 1 + max(int(name.split(".")[1]) for name in state if name.startswith("body."))
    return RRDBNet(features=first.shape[0], growth=dense.shape[0], blocks=blocks, unshuffle=unshuffle)
