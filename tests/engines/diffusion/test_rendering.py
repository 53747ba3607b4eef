"""ImageModel.render over tiny real pipelines of every family."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import torch

from engines.diffusion.model import ImageModel
from engines.diffusion.requests import RenderedPicture, RenderRequest
from engines.errors import Cancelled, EngineError, OutOfMemory
from engines.specs import ImageModelSpec
from tests.engines.diffusion.tiny_pipelines import FAMILIES

PROMPTS = (
    "a room",
    "a long and very detailed description of a workshop with many tools on its walls",
    "café, Москва",
)


def levels(picture: RenderedPicture) -> np.ndarray:
    return np.asarray(picture.image, dtype=np.int16)


def difference(left: RenderedPicture, right: RenderedPicture) -> int:
    return int(np.abs(levels(left) - levels(right)).max())


@pytest.fixture
def model_of(spec_of: Callable[..., ImageModelSpec]) -> Callable[..., ImageModel]:
    return lambda family, **changes: ImageModel.load(spec_of(family, **changes), device="cpu")


@pytest.mark.parametrize("family", FAMILIES)
def test_a_seed_gives_the_same_picture_alone_and_among_prompts_of_other_lengths(
    family: str, model_of: Callable[..., ImageModel], request_for: Callable[..., RenderRequest]
) -> None:
    model = model_of(family)
    requests = [request_for(prompt=prompt, seed=seed) for seed, prompt in enumerate(PROMPTS)]
    together = model.render(requests)
    alone = [model.render([request])[0] for request in reversed(requests)][::-1]
    assert [difference(one, other) <= 2 for one, other in zip(together, alone, strict=True)] == [True] * 3


@pytest.mark.parametrize("family", FAMILIES)
def test_seed_prompt_and_negative_prompt_each_change_the_picture(
    family: str, model_of: Callable[..., ImageModel], request_for: Callable[..., RenderRequest]
) -> None:
    first, seed, prompt, negative = model_of(family).render(
        [
            request_for(),
            request_for(seed=8),
            request_for(prompt="a forest at night"),
            request_for(negative_prompt="blurred, text"),
        ]
    )
    assert difference(first, seed) > 20
    assert difference(first, prompt) > 0
    assert difference(first, negative) > 0


@pytest.mark.parametrize("family", FAMILIES)
def test_a_guidance_scale_of_one_or_less_is_none_and_more_is_stronger(
    family: str, model_of: Callable[..., ImageModel], request_for: Callable[..., RenderRequest]
) -> None:
    model = model_of(family)
    one, other = model.render(
        [request_for(guidance_scale=1.0), request_for(guidance_scale=1.0, negative_prompt="text")]
    )
    assert difference(one, other) == 0
    [less] = model.render([request_for(guidance_scale=0.0)])
    assert difference(one, less) == 0
    [guided], [strongly] = (model.render([request_for(guidance_scale=scale)]) for scale in (3.0, 9.0))
    assert difference(one, guided) > 0
    assert difference(guided, strongly) > 0


def test_a_model_without_negative_prompts_ignores_them(
    model_of: Callable[..., ImageModel], request_for: Callable[..., RenderRequest]
) -> None:
    one, other = model_of("sd", negative_prompt=False).render(
        [request_for(), request_for(negative_prompt="text")]
    )
    assert difference(one, other) == 0


def test_the_picture_knows_what_made_it(
    model_of: Callable[..., ImageModel], request_for: Callable[..., RenderRequest]
) -> None:
    model = model_of("sd")
    request = request_for(width=48)
    [picture] = model.render([request])
    assert (picture.image.size, picture.image.mode) == ((48, 32), "RGB")
    assert picture.request == request
    assert (picture.model_key, picture.model_revision) == ("tiny-sd", model.revision)
    assert picture.seconds > 0
    assert picture.sampler == model.sampler == "EulerAncestralDiscreteScheduler"


def test_progress_never_falls_and_ends_at_one(
    model_of: Callable[..., ImageModel], request_for: Callable[..., RenderRequest]
) -> None:
    seen: list[float] = []
    model_of("sd", batch_size=2).render(
        [request_for(seed=seed, steps=3) for seed in range(5)], on_progress=seen.append
    )
    assert seen == sorted(seen)
    assert seen[-1] == 1.0
    assert len(set(seen)) == 3 * (3 + 1)  # three batches of three steps and an end


def test_a_render_stops_within_a_step_of_being_cancelled_and_the_model_lives_on(
    model_of: Callable[..., ImageModel], request_for: Callable[..., RenderRequest]
) -> None:
    model = model_of("sd")
    [before] = model.render([request_for()])
    seen: list[float] = []
    with pytest.raises(Cancelled):
        model.render([request_for(steps=20)], on_progress=seen.append, is_cancelled=lambda: len(seen) >= 3)
    assert len(seen) == 3
    [after] = model.render([request_for()])
    assert difference(before, after) == 0


def test_a_cancelled_render_does_not_begin(
    model_of: Callable[..., ImageModel], request_for: Callable[..., RenderRequest]
) -> None:
    seen: list[float] = []
    with pytest.raises(Cancelled):
        model_of("sd").render([request_for()], on_progress=seen.append, is_cancelled=lambda: True)
    assert seen == []


def run_out_of_memory_over(model: ImageModel, limit: int, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Let the UNet fail as a full device does when more than ``limit`` pictures (with guidance) pass."""
    unet = model._pipeline.unet
    forward = unet.forward
    sizes: list[int] = []

    def checked(sample: torch.Tensor, *args: object, **kwargs: object) -> object:
        sizes.append(len(sample) // 2)
        if len(sample) // 2 > limit:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")
        return forward(sample, *args, **kwargs)

    monkeypatch.setattr(unet, "forward", checked)
    return sizes


def test_too_little_memory_halves_the_batch_and_no_picture_is_lost(
    model_of: Callable[..., ImageModel],
    request_for: Callable[..., RenderRequest],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    model = model_of("sd", batch_size=8)
    requests = [request_for(seed=seed, steps=1) for seed in range(9)]
    expected = model.render(requests)
    sizes = run_out_of_memory_over(model, 3, monkeypatch)
    seen: list[float] = []
    pictures = model.render(requests, on_progress=seen.append)
    assert sizes == [8, 4, 2, 2, 2, 2, 1]
    assert model.batch_size == 2
    assert [picture.request.seed for picture in pictures] == list(range(9))
    assert max(difference(*pair) for pair in zip(pictures, expected, strict=True)) <= 2
    assert seen == sorted(seen)


def test_too_little_memory_for_one_picture_says_what_to_do(
    model_of: Callable[..., ImageModel],
    request_for: Callable[..., RenderRequest],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    model = model_of("sd")
    run_out_of_memory_over(model, 0, monkeypatch)
    with pytest.raises(OutOfMemory, match=r"Tiny sd cannot render .* 32×32 px .* choose a smaller size"):
        model.render([request_for(), request_for(seed=8)])


def test_values_that_are_no_numbers_are_an_error_and_not_a_black_picture(
    model_of: Callable[..., ImageModel], request_for: Callable[..., RenderRequest]
) -> None:
    model = model_of("sd")
    torch.nn.init.constant_(model._pipeline.vae.decoder.conv_out.weight, float("inf"))
    with pytest.raises(EngineError, match="bfloat16 or float32"):
        model.render([request_for()])


def test_pictures_of_different_sizes_are_no_batch(
    model_of: Callable[..., ImageModel], request_for: Callable[..., RenderRequest]
) -> None:
    with pytest.raises(ValueError, match="same size, number of steps and guidance scale"):
        model_of("sd").render([request_for(), request_for(width=48)])


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"width": 33}, "multiple of 16"),
        ({"height": 0}, "renders 16 to 64 px"),
        ({"width": 99999}, "renders 16 to 64 px"),
        ({"steps": 0}, "takes 1 to 20"),
        ({"steps": 21}, "takes 1 to 20"),
        ({"seed": -1}, "between 0 and 4294967295"),
        ({"seed": 2**32}, "between 0 and 4294967295"),
        ({"guidance_scale": float("nan")}, "between 0 and 30"),
        ({"guidance_scale": -0.5}, "between 0 and 30"),
        ({"prompt": "  "}, "prompt is empty"),
    ],
)
def test_a_request_outside_the_models_limits_is_refused(
    changes: dict[str, object],
    sentence: str,
    model_of: Callable[..., ImageModel],
    request_for: Callable[..., RenderRequest],
) -> None:
    with pytest.raises(ValueError, match=sentence):
        model_of("sd").render([request_for(**changes)])


def test_the_first_noise_is_the_same_in_every_precision(
    model_of: Callable[..., ImageModel], request_for: Callable[..., RenderRequest]
) -> None:
    fine = model_of("sd", scheduler="DDIMScheduler").render([request_for()])[0]
    if not torch.cpu.get_capabilities().get("avx512_bf16"):
        pytest.skip("this CPU computes bfloat16 models in float32")
    coarse = model_of("sd", scheduler="DDIMScheduler", precision="bfloat16").render([request_for()])[0]
    assert 0 < np.abs(levels(fine) - levels(coarse)).mean() < 8


def test_no_requests_give_no_pictures(model_of: Callable[..., ImageModel]) -> None:
    assert model_of("sd").render([]) == []


def test_the_same_model_loaded_twice_has_the_same_revision(
    model_of: Callable[..., ImageModel], spec_of: Callable[..., ImageModelSpec]
) -> None:
    assert model_of("sd").revision == ImageModel.load(replace(spec_of("sd"), key="other")).revision
