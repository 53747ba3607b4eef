"""Build the embedded demonstration model: a complete, tiny, untrained Stable Diffusion pipeline.

It exists so that a machine without the hub has every mechanism for real (tokenizer, text encoder, UNet,
scheduler, VAE, folder layout); its pictures are soft abstract colours. Untrained networks give grey noise, so
the weights follow one rule each instead: the decoder's upsamplers are low-pass filters (binomial kernels,
Burt and Adelson 1983), which turns the coarse latents into smooth fields; its last layer maps features to
lightness, warm–cool and magenta–green; the UNet's cross-attention is sharpened and amplified, so that the
prompt moves the colours. Every number comes from one seed.

``python -m engines.diffusion.demonstration [folder]`` builds it where the registry expects it.
"""

from __future__ import annotations

import math
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import torch
from diffusers import AutoencoderKL, DDIMScheduler, StableDiffusionPipeline, UNet2DConditionModel
from tokenizers.pre_tokenizers import ByteLevel
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

from engines.registry import DEMONSTRATION_FOLDER
from engines.weights import PROJECT

RECIPE = "2"
"""Goes up with every change of the recipe: a folder built by another one is built again."""

_SEED = 34
_PROMPT_TOKENS = 512  # the tokenizer has no merges, so this is the length of a prompt in characters
_LEVELS = 7  # latents are 1/64 of the side: a 256 px picture grows out of 4 × 4 of them
_RECIPE_FILE = "recipe.txt"


def ensure(folder: Path) -> Path:
    """Build the model in ``folder`` unless this recipe's is already there; return ``folder``.

    Two processes may do so at once: the folder appears whole, under its final name, or not at all. Raises
    ``FileExistsError`` when the folder holds something that this module did not build.
    """
    if _recipe_in(folder) == RECIPE:
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        build().save_pretrained(fresh, safe_serialization=True)
        (fresh / _RECIPE_FILE).write_text(f"{RECIPE}\n")
        fresh.chmod(0o755)
        _put_in_place(fresh, folder)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return folder


def build() -> Any:  # a StableDiffusionPipeline, of which diffusers hides the type
    """Return the pipeline, about 10 MB in float32, the same on every machine with the same PyTorch."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(_SEED)
        tokenizer = _tokenizer()
        return StableDiffusionPipeline(
            vae=_vae(),
            text_encoder=_text_encoder(tokenizer),
            tokenizer=tokenizer,
            unet=_unet(),
            scheduler=DDIMScheduler(
                beta_schedule="scaled_linear",
                beta_start=0.00085,
                beta_end=0.012,
                clip_sample=False,
                set_alpha_to_one=False,
                steps_offset=1,
            ),
            safety_checker=None,
            feature_extractor=None,
            requires_safety_checker=False,
        )


def _recipe_in(folder: Path) -> str | None:
    file = folder / _RECIPE_FILE
    return file.read_text().strip() if file.is_file() else None


def _put_in_place(fresh: Path, folder: Path) -> None:
    try:
        fresh.rename(folder)
    except OSError:
        there = _recipe_in(folder)
        if there == RECIPE:  # a neighbour built it a moment ago
            return
        if there is None:
            raise FileExistsError(f"{folder} holds something else; it is not overwritten.") from None
        shutil.rmtree(folder)
        fresh.rename(folder)


def _tokenizer() -> CLIPTokenizer:
    letters = sorted(ByteLevel.alphabet())
    pieces = [*letters, *(f"{letter}</w>" for letter in letters), "<|startoftext|>", "<|endoftext|>"]
    vocabulary = {piece: number for number, piece in enumerate(pieces)}
    return CLIPTokenizer(vocab=vocabulary, merges=[], model_max_length=_PROMPT_TOKENS)


def _text_encoder(tokenizer: CLIPTokenizer) -> CLIPTextModel:
    encoder = CLIPTextModel(
        CLIPTextConfig(
            vocab_size=len(tokenizer),
            hidden_size=64,
            intermediate_size=128,
            num_hidden_layers=2,
            num_attention_heads=4,
            max_position_embeddings=_PROMPT_TOKENS,
            bos_token_id=tokenizer.bos_token_id,
            eos_token_id=tokenizer.eos_token_id,
            pad_token_id=tokenizer.pad_token_id,
        )
    )
    for name, weight in encoder.named_parameters():
        if weight.dim() == 2:
            std = 1.0 if "embedding" in name else 1.5 / math.sqrt(weight.shape[1])
            torch.nn.init.normal_(weight, std=std)
    return encoder


def _unet() -> Any:
    unet: Any = UNet2DConditionModel(
        sample_size=4,
        in_channels=4,
        out_channels=4,
        layers_per_block=1,
        block_out_channels=(64, 96),
        down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"),
        up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"),
        cross_attention_dim=64,
        attention_head_dim=32,
        norm_num_groups=8,
    )
    with torch.no_grad():
        for name, module in unet.named_modules():
            if name.endswith("attn2"):
                module.to_q.weight.mul_(3.0)
                module.to_k.weight.mul_(3.0)
                module.to_out[0].weight.mul_(6.0)
    return unet


def _vae() -> Any:
    vae: Any = AutoencoderKL(
        in_channels=3,
        out_channels=3,
        down_block_types=("DownEncoderBlock2D",) * _LEVELS,
        up_block_types=("UpDecoderBlock2D",) * _LEVELS,
        block_out_channels=(16, 16, *(32,) * (_LEVELS - 2)),
        layers_per_block=1,
        latent_channels=4,
        norm_num_groups=1,  # one group keeps the mean of each channel, and so the picture's overall hue
        mid_block_add_attention=False,
        scaling_factor=1.0,
    )
    line = torch.tensor([1.0, 2.0, 1.0]) / 4
    low_pass, point = line[:, None] * line[None], torch.zeros(3, 3)
    point[1, 1] = 1.0
    with torch.no_grad():
        for name, module in vae.decoder.named_modules():
            if isinstance(module, torch.nn.Conv2d) and module.kernel_size == (3, 3):
                _shape_layer(name, module, low_pass if "upsamplers" in name else point)
        # Orthogonal directions in feature space become lightness, warm–cool and magenta–green.
        directions = torch.nn.init.orthogonal_(torch.empty(3, vae.decoder.conv_out.in_channels))
        palette = torch.tensor([[0.54, 0.54, 0.54], [0.576, 0.036, -0.612], [0.21, -0.27, 0.18]])
        mixing = palette.T @ directions
        vae.decoder.conv_out.weight.copy_(mixing[:, :, None, None] * point)
        mean_of_silu = 0.207  # of a standard normal: without it the picture would have a cast
        vae.decoder.conv_out.bias.copy_(torch.tensor([0.12, 0.06, 0.02]) - mean_of_silu * mixing.sum(1))
    return vae


def _shape_layer(name: str, layer: torch.nn.Conv2d, kernel: torch.Tensor) -> None:
    outputs, inputs = layer.weight.shape[:2]
    if "upsamplers" in name:
        channels, spread = torch.eye(outputs), 0.0
    else:
        channels, spread = torch.nn.init.orthogonal_(torch.empty(outputs, inputs)), 0.3
        if name.endswith("conv2"):
            channels = channels * 0.3
    layer.weight.copy_(channels[:, :, None, None] * kernel)
    if layer.bias is not None:
        layer.bias.copy_(torch.randn(outputs) * spread)


if __name__ == "__main__":
    print(ensure(Path(sys.argv[1]) if len(sys.argv) > 1 else PROJECT / DEMONSTRATION_FOLDER))
