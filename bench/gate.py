"""What the gate delivers reads no worse than the photo, word by word, on every board and at every effort.

Word recall by an independent run of rapidocr over the whole picture, with the settings it comes with but for the
classifier of upside-down lines (which turns short lines over, in photos and results alike), against what is written:
``NAME.gt.txt`` beside each photo, compared as multisets of lower-cased words. Without a folder of photos, boards are
drawn.

    python -m bench.gate [--photos FOLDER] [--efforts full,quick,light,swift,least] [--check]
"""

from __future__ import annotations

import os
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from PIL import Image as PillowImage
from PIL import ImageDraw, ImageFont

from bench.board_sets import photos
from bench.readers import RapidJudge, words_of
from bench.report import Promise, conclude, parser, table
from engines.boards.efforts import EFFORTS
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
from engines.superres.model import SuperResolver

LONGEST_SIDE = 1600
WORDS = re.findall(
    r"\w+",
    "energy mass light speed force field charge wave matrix vector series limit proof lemma graph node edge tree queue "
    "stack array sort merge input output while return class print result check value index count",
)


@dataclass(frozen=True)
class Board:
    """A picture of a board and what is written on it."""

    name: str
    image: Image
    truth: str


def main() -> None:
    """Measure and print."""
    arguments = parser(__doc__)
    arguments.add_argument("--photos", type=Path, default=os.environ.get("BOARD_PHOTOS"), help="a folder")
    arguments.add_argument("--efforts", default=",".join(EFFORTS), help="which, with commas between them")
    options = arguments.parse_args()
    if options.photos is None:
        print("No folder of photos (--photos, BOARD_PHOTOS): only drawn boards are measured.")
    boards = list(drawn_boards() if options.photos is None else photos_in(Path(options.photos)))
    if not boards:
        sys.exit(f"There is no photo with a .gt.txt beside it in {options.photos}.")
    spec = SUPER_RESOLUTION_MODELS[os.environ.get("SUPER_RESOLUTION_MODEL", DEFAULT_SUPER_RESOLUTION_MODEL)]
    pipeline = BoardPipeline(
        reader=BoardReader.load(BOARD_READERS[DEFAULT_BOARD_READER]),
        resolver=SuperResolver.load(spec),
        longest_side=LONGEST_SIDE,
        witness=find_witness(os.environ.get("SECOND_READER", "auto")),
    )
    judge = RapidJudge()
    lost: dict[str, float] = {}
    for effort in options.efforts.split(","):
        print(f"\n{effort}")
        lost[effort] = measure(pipeline, judge, boards, effort)
    conclude(
        [
            Promise(f"{effort}: most words that a board lost", most, 0, unit=" words")
            for effort, most in lost.items()
        ],
        check=options.check,
    )


def measure(pipeline: BoardPipeline, judge: RapidJudge, boards: list[Board], effort: str) -> float:
    """Print a row a board; return by how many words the worst one reads worse than before, at least 0."""
    rows: list[tuple[object, ...]] = []
    worst, before_all, after_all, truth_all = 0, 0, 0, 0
    for number, board in enumerate(boards, 1):
        begun = time.monotonic()
        result = pipeline.run(board.image, EFFORTS[effort])
        seconds = time.monotonic() - begun
        before = words_read(judge, board.image, board.truth)
        after = before if result.image is board.image else words_read(judge, result.image, board.truth)
        truth = len(words_of(board.truth))
        worst = max(worst, before - after)
        before_all, after_all, truth_all = before_all + before, after_all + after, truth_all + truth
        megapixels = board.image.shape[0] * board.image.shape[1] / 1e6
        lines = result.before.lines if result.before else 0
        rows.append((
            number, board.name[:24], f"{megapixels:.2f}", lines, f"{before / truth:.3f}", f"{after / truth:.3f}",
            result.method, result.fallen_back, f"{seconds:.1f}", " ".join(result.notes),
        ))  # fmt: skip
        print(f"  {number} of {len(boards)}", file=sys.stderr, flush=True)
    rows.append(
        ("", "all", "", "", f"{before_all / truth_all:.3f}", f"{after_all / truth_all:.3f}", "", "", "", "")
    )
    table(
        ("", "board", "MP", "lines", "recall before", "after", "method", "put back", "seconds", "notes"), rows
    )
    return float(worst)


def words_read(judge: RapidJudge, image: Image, truth: str) -> int:
    """Return how many of the words written on a board are read in a picture of it."""
    read = Counter(words_of("\n".join(judge.read(image))))
    return (read & Counter(words_of(truth))).total()


def photos_in(folder: Path) -> Iterator[Board]:
    """Read the photos of a folder that have their text beside them, the smallest first."""
    for sample in sorted(photos(folder, (1,)), key=lambda sample: (sample.photo.size, sample.name)):
        yield Board(sample.name.removesuffix(" ÷1"), sample.photo, "\n".join(sample.lines))


def drawn_boards() -> Iterator[Board]:
    """Draw boards from easy to hopeless: smaller and smaller writing, blurred, unevenly lit, noisy."""
    for seed, size in enumerate((32, 24, 18, 14, 11)):
        random = np.random.default_rng(seed)
        lines = [" ".join(random.choice(WORDS, 3)) for _ in range(10)]
        width, height = 13 * size, round(1.7 * size * (len(lines) + 1))
        sheet = PillowImage.new("RGB", (width, height), "#f4f2ea")
        draw = ImageDraw.Draw(sheet)
        for number, line in enumerate(lines):
            ink = ("#20368c", "#202020", "#9c2020")[number % 3]
            draw.text((size, round(size * (0.7 + 1.7 * number))), line, ink, ImageFont.load_default(size))
        light = np.linspace(1.0, 0.6, width)[None, :, None] * np.linspace(0.95, 0.8, height)[:, None, None]
        blurred = np.asarray(cv2.GaussianBlur(np.asarray(sheet, dtype=np.float32) * light, (0, 0), 0.8))
        seen = blurred + random.normal(0, 5, blurred.shape)
        yield Board(f"drawn, {size} px", np.clip(seen, 0, 255).astype(np.uint8), "\n".join(lines))


if __name__ == "__main__":
    main()
