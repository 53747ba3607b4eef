"""The engines that a worker process has loaded for boards."""

from __future__ import annotations

from django.conf import settings

from engines.boards.pipeline import BoardPipeline
from engines.boards.reading import BoardReader
from engines.registry import BOARD_READERS, DEFAULT_BOARD_READER, SUPER_RESOLUTION_MODELS
from engines.superres.model import SuperResolver
from jobs.loaded import device, loaded
from jobs.worker import Work


def board_pipeline(work: Work) -> BoardPipeline:
    """Return the pipeline, loading its models under the announced limit. Raises ``ModelUnavailable``."""
    work.beat(0, seconds=settings.MODEL_LOAD_SECONDS)
    spec = SUPER_RESOLUTION_MODELS[settings.SUPER_RESOLUTION_MODEL]
    pipeline = BoardPipeline(
        reader=loaded().get(BOARD_READERS[DEFAULT_BOARD_READER], BoardReader.load),
        resolver=loaded().get(spec, lambda spec: SuperResolver.load(spec, device=device())),
        longest_side=settings.MAX_INPUT_PIXELS,
    )
    work.beat(0, seconds=work.lease_seconds)
    return pipeline
