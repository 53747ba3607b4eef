"""Which weights are read, as which network, and what is refused."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from engines.errors import ModelUnavailable
from engines.registry import SUPER_RESOLUTION_MODELS
from engines.sources import PackageSource
from engines.superres import ncnn
from engines.superres.loading import load_network
from engines.superres.networks import RRDBNet, SRVGGNetCompact, network_of
from engines.weights import resolve
from tests.engines.superres.tiny_networks import spec_of, tiny_compact, tiny_rrdb, write

COMPACT = SUPER_RESOLUTION_MODELS["realesr-animevideov3-x2"]


def carrier(key: str = "realesr-animevideov3-x2") -> Path:
    return resolve(SUPER_RESOLUTION_MODELS[key].source, key=key, formats={".param", ".bin"})


def copy_carrier(folder: Path) -> Path:
    for suffix in (".param", ".bin"):
        (folder / f"model{suffix}").write_bytes(carrier().with_suffix(suffix).read_bytes())
    return folder / "model.param"


@pytest.mark.parametrize(
    "key", [key for key, spec in SUPER_RESOLUTION_MODELS.items() if isinstance(spec.source, PackageSource)]
)
def test_an_embedded_model_is_the_network_that_its_name_says(key: str) -> None:
    network, revision = load_network(SUPER_RESOLUTION_MODELS[key])
    assert len(revision) == 16
    if key.startswith("realesr-animevideov3"):
        assert isinstance(network, SRVGGNetCompact)
        assert (network.features, network.convolutions, network.scale) == (64, 16, 4)
    else:
        assert isinstance(network, RRDBNet)
        assert (network.features, network.growth, network.scale) == (64, 32, 4)
        assert len(network.body) == (6 if key.endswith("anime") else 23)


def test_models_of_the_same_weights_and_other_scales_have_other_revisions() -> None:
    revisions = {
        load_network(SUPER_RESOLUTION_MODELS[f"realesr-animevideov3-x{scale}"])[1] for scale in (2, 3, 4)
    }
    assert len(revisions) == 3


def test_changed_weights_beside_the_same_layers_change_the_revision(tmp_path: Path) -> None:
    path = copy_carrier(tmp_path)
    before = load_network(spec_of(path, scale=2))[1]
    content = bytearray(path.with_suffix(".bin").read_bytes())
    content[1000] ^= 1
    path.with_suffix(".bin").write_bytes(content)
    assert load_network(spec_of(path, scale=2))[1] != before


@pytest.mark.parametrize("wrapper", ["params_ema", "params", None])
def test_an_official_checkpoint_is_read(tmp_path: Path, wrapper: str | None) -> None:
    network = tiny_compact()
    state = network.state_dict()
    torch.save({wrapper: state} if wrapper else state, tmp_path / "model.pth")
    loaded, _ = load_network(spec_of(tmp_path / "model.pth"))
    for name, values in loaded.state_dict().items():
        assert torch.equal(values, state[name])


def test_safetensors_are_read_from_a_folder(tmp_path: Path) -> None:
    write(tiny_rrdb(), tmp_path / "model.safetensors")
    network, _ = load_network(spec_of(tmp_path))
    assert isinstance(network, RRDBNet)
    assert len(network.body) == 2


@pytest.mark.parametrize(("unshuffle", "scale"), [(1, 4), (2, 2), (4, 1)])
def test_the_scale_of_the_large_network_is_read_from_its_first_layer(unshuffle: int, scale: int) -> None:
    network = network_of(tiny_rrdb(unshuffle).state_dict())
    assert (network.unshuffle, network.scale) == (unshuffle, scale)


class Harmful:
    """What a hostile pickle does: run a command while it is read."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (str(self.mark),)


