"""Write the demonstration model as it is shipped: a diffusers folder with float16 weights and its card.

    python -m training.rooms.export [--folder engines/diffusion/weights/rooms] [--autoencoder rooms-autoencoder]
                                    [--diffusion rooms-diffusion]

The text encoder is not copied: the registry says in which package it is (``ImageModelSpec.text_encoder``).
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import diffusers
import torch
from diffusers import DPMSolverMultistepScheduler, UNet2DConditionModel

from engines.registry import TEXT_EMBEDDERS
from engines.sources import FolderSource
from engines.specs import ImageModelSpec
from training.rooms.autoencoder import trained_autoencoder
from training.rooms.catalogue import ROOT
from training.rooms.diffusion import GUIDANCE, NOISE, STEPS
from training.rooms.recipes import RECIPES, SIDE, TOKENS

SHIPPED = Path(__file__).parents[2] / "engines" / "diffusion" / "weights" / "rooms"
MOST_BYTES = 25 * 2**20
"""What the repository may grow by."""


ENLARGED_BY, SCALE = "realesr-animevideov3-x4", 4


def spec_of(folder: Path, *, enlarged: bool = True) -> ImageModelSpec:
    """Describe an exported model as the registry does; not ``enlarged``: the 128 pixels that it makes itself."""
    scale = SCALE if enlarged else 1
    return ImageModelSpec(
        key="rooms",
        title="Demonstration model, trained on renderings of rooms and objects",
        source=FolderSource(str(folder)),
        licence="made by this project, from renderings of CC0 and CC BY models",
        precision="float32",
        default_width=SIDE * scale,
        default_height=SIDE * scale,
        min_side=SIDE * scale,
        max_side=SIDE * scale,
        size_multiple=16 * scale,
        default_steps=STEPS,
        max_steps=50,
        default_guidance_scale=GUIDANCE,
        negative_prompt=False,
        batch_size=8,
        memory_gib=0.5,
        demonstration=True,
        text_encoder=TEXT_EMBEDDERS["all-minilm-l6-v2"].source,
        prompt_tokens=TOKENS,
        enlarged_by=ENLARGED_BY if enlarged else None,
    )


def trained_unet(folder: Path) -> Any:
    """Return the moving average that a training of the diffusion network has come to."""
    state = torch.load(folder / "state.pt", map_location="cpu", weights_only=True)
    network: Any = UNet2DConditionModel(**RECIPES[state["recipe"]].network)
    network.load_state_dict(state["average"])
    return network.eval()


def export(folder: Path, autoencoder: Path, diffusion: Path) -> int:
    """Write the pipeline; returns its bytes. Raises ``SystemExit`` where the repository would grow by too many."""
    unet, vae = trained_unet(diffusion), trained_autoencoder(autoencoder)
    vae.register_to_config(scaling_factor=float((diffusion / "scale.txt").read_text()))
    vae.half().save_pretrained(folder / "vae")
    unet.half().save_pretrained(folder / "unet")
    scheduler: Any = DPMSolverMultistepScheduler(**NOISE, steps_offset=1)
    scheduler.save_pretrained(folder / "scheduler")
    index = {
        "_class_name": "StableDiffusionPipeline",
        "_diffusers_version": diffusers.__version__,
        "feature_extractor": [None, None],
        "image_encoder": [None, None],
        "requires_safety_checker": False,
        "safety_checker": [None, None],
        "scheduler": ["diffusers", "DPMSolverMultistepScheduler"],
        "text_encoder": ["transformers", "BertModel"],
        "tokenizer": ["transformers", "BertTokenizer"],
        "unet": ["diffusers", "UNet2DConditionModel"],
        "vae": ["diffusers", "AutoencoderTiny"],
    }
    (folder / "model_index.json").write_text(json.dumps(index, indent=2) + "\n", encoding="utf-8")
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    if size > MOST_BYTES:
        raise SystemExit(
            f"{folder} has {size / 2**20:.1f} MiB, more than the {MOST_BYTES / 2**20:.0f} that may be shipped."
        )
    return size


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--folder", type=Path, default=SHIPPED)
    parser.add_argument("--autoencoder", default="rooms-autoencoder")
    parser.add_argument("--diffusion", default="rooms-diffusion")
    given = parser.parse_args()
    size = export(given.folder, ROOT.parent / given.autoencoder, ROOT.parent / given.diffusion)
    print(f"{given.folder}: {size / 2**20:.1f} MiB.")
