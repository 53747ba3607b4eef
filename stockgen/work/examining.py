"""The worker's part of an examination: read the file, ask the detectors, store what they found."""

from __future__ import annotations

import time

from engines.boards.reading import BoardReader
from engines.gates.examining import examine, opened, pixels_of
from engines.imaging.hashing import looks_of
from engines.registry import BOARD_READERS, DEFAULT_BOARD_READER
from jobs.loaded import loaded
from jobs.worker import Work
from stockgen.models import Examination
from stockgen.models.flag import NOT_READ

STEP_SECONDS = 120
"""How long one picture may take before the worker counts as hung, the loading of the OCR engine included."""


def examine_pictures(examinations: list[Examination], work: Work) -> None:
    """Examine the pictures of one claim one after the other; one whose file cannot be read fails alone.

    While more urgent work waits, such as a photo of a board, the rest goes back to the queue after each picture.
    """
    work.lease_seconds = max(work.lease_seconds, STEP_SECONDS)
    rows = Examination.objects.running().filter(token=work.token).select_related("picture")
    for done, examination in enumerate(rows):
        work.beat(done / len(examinations), seconds=work.lease_seconds)
        if done and work.should_give_way():
            return
        if not work.is_lost(examination):
            _examine(examination)


def _examine(examination: Examination) -> None:
    start = time.perf_counter()
    try:
        with examination.picture.image.open("rb") as file:
            image = opened(file.read())
    except (
        OSError,
        ValueError,
    ):  # missing, cut off, or no picture at all: another attempt may find it restored
        examination.fail(NOT_READ, retry=True)
        return
    examined = examine(pixels_of(image), _reader)
    examination.store(examined, looks=looks_of(image), seconds=time.perf_counter() - start)


def _reader() -> BoardReader:
    """Return the OCR engine, which board photos use, too."""
    return loaded().get(BOARD_READERS[DEFAULT_BOARD_READER], BoardReader.load)
