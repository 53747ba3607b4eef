"""Enlarging photos: the right pixels, the same whatever the tiles, and every way it can end early."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
import pytest
import torch

from engines.errors import Cancelled, EngineError, OutOfMemory
from engines.registry import SUPER_RESOLUTION_MODELS
from engines.superres.model import Image, SuperResolver
from engines.superres.networks import Network
from tests.engines.superres.tiny_networks import (
    largest_difference,
    psnr,
    resolver_of,
    tiny_board,
    tiny_compact,
    tiny_rrdb,
)

NETWORKS: dict[str, Callable[[], Network]] = {
    "compact": tiny_compact,
    "large": tiny_rrdb,
    "large-unshuffled": lambda: tiny_rrdb(2),
    "board": tiny_board,
}


def noise(height: int, width: int, *, seed: int = 0) -> Image:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def plain(network: Network, image: Image) -> Image:
    """Run the network as its definition says, whole and in float32."""
    with torch.inference_mode():
        levels = network(torch.from_numpy(image.copy()).permute(2, 0, 1)[None].float() / 255)
    rounded = (levels[0] * 255).round().clamp(0, 255).to(torch.uint8)
    return np.asarray(rounded.permute(1, 2, 0).numpy())


def bicubic(image: Image, scale: int) -> Image:
    return np.asarray(
        cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC), dtype=np.uint8
    )


@pytest.mark.parametrize("kind", NETWORKS)
def test_the_stages_compute_what_the_network_defines(kind: str) -> None:
    network, image = NETWORKS[kind](), noise(24, 30)
    assert largest_difference(resolver_of(network).enlarge(image), plain(network, image)) <= 1


@pytest.mark.parametrize("kind", NETWORKS)
@pytest.mark.parametrize("tile", [1, 5, 16, 33])
def test_tiles_of_any_size_give_the_same_pixels(kind: str, tile: int) -> None:
    resolver, image = resolver_of(NETWORKS[kind]()), noise(40, 51)
    whole = resolver.enlarge(image, tile=64)
    assert whole.std() > 10
    assert largest_difference(resolver.enlarge(image, tile=tile), whole) <= 1


@pytest.mark.parametrize("kind", NETWORKS)
def test_each_stage_depends_on_its_radius_and_no_more(kind: str) -> None:
    centre, size = 40, 81
    generator = torch.Generator().manual_seed(0)
    network = NETWORKS[kind]()
    for stage in network.stages(torch.device("cpu"), torch.float64):
        channels = {"pixels": 3 * network.unshuffle**2}
        maps = [
            torch.rand((1, channels.get(name, 8), size, size), generator=generator, dtype=torch.float64) * 255
            for name in stage.reads
        ]
        with torch.inference_mode():
            before = stage.run(*maps)
            for values in maps:
                values[:, :, centre, centre] += 1000
            changed = (stage.run(*maps) != before)[0]
        changed = changed.any(-1) if stage.writes == "result" else changed.any(0)
        columns = changed.any(0).nonzero().flatten() // stage.scale
        # What a change at the very radius does can be less than the arithmetic shows.
        assert centre - stage.radius <= int(columns.min()) <= centre - stage.radius + 2
        assert centre + stage.radius - 2 <= int(columns.max()) <= centre + stage.radius


@pytest.mark.parametrize("scale", [1, 2, 3])
def test_tiles_leave_no_trace_in_a_reduced_result(scale: int) -> None:
    resolver, image = resolver_of(tiny_compact(), scale=scale), noise(40, 51)
    whole = resolver.enlarge(image, tile=64)
    assert whole.shape == (40 * scale, 51 * scale, 3)
    assert largest_difference(resolver.enlarge(image, tile=9), whole) <= 1


def test_tiles_of_the_embedded_model_leave_no_trace(compact: SuperResolver, scene: Image) -> None:
    whole = compact.enlarge(scene, tile=96)
    for tile in (24, 31):
        assert largest_difference(compact.enlarge(scene, tile=tile), whole) <= 1


def test_tiles_of_the_board_model_leave_no_trace(board_model: SuperResolver, scene: Image) -> None:
    whole = board_model.enlarge(scene, tile=96)
    for tile in (24, 31):
        assert largest_difference(board_model.enlarge(scene, tile=tile), whole) <= 1


@pytest.mark.slow
def test_tiles_of_the_large_embedded_model_leave_no_trace(scene: Image) -> None:
    resolver = SuperResolver.load(SUPER_RESOLUTION_MODELS["realesrgan-x4plus-anime"], device="cpu")
    part = np.ascontiguousarray(scene[:36, :64])
    assert largest_difference(resolver.enlarge(part, tile=20), resolver.enlarge(part, tile=64)) <= 1


@pytest.mark.parametrize("scale", [2, 3, 4])
def test_the_embedded_model_enlarges_a_picture_truly_and_crisply(scale: int, scene: Image) -> None:
    resolver = SuperResolver.load(SUPER_RESOLUTION_MODELS[f"realesr-animevideov3-x{scale}"], device="cpu")
    enlarged, smooth = resolver.enlarge(scene), bicubic(scene, scale)
    assert enlarged.shape == smooth.shape
    assert psnr(enlarged, smooth) > 25
    edges = [float(cv2.Laplacian(picture, cv2.CV_32F).var()) for picture in (enlarged, smooth)]
    assert edges[0] > 1.5 * edges[1]


@pytest.mark.slow
@pytest.mark.parametrize("key", ["realesrgan-x4plus", "realesrgan-x4plus-anime"])
def test_the_large_embedded_models_enlarge_a_picture_truly(key: str, scene: Image) -> None:
    part = np.ascontiguousarray(scene[:48, :48])
    enlarged = SuperResolver.load(SUPER_RESOLUTION_MODELS[key], device="cpu").enlarge(part)
    assert psnr(enlarged, bicubic(part, 4)) > 25


def test_the_reduced_models_are_the_full_one_reduced_as_ncnn_does(scene: Image) -> None:
    half, full = (
        SuperResolver.load(
            replace(SUPER_RESOLUTION_MODELS[f"realesr-animevideov3-x{scale}"], precision="float32")
        )
        for scale in (2, 4)
    )
    # OpenCV's bicubic has the same a = −0.75 and, too, does not smooth before it reduces.
    reduced = cv2.resize(full.enlarge(scene), None, fx=0.5, fy=0.5, interpolation=cv2.INTER_CUBIC)
    assert psnr(half.enlarge(scene), np.asarray(reduced, dtype=np.uint8)) > 45


def test_half_precision_changes_little(compact: SuperResolver, scene: Image) -> None:
    exact = SuperResolver.load(replace(compact.spec, precision="float32"), device="cpu")
    assert psnr(compact.enlarge(scene), exact.enlarge(scene)) > 45


def test_the_board_model_gives_writing_back_nearer_than_cubics(board_model: SuperResolver) -> None:
    sharp = np.full((96, 320, 3), (226, 228, 222), np.uint8)
    cv2.putText(sharp, "the board", (12, 62), cv2.FONT_HERSHEY_SIMPLEX, 1.6, (30, 40, 70), 3, cv2.LINE_AA)
    soft = cv2.GaussianBlur(sharp, (0, 0), 1.2)
    photo = np.asarray(cv2.resize(soft, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    gain = psnr(board_model.enlarge(photo), sharp) - psnr(bicubic(photo, 2), sharp)
    assert gain > 2


@pytest.mark.parametrize("strength", [0.25, 0.6])
def test_a_strength_mixes_the_network_with_cubics(strength: float, scene: Image) -> None:
    network = tiny_board()
    full = resolver_of(network)
    soft = SuperResolver(replace(full.spec, strength=strength), network, "tiny", "cpu").enlarge(scene)
    mixed = strength * full.enlarge(scene).astype(float) + (1 - strength) * bicubic(scene, 2).astype(float)
    assert np.abs(soft - mixed).max() <= 1
    assert largest_difference(soft, full.enlarge(scene)) > 10


@pytest.mark.parametrize("kind", NETWORKS)
@pytest.mark.parametrize(("height", "width"), [(1, 1), (1, 7), (2, 3), (5, 1), (3, 200)])
def test_any_size_is_enlarged(kind: str, height: int, width: int) -> None:
    resolver = resolver_of(NETWORKS[kind]())
    scale = resolver.spec.scale
    assert resolver.enlarge(noise(height, width)).shape == (height * scale, width * scale, 3)


def test_a_view_that_is_not_contiguous_is_enlarged_as_its_copy(compact: SuperResolver, scene: Image) -> None:
    view = scene[:40, ::-1]
    before = view.copy()
    assert np.array_equal(compact.enlarge(view), compact.enlarge(np.ascontiguousarray(view)))
    assert np.array_equal(view, before)


@pytest.mark.parametrize(
    "image",
    [
        np.zeros((4, 4), np.uint8),
        np.zeros((4, 4, 4), np.uint8),
        np.zeros((0, 4, 3), np.uint8),
        np.zeros((4, 4, 3), np.float32),
    ],
    ids=["grey", "alpha", "empty", "float"],
)
def test_what_is_no_rgb_image_is_refused(image: Image) -> None:
    with pytest.raises(ValueError, match="RGB image of 8 bits"):
        resolver_of(tiny_compact()).enlarge(image)


@pytest.mark.parametrize("kind", NETWORKS)
def test_two_photos_at_once_never_mix(kind: str) -> None:
    resolver = resolver_of(NETWORKS[kind]())
    photos = [noise(60, 70, seed=1), noise(60, 70, seed=2)]
    alone = [resolver.enlarge(photo, tile=12) for photo in photos]
    together: dict[tuple[int, int], Image] = {}
    at_once = threading.Barrier(2)

    def work(number: int) -> None:
        met = False

        def meet(_share: float) -> None:
            nonlocal met
            if not met:
                met = True
                at_once.wait(timeout=30)  # both have begun, neither has finished

        for round_ in range(4):
            met = False
            together[number, round_] = resolver.enlarge(photos[number], tile=12, on_progress=meet)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert len(together) == 8
    for (number, _), picture in together.items():
        assert np.array_equal(picture, alone[number])


def test_progress_is_reported_by_tile_and_never_falls() -> None:
    shares: list[float] = []
    resolver_of(tiny_rrdb()).enlarge(noise(64, 64), tile=16, on_progress=shares.append)
    assert shares == sorted(shares)
    assert len(shares) > 16
    assert shares[-1] == 1.0


@pytest.mark.parametrize("kind", NETWORKS)
def test_a_cancelled_photo_stops_within_one_tile(kind: str) -> None:
    shares: list[float] = []
    with pytest.raises(Cancelled):
        resolver_of(NETWORKS[kind]()).enlarge(
            noise(64, 64), tile=8, on_progress=shares.append, is_cancelled=lambda: len(shares) == 3
        )
    assert len(shares) == 3


def failing(resolver: SuperResolver, error: Exception, *, over: int) -> list[int]:
    """Make the last stage raise for windows with more pixels than ``over``; return the sizes that it was given."""
    last = resolver.stages[-1]
    seen: list[int] = []

    def run(*maps: torch.Tensor) -> torch.Tensor:
        seen.append(maps[0].shape[0] * maps[0].shape[2] * maps[0].shape[3])
        if seen[-1] > over:
            raise error
        return last.run(*maps)

    resolver.stages = (*resolver.stages[:-1], replace(last, run=run))
    return seen


@pytest.mark.parametrize("kind", NETWORKS)
@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory"),
        MemoryError(),
        RuntimeError(
            "[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes"
        ),
        RuntimeError("DefaultCPUAllocator: not enough memory: you tried to allocate 9 bytes"),
    ],
    ids=["gpu", "python", "cpu", "cpu-windows"],
)
def test_a_tile_that_does_not_fit_is_halved(kind: str, error: Exception) -> None:
    image = noise(100, 100)
    whole = resolver_of(NETWORKS[kind]()).enlarge(image)
    resolver = resolver_of(NETWORKS[kind]())
    shares: list[float] = []
    seen = failing(resolver, error, over=1900)
    assert largest_difference(resolver.enlarge(image, on_progress=shares.append), whole) <= 1
    assert max(seen) > 1900
    assert shares == sorted(shares)


@pytest.mark.parametrize("kind", NETWORKS)
def test_no_memory_even_for_the_smallest_tile_is_an_error(kind: str) -> None:
    resolver = resolver_of(NETWORKS[kind]())
    failing(resolver, MemoryError(), over=0)
    with pytest.raises(OutOfMemory, match="100×100 px"):
        resolver.enlarge(noise(100, 100))


def test_an_error_in_a_tile_is_raised_and_nothing_is_pasted() -> None:
    resolver = resolver_of(tiny_compact())
    calls = failing(resolver, RuntimeError("the device was lost"), over=0)
    with pytest.raises(RuntimeError, match="the device was lost"):
        resolver.enlarge(noise(64, 64), tile=16)
    assert len(calls) == 1


def test_values_that_are_no_numbers_are_an_error_and_no_black_picture() -> None:
    resolver = resolver_of(tiny_compact())
    last = resolver.stages[-1]
    resolver.stages = (replace(last, run=lambda pixels: last.run(pixels) * float("inf")),)
    with pytest.raises(EngineError, match="no numbers"):
        resolver.enlarge(noise(8, 8))
