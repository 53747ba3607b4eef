"""What the second recogniser is worth: word recall of PP-OCR alone, of tesseract, and of PP-OCR with the second.

Boards are drawn in fonts and words that no training saw; photos of real ones (``BOARD_PHOTOS``) have their text in
``NAME.gt.txt`` beside them. Every reader finds and reads the lines of the whole picture; words are compared as
multisets of lower-cased ones. "by the second" counts the pictures that the reader of boards left to the second
recogniser.

    python -m bench.recogniser [--boards 3] [--photos FOLDER] [--second FILE.onnx] [--check]
"""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from tqdm import tqdm

from bench.board_sets import FIRST_CHOICE, Sample, drawn, photos
from bench.readers import Judge, TesseractJudge, words_of
from bench.report import Promise, conclude, parser, table
from engines.boards.reading import BoardReader
from engines.boards.results import ReadLine
from engines.registry import BOARD_READERS, DEFAULT_BOARD_READER
from engines.weights import PROJECT

ALONE, TESSERACT, BOTH = "PP-OCR alone", "tesseract", "PP-OCR and second"
READERS = (ALONE, TESSERACT, BOTH)
SECOND = PROJECT / "engines" / "boards" / "weights" / "lines.onnx"
LEAST_X_HEIGHT = 5
LEAST_GAIN = 30.0
"""Percentage points of recall on Cyrillic boards that make up for a second network."""

LEAST_OVER_TESSERACT = 5.0
"""Percentage points of recall on Cyrillic boards over the engine that knows their letters and may be missing."""

BANDS = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 1.01)
"""Bounds of confidence between which is counted how many of the second recogniser's words are right."""


@dataclass(frozen=True)
class Row:
    """What one reader made of one picture: words written there, of them read, and whether the second read it."""

    group: tuple[str, ...]
    reader: str
    written: int
    right: int
    is_by_second: bool = False


@dataclass(frozen=True)
class Word:
    """A word that the second recogniser read: its line's confidence, and whether it is written there."""

    confidence: float
    is_right: bool


def main() -> None:
    """Measure and print."""
    options = options_of()
    if not options.second.is_file():
        sys.exit(
            f"{options.second} is missing: python -m training.train_reader, "
            f"then python -m training.export_reader {options.second}."
        )
    spec = BOARD_READERS[DEFAULT_BOARD_READER]
    reader = BoardReader.load(replace(spec, second=str(options.second.resolve())))
    rows, words = measure(samples(options), reader, TesseractJudge())
    show(rows, words)
    conclude(promises(rows), check=options.check)


def options_of(given: Sequence[str] | None = None) -> Namespace:
    """Read the options of the command line."""
    arguments = parser(__doc__)
    arguments.add_argument("--boards", type=int, default=3, help="of each script and size (default: 3)")
    arguments.add_argument("--photos", type=Path, default=os.environ.get("BOARD_PHOTOS"), help="a folder")
    arguments.add_argument("--second", type=Path, default=SECOND, help="the second recogniser's file")
    options = arguments.parse_args(given)
    if not 1 <= options.boards <= FIRST_CHOICE:
        arguments.error(f"--boards is 1 to {FIRST_CHOICE}: those after them are for choosing settings.")
    return options


def samples(options: Namespace) -> Iterator[Sample]:
    """Yield what is to be read: boards with small letters of 16 to 5 pixels, and photos as they are."""
    for sample in drawn(options.boards, ("latin", "cyrillic")):
        if int(sample.group[1].split()[0]) >= LEAST_X_HEIGHT:
            yield sample
    if options.photos:
        yield from photos(Path(options.photos), reductions=(1,))


def measure(samples: Iterable[Sample], reader: BoardReader, tesseract: Judge) -> tuple[list[Row], list[Word]]:
    """Let all read every picture; also returns the words that the second recogniser read.

    ``reader`` has both recognisers: as it is, PP-OCR's reads, once suited to a photo that one or the second.
    """
    rows: list[Row] = []
    words: list[Word] = []
    for sample in tqdm(list(samples), unit="board"):
        truth = Counter(words_of("\n".join(sample.lines)))
        places = reader.find(sample.photo)
        suited = reader.suited_to(sample.photo, places)
        alone = reader.read(sample.photo, places)
        lines = suited.read(sample.photo, places) if suited.is_by_second else alone
        read = {
            ALONE: [line.text for line in alone],
            TESSERACT: tesseract.read(sample.photo),
            BOTH: [line.text for line in lines],
        }
        for name, texts in read.items():
            right = (Counter(words_of("\n".join(texts))) & truth).total()
            rows.append(
                Row(sample.group[:2], name, truth.total(), right, name == BOTH and suited.is_by_second)
            )
        if suited.is_by_second:
            words += judged(lines, truth)
    return rows, words


def judged(lines: Iterable[ReadLine], truth: Counter[str]) -> Iterator[Word]:
    """Tell of every word that was read whether it is written there, as often as it is."""
    left = truth.copy()
    for line in lines:
        for word in words_of(line.text):
            yield Word(line.confidence, left[word] > 0)
            left[word] -= 1


def recall(rows: Iterable[Row], reader: str) -> float:
    """Return the share of all written words that a reader read, in percent."""
    mine = [row for row in rows if row.reader == reader]
    return 100 * sum(row.right for row in mine) / max(1, sum(row.written for row in mine))


def show(rows: Sequence[Row], words: Sequence[Word]) -> None:
    """Print recall by content and size, and how often words of a confidence are right."""
    lines: list[tuple[object, ...]] = []
    for group in dict.fromkeys(row.group for row in rows):
        of_group = [row for row in rows if row.group == group]
        boards = [row for row in of_group if row.reader == BOTH]
        lines.append(
            (
                *group,
                len(boards),
                *(f"{recall(of_group, reader):.1f} %" for reader in READERS),
                sum(row.is_by_second for row in boards),
            )
        )
    table(("", "", "boards", *READERS, "by the second"), lines)
    if words:
        print("\nWords of the second recogniser, by the confidence of their line:\n")
        table(("confidence", "words", "right"), bands(words))


def bands(words: Iterable[Word]) -> Iterator[tuple[str, int, str]]:
    """Yield for each band of confidence how many words have it and how many of them are right."""
    words = list(words)
    for low, high in pairwise(BANDS):
        found = [word for word in words if low <= word.confidence < high]
        if found:
            share = sum(word.is_right for word in found) / len(found)
            yield f"{low:g}–{min(high, 1.0):g}", len(found), f"{share:.2f}"


def promises(rows: Sequence[Row]) -> list[Promise]:
    """Return what is promised: much on Cyrillic boards, and nothing lost on all others."""
    made = []
    for content in dict.fromkeys(row.group[0] for row in rows):
        of_content = [row for row in rows if row.group[0] == content]
        gain = recall(of_content, BOTH) - recall(of_content, ALONE)
        least = LEAST_GAIN if content == "cyrillic" else 0.0
        made.append(
            Promise(f"{content}: recall over PP-OCR alone", gain, least, at_least=True, unit=" points")
        )
        if content == "cyrillic":
            gain = recall(of_content, BOTH) - recall(of_content, TESSERACT)
            made.append(
                Promise(
                    f"{content}: recall over tesseract",
                    gain,
                    LEAST_OVER_TESSERACT,
                    at_least=True,
                    unit=" points",
                )
            )
    return made


if __name__ == "__main__":
    main()
