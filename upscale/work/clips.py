"""The worker's part of a lecture video: find its boards, keep the frames, delete the video."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from engines.boards import frames
from engines.boards.refusals import VideoRefused
from jobs.worker import Work
from upscale.models import Clip

LEASE_SECONDS = 60
"""Opening a large video on a busy machine, or copying it from a storage, may take as long."""

PATIENCE = 3
"""How often a video gives way to photos before it is gone through to its end: each time it begins anew."""

LOOK_SECONDS = 1.0
"""Seconds between two looks whether photos wait."""


def find_frames(clips: list[Clip], work: Work) -> None:
    """Find the boards of one video. While photos wait it goes back to the queue, the first three times."""
    [clip] = clips
    work.lease_seconds = max(work.lease_seconds, LEASE_SECONDS)
    work.beat(0, seconds=work.lease_seconds)
    gate = _Gate(clip, work)
    try:
        with _as_path(clip) as path:
            video = frames.find_frames(path, on_progress=work.beat, is_cancelled=gate.is_closed)
    except VideoRefused as error:
        clip.refuse(str(error))
        return
    clip.store(video.frames, video.seconds)


class _Gate:
    """Tells the engine to stop: the video is no longer wanted, or photos wait."""

    def __init__(self, clip: Clip, work: Work) -> None:
        self._work = work
        self._gives_way = clip.attempts <= PATIENCE
        self._next_look = time.monotonic() + LOOK_SECONDS

    def is_closed(self) -> bool:
        if self._work.is_over():
            return True
        if not self._gives_way or time.monotonic() < self._next_look:
            return False
        self._next_look = time.monotonic() + LOOK_SECONDS
        return self._work.should_give_way()


@contextmanager
def _as_path(clip: Clip) -> Iterator[Path]:
    """Give the video as a file of this machine; one of a remote storage is copied for the time."""
    try:
        path = Path(clip.file.path)
    except NotImplementedError:
        with tempfile.NamedTemporaryFile(suffix=Path(str(clip.file.name)).suffix) as copy:
            with clip.file.open("rb") as file:
                shutil.copyfileobj(file, copy)
            copy.flush()
            yield Path(copy.name)
    else:
        yield path
