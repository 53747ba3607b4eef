"""Do boards become readable? Two OCR engines judge every method on drawn boards and on photos of real ones.

    python -m bench.boards [--quick] [--boards 3] [--photos FOLDER] [--methods a,b] [--judges rapidocr,tesseract]
                           [--sheets FOLDER] [--save FILE | --from FILE] [--check]

Drawn boards have fonts and words that no training saw, an exact text and a sharp original; their sizes go from easy to
hopeless; they are read line by line, each cut out where it stands. Of real photos (``BOARD_PHOTOS``) each is also made
smaller, and they are read as a whole. "recovered" counts words that a judge reads on the board itself but not in the
photo, "broken" those that it reads in both but no longer after a method, "gone" all that it read in the photo.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from tqdm import tqdm

from bench.board_measures import Tally, psnr, ssim
from bench.board_methods import LARGE, SLOW, Method, methods
from bench.board_report import BICUBIC, BOARD, GATE, ORIGINAL, promises, show
from bench.board_results import Made, Reading, Results
from bench.board_sets import SCALE, Sample, drawn, photos
from bench.readers import Judge, RapidJudge, TesseractJudge
from bench.report import conclude, parser
from engines.boards.results import Image
from engines.registry import DEFAULT_SUPER_RESOLUTION_MODEL

JUDGES = {"rapidocr": RapidJudge, "tesseract": TesseractJudge}
OURS = DEFAULT_SUPER_RESOLUTION_MODEL


def main() -> None:
    """Measure and print."""
    arguments = parser(__doc__)
    arguments.add_argument("--quick", action="store_true", help="fewer boards and methods, no photos")
    arguments.add_argument("--boards", type=int, default=3, help="of each script and size")
    arguments.add_argument("--photos", type=Path, default=os.environ.get("BOARD_PHOTOS"))
    arguments.add_argument("--methods", help="which, with commas between them (default: all)")
    arguments.add_argument("--judges", default=",".join(JUDGES))
    arguments.add_argument("--sheets", type=Path, help="a folder for contact sheets")
    arguments.add_argument("--save", type=Path, help="a file for all figures")
    arguments.add_argument("--from", type=Path, dest="saved", help="a file with figures: nothing is measured")
    options = arguments.parse_args()
    if options.saved:
        results = Results.load(options.saved)
    else:
        names = options.methods.split(",") if options.methods else None
        if options.quick and names is None:
            names = [ORIGINAL, BICUBIC, LARGE, OURS, GATE]
        samples = list(drawn(1 if options.quick else options.boards))
        if options.photos and not options.quick:
            samples += photos(Path(options.photos))
        judges = [JUDGES[name]() for name in options.judges.split(",")]
        results = measure(samples, methods(names), judges, options.sheets, is_quick=options.quick)
    if options.save:
        results.save(options.save)
    show(results)
    conclude(promises(results, OURS), check=options.check)


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
            pictures = {BOARD: sample.clean} if sample.is_drawn else {}
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
    """Write a contact sheet: the same part of the board in every picture, in the order in which they were made."""
    folder.mkdir(parents=True, exist_ok=True)
    width, height = 480, 240
    parts = []
    for picture in made.values():
        share = picture.shape[1] / sample.photo.shape[1]
        part = picture[: round(height / 2 * share), : round(width / 2 * share)]
        parts.append(cv2.resize(part, (width, height), interpolation=cv2.INTER_CUBIC))
    across = 3
    while len(parts) % across:
        parts.append(np.full((height, width, 3), 255, dtype=np.uint8))
    grid = np.vstack([np.hstack(parts[row : row + across]) for row in range(0, len(parts), across)])
    cv2.imwrite(str(folder / f"{sample.name.replace(' ', '-').replace('÷', 'by')}.png"), grid[..., ::-1])


if __name__ == "__main__":
    main()
