"""Do boards become readable? Two OCR engines judge every method on drawn boards and on photos of real ones.

    python -m bench.boards [--quick] [--boards 3] [--photos FOLDER] [--methods a,b] [--judges rapidocr,tesseract]
                           [--weights FILE,FILE] [--strengths] [--choose]
                           [--sheets FOLDER] [--from FILE,FILE] [--save FILE] [--check]

Drawn boards have fonts and words that no training saw, an exact text and a sharp original; their sizes go from easy to
hopeless; they are read line by line, each cut out where it stands. Of real photos (``BOARD_PHOTOS``) each is also made
smaller, and they are read as a whole. "recovered" counts words that a judge reads on the board itself but not in the
photo, "broken" those that it reads in both but no longer after a method, "gone" all that it read in the photo. What a
judge breaks by chance shows the "board with grain".
"""

from __future__ import annotations

import os
import time
from argparse import Namespace
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from tqdm import tqdm

from bench.board_measures import Tally, psnr, ssim
from bench.board_methods import LARGE, SLOW, Method, methods
from bench.board_report import BICUBIC, BOARD, GATE, GRAIN, ORIGINAL, promises, show
from bench.board_results import Made, Reading, Results
from bench.board_sets import FIRST_CHOICE, SCALE, Sample, drawn, grained, photos
from bench.readers import Judge, RapidJudge, TesseractJudge
from bench.report import conclude, parser
from engines.boards.results import Image
from engines.registry import DEFAULT_SUPER_RESOLUTION_MODEL

JUDGES = {"rapidocr": RapidJudge, "tesseract": TesseractJudge}
OURS = DEFAULT_SUPER_RESOLUTION_MODEL


def main() -> None:
    """Measure and print."""
    options = options_of()
    results = loaded(options.saved) if options.saved else measured(options)
    if options.save:
        results.save(options.save)
    show(results)
    is_partial = bool(options.quick or options.methods or options.judges)
    conclude(promises(results, OURS, is_partial=is_partial), check=options.check)


def options_of(given: Sequence[str] | None = None) -> Namespace:
    """Read the options of the command line."""
    arguments = parser(__doc__)
    arguments.add_argument("--quick", action="store_true", help="fewer boards and methods, no photos")
    arguments.add_argument(
        "--boards", type=int, help="of each script and size (default: 3; 1 if quick; 0: photos alone)"
    )
    arguments.add_argument("--photos", type=Path, default=os.environ.get("BOARD_PHOTOS"))
    arguments.add_argument("--methods", type=_listed, help="which, with commas between them (default: all)")
    arguments.add_argument("--judges", type=_listed, help=f"which (default: {','.join(JUDGES)})")
    arguments.add_argument(
        "--weights", type=_listed, default=[], help="candidates' files, named by their stems or folders"
    )
    arguments.add_argument(
        "--strengths", action="store_true", help="networks for boards at several strengths"
    )
    arguments.add_argument(
        "--choose", action="store_true", help="other boards than those of the figures, and no photos"
    )
    arguments.add_argument("--sheets", type=Path, help="a folder for contact sheets")
    arguments.add_argument("--save", type=Path, help="a file for all figures")
    arguments.add_argument(
        "--from", type=_listed, dest="saved", help="files with figures, put together: nothing is measured"
    )
    options = arguments.parse_args(given)
    if options.boards is None:
        options.boards = 1 if options.quick else 3
    if not 0 <= options.boards <= FIRST_CHOICE:
        arguments.error(f"--boards is 0 (photos alone) to {FIRST_CHOICE}: those after them are for --choose.")
    if options.choose and options.check:
        arguments.error("--check is about the boards of the figures: leave --choose out.")
    return options


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",")]


def loaded(files: Iterable[str]) -> Results:
    """Put together what several measurements have saved: of drawn boards and of photos, for instance."""
    results = Results()
    for part in map(Results.load, map(Path, files)):
        results.readings += part.readings
        results.made += part.made
    return results


def measured(options: Namespace) -> Results:
    """Measure what the options ask for."""
    names = (
        [ORIGINAL, BICUBIC, LARGE, OURS, GATE] if options.quick and not options.methods else options.methods
    )
    tried = methods(names, [Path(file) for file in options.weights], with_strengths=options.strengths)
    judges = [JUDGES[name]() for name in options.judges or JUDGES]
    return measure(samples(options), tried, judges, options.sheets, is_quick=options.quick)


