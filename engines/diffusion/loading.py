"""From a model's description to a diffusers pipeline that is ready to render.

The pipeline's class is the one its ``model_index.json`` names, as long as diffusers itself has it: code that
lies beside weights is never run.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import diffusers
import torch
from diffusers import DiffusionPipeline
from diffusers.utils import logging as diffusers_logging
from transformers import AutoTokenizer, BertModel
from transformers.utils import logging as transformers_logging

from engines.devices import dtype_on, is_out_of_memory
from engines.diffusion import demonstration
from engines.errors import ModelUnavailable, OutOfMemory
from engines.registry import DEFAULT_IMAGE_MODEL
from engines.sources import FolderSource, HubSource
from engines.specs import ImageModelSpec, Lora
from engines.weights import PROJECT, resolve, revision_of


def load_pipeline(spec: ImageModelSpec, device: torch.device) -> tuple[Any, str]:
    """Return the pipeline of ``spec`` on ``device``, LoRAs included, and its revision.

    A model larger than the device's memory is kept in main memory and visits the device part by part.
    The demonstration model is built first if it is not there yet. Raises :class:`ModelUnavailable` with what
    to do, or :class:`OutOfMemory` when it does not fit at all.
    """
    if spec.key == DEFAULT_IMAGE_MODEL and isinstance(spec.source, FolderSource):
        with _without_progress_bars():
            demonstration.ensure(PROJECT / spec.source.path)
    folder = resolve(spec.source, key=spec.key)
    encoder = resolve(spec.text_encoder, key=spec.key) if spec.text_encoder else None
    options = _options(spec, folder, device)
    try:
        with _without_progress_bars():
            if encoder:
                options |= _text_parts(encoder, spec.prompt_tokens, options["dtype"]["default"])
            pipeline = DiffusionPipeline.from_pretrained(str(folder), **options)
        revision = revision_of(spec.source, folder)
        if spec.text_encoder and encoder:
            revision += f"+{revision_of(spec.text_encoder, encoder)}"
        revision = "+".join([revision, *_add_loras(pipeline, spec.key, spec.loras)])
        _choose_scheduler(pipeline, spec)
        _place(pipeline, spec, device)
    except ModelUnavailable:
        raise
    except Exception as error:
        if is_out_of_memory(error):
            raise OutOfMemory(
                f"{spec.title} needs about {spec.memory_gib:g} GiB and does not fit on {device}: "
                "choose a smaller model or a larger device."
            ) from error
        raise ModelUnavailable(
            spec.key, str(folder), f"The files there cannot be read ({type(error).__name__}: {_line(error)})."
        ) from error
    pipeline.set_progress_bar_config(disable=True)
    return pipeline, revision


@contextmanager
def _without_progress_bars() -> Iterator[None]:
    libraries = [log for log in (diffusers_logging, transformers_logging) if log.is_progress_bar_enabled()]
    for library in libraries:
        library.disable_progress_bar()
    try:
        yield
    finally:
        for library in libraries:
            library.enable_progress_bar()


def _options(spec: ImageModelSpec, folder: Path, device: torch.device) -> dict[str, Any]:
    try:
        index = json.loads((folder / "model_index.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelUnavailable(
            spec.key,
            str(folder),
            "It holds no readable model_index.json, so it is no diffusers pipeline folder: "
            "convert the checkpoint to the diffusers layout.",
        ) from error
    dtype = dtype_on(device, spec.precision)
    dtypes: dict[str, torch.dtype] = {"default": dtype}
    if dtype is torch.float16 and "vae" in index and _overflows_in_half(folder / "vae" / "config.json"):
        # diffusers would cast this VAE up to float32 and back on every call; bfloat16 has float32's range.
        dtypes["vae"] = dtype_on(device, "bfloat16")
    options: dict[str, Any] = {
        "dtype": dtypes,
        "use_safetensors": True,
        "trust_remote_code": False,
        "local_files_only": True,
    }
    if isinstance(spec.source, HubSource) and spec.source.variant:
        options["variant"] = spec.source.variant
    if "safety_checker" in index:
        options |= {"safety_checker": None, "requires_safety_checker": False}
    return options


def _text_parts(folder: Path, tokens: int, dtype: torch.dtype) -> dict[str, Any]:
    """Load a BERT encoder that lies elsewhere, and let it ignore what fills prompts up to ``tokens``."""
    files: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}
    encoder: Any = BertModel.from_pretrained(folder, dtype=dtype, use_safetensors=True, **files)
    encoder.config.use_attention_mask = True  # diffusers passes the mask on only where this is set
    tokenizer = AutoTokenizer.from_pretrained(folder, model_max_length=tokens, **files)
    return {"text_encoder": encoder.eval(), "tokenizer": tokenizer}


def _overflows_in_half(config: Path) -> bool:
    try:
        return bool(json.loads(config.read_text(encoding="utf-8")).get("force_upcast", False))
    except (OSError, ValueError):
        return False


def _add_loras(pipeline: Any, key: str, loras: tuple[Lora, ...]) -> list[str]:
    """Merge the LoRAs into the weights, which costs nothing at render time; return what to call each."""
    names = []
    for number, lora in enumerate(loras):
        if not lora.file_name.endswith(".safetensors"):
            raise ModelUnavailable(key, lora.file_name, "This LoRA is no safetensors file and is not opened.")
        place = resolve(lora.source, key=key, only=lora.file_name)
        file = place if place.is_file() else place / lora.file_name
        if not file.is_file():
            raise ModelUnavailable(
                key, str(file), "The LoRA is not there: put the file there or correct its name."
            )
        pipeline.load_lora_weights(str(file.parent), weight_name=file.name, adapter_name=f"lora{number}")
        names.append(f"{file.stem}*{lora.weight:g}@{revision_of(lora.source, file)}")
    if loras:
        pipeline.set_adapters(
            [f"lora{number}" for number in range(len(loras))], [lora.weight for lora in loras]
        )
        pipeline.fuse_lora()
        pipeline.unload_lora_weights()
    return names


def _choose_scheduler(pipeline: Any, spec: ImageModelSpec) -> None:
    kind = getattr(diffusers, spec.scheduler) if spec.scheduler else type(pipeline.scheduler)
    changes = {"timestep_spacing": spec.timestep_spacing} if spec.timestep_spacing else {}
    if spec.scheduler or changes:
        pipeline.scheduler = kind.from_config(pipeline.scheduler.config, **changes)


def _place(pipeline: Any, spec: ImageModelSpec, device: torch.device) -> None:
    _decode_in_own_precision(pipeline)
    if device.type != "cuda":
        pipeline.to(device)
        return
    for name in ("unet", "vae"):
        module: Any = getattr(pipeline, name, None)
        if module is not None and any(isinstance(part, torch.nn.Conv2d) for part in module.modules()):
            module.to(memory_format=torch.channels_last)
    memory = torch.cuda.get_device_properties(device).total_memory / 2**30
    if spec.memory_gib > 0.95 * memory:
        pipeline.enable_model_cpu_offload(device=device)
    else:
        pipeline.to(device)


def _decode_in_own_precision(pipeline: Any) -> None:
    """Let a VAE that was loaded in another precision than the rest take the rest's latents."""
    vae: Any = getattr(pipeline, "vae", None)
    if vae is None:
        return
    decode = vae.decode

    def decode_cast(latents: torch.Tensor, *args: Any, **kwargs: Any) -> Any:
        return decode(latents.to(vae.dtype), *args, **kwargs)

    vae.decode = decode_cast


def _line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0][:200] if lines else "no message"
