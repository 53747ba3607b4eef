"""How fast pictures are rendered, and written.

``python -m bench.render [--model KEY] [--pictures N] [--check]`` compares, for one model on this machine:
diffusers as its own examples use it (one prompt a call), our engine with one picture a call, and our engine
with whole batches; then PNG at PIL's default level and at ours. The ways take turns, and the best of three
rounds counts, so that a busy machine harms them alike. ``--check`` holds the promise for the embedded model:
a batch is no slower than single calls.
"""

from __future__ import annotations

import argparse
import io
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from diffusers import DiffusionPipeline
from PIL import Image

from engines.devices import best_device, dtype_on
from engines.diffusion.metadata import write_png
from engines.diffusion.model import ImageModel
from engines.diffusion.requests import RenderedPicture, RenderRequest
from engines.registry import DEFAULT_IMAGE_MODEL, IMAGE_MODELS
from engines.specs import ImageModelSpec
from engines.weights import resolve

PROMISED_SPEED_UP = 1.0
ROUNDS = 3


def main() -> int:
    """Print the figures; return 1 when ``--check`` finds the promise broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", choices=sorted(IMAGE_MODELS), default=DEFAULT_IMAGE_MODEL)
    parser.add_argument("--pictures", type=int, default=8)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()

    spec = IMAGE_MODELS[options.model]
    model = ImageModel.load(spec)
    device = best_device()
    plain = DiffusionPipeline.from_pretrained(
        resolve(spec.source, key=spec.key), dtype=dtype_on(device, spec.precision), use_safetensors=True
    ).to(device)
    plain.set_progress_bar_config(disable=True)
    requests = [_request(spec, number) for number in range(options.pictures)]
    ways: dict[str, Callable[[], object]] = {
        "diffusers, one call a picture": lambda: _naive(plain, requests),
        "ours, one picture a call": lambda: [model.render([request]) for request in requests],
        f"ours, batches of {model.batch_size}": lambda: model.render(requests),
    }
    print(
        f"{spec.title}: {options.pictures} pictures, {spec.default_width}×{spec.default_height} px, "
        f"{spec.default_steps} steps, {torch.get_num_threads()} threads"
    )
    model.render(requests[:1])
    naive, single, batched = (options.pictures / seconds for seconds in _best_of(ways))
    for name, speed in zip(ways, (naive, single, batched), strict=True):
        print(f"  {name:32} {speed:7.2f} pictures/s   {speed / naive:4.2f}× diffusers")
    _bench_png(model)
    gain = batched / single
    print(f"batched against single: {gain:.2f}× (promised ≥ {PROMISED_SPEED_UP:.2f}×)")
    return int(options.check and gain < PROMISED_SPEED_UP)


def _request(spec: ImageModelSpec, number: int) -> RenderRequest:
    return RenderRequest(
        prompt=f"A bright modern meeting room with a long table, number {number}",
        seed=number,
        width=spec.default_width,
        height=spec.default_height,
        steps=spec.default_steps,
        guidance_scale=spec.default_guidance_scale,
    )


def _naive(pipeline: Any, requests: list[RenderRequest]) -> None:
    for request in requests:
        pipeline(
            request.prompt,
            width=request.width,
            height=request.height,
            num_inference_steps=request.steps,
            generator=torch.Generator().manual_seed(request.seed),
        )


def _best_of(ways: dict[str, Callable[[], object]]) -> list[float]:
    best = dict.fromkeys(ways, float("inf"))
    for _ in range(ROUNDS):
        for name, way in ways.items():
            started = time.perf_counter()
            way()
            best[name] = min(best[name], time.perf_counter() - started)
    return list(best.values())


def _bench_png(model: ImageModel) -> None:
    """Write one 1024² picture with the grain of a photograph, which is what costs zlib its time."""
    side = 1024
    slope = np.linspace(0, 200, side)[:, None, None] + np.linspace(0, 40, side)[None, :, None]
    grain = np.random.default_rng(0).normal(0, 4, (side, side, 3))
    image = Image.fromarray((slope + grain).clip(0, 255).astype(np.uint8))
    picture = RenderedPicture(image, _request(model.spec, 0), model.spec.key, model.revision, 0.0)
    files = {"default": io.BytesIO(), "ours": io.BytesIO()}

    def write(name: str, save: Callable[[io.BytesIO], object]) -> None:
        files[name] = io.BytesIO()
        save(files[name])

    default, ours = _best_of(
        {
            "default": lambda: write("default", lambda file: image.save(file, format="PNG")),
            "ours": lambda: write("ours", lambda file: write_png(picture, file, lineage={"topic": "bench"})),
        }
    )
    sizes = [len(file.getvalue()) / 2**20 for file in files.values()]
    print(
        f"  PNG of 1024×1024 px: default {default * 1000:.0f} ms, {sizes[0]:.2f} MiB; "
        f"ours {ours * 1000:.0f} ms, {sizes[1]:.2f} MiB"
    )


if __name__ == "__main__":
    raise SystemExit(main())