def test_code_in_a_checkpoint_is_not_run(tmp_path: Path) -> None:
    torch.save({"params": Harmful(tmp_path / "ran")}, tmp_path / "model.pth")
    with pytest.raises(ModelUnavailable, match="cannot be read"):
        load_network(spec_of(tmp_path / "model.pth"))
    assert not (tmp_path / "ran").exists()


def test_a_folder_of_pickles_is_not_opened(tmp_path: Path) -> None:
    torch.save(tiny_compact().state_dict(), tmp_path / "model.pt")
    with pytest.raises(ModelUnavailable):
        load_network(spec_of(tmp_path))


@pytest.mark.parametrize("content", [b"", b"no numbers", b"\0" * 5000])
@pytest.mark.parametrize("suffix", [".pth", ".safetensors", ".param"])
def test_a_file_of_something_else_says_what_to_do(tmp_path: Path, content: bytes, suffix: str) -> None:
    (tmp_path / f"model{suffix}").write_bytes(content)
    (tmp_path / "model.bin").write_bytes(content)
    with pytest.raises(ModelUnavailable, match="fetch it again"):
        load_network(spec_of(tmp_path / f"model{suffix}"))


@pytest.mark.parametrize("change", [lambda content: content[:-4], lambda content: content + b"1234"])
def test_a_carrier_with_too_few_or_too_many_weights_is_refused(tmp_path: Path, change) -> None:  # type: ignore[no-untyped-def]
    path = copy_carrier(tmp_path)
    path.with_suffix(".bin").write_bytes(change(path.with_suffix(".bin").read_bytes()))
    with pytest.raises(ModelUnavailable, match=r"\.bin"):
        load_network(spec_of(path, scale=2))


def test_a_carrier_without_its_weights_says_which_file_is_missing(tmp_path: Path) -> None:
    path = copy_carrier(tmp_path)
    path.with_suffix(".bin").unlink()
    with pytest.raises(ModelUnavailable, match=r"model\.bin is missing"):
        load_network(spec_of(path, scale=2))


def test_a_carrier_of_another_network_is_refused(tmp_path: Path) -> None:
    path = copy_carrier(tmp_path)
    path.write_text(path.read_text().replace("PixelShuffle", "Deconvolution"))
    with pytest.raises(ModelUnavailable, match="SRVGGNetCompact"):
        load_network(spec_of(path, scale=2))


def test_parameters_of_another_network_are_refused() -> None:
    with pytest.raises(ValueError, match="fit no Real-ESRGAN network"):
        network_of({"conv.weight": torch.zeros(3, 3, 3, 3)})


def test_parameters_that_are_no_numbers_are_refused() -> None:
    state = tiny_compact().state_dict()
    state["body.0.weight"][0, 0, 0, 0] = float("nan")
    with pytest.raises(ValueError, match="finite"):
        network_of(state)


def test_a_scale_that_the_carrier_has_not_is_refused() -> None:
    with pytest.raises(ModelUnavailable, match="enlarges ×2, not ×4"):
        load_network(replace(COMPACT, scale=4))


def test_a_scale_above_the_networks_is_refused(tmp_path: Path) -> None:
    write(tiny_compact(scale=2), tmp_path / "model.safetensors")
    with pytest.raises(ModelUnavailable, match="enlarges ×2, not ×4"):
        load_network(spec_of(tmp_path))


def test_missing_weights_say_where_they_belong() -> None:
    spec = SUPER_RESOLUTION_MODELS["realesr-general-x4v3"]
    with pytest.raises(ModelUnavailable, match="realesr-general-x4v3"):
        load_network(replace(spec, source=spec_of("var/models/absent/realesr-general-x4v3.pth").source))


def test_ncnn_weights_are_finite_and_of_the_size_of_natural_ones() -> None:
    state, enlargement = ncnn.read(carrier("realesrgan-x4plus"))
    assert enlargement == 4
    assert all(bool(torch.isfinite(values).all()) for values in state.values())
    assert 0.001 < float(state["conv_body.weight"].std()) < 1
