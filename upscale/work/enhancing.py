"""The worker's part of a photo: cut the board out, make it legible, store it with the figures."""

from __future__ import annotations

import io
import time
from dataclasses import asdict
from typing import Any

import numpy as np
from PIL import Image as PillowImage

from engines.boards.geometry import cut_out
from engines.boards.results import BoardResult, Image, Legibility
from jobs.worker import Work
from upscale.models import Photo
from upscale.promise import choose_effort
from upscale.work.models import board_pipeline, revision_of

LEASE_SECONDS = 60
"""One step of a photo (reading a dense board on a busy machine) may take as long."""

PREVIEW_SIDE = 720
DISPLAY_QUALITY = 88
PNG_LEVEL = 1
"""Of nine: at level 6 a large board takes three times as long to write, for a tenth fewer bytes."""


def enhance_photos(photos: list[Photo], work: Work) -> None:
    """Make one photo legible, with what can be spent on it now."""
    [photo] = photos
    work.lease_seconds = max(work.lease_seconds, LEASE_SECONDS)
    pipeline = board_pipeline(work)
    begun = time.monotonic()
    effort = choose_effort(photo)
    board = cut_out(_decode(photo), photo.corners, photo.rotation)
    result = pipeline.run(board, effort, on_progress=work.beat, is_cancelled=work.is_over)
    files = {
        "png": encode_png(result.image),
        "preview": encode_preview(result.image),
        "display": encode_display(result.image),
        "cutout": encode_display(board) if photo.corners or photo.rotation else b"",
    }
    if not work.is_lost(photo):
        photo.store(**files, effort=effort.key, **_figures(result), work_seconds=time.monotonic() - begun)


def _figures(result: BoardResult) -> dict[str, Any]:
    """Return what is known of a result, as the row keeps it."""
    height, width = result.image.shape[:2]
    return {
        "result_width": width, "result_height": height, "method": result.method,
        "model_revision": revision_of(result.method),
        "before": _as_json(result.before), "after": _as_json(result.after),
        "candidates": [
            {"method": one.method, "legibility": _as_json(one.legibility), "seconds": round(one.seconds, 3)}
            for one in result.candidates
        ],
        "fallen_back": result.fallen_back, "notes": list(result.notes),
        "marks": [asdict(mark) for mark in result.marks],
        "lines": [asdict(line) for line in result.lines], "text": result.text.replace("\0", ""),
    }  # fmt: skip


def _as_json(legibility: Legibility | None) -> dict[str, float] | None:
    return asdict(legibility) if legibility else None


def _decode(photo: Photo) -> Image:
    """Read the original, which was written by the decoder: upright RGB."""
    with PillowImage.open(io.BytesIO(photo.read_original())) as image:
        return np.asarray(image.convert("RGB"))


def encode_png(image: Image) -> bytes:
    """Return the lossless file of a result."""
    file = io.BytesIO()
    PillowImage.fromarray(image).save(file, "PNG", compress_level=PNG_LEVEL)
    return file.getvalue()


def encode_display(image: Image) -> bytes:
    """Return a JPEG for screens: all the pixels and colours in a fraction of the bytes of the PNG."""
    file = io.BytesIO()
    PillowImage.fromarray(image).save(file, "JPEG", quality=DISPLAY_QUALITY, subsampling=0)
    return file.getvalue()


def encode_preview(image: Image) -> bytes:
    """Return a small WebP for lists, at most 720 px on its longer side."""
    small = PillowImage.fromarray(image)
    small.thumbnail((PREVIEW_SIDE, PREVIEW_SIDE), PillowImage.Resampling.LANCZOS)
    file = io.BytesIO()
    small.save(file, "WEBP", quality=82)
    return file.getvalue()
