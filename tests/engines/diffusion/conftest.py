"""Tiny, randomly initialised, but real pipelines of every family, each in a folder of its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from engines.diffusion.requests import RenderRequest
from engines.sources import FolderSource
from engines.specs import ImageModelSpec
from tests.engines.diffusion import tiny_pipelines


@pytest.fixture(scope="session")
def folder_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Return the folder of a family's tiny pipeline, built once a test process."""
    built: dict[str, Path] = {}

    def folder(family: str) -> Path:
        if family not in built:
            built[family] = tmp_path_factory.mktemp(family) / "model"
            tiny_pipelines.build(family).save_pretrained(built[family], safe_serialization=True)
        return built[family]

    return folder


@pytest.fixture(scope="session")
def spec_of(folder_of: Callable[[str], Path]) -> Callable[..., ImageModelSpec]:
    """Return the spec of a family's tiny pipeline; keyword arguments change it."""

    def spec(family: str, **changes: object) -> ImageModelSpec:
        fields: dict[str, object] = {
            "key": f"tiny-{family}",
            "title": f"Tiny {family}",
            "source": FolderSource(str(folder_of(family))),
            "licence": "none",
            "precision": "float32",
            "default_width": 32,
            "default_height": 32,
            "min_side": 16,
            "max_side": 64,
            "size_multiple": 16,
            "default_steps": 2,
            "max_steps": 20,
            "default_guidance_scale": 3.0,
            "batch_size": 4,
            "memory_gib": 0.1,
        }
        return ImageModelSpec(**(fields | changes))  # type: ignore[arg-type]

    return spec


@pytest.fixture
def request_for() -> Callable[..., RenderRequest]:
    """Return a small request; keyword arguments change it."""

    def request(**changes: object) -> RenderRequest:
        fields: dict[str, object] = {
            "prompt": "a bright meeting room",
            "negative_prompt": "people",
            "seed": 7,
            "width": 32,
            "height": 32,
            "steps": 2,
            "guidance_scale": 3.0,
        }
        return RenderRequest(**(fields | changes))  # type: ignore[arg-type]

    return request
