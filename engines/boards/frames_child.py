"""The child process that looks through one video; started by :mod:`engines.boards.frames`, with nothing to lose."""

from __future__ import annotations

import io
import math
import os
import threading
from types import TracebackType
from typing import Self

import cv2
import numpy as np
from PIL import Image as PillowImage

from engines.boards.confined import confine, send
from engines.boards.refusals import VideoRefused
from engines.boards.results import Image
from engines.boards.storyboard import Storyboard

STEP = 0.5
"""Seconds between two samples."""

USUAL_RATE = 30.0
MOST_RATE = 240.0
"""Frames a second; a video that promises more is taken for one of ``USUAL_RATE``."""

BEAT_SECONDS = 1.0
"""By the clock: the parent is told so often that the work goes on, even where no moment of the video passes."""

LEAST_SIDE = 32
LOOKING = 0.7
"""Share of the progress that looking through takes; the rest is fetching what was chosen."""

JPEG_QUALITY = 95


class Reel:
    """A video read from its start to its end, frame by frame."""

    def __init__(self, path: str, most_pixels: int) -> None:
        """Open a video. Raises ``VideoRefused``."""
        # One thread: the child's memory is bounded, and every thread of the decoder holds frames.
        self._capture = cv2.VideoCapture(path, cv2.CAP_FFMPEG, [cv2.CAP_PROP_N_THREADS, 1])
        if not self._capture.isOpened():
            raise VideoRefused("broken")
        width, height = (self._value(name) for name in (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT))
        if width * height > most_pixels:
            raise VideoRefused("too-many-pixels")
        if min(width, height) < LEAST_SIDE:
            raise VideoRefused("too-small")
        rate = self._value(cv2.CAP_PROP_FPS)
        self.rate = rate if 1 <= rate <= MOST_RATE else USUAL_RATE
        # Frames may come in bursts, but over the whole video not twice as many as it says.
        self._densest = min(MOST_RATE, 2 * max(USUAL_RATE, self.rate))
        # Recordings of a browser tell no length: then only the end shows it.
        self.promised_seconds = max(0.0, self._value(cv2.CAP_PROP_FRAME_COUNT)) / self.rate
        self.count = 0
        self.seconds = 0.0

    def _value(self, name: int) -> float:
        value = float(self._capture.get(name))
        return value if math.isfinite(value) else 0.0

    def advance(self) -> bool:
        """Go on to the next frame; False at the end."""
        if not self._capture.grab():
            return False
        moment = self._value(cv2.CAP_PROP_POS_MSEC) / 1000
        # Damaged files have moments that fall or leap; the count of the frames goes on.
        believed = moment if 0 <= moment - self.seconds < 60 else self.seconds + (self.count > 0) / self.rate
        # So there is an end to frames whose moments stand still.
        self.seconds = max(believed, self.count / self._densest)
        self.count += 1
        return True

    def picture(self) -> Image | None:
        """Return the present frame; None where it is damaged."""
        found, frame = self._capture.retrieve()
        if not found or frame is None or frame.ndim != 3:
            return None
        return np.asarray(cv2.cvtColor(frame, cv2.COLOR_BGR2RGB), dtype=np.uint8)


class Progress(threading.Thread):
    """Tells the parent how far the work is: whenever that is reported, and every ``BEAT_SECONDS``.

    One step of a decoder may go through thousands of broken pictures before it returns.
    """

    def __init__(self) -> None:
        super().__init__(name="progress", daemon=True)
        self._share = 0.0
        self._telling = threading.Lock()
        self._over = threading.Event()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self.join()

    def report(self, share: float) -> None:
        """Tell that a share of the work is done; it never falls."""
        with self._telling:
            self._share = max(self._share, min(1.0, round(share, 4)))
            send({"progress": self._share})

    def run(self) -> None:
        """Repeat what was reported last."""
        while not self._over.wait(BEAT_SECONDS):
            self.report(0.0)


def look_through(path: str, most: int, most_seconds: float, most_pixels: int, progress: Progress) -> None:
    """Send the length of a video and its best frames. Raises ``VideoRefused``."""
    reel = Reel(path, most_pixels)
    if reel.promised_seconds > most_seconds * 1.01:
        raise VideoRefused("too-long")
    length = reel.promised_seconds or most_seconds
    storyboard = Storyboard(moves=True)
    sampled: list[int] = []
    due = 0.0
    while reel.advance():
        if reel.seconds > most_seconds:
            raise VideoRefused("too-long")
        if reel.seconds >= due and (picture := reel.picture()) is not None:
            storyboard.add(picture)
            sampled.append(reel.count)
            due = reel.seconds + STEP
            progress.report(LOOKING * min(1.0, reel.seconds / length))
    if not sampled:
        raise VideoRefused("broken")
    chosen = {sampled[number]: sharpness for number, sharpness in storyboard.choose(most)}
    _fetch(Reel(path, most_pixels), chosen, progress)
    send({"video": round(reel.seconds, 3)})


def _fetch(reel: Reel, chosen: dict[int, float], progress: Progress) -> None:
    """Read the video again and send the frames of some numbers; a seek is not exact in every container."""
    last = max(chosen)
    while reel.count < last and reel.advance():
        if reel.count % 100 == 0:
            progress.report(LOOKING + (1 - LOOKING) * reel.count / last)
        if reel.count in chosen and (picture := reel.picture()) is not None:
            file = io.BytesIO()
            PillowImage.fromarray(picture).save(file, "JPEG", quality=JPEG_QUALITY, subsampling=0)
            frame = {"seconds": round(reel.seconds, 3), "width": picture.shape[1], "height": picture.shape[0]}
            send({**frame, "sharpness": round(chosen[reel.count], 2)}, file.getvalue())


def main() -> None:
    """Look through a video and send what was found, or why it is refused."""
    arguments = confine()
    cv2.setNumThreads(1)
    os.nice(5)  # nobody waits at a page for it
    try:
        with Progress() as progress:
            look_through(**arguments, progress=progress)
    except VideoRefused as error:
        send({"refused": error.code})
    except MemoryError:
        send({"refused": "too-costly"})


if __name__ == "__main__":
    main()
