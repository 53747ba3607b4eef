"""Make transformers' reading of a GGUF file fast enough to start a worker with.

transformers parses the same file three times, element by element through ``numpy.memmap``, and builds the table
of tensor names again for every module: 27 s for a 135M model on a busy two-core machine, 5 s with what is here.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import gguf
import numpy as np
from transformers import modeling_gguf_pytorch_utils as legacy_loader


class _PlainReader(gguf.GGUFReader):
    """A reader over a plain array: slicing a ``memmap`` costs ten times as much, a million times over."""

    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, np.asarray(value) if name == "data" else value)


@contextmanager
def parsed_once() -> Iterator[None]:
    """Within this block a GGUF file is parsed once and its table of tensor names is built once.

    Replaces two names of the ``gguf`` package for the length of the block, and the progress bar that transformers
    draws whatever its settings say; a transformers that no longer uses them is slower but still right. What was
    parsed is forgotten at the end.
    """
    reader, names, bar = gguf.GGUFReader, gguf.get_tensor_name_map, vars(legacy_loader)["tqdm"]
    open_once = functools.cache(_PlainReader)
    setattr(gguf, "GGUFReader", lambda path, mode="r": open_once(str(path), mode))  # noqa: B010 - a type to mypy
    setattr(gguf, "get_tensor_name_map", functools.cache(names))  # noqa: B010 - as above
    setattr(legacy_loader, "tqdm", functools.partial(bar, disable=True))  # noqa: B010 - as above
    try:
        yield
    finally:
        setattr(gguf, "GGUFReader", reader)  # noqa: B010 - as above
        setattr(gguf, "get_tensor_name_map", names)  # noqa: B010 - as above
        setattr(legacy_loader, "tqdm", bar)  # noqa: B010 - as above


def gguf_file_in(path: Path, variant: str | None) -> Path | None:
    """Return the GGUF file at ``path`` (a file, or a folder that holds one), or None where there is none.

    Where a folder holds several, ``variant`` (such as ``Q4_K_M``) chooses; without it the first by name.
    """
    if path.is_file():
        return path if path.suffix == ".gguf" else None
    files = sorted(path.glob("*.gguf"))
    chosen = [file for file in files if variant and variant.lower() in file.name.lower()]
    return next(iter(chosen or files), None)
