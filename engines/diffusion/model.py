"""Render pictures with any diffusers text-to-image pipeline."""

from __future__ import annotations

import inspect
import time
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from PIL import Image

from engines.callbacks import IsCancelled, OnProgress, ignore_progress, never_cancelled, stop_if
from engines.devices import best_device, is_out_of_memory
from engines.diffusion.limits import problems_with
from engines.diffusion.loading import load_pipeline
from engines.diffusion.requests import RenderedPicture, RenderRequest
from engines.errors import EngineError, OutOfMemory
from engines.registry import SUPER_RESOLUTION_MODELS
from engines.specs import ImageModelSpec
from engines.superres.model import SuperResolver


class ImageModel:
    """A text-to-image model in memory.

    ``batch_size`` is how many pictures it renders at once: the spec's figure, lowered when the device turned
    out to have less memory. Not safe for several threads at once.
    """

    def __init__(
        self, spec: ImageModelSpec, pipeline: Any, revision: str, resolver: SuperResolver | None = None
    ) -> None:
        self.spec = spec
        self.revision = revision
        self.batch_size = spec.batch_size
        self._pipeline = pipeline
        self._resolver = resolver
        self._parameters: Mapping[str, inspect.Parameter] = inspect.signature(pipeline.__call__).parameters

    @classmethod
    def load(cls, spec: ImageModelSpec, *, device: torch.device | str | None = None) -> ImageModel:
        """Load the weights of ``spec`` onto ``device``: by default the first GPU, else the CPU.

        Raises :class:`ModelUnavailable` when they cannot be found, read or trusted, and :class:`OutOfMemory`.
        """
        place = torch.device(device) if device else best_device()
        pipeline, revision = load_pipeline(spec, place)
        if spec.enlarged_by is None:
            return cls(spec, pipeline, revision)
        resolver = SuperResolver.load(SUPER_RESOLUTION_MODELS[spec.enlarged_by], place)
        return cls(spec, pipeline, f"{revision}+{spec.enlarged_by}@{resolver.revision}", resolver)

    @property
    def sampler(self) -> str:
        """The scheduler's name in diffusers, such as ``DDIMScheduler``."""
        return type(self._pipeline.scheduler).__name__

    def render(
        self,
        requests: Sequence[RenderRequest],
        *,
        on_progress: OnProgress = ignore_progress,
        is_cancelled: IsCancelled = never_cancelled,
    ) -> list[RenderedPicture]:
        """Return one picture a request, in their order; the requests must share a ``batch_key``.

        Each picture has a generator of its own on the CPU, so a seed gives the same picture alone and in any
        batch, up to the rounding of the device's kernels (at most 2 of 255 levels in float32). When the
        device has too little memory the batch is halved, and stays so. Negative prompts count where the
        pipeline has them.

        Raises ``ValueError`` for requests that the model does not accept, :class:`Cancelled` within one step
        of ``is_cancelled`` turning true, :class:`OutOfMemory` when not even one picture fits, and
        :class:`EngineError` when the model's arithmetic overflows.
        """
        self._check(requests)
        progress = _Progress(on_progress, len(requests))
        pictures: list[RenderedPicture] = []
        while len(pictures) < len(requests):
            stop_if(is_cancelled)
            batch = requests[len(pictures) : len(pictures) + self.batch_size]
            try:
                pictures += self._render_batch(batch, progress, is_cancelled)
            except Exception as error:
                if not is_out_of_memory(error):
                    raise
                if len(batch) == 1:
                    size = f"{batch[0].width}×{batch[0].height} px"
                    raise OutOfMemory(
                        f"{self.spec.title} cannot render one picture of {size} in this device's memory: "
                        "choose a smaller size or a smaller model."
                    ) from error
                self.batch_size = len(batch) // 2
            else:
                progress.finished(len(pictures))
                continue
            # Only here, with the exception and its frames gone, are the failed batch's tensors free.
            if torch.cuda.is_available():
                torch.cuda.empty_cache()
        return pictures

    def _check(self, requests: Sequence[RenderRequest]) -> None:
        keys = {request.batch_key for request in requests}
        if len(keys) > 1:
            raise ValueError(
                "The pictures of one batch need the same size, number of steps and guidance scale; "
                f"got {len(keys)} kinds: {sorted(keys)}."
            )
        problems = [problem.message for request in requests for problem in problems_with(request, self.spec)]
        if problems:
            raise ValueError(" ".join(dict.fromkeys(problems)))

    def _render_batch(
        self, batch: Sequence[RenderRequest], progress: _Progress, is_cancelled: IsCancelled
    ) -> list[RenderedPicture]:
        started = time.perf_counter()

        def after_step(pipeline: Any, step: int, _timestep: Any, tensors: dict[str, Any]) -> dict[str, Any]:
            progress.within((step + 1) / (len(pipeline.scheduler.timesteps) + 1), len(batch))
            stop_if(is_cancelled)
            return tensors

        scale = self._resolver.spec.scale if self._resolver else 1
        with torch.inference_mode():
            levels = self._pipeline(
                prompt=[request.prompt for request in batch],
                width=batch[0].width // scale,
                height=batch[0].height // scale,
                num_inference_steps=batch[0].steps,
                generator=[torch.Generator().manual_seed(request.seed) for request in batch],
                callback_on_step_end=after_step,
                output_type="pt",
                **self._guidance(batch),
            ).images
            images = _to_images(levels, self.spec)
        if self._resolver:
            images = [Image.fromarray(self._resolver.enlarge(np.asarray(image))) for image in images]
        seconds = (time.perf_counter() - started) / len(batch)
        return [
            RenderedPicture(image, request, self.spec.key, self.revision, seconds, self.sampler)
            for image, request in zip(images, batch, strict=True)
        ]

    def _guidance(self, batch: Sequence[RenderRequest]) -> dict[str, Any]:
        """Say “guidance scale, 1 = none” in the words of this pipeline."""
        scale = batch[0].guidance_scale
        guided = scale > 1
        words: dict[str, Any] = {}
        if self._has_embedded_guidance():
            words["guidance_scale"] = scale
            guided = False
            if "true_cfg_scale" in self._parameters:
                words["true_cfg_scale"] = 1.0
        elif "true_cfg_scale" in self._parameters:
            words["true_cfg_scale"] = max(scale, 1.0)
        elif type(self._pipeline).__name__.startswith("ZImage"):
            # Its formula is positive + scale · (positive − negative), so that 0 means none.
            words["guidance_scale"] = max(scale - 1, 0.0)
        elif "guidance_scale" in self._parameters:
            words["guidance_scale"] = scale
        if guided and "negative_prompt" in self._parameters:
            # A space, because some text encoders cannot take an empty text.
            words["negative_prompt"] = [
                (request.negative_prompt if self.spec.negative_prompt else "") or " " for request in batch
            ]
        return words

    def _has_embedded_guidance(self) -> bool:
        """Tell whether the network takes the scale as an input (guidance distillation, as in FLUX.1-dev)."""
        config = getattr(getattr(self._pipeline, "transformer", None), "config", {})
        return bool(config.get("guidance_embeds", False))


class _Progress:
    """Turn steps of batches into one share that never falls, not even when a batch is begun again."""

    def __init__(self, on_progress: OnProgress, total: int) -> None:
        self._on_progress = on_progress
        self._total = total
        self._done = 0
        self._highest = 0.0

    def within(self, share: float, pictures: int) -> None:
        self._report((self._done + share * pictures) / self._total)

    def finished(self, pictures: int) -> None:
        self._done = pictures
        self._report(pictures / self._total)

    def _report(self, share: float) -> None:
        self._highest = max(self._highest, min(share, 1.0))
        self._on_progress(self._highest)


def _to_images(levels: torch.Tensor, spec: ImageModelSpec) -> list[Image.Image]:
    """Round pictures × 3 × height × width in 0 … 1 to 8 bits on the device."""
    if not bool(torch.isfinite(levels).all()):
        raise EngineError(
            f"{spec.title} computed values that are no numbers, which would be a black picture: "
            f"its precision {spec.precision} is too narrow for it, use bfloat16 or float32."
        )
    rounded = (levels.float() * 255).round().clamp(0, 255).to(torch.uint8)
    return [Image.fromarray(picture) for picture in rounded.permute(0, 2, 3, 1).contiguous().cpu().numpy()]
