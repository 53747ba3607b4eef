"""What a photo can be given to: interpolations, classical methods, networks, and the gate with all of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import cv2
import numpy as np

from engines.boards.efforts import EFFORTS
from engines.boards.enhancing import enhance
from engines.boards.pipeline import BoardPipeline
from engines.boards.reading import BoardReader
from engines.boards.results import Image
from engines.boards.witness import find_witness
from engines.registry import (
    BOARD_READERS,
    DEFAULT_BOARD_READER,
    DEFAULT_SUPER_RESOLUTION_MODEL,
    SUPER_RESOLUTION_MODELS,
)
from engines.sources import FolderSource
from engines.specs import SuperResolutionSpec
from engines.superres.model import SuperResolver

LONGEST_SIDE = 1600
COMPACT, LARGE, DRAWINGS = "realesr-animevideov3-x2", "realesrgan-x4plus", "realesrgan-x4plus-anime"
SLOW = frozenset({LARGE, DRAWINGS})
STRENGTHS = (1.0, 0.75, 0.5)
"""How much of a network's picture is taken, where that is to be chosen; the rest is the photo enlarged by cubics."""


@dataclass(frozen=True)
class Method:
    """A way to treat a photo. ``run`` takes and returns H × W × 3, uint8, RGB; ``scale`` is its enlargement.

    ``most_pixels``: larger photos are not given to it, since it would take minutes; None: any.
    """

    name: str
    run: Callable[[Image], Image]
    scale: int = 2
    most_pixels: int | None = None


def methods(
    names: Collection[str] | None = None, candidates: Sequence[Path] = (), *, with_strengths: bool = False
) -> list[Method]:
    """Return the usual methods, or those that are named, and the networks for boards in the files of ``candidates``.

    A candidate is called by its file's stem or folder. "gate" asks tesseract, too, where it is installed, as the
    product does; "gate with one reader", by name only, does not. Only on request, by name or all of them
    ``with_strengths``, there are the registry's networks for boards and the candidates at ``STRENGTHS`` ("KEY at 0.5"),
    and only by name these with the photo's own colours ("KEY light only"). Raises ``ValueError`` for a name that
    nothing or more than one thing has, ``ModelUnavailable`` for a network that cannot be loaded.
    """
    tried = [_candidate(file) for file in candidates]
    ours = [spec for spec in SUPER_RESOLUTION_MODELS.values() if spec.board]
    makers: dict[str, Callable[[], Method]] = {
        **_PLAIN,
        **{key: partial(_network, SUPER_RESOLUTION_MODELS[key]) for key in (COMPACT, LARGE, DRAWINGS)},
        **{spec.key: partial(_network, spec) for spec in ours},
        "gate": _gate,
    }
    wanted = set(makers if names is None else names)
    makers["gate with one reader"] = partial(_gate, "gate with one reader", "none")
    for spec in tried:
        if spec.key in makers:
            raise ValueError(
                f"Two methods would be called {spec.key}: give the candidate's file another name."
            )
        makers[spec.key] = partial(_network, spec)
        wanted.add(spec.key)
    for spec in ours + tried:
        softer = [
            replace(spec, key=f"{spec.key} at {strength:g}", strength=strength) for strength in STRENGTHS
        ]
        makers |= {one.key: partial(_network, one) for one in softer}
        makers[f"{spec.key} light only"] = partial(_light_only, spec)
        if with_strengths:
            wanted |= {one.key for one in softer}
    if unknown := wanted - makers.keys():
        raise ValueError(
            f"No method is called {' or '.join(sorted(unknown))}: there are {', '.join(makers)}."
        )
    return [make() for name, make in makers.items() if name in wanted]


def _candidate(file: Path) -> SuperResolutionSpec:
    """Return a training's weights as a model: ``model.safetensors`` is named by its folder."""
    name = file.resolve().parent.name if file.stem == "model" else file.stem
    return SuperResolutionSpec(
        key=name, title=name, source=FolderSource(str(file.resolve())), licence="the project's own",
        scale=2, memory_gib=0.5, board=True,
    )  # fmt: skip


def _enlarged(image: Image, kind: int, scale: int = 2) -> Image:
    return np.asarray(cv2.resize(image, None, fx=scale, fy=scale, interpolation=kind), dtype=np.uint8)


def _network(spec: SuperResolutionSpec) -> Method:
    most = 250_000 if spec.key in SLOW else 2_000_000
    return Method(spec.key, SuperResolver.load(spec).enlarge, spec.scale, most)


def _light_only(spec: SuperResolutionSpec) -> Method:
    """Take the light of the network's picture (Y of YCrCb) and the colours of the photo, enlarged by cubics."""
    network = _network(spec)

    def run(image: Image) -> Image:
        mixed = cv2.cvtColor(_enlarged(image, cv2.INTER_CUBIC, spec.scale), cv2.COLOR_RGB2YCrCb)
        mixed[..., 0] = cv2.cvtColor(network.run(image), cv2.COLOR_RGB2YCrCb)[..., 0]
        return np.asarray(cv2.cvtColor(mixed, cv2.COLOR_YCrCb2RGB), dtype=np.uint8)

    return replace(network, name=f"{spec.key} light only", run=run)


def _gate(name: str = "gate", second_reader: str = "auto") -> Method:
    pipeline = BoardPipeline(
        reader=BoardReader.load(BOARD_READERS[DEFAULT_BOARD_READER]),
        resolver=SuperResolver.load(SUPER_RESOLUTION_MODELS[DEFAULT_SUPER_RESOLUTION_MODEL]),
        longest_side=LONGEST_SIDE,
        witness=find_witness(second_reader),
    )
    return Method(name, lambda image: pipeline.run(image, EFFORTS["full"]).image, 1)


_PLAIN: dict[str, Callable[[], Method]] = {
    "original": lambda: Method("original", lambda image: image, 1),
    "bicubic": lambda: Method("bicubic", partial(_enlarged, kind=cv2.INTER_CUBIC)),
    "lanczos": lambda: Method("lanczos", partial(_enlarged, kind=cv2.INTER_LANCZOS4)),
    "classical": lambda: Method("classical", lambda image: _enlarged(enhance(image).image, cv2.INTER_CUBIC)),
}
