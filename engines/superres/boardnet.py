"""The network for boards: residual blocks that see squares of 2 × 2 pixels as one, and enlarge twice.

Blocks of two convolutions around a way past them (EDSR without scaling, Lim et al. 2017, arXiv:1707.02921) behind a
pixel-unshuffle (as in Real-ESRGAN's ×2 models): at half the side a convolution costs a quarter and sees twice as far,
which is what writing of five pixels needs.
"""

from __future__ import annotations

import copy

import torch
from torch import Tensor, nn
from torch.nn import functional

from engines.superres.stages import Stage, parameters, unfold


class _Block(nn.Module):
    """Two convolutions and a way past them."""

    def __init__(self, features: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(features, features, 3, padding=1)
        self.act = nn.PReLU(features)
        self.conv2 = nn.Conv2d(features, features, 3, padding=1)

    def forward(self, maps: Tensor) -> Tensor:
        return torch.add(maps, self.conv2(self.act(self.conv1(maps))))


class BoardNet(nn.Module):
    """×2: ``blocks`` residual blocks of ``features`` maps at half the photo's side; it adds to the enlarged photo."""

    unshuffle, scale = 2, 2

    def __init__(self, features: int, blocks: int) -> None:
        super().__init__()
        self.features = features
        self.head = nn.Conv2d(3 * 4, features, 3, padding=1)
        self.blocks = nn.ModuleList(_Block(features) for _ in range(blocks))
        self.tail = nn.Conv2d(features, 3 * 16, 3, padding=1)

    def forward(self, image: Tensor) -> Tensor:
        """Enlarge levels 0.0 … 1.0, count × 3 × height × width with even sides."""
        maps = self.maps_of(self.head(functional.pixel_unshuffle(image, 2)))
        enlarged: Tensor = functional.interpolate(image, scale_factor=2, mode="nearest")
        return functional.pixel_shuffle(self.tail(maps), 4) + enlarged

    def maps_of(self, first: Tensor) -> Tensor:
        """Return the features behind all blocks, from those of the head."""
        maps = first
        for block in self.blocks:
            maps = block(maps)
        return maps + first

    def stages(self, device: torch.device, dtype: torch.dtype) -> tuple[Stage, ...]:
        """Return the network as one stage on ``device``, computing in ``dtype``."""
        network = copy.deepcopy(self).eval()
        assert network.tail.bias is not None
        with torch.no_grad():
            network.head.weight /= 255.0  # whole levels are exact in half precision, their 255ths are not
            # From channel × sub-row × sub-column to sub-row × sub-column × channel: the shuffle then moves whole runs.
            order = torch.arange(3 * 16).view(3, 16).t().flatten()
            network.tail.weight.copy_(network.tail.weight[order])
            network.tail.bias.copy_(network.tail.bias[order])
        network = network.to(device, dtype).to(memory_format=torch.channels_last)  # type: ignore[call-overload]

        def run(pixels: Tensor) -> Tensor:
            count, _, height, width = pixels.shape
            maps = network.maps_of(network.head(pixels.to(dtype)))
            # Added in float32, so that half precision rounds what the network adds and not the photo.
            levels = network.tail(maps).permute(0, 2, 3, 1).to(torch.float32).mul_(255.0)
            levels = levels.reshape(count, height, width, 16, 3)
            # Of a square of 2 × 2 pixels each becomes 2 × 2 of the 4 × 4 that are made of it.
            squares = pixels.reshape(count, 3, 2, 2, height, width).permute(0, 4, 5, 2, 3, 1)
            squares = squares.repeat_interleave(2, 3).repeat_interleave(2, 4)
            levels += squares.reshape(count, height, width, 16, 3)
            return unfold(levels, 4)

        return (
            Stage(
                run=run,
                reads=("pixels",),
                writes="result",
                radius=2 * len(self.blocks) + 2,
                scale=4,
                channels=3,
                work=parameters(self),
                memory=4 * self.features * dtype.itemsize + 3 * 16 * (dtype.itemsize + 12),
            ),
        )


def board_network_of(state: dict[str, Tensor]) -> BoardNet:
    """Build the network that a state dict describes. Raises ``ValueError`` where it is another one."""
    head, blocks = (
        state.get("head.weight"),
        {name.split(".")[1] for name in state if name.startswith("blocks.")},
    )
    if head is None or head.shape[1:] != (12, 3, 3) or not blocks:
        raise ValueError("the parameters fit no network for boards")
    return BoardNet(features=head.shape[0], blocks=len(blocks))
