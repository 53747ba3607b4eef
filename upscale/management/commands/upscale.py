"""``manage.py upscale``: make one photo of a board legible, without a worker and without the tables."""

from __future__ import annotations

import io
import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from PIL import Image as PillowImage
from tqdm import tqdm

from engines.boards.decoding import DecodedPhoto, PhotoRefused, decode_photo
from engines.boards.efforts import EFFORTS
from engines.boards.geometry import cut_out
from engines.boards.pipeline import BoardPipeline
from engines.boards.reading import BoardReader
from engines.boards.results import BoardResult, Legibility, Quad
from engines.boards.witness import find_witness
from engines.errors import EngineError
from engines.registry import BOARD_READERS, DEFAULT_BOARD_READER, SUPER_RESOLUTION_MODELS
from engines.superres.model import SuperResolver
from jobs.loaded import device
from upscale.intake import limits

WHOLE, FOUND = "whole", "auto"


class Command(BaseCommand):
    help = "Make a photo of a board legible: prints method, time, and legibility before and after."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("photo", type=Path, help="a JPEG, PNG, WebP or HEIC file")
        parser.add_argument("--output", type=Path, required=True, help="the PNG file to write")
        parser.add_argument("--effort", default="full", help=f"{', '.join(EFFORTS)} (default: full)")
        parser.add_argument("--no-network", action="store_true", help="classical methods only")
        parser.add_argument(
            "--corners",
            default=WHOLE,
            help="the board's corners as shares, clockwise from the top left: “x,y x,y x,y x,y”; “auto”: "
            "those that are found; “whole” (default): the whole photo",
        )
        parser.add_argument("--rotation", type=int, default=0, help="0, 90, 180 or 270 degrees clockwise")
        parser.add_argument("--json", action="store_true", dest="as_json", help="print for a program")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["effort"] not in EFFORTS:
            raise CommandError(f"There is no effort “{options['effort']}”. There are: {', '.join(EFFORTS)}.")
        if options["rotation"] not in (0, 90, 180, 270):
            raise CommandError(f"A rotation is 0, 90, 180 or 270 degrees, not {options['rotation']}.")
        try:
            photo = decode_photo(_read(options["photo"]), limits())
            corners = _corners(options["corners"], photo)
            result = _run(photo, corners, options)
        except PhotoRefused as error:
            raise CommandError(f"{options['photo']}: {error}") from None
        except EngineError as error:
            raise CommandError(str(error)) from None
        except KeyboardInterrupt:
            raise CommandError("Stopped. Nothing was written.", returncode=130) from None
        _write(options["output"], result)
        if options["as_json"]:
            self.stdout.write(json.dumps(_as_json(result, options), ensure_ascii=False))
        else:
            self.stdout.write("\n".join(_lines(result, options)))


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from None


def _corners(text: str, photo: DecodedPhoto) -> Quad | None:
    """Parse what ``--corners`` says. Raises CommandError."""
    if text == WHOLE:
        return None
    if text == FOUND:
        return photo.corners
    try:
        points = [tuple(float(number) for number in pair.split(",")) for pair in text.split()]
    except ValueError:
        points = []
    if len(points) != 4 or not all(len(point) == 2 and all(0 <= n <= 1 for n in point) for point in points):
        raise CommandError(
            f"“{text}” are no corners: give four pairs of shares from 0 to 1, such as "
            "“0.1,0.1 0.9,0.1 0.9,0.8 0.1,0.8”."
        )
    (a, b), (c, d), (e, f), (g, h) = points
    return ((a, b), (c, d), (e, f), (g, h))


def _run(photo: DecodedPhoto, corners: Quad | None, options: dict[str, Any]) -> BoardResult:
    effort = EFFORTS[options["effort"]]
    with PillowImage.open(io.BytesIO(photo.content)) as file:
        board = cut_out(np.asarray(file.convert("RGB")), corners, options["rotation"])
    witness = find_witness(settings.SECOND_READER)
    resolver = None
    if effort.super_resolution and not options["no_network"]:
        spec = SUPER_RESOLUTION_MODELS.get(settings.SUPER_RESOLUTION_MODEL)
        if spec is None:
            raise CommandError(f"SUPER_RESOLUTION_MODEL “{settings.SUPER_RESOLUTION_MODEL}” is unknown.")
        resolver = SuperResolver.load(spec, device=device())
    reader = BoardReader.load(BOARD_READERS[DEFAULT_BOARD_READER])
    pipeline = BoardPipeline(
        reader=reader, resolver=resolver, longest_side=settings.MAX_INPUT_PIXELS, witness=witness
    )
    with tqdm(total=100, unit="%", file=sys.stderr, disable=None, leave=False) as bar:

        def show(share: float) -> None:
            bar.update(int(100 * share) - bar.n)

        return pipeline.run(board, effort, on_progress=show)


def _write(path: Path, result: BoardResult) -> None:
    try:
        PillowImage.fromarray(result.image).save(path, "PNG")
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror or error}.") from None


def _lines(result: BoardResult, options: dict[str, Any]) -> list[str]:
    height, width = result.image.shape[:2]
    stages = ", ".join(f"{one.method} {one.seconds:.1f} s" for one in result.candidates)
    lines = [
        f"Method: {result.method}",
        f"Time: {result.seconds:.1f} s" + (f" ({stages})" if stages else ""),
        f"Legibility before: {_words(result.before)}",
        f"Legibility after:  {_words(result.after)}",
    ]
    if result.fallen_back:
        lines.append(f"Lines not redrawn: {result.fallen_back}")
    if result.notes:
        lines.append(f"Notes: {', '.join(result.notes)}")
    return [*lines, f"Written: {options['output']} ({width} × {height})"]


def _words(legibility: Legibility | None) -> str:
    if legibility is None:
        return "not measured"
    return (
        f"{legibility.score:.1f} ({legibility.words} words in {legibility.lines} lines, "
        f"mean confidence {legibility.confidence:.0%})"
    )


def _as_json(result: BoardResult, options: dict[str, Any]) -> dict[str, Any]:
    height, width = result.image.shape[:2]
    return {
        "output": str(options["output"]),
        "width": width,
        "height": height,
        "effort": options["effort"],
        "method": result.method,
        "seconds": round(result.seconds, 3),
        "before": asdict(result.before) if result.before else None,
        "after": asdict(result.after) if result.after else None,
        "fallen_back": result.fallen_back,
        "notes": list(result.notes),
        "candidates": [asdict(one) for one in result.candidates],
        "marks": [asdict(mark) for mark in result.marks],
        "text": result.text,
    }
