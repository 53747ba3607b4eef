"""Why a file is refused: each reason with its HTTP status and a sentence for the person who sent it."""

from __future__ import annotations

from typing import ClassVar

from engines.errors import EngineError

PHOTO_REFUSALS: dict[str, tuple[int, str]] = {
    "empty": (415, "This file is empty."),
    "not-a-photo": (415, "This is not a photo that can be read. Send a JPEG, PNG, WebP or HEIC file."),
    "no-heic": (415, "HEIC photos cannot be read here. Send the photo as a JPEG file."),
    "too-many-bytes": (413, "This file is too large. Send a smaller one."),
    "too-many-pixels": (413, "This photo has too many pixels. Send a smaller one."),
    "broken": (422, "This photo is damaged: it could not be read to its end. Send it again."),
    "animated": (422, "This picture is animated. Send a photo that does not move."),
    "too-small": (422, "This photo is too small to show a board."),
    "too-narrow": (422, "This photo is too long and narrow to show a board."),
    "too-much-text": (
        422,
        "This file carries too much beside its picture. Save the photo anew and send that.",
    ),
    "too-costly": (422, "This photo takes too much memory or time to read. Save it anew and send that."),
}
VIDEO_REFUSALS: dict[str, tuple[int, str]] = {
    "empty": (415, "This file is empty."),
    "not-a-video": (415, "This is not a video that can be read. Send an MP4, MOV, WebM, MKV or AVI file."),
    "too-many-bytes": (413, "This file is too large. Send a smaller one."),
    "too-many-pixels": (413, "The pictures of this video are too large. Send it in 4K or smaller."),
    "too-long": (413, "This video is too long. Send one of ten minutes at most."),
    "broken": (422, "This video is damaged: no picture of it could be read."),
    "too-small": (422, "The pictures of this video are too small to show a board."),
    "too-costly": (422, "This video takes too much memory or time to read. Send a shorter one."),
}
BUSY = "Very many photos are coming in at this moment. Send yours again in a little while."
SENTENCES: tuple[str, ...] = tuple(
    dict.fromkeys([*(text for _status, text in [*PHOTO_REFUSALS.values(), *VIDEO_REFUSALS.values()]), BUSY])
)
"""Every sentence, for whoever translates them."""


class Refused(EngineError, ValueError):
    """A file that another attempt cannot make readable.

    ``code`` names the reason, ``status`` is its HTTP status (413, 415 or 422), the text is one of ``SENTENCES``.
    """

    reasons: ClassVar[dict[str, tuple[int, str]]]

    def __init__(self, code: str) -> None:
        self.code = code
        self.status, sentence = self.reasons[code]
        super().__init__(sentence)


class PhotoRefused(Refused):
    """What was sent is no photo that can be used."""

    reasons = PHOTO_REFUSALS


class VideoRefused(Refused):
    """What was sent is no video that can be used."""

    reasons = VIDEO_REFUSALS


class DecodersBusy(EngineError):
    """No place to decode a file came free in time; in ``seconds`` it may be sent again. Nothing is wrong with it."""

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        super().__init__(BUSY)