def samples(options: Namespace) -> Iterator[Sample]:
    """Yield what is to be judged; nothing of it is reported on where settings are chosen."""
    yield from drawn(options.boards, first=FIRST_CHOICE if options.choose else 0)
    if options.photos and not options.quick and not options.choose:
        yield from photos(Path(options.photos))


def measure(
    samples: Iterable[Sample],
    tried: Sequence[Method],
    judges: Sequence[Judge],
    sheets: Path | None = None,
    *,
    is_quick: bool = False,
) -> Results:
    """Treat every sample by every method and let every judge read it; the slow methods, if quick, where it matters."""
    results = Results()
    with ThreadPoolExecutor(len(judges)) as pool:
        for sample in tqdm(list(samples), unit="board"):
            pictures = {BOARD: sample.clean, GRAIN: grained(sample)} if sample.is_drawn else {}
            for method in tried:
                if sample.photo.shape[0] * sample.photo.shape[1] > (method.most_pixels or np.inf):
                    continue
                if is_quick and method.name in SLOW and "5 px" not in sample.group:
                    continue
                begun = time.monotonic()
                pictures[method.name] = method.run(sample.photo)
                results.made.append(
                    _made(sample, method.name, pictures[method.name], time.monotonic() - begun)
                )
            able = [judge for judge in judges if sample.lines and _can_read(judge, sample)]
            for readings in pool.map(lambda judge: _read(judge, sample, pictures), able):  # noqa: B023
                results.readings += readings
            if sheets:
                save_sheet(sheets, sample, pictures)
    return results


def _can_read(judge: Judge, sample: Sample) -> bool:
    """Tell whether it knows the letters: rapidocr's packaged networks do not know Cyrillic ones."""
    return judge.name != "rapidocr" or sample.group[0] != "cyrillic"


def _read(judge: Judge, sample: Sample, pictures: dict[str, Image]) -> list[Reading]:
    """Let a judge read every picture, line by line where it is known where they stand."""
    truth = sample.lines if sample.boxes else ("\n".join(sample.lines),)

    def told(image: Image) -> list[str]:
        return judge.read_lines(sample.parts(image)) if sample.boxes else ["\n".join(judge.read(image))]

    read = {name: told(image) for name, image in pictures.items()}
    clean = read[BOARD] if sample.is_drawn else told(sample.clean)
    photo = read[ORIGINAL] if ORIGINAL in read else told(sample.photo)
    readings = []
    for name, after in read.items():
        tally = Tally()
        for place in zip(truth, clean, photo, after, strict=True):
            tally.add(*place)
        readings.append(Reading(sample.name, sample.group, name, judge.name, tally))
    return readings


def _made(sample: Sample, method: str, image: Image, seconds: float) -> Made:
    height, width = sample.photo.shape[:2]
    made = Made(sample.name, sample.group, method, seconds, height * width / 1e6)
    if not sample.is_drawn:
        return made
    size = (SCALE * width, SCALE * height)
    kind = cv2.INTER_AREA if image.shape[1] > size[0] else cv2.INTER_CUBIC
    fitted = image if image.shape[1] == size[0] else cv2.resize(image, size, interpolation=kind)
    near = np.asarray(fitted, dtype=np.uint8)
    return replace(made, psnr=psnr(near, sample.clean), ssim=ssim(near, sample.clean))


def save_sheet(folder: Path, sample: Sample, made: dict[str, Image]) -> None:
    """Write a contact sheet: the same part of the board in every picture, each with its method's name above it."""
    folder.mkdir(parents=True, exist_ok=True)
    width, height, head, across = 480, 240, 26, 4
    tiles = []
    for name, picture in made.items():
        share = picture.shape[1] / sample.photo.shape[1]
        part = picture[: round(height / 2 * share), : round(width / 2 * share)]
        tile = np.full((head + height, width, 3), 255, dtype=np.uint8)
        tile[head:] = cv2.resize(part, (width, height), interpolation=cv2.INTER_CUBIC)
        cv2.putText(tile, name, (8, 18), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (40, 40, 40), 1, cv2.LINE_AA)
        tiles.append(tile)
    tiles += [np.full_like(tiles[0], 255)] * (-len(tiles) % across)
    grid = np.vstack([np.hstack(tiles[row : row + across]) for row in range(0, len(tiles), across)])
    cv2.imwrite(str(folder / f"{sample.name.replace(' ', '-').replace('÷', 'by')}.png"), grid[..., ::-1])


if __name__ == "__main__":
    main()
