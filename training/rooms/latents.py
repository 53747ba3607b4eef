"""Latents as a fixed linear transform: the first principal components of patches of 8 × 8 pixels.

Sixteen give pictures back with 29 dB. Each is divided by the root of its spread, so that those that vary most still do,
though less: what is coarse is then decided first when noise is taken away, as it is with pixels. Latents are what the
diffusion network learns, so it need not wait for an autoencoder; the decoder learns to draw pictures of them, and the
encoder, which text-to-image never uses, to compute them.
"""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional

from training.rooms import data

PATCH = 8
FROM = 400
"""Pictures that the components are found on."""

SPREAD = 1 / 3
"""Of all latents together: small enough for the soft limit of ±3 at a decoder's entrance (``DecoderTiny``)."""


def levels_of(pictures: Tensor) -> Tensor:
    """Return bytes as levels −1 … 1."""
    return pictures.float() / 127.5 - 1


class Transform:
    """From pictures, N × 3 × 128 × 128 in −1 … 1, to latents, N × channels × 16 × 16."""

    def __init__(self, components: Tensor, mean: Tensor) -> None:
        self.components, self.mean = components, mean

    @classmethod
    def found(cls, pictures: Path, channels: int) -> Transform:
        """Return the transform that is kept beside the pictures; find it where there is none yet."""
        file = pictures / f"components-{channels}.pt"
        if not file.is_file():
            numbers = data.numbers_in(pictures)[:FROM]
            shown = levels_of(torch.from_numpy(data.load(pictures, numbers)))
            rows = functional.unfold(shown, PATCH, stride=PATCH).transpose(1, 2).reshape(-1, 3 * PATCH**2)
            mean = rows.mean(0)
            values, vectors = torch.linalg.eigh(torch.cov((rows - mean).T.double()))
            spreads = values[-channels:].flip(0).clamp_min(1e-6).sqrt()
            largest = vectors[:, -channels:].flip(1) / spreads.sqrt() / spreads.mean().sqrt() * SPREAD
            torch.save({"components": largest.T.float().contiguous(), "mean": mean}, file)
        kept = torch.load(file, map_location="cpu", weights_only=True)
        return cls(kept["components"], kept["mean"])

    def __call__(self, pictures: Tensor) -> Tensor:
        components, mean = self.components.to(pictures.device), self.mean.to(pictures.device)
        kernels = components.view(-1, 3, PATCH, PATCH)
        return functional.conv2d(pictures, kernels, -(components @ mean), stride=PATCH)
