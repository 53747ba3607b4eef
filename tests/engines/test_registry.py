"""The registry's entries make sense together."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from engines.diffusion.limits import problems_with
from engines.diffusion.requests import RenderRequest
from engines.registry import (
    DEFAULT_IMAGE_MODEL,
    DEFAULT_LANGUAGE_MODEL,
    DEFAULT_SUPER_RESOLUTION_MODEL,
    DEFAULT_TEXT_EMBEDDER,
    IMAGE_MODELS,
    LANGUAGE_MODELS,
    SUPER_RESOLUTION_MODELS,
    TEXT_EMBEDDERS,
)
from engines.sources import FolderSource, HubSource
from engines.specs import ImageModelSpec
from engines.weights import PROJECT

SPECS = list(IMAGE_MODELS.values())
MODELS_PAGE = (PROJECT / "docs" / "models.md").read_text(encoding="utf-8")


def test_each_default_is_an_entry() -> None:
    assert DEFAULT_IMAGE_MODEL in IMAGE_MODELS
    assert DEFAULT_LANGUAGE_MODEL in LANGUAGE_MODELS
    assert DEFAULT_TEXT_EMBEDDER in TEXT_EMBEDDERS


def test_keys_are_the_specs_own_and_fit_a_url() -> None:
    for models in (IMAGE_MODELS, LANGUAGE_MODELS, TEXT_EMBEDDERS):
        for key, spec in models.items():
            assert key == spec.key
            assert re.fullmatch(r"[a-z0-9][a-z0-9.-]*", key)


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.key)
def test_a_models_own_defaults_are_within_its_limits(spec: ImageModelSpec) -> None:
    request = RenderRequest(
        prompt="a room",
        seed=0,
        width=spec.default_width,
        height=spec.default_height,
        steps=spec.default_steps,
        guidance_scale=spec.default_guidance_scale,
    )
    assert problems_with(request, spec) == []
    assert spec.min_side % spec.size_multiple == 0
    assert spec.size_multiple % 8 == 0


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.key)
def test_every_image_model_has_a_licence_and_its_line_on_the_models_page(spec: ImageModelSpec) -> None:
    assert spec.licence
    assert f"| `{spec.key}` |" in MODELS_PAGE


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.key)
def test_a_branch_instead_of_a_commit_is_admitted_on_the_models_page(spec: ImageModelSpec) -> None:
    if isinstance(spec.source, HubSource) and not re.fullmatch(r"[0-9a-f]{40}", spec.source.revision):
        [line] = [line for line in MODELS_PAGE.splitlines() if line.startswith(f"| `{spec.key}` |")]
        assert "not pinned" in line


def test_only_the_demonstration_model_comes_without_the_hub() -> None:
    local = [spec.key for spec in SPECS if not isinstance(spec.source, HubSource)]
    assert local == [spec.key for spec in SPECS if spec.demonstration] == ["demonstration"]
    assert not Path(IMAGE_MODELS["demonstration"].source.path).is_absolute()  # type: ignore[union-attr]


def test_every_super_resolution_model_has_its_line_on_the_models_page_and_needs_no_hub() -> None:
    for key, spec in SUPER_RESOLUTION_MODELS.items():
        assert key == spec.key
        assert re.fullmatch(r"[a-z0-9][a-z0-9.-]*", key)
        assert spec.licence
        assert 1 <= spec.scale <= 4
        assert f"| `{key}` |" in MODELS_PAGE
        assert not isinstance(spec.source, HubSource)
        assert 0 < spec.strength <= 1


def test_the_default_for_boards_is_in_the_repository_with_its_card() -> None:
    source = SUPER_RESOLUTION_MODELS[DEFAULT_SUPER_RESOLUTION_MODEL].source
    assert isinstance(source, FolderSource)
    file = PROJECT / source.path
    assert 0 < file.stat().st_size < 8 * 2**20
    card = file.with_suffix(".md").read_text(encoding="utf-8")
    for part in ("Data", "Training", "Figures", "Limits", "Licence"):
        assert f"\n## {part}\n" in card


def test_the_registry_is_read_without_torch() -> None:
    program = "import sys, engines.registry; raise SystemExit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], cwd=PROJECT, check=False).returncode == 0
