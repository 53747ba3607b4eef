"""Training on renderings: the loss falls, a stopped training goes on as if it had not been, the export renders."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from diffusers import DDPMScheduler, DPMSolverMultistepScheduler
from PIL import Image

from engines.diffusion.model import ImageModel
from engines.diffusion.requests import RenderRequest
from training.rooms import data, judge
from training.rooms.autoencoder import AutoencoderTraining, levels, picture_loss
from training.rooms.diffusion import NOISE, STEPS, DiffusionTraining
from training.rooms.draw import draw_scene
from training.rooms.export import MOST_BYTES, export, spec_of
from training.rooms.latents import SPREAD, Transform
from training.rooms.recipes import RECIPES, TOKENS
from training.rooms.scenes import Scene

AUTOENCODER, DIFFUSION = RECIPES["tiny-autoencoder"], RECIPES["tiny-diffusion"]


def painted(scene: Scene) -> Image.Image:
    """Return a picture that has to do with its scene: its surfaces as rectangles, from far to near."""
    random = np.random.default_rng(scene.number)
    picture = np.full((128, 128, 3), 200, np.uint8)
    for box in sorted(scene.boxes, key=lambda one: -one.centre[1])[:40]:
        left, top = random.integers(0, 100, 2)
        picture[top : top + 28, left : left + 28] = np.array(box.colour) * 255
    return Image.fromarray(picture)


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pictures")
    for number in range(24):
        scene = draw_scene(1, number)
        painted(scene).save(folder / f"{number:06}.png")
        (folder / f"{number:06}.json").write_text(json.dumps(scene.facts()))
    (folder / "000099.png").write_bytes(b"not finished")
    return folder


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory, pictures: Path) -> Path:
    """Return a folder with both tiny trainings."""
    folder = tmp_path_factory.mktemp("trained")
    AutoencoderTraining(AUTOENCODER, 1, folder / AUTOENCODER.key, pictures).run()
    DiffusionTraining(DIFFUSION, 1, folder / DIFFUSION.key, pictures).run()
    return folder


def test_one_in_twenty_is_held_out_and_unfinished_pictures_are_left_alone(pictures: Path) -> None:
    trained_on, held_out = data.numbers_in(pictures), data.numbers_in(pictures, held_out=True)
    assert held_out == [7]
    assert trained_on == [number for number in range(24) if number != 7]
    assert data.load(pictures, held_out).shape == (1, 3, 128, 128)


def test_states_are_those_of_the_captions_and_kept(pictures: Path) -> None:
    states = data.states_of(pictures, [3])
    assert states.shape == (1, 4, TOKENS, 384)
    texts = data.TextStates()
    alone = texts([data.facts_of(pictures, 3)["captions"][1]])[0]
    assert np.abs(states[0, 1].astype(np.float32) - alone.float().numpy()).max() < 0.1
    assert (pictures / "states" / "000003.npy").is_file()


def test_latents_are_uncorrelated_the_coarsest_vary_most_and_they_are_the_same_next_time(
    pictures: Path,
) -> None:
    shown = levels(data.load(pictures, data.numbers_in(pictures)))
    latents = Transform.found(pictures, 8)(shown)
    assert latents.shape == (23, 8, 16, 16)
    rows = latents.permute(1, 0, 2, 3).reshape(8, -1)
    covariance = torch.cov(rows)
    spreads = covariance.diagonal()
    assert torch.allclose(covariance, torch.diag(spreads), atol=0.005)
    assert float(spreads.mean().sqrt()) == pytest.approx(SPREAD, rel=0.02)
    assert (spreads.diff() < 0).all()
    assert float(rows.mean(1).abs().max()) < 0.02
    assert torch.equal(Transform.found(pictures, 8)(shown), latents)


def test_only_pictures_whose_captions_name_no_side_are_mirrored() -> None:
    assert data.may_be_mirrored({"captions": ["office, daylight", "office"]})
    assert not data.may_be_mirrored({"captions": ["office", "vase, soft window light from the left"]})


@pytest.mark.slow
def test_the_autoencoders_loss_falls(pictures: Path, tmp_path: Path) -> None:
    training = AutoencoderTraining(AUTOENCODER, 1, tmp_path, pictures)
    wanted = levels(data.load(pictures, range(8)))

    def loss() -> float:
        with torch.inference_mode():
            made = training.average.decode(training.transform(wanted)).sample
            return float(picture_loss(made, wanted, 1.0))

    before = loss()
    training.run()
    assert training.step == AUTOENCODER.steps
    assert loss() < 0.9 * before
    assert (tmp_path / "sheet.png").is_file()
    assert (tmp_path / "log.csv").read_text().startswith("step,seconds,loss\n40,")


@pytest.mark.slow
def test_a_stopped_training_goes_on_as_if_it_had_not_been(pictures: Path, tmp_path: Path) -> None:
    short = replace(AUTOENCODER, steps=6)
    whole = AutoencoderTraining(short, 1, tmp_path / "whole", pictures)
    whole.run()
    begun = AutoencoderTraining(short, 1, tmp_path / "begun", pictures)
    begun.prepare()
    for _ in range(3):
        begun._update()
    begun.save()
    gone_on = AutoencoderTraining(short, 1, tmp_path / "begun", pictures)
    assert gone_on.step == 3
    gone_on.run()
    for left, right in zip(whole.average.parameters(), gone_on.average.parameters(), strict=True):
        assert torch.equal(left, right)


@pytest.mark.slow
def test_another_training_in_the_folder_is_refused(pictures: Path, trained: Path) -> None:
    with pytest.raises(SystemExit, match="holds another training"):
        AutoencoderTraining(AUTOENCODER, 2, trained / AUTOENCODER.key, pictures)


@pytest.mark.slow
def test_the_diffusion_networks_loss_falls(trained: Path, pictures: Path, tmp_path: Path) -> None:
    (tmp_path / AUTOENCODER.key).symlink_to(trained / AUTOENCODER.key)
    training = DiffusionTraining(replace(DIFFUSION, batch=64), 1, tmp_path / "diffusion", pictures)
    training.prepare()

    def loss() -> float:
        with torch.no_grad():
            return float(training.loss(torch.Generator().manual_seed(5)))

    before = loss()
    for _ in range(30):
        training._update()
    assert loss() < 0.9 * before


@pytest.mark.slow
def test_the_export_is_a_pipeline_whose_pictures_follow_prompt_and_seed(
    trained: Path, tmp_path: Path
) -> None:
    size = export(tmp_path, trained / AUTOENCODER.key, trained / DIFFUSION.key)
    assert 0 < size < MOST_BYTES
    assert {file.suffix for file in tmp_path.rglob("*.*") if file.is_file()} == {".json", ".safetensors"}
    spec = spec_of(tmp_path)
    model = ImageModel.load(spec, device="cpu")

    def ask(prompt: str, seed: int) -> RenderRequest:
        return RenderRequest(prompt=prompt, seed=seed, width=512, height=512, steps=3, guidance_scale=3.0)

    one, same, other_seed, other_prompt = (
        np.asarray(made.image, np.float32)
        for made in model.render([ask("office", 1), ask("office", 1), ask("office", 2), ask("red vase", 1)])
    )
    assert one.shape == (512, 512, 3)
    assert np.abs(one - same).max() <= 2
    assert np.abs(one - other_seed).mean() > 1
    assert np.abs(one - other_prompt).max() > 1
    assert model.revision.count("+") == 2, "weights, text encoder and super-resolution are all named"


@pytest.mark.slow
def test_a_model_too_large_for_the_repository_is_not_exported(
    trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("training.rooms.export.MOST_BYTES", 1000)
    with pytest.raises(SystemExit, match="MiB, more than"):
        export(tmp_path, trained / AUTOENCODER.key, trained / DIFFUSION.key)


def test_the_judge_is_asked_for_what_scenes_say() -> None:
    for number in range(200):
        scene = draw_scene(1, number)
        concept, kind, colour = judge.answers_of(scene.facts())
        assert judge.CONCEPTS[concept] == scene.concept
        assert judge.KINDS[kind] == f"{scene.concept}: {scene.kind}"
        assert judge.COLOURS[colour] in (scene.colour, "")


def test_accuracy_counts_colours_only_where_there_is_one() -> None:
    told = {"concept": torch.tensor([0, 1]), "kind": torch.tensor([4, 4]), "colour": torch.tensor([3, 0])}
    right = torch.tensor([[0, 4, 3], [0, 5, 0]])
    assert judge.accuracy(told, right) == {"concept": 0.5, "kind": 0.5, "colour": 1.0}


@pytest.mark.slow
def test_a_judge_learns_to_tell_pictures_apart(pictures: Path, tmp_path: Path) -> None:
    judge.train(tmp_path, pictures, minutes=0.25, batch=8)
    made = judge.load(tmp_path)
    numbers = data.numbers_in(pictures)
    told, features = judge.read(made, levels(data.load(pictures, numbers)))
    right = torch.tensor([judge.answers_of(data.facts_of(pictures, number)) for number in numbers])
    assert judge.accuracy(told, right)["kind"] > 0.3
    assert features.shape == (len(numbers), 320)


def test_without_a_judge_it_is_said_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match=r"python -m training\.rooms\.judge"):
        judge.load(tmp_path)


def test_the_sampler_draws_what_an_exact_network_knows() -> None:
    """Of a normal distribution the best velocity is known: the few steps must give its mean and nearly its spread."""
    mean, spread = 0.7, 0.6
    kept = DDPMScheduler(**NOISE).alphas_cumprod
    scheduler = DPMSolverMultistepScheduler(**NOISE)
    scheduler.set_timesteps(STEPS)
    drawn = torch.randn(20_000, generator=torch.Generator().manual_seed(1))
    for time in scheduler.timesteps:
        signal, noise = kept[time].sqrt(), (1 - kept[time]).sqrt()
        off = (drawn - signal * mean) / (signal**2 * spread**2 + noise**2)
        velocity = signal * noise * off - noise * (mean + signal * spread**2 * off)
        drawn = scheduler.step(velocity, time, drawn).prev_sample
    assert float(drawn.mean()) == pytest.approx(mean, abs=0.02)
    assert float(drawn.std()) == pytest.approx(spread, rel=0.15)
