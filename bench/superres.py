"""How fast photos are enlarged, and how near the result is to the reference way of running the same weights.

``python -m bench.superres [--model KEY …] [--rounds N] [--check]`` compares, for the embedded models on a drawn board:

- the reference: what Real-ESRGAN's own ``RealESRGANer`` does (float32, contiguous layout, one tile at a time with
  ``tile_pad`` 10 and ``pre_pad`` 0, tiles of 256 px), written out in ``reference`` below;
- the same in channels-last layout, a strong baseline beside that naive one;
- ours (``engines.superres``).

The ways take turns, and the best round of each counts, so that a busy machine harms them alike. PSNR is between our
result and the reference's without tiles, so that it shows our rounding and not its seams, which stand in a column of
their own. ``--check`` holds the promised speed ratio only where the machine has fast half precision (AVX512-BF16, or a
GPU), and the promised PSNR anywhere.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import cv2
import numpy as np
import torch
from torch import nn
from torch.nn import functional

from bench.report import Promise, conclude, parser, table
from engines.registry import SUPER_RESOLUTION_MODELS
from engines.superres.loading import load_network
from engines.superres.model import Image, SuperResolver

TILE, TILE_PAD = 256, 10


@dataclass(frozen=True)
class Case:
    """A model, the picture's height and width in pixels, and what is promised of it.

    ``seconds`` are those for a megapixel of the photo, on two cores with fast half precision.
    """

    height: int
    width: int
    speed_up: float
    psnr: float
    seconds: float | None = None


CASES = {
    "board-x2": Case(360, 480, 1.5, 45, seconds=3),
    "realesr-animevideov3-x2": Case(360, 480, 2.0, 45),
    "realesr-animevideov3-x4": Case(360, 480, 2.0, 45),
    "realesrgan-x4plus": Case(64, 96, 1.3, 42),
}


def main() -> None:
    arguments = parser(__doc__)
    arguments.add_argument(
        "--model", choices=sorted(CASES), action="append", help="only these (may be repeated)"
    )
    arguments.add_argument("--rounds", type=int, default=3)
    options = arguments.parse_args()
    rows, promises = [], []
    for key in options.model or CASES:
        case = CASES[key]
        spec = replace(SUPER_RESOLUTION_MODELS[key], strength=1.0)  # as the reference: no cubics mixed in
        ours = SuperResolver.load(spec)
        network = load_network(spec)[0].to(ours.device)
        strong = load_network(spec)[0].to(ours.device).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        image = board(case.height, case.width)
        seconds = best_of(
            options.rounds,
            {
                "reference": partial(reference, network, spec.scale, image),
                "strong": partial(reference, strong, spec.scale, image),
                "ours": partial(ours.enlarge, image),
            },
        )
        enlarged = ours.enlarge(image)
        exact = reference(network, spec.scale, image, tile=max(image.shape))
        seams = psnr(reference(network, spec.scale, image), exact)
        near, speed_up = psnr(enlarged, exact), seconds["reference"] / seconds["ours"]
        megapixels = case.height * case.width / 1e6
        rows.append(
            [
                key,
                f"{case.width}×{case.height}",
                str(ours.dtype).removeprefix("torch."),
                *(f"{seconds[way] / megapixels:.2f}" for way in ("reference", "strong", "ours")),
                f"{speed_up:.1f}×",
                f"{near:.1f}",
                f"{seams:.1f}",
            ]
        )
        if ours.dtype is not torch.float32:
            promises.append(
                Promise(f"{key}: speed against the reference", speed_up, case.speed_up, True, "×")
            )
            if case.seconds is not None:
                taken = seconds["ours"] / megapixels
                promises.append(Promise(f"{key}: seconds a megapixel", taken, case.seconds, unit=" s"))
        promises.append(Promise(f"{key}: PSNR to the reference", near, case.psnr, True, " dB"))
    print(f"{torch.get_num_threads()} threads; seconds an input megapixel, best of {options.rounds}")
    table(
        [
            "model",
            "picture",
            "ours in",
            "reference",
            "channels last",
            "ours",
            "speed",
            "PSNR dB",
            "its seams dB",
        ],
        rows,
    )
    conclude(promises, check=options.check)


def board(height: int, width: int) -> Image:
    """Draw a whiteboard as a phone takes it: uneven light, thin writing, a little blur and grain."""
    surface = np.full((height, width, 3), 236, np.float32)
    surface *= np.linspace(0.7, 1.0, width, dtype=np.float32)[None, :, None]
    picture = surface.astype(np.uint8)
    inks = ((20, 30, 120), (120, 20, 30), (25, 25, 25))
    for line, bottom in enumerate(range(22, height, 26)):
        text = f"E = m c^2 + {line * 7} J   energy of the lecture, line {line}"
        cv2.putText(picture, text, (8, bottom), cv2.FONT_HERSHEY_SIMPLEX, 0.6, inks[line % 3], 1, cv2.LINE_AA)
    grain = np.random.default_rng(0).normal(0, 3, picture.shape)
    return np.clip(cv2.GaussianBlur(picture, (0, 0), 0.8) + grain, 0, 255).astype(np.uint8)


@torch.no_grad()
def reference(network: nn.Module, scale: int, image: Image, *, tile: int = TILE) -> Image:
    """Enlarge as ``RealESRGANer.enhance`` does (github.com/xinntao/Real-ESRGAN, realesrgan/utils.py), in float32.

    Where the network enlarges more than ``scale``, the whole is reduced as ncnn's carriers of these weights do.
    """
    device = next(network.parameters()).device
    pixels = torch.from_numpy(image.astype(np.float32) / 255).permute(2, 0, 1).unsqueeze(0).to(device)
    made = int(network.scale)  # type: ignore[arg-type]
    height, width = image.shape[:2]
    result = pixels.new_zeros((1, 3, height * made, width * made))
    for top in range(0, height, tile):
        for left in range(0, width, tile):
            bottom, right = min(top + tile, height), min(left + tile, width)
            padded_top, padded_left = max(top - TILE_PAD, 0), max(left - TILE_PAD, 0)
            part = pixels[
                :, :, padded_top : min(bottom + TILE_PAD, height), padded_left : min(right + TILE_PAD, width)
            ]
            enlarged = network(part)
            row, column = (top - padded_top) * made, (left - padded_left) * made
            result[:, :, top * made : bottom * made, left * made : right * made] = enlarged[
                :, :, row : row + (bottom - top) * made, column : column + (right - left) * made
            ]
    if made != scale:
        result = functional.interpolate(result, scale_factor=scale / made, mode="bicubic")
    levels = result.squeeze(0).float().cpu().clamp_(0, 1).permute(1, 2, 0).numpy()
    return np.asarray((levels * 255.0).round().astype(np.uint8))


def psnr(one: Image, other: Image) -> float:
    """Return the peak signal-to-noise ratio in dB; 100 for the same pixels."""
    error = float(np.mean((one.astype(np.float64) - other.astype(np.float64)) ** 2))
    return 100.0 if error == 0 else 10 * float(np.log10(255**2 / error))


def best_of(rounds: int, ways: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Return the seconds of each way's best round; they take turns."""
    best = dict.fromkeys(ways, float("inf"))
    for _ in range(rounds):
        for name, way in ways.items():
            begun = time.perf_counter()
            way()
            best[name] = min(best[name], time.perf_counter() - begun)
    return best


if __name__ == "__main__":
    main()
