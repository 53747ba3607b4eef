"""The engines that a worker process has loaded for boards."""

from __future__ import annotations

from django.conf import settings

from engines.boards.pipeline import BoardPipeline
from engines.boards.reading import BoardReader
from engines.boards.results import Image, network_of
from engines.boards.witness import find_witness
from engines.callbacks import IsCancelled, OnProgress, ignore_progress, never_cancelled
from engines.registry import BOARD_READERS, DEFAULT_BOARD_READER, SUPER_RESOLUTION_MODELS
from engines.specs import SuperResolutionSpec
from engines.superres.model import SuperResolver
from jobs.loaded import device, loaded
from jobs.worker import Work


def board_pipeline(work: Work) -> BoardPipeline:
    """Return the pipeline, loading its reader under the announced limit and looking for a second one.

    Raises ``ModelUnavailable``.
    """
    work.beat(0, seconds=settings.MODEL_LOAD_SECONDS)
    pipeline = BoardPipeline(
        reader=loaded().get(BOARD_READERS[DEFAULT_BOARD_READER], BoardReader.load),
        resolver=LazyResolver(SUPER_RESOLUTION_MODELS[settings.SUPER_RESOLUTION_MODEL], work),
        longest_side=settings.MAX_INPUT_PIXELS,
        witness=find_witness(settings.SECOND_READER),
    )
    work.beat(0, seconds=work.lease_seconds)
    return pipeline


def revision_of(method: str) -> str:
    """Return the key and revision of the network that made a result; of the reader that chose it where none did.

    For a process that has just made the result: those models are loaded.
    """
    network = SUPER_RESOLUTION_MODELS.get(network_of(method))
    if network is not None:
        return f"{network.key}@{loaded().get(network, SuperResolver.load).revision}"
    reader = BOARD_READERS[DEFAULT_BOARD_READER]
    return f"{reader.key}@{loaded().get(reader, BoardReader.load).revision}"


class LazyResolver:
    """An enlarger whose network is loaded once a photo is to go through it: many photos do without."""

    def __init__(self, spec: SuperResolutionSpec, work: Work) -> None:
        self.spec = spec
        self._work = work

    def enlarge(
        self,
        image: Image,
        *,
        tile: int | None = None,
        on_progress: OnProgress = ignore_progress,
        is_cancelled: IsCancelled = never_cancelled,
    ) -> Image:
        """Load the network under the announced limit, then enlarge. Raises what both raise."""
        self._work.beat(self._work.share, seconds=settings.MODEL_LOAD_SECONDS)
        resolver = loaded().get(self.spec, lambda spec: SuperResolver.load(spec, device=device()))
        self._work.beat(self._work.share, seconds=self._work.lease_seconds)
        return resolver.enlarge(image, tile=tile, on_progress=on_progress, is_cancelled=is_cancelled)
