"""Find the frames of a lecture video that show its boards: sharp, distinct, before they are wiped."""

from __future__ import annotations

import io
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image as PillowImage

from engines.boards.confined import ChildFailed, Confines, converse
from engines.boards.formats import video_suffix
from engines.boards.refusals import VideoRefused
from engines.boards.results import Image
from engines.boards.storyboard import choose_pictures
from engines.callbacks import IsCancelled, OnProgress, ignore_progress, never_cancelled, stop_if

__all__ = ["Frame", "Video", "VideoLimits", "VideoRefused", "choose_pictures", "find_frames"]

CHILD = "engines.boards.frames_child"


@dataclass(frozen=True, kw_only=True)
class VideoLimits:
    """What a video may be and cost: seconds and pixels of a frame; seconds of processor time, MiB of addresses."""

    most_seconds: float = 600
    most_pixels: int = 4096 * 2304
    seconds: int = 1800
    memory_mib: int = 3072


@dataclass(frozen=True)
class Frame:
    """One picture of a video. ``seconds`` is its moment, ``jpeg`` its file (quality 95, 4:4:4), upright."""

    seconds: float
    jpeg: bytes
    width: int
    height: int
    sharpness: float

    @property
    def image(self) -> Image:
        """Decode the picture."""
        with PillowImage.open(io.BytesIO(self.jpeg)) as image:
            return np.asarray(image.convert("RGB"))


@dataclass(frozen=True)
class Video:
    """What was found in a video: how long it is in seconds, and the frames by their moments."""

    seconds: float
    frames: tuple[Frame, ...]


def find_frames(
    path: Path | str,
    *,
    most: int = 24,
    limits: VideoLimits | None = None,
    on_progress: OnProgress = ignore_progress,
    is_cancelled: IsCancelled = never_cancelled,
) -> Video:
    """Find up to ``most`` sharp, distinct frames of boards; at least one of any video.

    About two samples a second are looked at; the video is decoded twice in a confined child process. Raises
    :class:`VideoRefused` for what is no video (MP4, MOV, WebM, MKV, AVI), or is longer, larger or costlier than
    ``limits``, and ``Cancelled``.
    """
    limits = limits or VideoLimits()
    path = Path(path).resolve()
    with path.open("rb") as file:
        head = file.read(512)
    if not head:
        raise VideoRefused("empty")
    if video_suffix(head) is None:
        raise VideoRefused("not-a-video")
    arguments = {
        "path": str(path), "most": most, "most_seconds": limits.most_seconds, "most_pixels": limits.most_pixels,
    }  # fmt: skip
    confines = Confines(seconds=limits.seconds, memory_mib=limits.memory_mib)
    frames: list[Frame] = []
    try:
        with closing(converse(CHILD, arguments, b"", confines)) as messages:  # type: ignore[type-var]
            for header, content in messages:
                stop_if(is_cancelled)
                if "refused" in header:
                    raise VideoRefused(header["refused"])
                if "progress" in header:
                    on_progress(header["progress"])
                elif "video" in header:
                    duration = float(header["video"])
                else:
                    frames.append(Frame(jpeg=content, **header))
    except ChildFailed as error:
        raise VideoRefused("too-costly" if error.is_costly else "broken") from None
    return Video(duration, tuple(frames))
