"""Enlarge photos by a Real-ESRGAN network, in tiles that leave no trace."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import cv2
import numpy as np
import psutil
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from engines.callbacks import IsCancelled, OnProgress, ignore_progress, never_cancelled, stop_if
from engines.devices import best_device, dtype_on, is_out_of_memory
from engines.errors import EngineError, OutOfMemory
from engines.specs import SuperResolutionSpec
from engines.superres.loading import load_network
from engines.superres.networks import Network
from engines.superres.stages import Stage
from engines.superres.tiling import Tiling, Window, tile_grid

Image = NDArray[np.uint8]
"""RGB, shape (height, width, 3), 0 … 255."""

SMALLEST_TILE = 16
"""Pixels: where even this does not fit, there is no memory to work with."""

_USUAL_TILE = 512
_GPU_BATCH_PIXELS = 2**20
_CPU_WORKING_BYTES = 2**30


class SuperResolver:
    """A super-resolution network in memory.

    Safe for several threads at once: a call keeps nothing but its own pixels, and writes nothing that another reads.
    """

    def __init__(
        self,
        spec: SuperResolutionSpec,
        network: Network,
        revision: str,
        device: torch.device | str | None = None,
    ) -> None:
        self.spec = spec
        self.revision = revision
        self.device = torch.device(device) if device else best_device()
        self.dtype = _fast_dtype(spec, self.device)
        self.unshuffle = network.unshuffle
        self.stages = network.stages(self.device, self.dtype)
        self.reduction = Fraction(spec.scale, network.scale)

    @classmethod
    def load(cls, spec: SuperResolutionSpec, device: torch.device | str | None = None) -> SuperResolver:
        """Load the weights of ``spec`` onto ``device``: by default the first GPU, else the CPU.

        Computes in half precision where the device is fast at it (float16 on GPUs, bfloat16 on CPUs with AVX512-BF16),
        unless the spec asks for float32. Raises :class:`ModelUnavailable` when the weights cannot be found, read or
        trusted, and :class:`OutOfMemory`.
        """
        network, revision = load_network(spec)
        try:
            return cls(spec, network, revision, device)
        except Exception as error:
            if not is_out_of_memory(error):
                raise
            raise OutOfMemory(
                f"{spec.title} does not fit on {device or best_device()}: free its memory."
            ) from error

    def enlarge(
        self,
        image: Image,
        *,
        tile: int | None = None,
        on_progress: OnProgress = ignore_progress,
        is_cancelled: IsCancelled = never_cancelled,
    ) -> Image:
        """Return ``image`` enlarged ``spec.scale`` times along each side, ``spec.strength`` of it by the network.

        ``tile`` is the side of the tiles in pixels of the input; by default it is fitted to the device and its free
        memory. It changes the time and the memory taken, not the pixels: every tile is computed with all the pixels
        that it depends on (the large networks, whose results depend on half a thousand pixels around, one residual
        block after the other), so two tile sizes differ by the rounding of the device's kernels only (at most 1 of
        255 levels).

        Where memory runs out, the batch and then the tile are halved. Raises ``ValueError`` for anything but a uint8
        RGB image of at least one pixel, :class:`Cancelled` within one tile of ``is_cancelled`` turning true,
        :class:`OutOfMemory`, and :class:`EngineError` when the arithmetic overflows. No other error is swallowed.
        """
        if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3 or not image.size:
            raise ValueError(f"An RGB image of 8 bits is needed, not {image.dtype} of shape {image.shape}.")
        if tile is not None and tile < 1:
            raise ValueError(f"A tile has at least one pixel a side, not {tile}.")
        with torch.inference_mode():
            enlarged = _Enlargement(self, image, tile, on_progress, is_cancelled).result()
        return _softened(enlarged, image, self.spec.strength)


class _Enlargement:
    """One photo on its way through the stages."""

    def __init__(
        self,
        resolver: SuperResolver,
        image: Image,
        tile: int | None,
        on_progress: OnProgress,
        is_cancelled: IsCancelled,
    ) -> None:
        self.spec = resolver.spec
        self.device, self.dtype = resolver.device, resolver.dtype
        self.stages, self.reduction = resolver.stages, resolver.reduction
        self.tile = -(-tile // resolver.unshuffle) if tile else _USUAL_TILE
        self.is_cancelled = is_cancelled
        self._on_progress = on_progress
        self._work = sum(stage.work for stage in self.stages)
        self._done = 0
        self._share = 0.0
        self.size = image.shape[:2]
        pixels = _grid(image, resolver.unshuffle)
        self.height, self.width = pixels.shape[2:]
        self.result_scale = int(self.stages[-1].scale * self.reduction)
        self.place = self._place_of_maps()
        self.maps: dict[str, Tensor] = {"pixels": pixels.to(self.place)}

    def result(self) -> Image:
        """Compute stage after stage; forget each feature map once nothing reads it any more."""
        for number, stage in enumerate(self.stages):
            self.maps[stage.writes] = self._compute(stage, is_last=number == len(self.stages) - 1)
            needed = {name for later in self.stages[number + 1 :] for name in later.reads}
            for name in self.maps.keys() - needed - {"result"}:
                del self.maps[name]
            self._done += stage.work
        height, width = (side * self.spec.scale for side in self.size)
        enlarged: Image = self.maps["result"][0, :height, :width].numpy()
        return np.ascontiguousarray(enlarged)

    def _compute(self, stage: Stage, *, is_last: bool) -> Tensor:
        tile, batch = self._fit(stage)
        while True:
            # A new target for each attempt: the stage's input stays as it was, so nothing half-done is ever read.
            try:
                target = self._target(stage, is_last=is_last)
                radius = stage.radius + (is_last and self.reduction != 1)
                tiling = tile_grid(self.height, self.width, tile=tile, radius=radius)
                for begin in range(0, len(tiling.windows), batch):
                    stop_if(self.is_cancelled)
                    group = tiling.windows[begin : begin + batch]
                    self._compute_windows(stage, tiling, group, target, is_last=is_last)
                    self._report((begin + len(group)) / len(tiling.windows), stage)
                return target
            except Exception as error:
                if not is_out_of_memory(error):
                    raise
                if batch == 1 and tile <= SMALLEST_TILE:
                    raise self._no_memory() from error
            # Only here, with the exception and its frames gone, are the failed windows' tensors free.
            if batch > 1:
                batch //= 2
            else:
                tile = max(min(tile, self.height, self.width) // 2, SMALLEST_TILE)
            if self.device.type == "cuda":
                torch.cuda.empty_cache()

    def _compute_windows(
        self, stage: Stage, tiling: Tiling, group: Sequence[Window], target: Tensor, *, is_last: bool
    ) -> None:
        """Compute ``group`` together and write the cores of the windows into ``target``."""
        inputs = []
        for name in stage.reads:
            parts = [
                self.maps[name][
                    :, :, window.top : window.top + tiling.height, window.left : window.left + tiling.width
                ]
                for window in group
            ]
            windows = torch.cat(parts) if len(parts) > 1 else parts[0]
            inputs.append(windows.to(self.device).contiguous(memory_format=torch.channels_last))
        made = stage.run(*inputs)
        scale = 1
        if is_last:
            made, scale = self._to_levels(made), self.result_scale
        for number, window in enumerate(group):
            source = _core(window, window.top, window.left, scale)
            goal = _core(window, 0, 0, scale)
            if is_last:
                target[0][goal] = made[number][source]
            else:
                target[0][:, goal[0], goal[1]] = made[number][:, source[0], source[1]]

    def _to_levels(self, levels: Tensor) -> Tensor:
        """Reduce as ncnn's carriers do (bicubic, a = −0.75, no smoothing), and round to 8 bits on the device."""
        if not bool(torch.isfinite(levels.sum())):
            raise EngineError(
                f"{self.spec.title} computed values that are no numbers, which would be a black picture: "
                "its precision is too narrow for it, use float32."
            )
        if self.reduction != 1:
            levels = functional.interpolate(
                levels.permute(0, 3, 1, 2), scale_factor=float(self.reduction), mode="bicubic"
            ).permute(0, 2, 3, 1)
        return levels.round_().clamp_(0, 255).to(torch.uint8)

    def _target(self, stage: Stage, *, is_last: bool) -> Tensor:
        if is_last:
            scale = self.result_scale
            return torch.empty((1, self.height * scale, self.width * scale, 3), dtype=torch.uint8)
        return torch.empty(
            (1, stage.channels, self.height, self.width),
            dtype=self.dtype,
            device=self.place,
            memory_format=torch.channels_last,
        )

    def _fit(self, stage: Stage) -> tuple[int, int]:
        """Return the tile and the number of tiles at once whose working set fits the free memory."""
        if self.device.type == "cuda":
            most = int(torch.cuda.mem_get_info(self.device)[0] * 0.5)
        else:
            most = min(psutil.virtual_memory().available // 4, _CPU_WORKING_BYTES)
        tile = min(self.tile, max(self.height, self.width))
        while tile > SMALLEST_TILE and self._window_pixels(stage, tile) * stage.memory > most:
            tile = max(tile // 2, SMALLEST_TILE)
        if self.device.type == "cpu":
            return tile, 1  # all cores work on one tile; more of them only leave the cache
        pixels = self._window_pixels(stage, tile)
        return tile, max(1, min(_GPU_BATCH_PIXELS // pixels, most // (pixels * stage.memory)))

    def _window_pixels(self, stage: Stage, tile: int) -> int:
        side = tile + 2 * stage.radius
        return min(side, self.height) * min(side, self.width)

    def _place_of_maps(self) -> torch.device:
        """Return where the feature maps between the stages lie: on the device, or beside a small GPU in main memory."""
        most = max(stage.channels for stage in self.stages[:-1]) if len(self.stages) > 1 else 3
        needed = 3 * most * self.height * self.width * self.dtype.itemsize
        if self.device.type == "cuda" and needed < 0.4 * torch.cuda.mem_get_info(self.device)[0]:
            return self.device
        if needed + self.height * self.width * 3 * self.result_scale**2 > psutil.virtual_memory().available:
            raise self._no_memory()
        return torch.device("cpu")

    def _no_memory(self) -> OutOfMemory:
        height, width = self.size
        return OutOfMemory(
            f"{self.spec.title} cannot enlarge a photo of {width}×{height} px in this machine's memory: "
            "make it smaller first, or choose a smaller model."
        )

    def _report(self, share: float, stage: Stage) -> None:
        self._share = max(self._share, min((self._done + share * stage.work) / self._work, 1.0))
        self._on_progress(self._share)


def _softened(enlarged: Image, image: Image, strength: float) -> Image:
    """Return ``strength`` of a network's picture, and for the rest the photo enlarged to its size by cubics."""
    if strength >= 1:
        return enlarged
    height, width = enlarged.shape[:2]
    cubic = cv2.resize(image, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.asarray(cv2.addWeighted(enlarged, strength, cubic, 1 - strength, 0), dtype=np.uint8)


def _fast_dtype(spec: SuperResolutionSpec, device: torch.device) -> torch.dtype:
    """Return float16 on GPUs, whose finer steps these networks' values fit, bfloat16 on CPUs that have it."""
    if spec.precision == "float32":
        return torch.float32
    return dtype_on(device, "bfloat16" if device.type == "cpu" else "float16")


def _grid(image: Image, unshuffle: int) -> Tensor:
    """Return the pixels as 1 × channels × height × width, squares of ``unshuffle`` pixels taken as one.

    The right and lower edges are filled up by reflection, as Real-ESRGAN does.
    """
    extra = [(-side) % unshuffle for side in image.shape[:2]]
    mode = "reflect" if min(image.shape[:2]) > max(extra) else "edge"
    padded = np.pad(image, ((0, extra[0]), (0, extra[1]), (0, 0)), mode=mode) if any(extra) else image  # type: ignore[call-overload]
    pixels = torch.from_numpy(np.array(padded)).permute(2, 0, 1).unsqueeze(0)
    return functional.pixel_unshuffle(pixels, unshuffle) if unshuffle > 1 else pixels


def _core(window: Window, top: int, left: int, scale: int) -> tuple[slice, slice]:
    """Return the core's rows and columns counted from ``top`` and ``left``, ``scale`` times as large."""
    (first_row, last_row), (first_column, last_column) = window.rows, window.columns
    return (
        slice((first_row - top) * scale, (last_row - top) * scale),
        slice((first_column - left) * scale, (last_column - left) * scale),
    )
