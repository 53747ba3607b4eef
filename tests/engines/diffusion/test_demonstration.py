"""The embedded demonstration model."""

from __future__ import annotations

import itertools
import json
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest

from engines.diffusion import demonstration
from engines.diffusion.model import ImageModel
from engines.diffusion.requests import RenderRequest
from engines.registry import IMAGE_MODELS
from engines.sources import FolderSource
from engines.weights import revision_of

SPEC = IMAGE_MODELS["demonstration"]


def ask(prompt: str = "A bright modern meeting room with a long table", seed: int = 1) -> RenderRequest:
    return RenderRequest(
        prompt=prompt,
        seed=seed,
        width=SPEC.default_width,
        height=SPEC.default_height,
        steps=SPEC.default_steps,
        guidance_scale=SPEC.default_guidance_scale,
    )


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> ImageModel:
    folder = tmp_path_factory.mktemp("demonstration") / "model"
    return ImageModel.load(replace(SPEC, source=FolderSource(str(folder))), device="cpu")


def pictures(model: ImageModel, *requests: RenderRequest) -> list[np.ndarray]:
    return [np.asarray(picture.image, np.float32) for picture in model.render(requests)]


def test_it_is_built_at_first_use_and_says_that_it_is_no_stock(model: ImageModel) -> None:
    assert model.spec.demonstration
    assert "untrained" in model.spec.title


def test_pictures_of_different_seeds_are_clearly_distinct(model: ImageModel) -> None:
    made = pictures(model, *(ask(seed=seed) for seed in range(12)))
    gaps = [np.abs(left - right).mean() for left, right in itertools.combinations(made, 2)]
    assert min(gaps) > 10


def test_the_prompt_changes_the_picture_to_its_very_end(model: ImageModel) -> None:
    long = "A workshop with many tools on the walls and a heavy oak bench in the morning light, " * 4
    one, other, long_cat, long_dog = pictures(
        model, ask(), ask(prompt="A hospital corridor"), ask(prompt=long + "cat"), ask(prompt=long + "dog")
    )
    assert np.abs(one - other).mean() > 3
    assert np.abs(long_cat - long_dog).max() > 1


def test_it_gives_soft_colours_and_not_noise(model: ImageModel) -> None:
    for picture in pictures(model, *(ask(seed=seed) for seed in range(4))):
        assert picture.std() > 15
        assert np.abs(np.diff(picture[8:-8, 8:-8], axis=0)).mean() < 2


def test_it_is_the_same_model_wherever_it_is_built(model: ImageModel, tmp_path: Path) -> None:
    folder = demonstration.ensure(tmp_path / "again")
    assert revision_of(FolderSource(str(folder)), folder) == model.revision
    assert json.loads((folder / "model_index.json").read_text())["_class_name"] == "StableDiffusionPipeline"
    assert sum(file.stat().st_size for file in folder.rglob("*")) < 25 * 2**20


def test_a_folder_of_the_same_recipe_is_left_alone_and_an_older_one_replaced(tmp_path: Path) -> None:
    folder = demonstration.ensure(tmp_path / "model")
    built = (folder / "model_index.json").stat().st_mtime_ns
    demonstration.ensure(folder)
    assert (folder / "model_index.json").stat().st_mtime_ns == built
    (folder / "recipe.txt").write_text("0\n")
    demonstration.ensure(folder)
    assert (folder / "recipe.txt").read_text().strip() == demonstration.RECIPE


def test_a_folder_of_something_else_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(FileExistsError, match="holds something else"):
        demonstration.ensure(tmp_path)
    assert (tmp_path / "thesis.txt").read_text() == "years of work"
    assert [
        file.name for file in tmp_path.parent.iterdir() if file.name.startswith(f".{tmp_path.name}-")
    ] == []


@pytest.mark.slow
def test_two_processes_may_build_it_at_once(tmp_path: Path) -> None:
    folder = tmp_path / "models" / "demonstration"
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        assert list(pool.map(demonstration.ensure, [folder] * 4)) == [folder] * 4
    assert [file.name for file in folder.parent.iterdir()] == ["demonstration"]
