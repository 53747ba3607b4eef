"""Do boards become readable? Two OCR engines judge every method on drawn boards and on photos of real ones.

    python -m bench.boards [--quick] [--boards 3] [--photos FOLDER] [--methods a,b] [--judges rapidocr,tesseract]
                           [--sheets FOLDER] [--json FILE] [--check]

Drawn boards have fonts and words that no training saw, an exact text and a sharp original; their sizes go from easy to
hopeless. Of real photos (``BOARD_PHOTOS``) each is also made smaller, and what is read in full size is the reference.
"""

from __future__ import annotations

import json
import os
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
from tqdm import tqdm

from bench.board_measures import Tally, psnr, ssim
from bench.board_methods import Method, methods
from bench.board_sets import SCALE, Sample, drawn, photos
from bench.readers import Judge, RapidJudge, TesseractJudge
from bench.report import parser, table
from engines.boards.results import Image

JUDGES = {"rapidocr": RapidJudge, "tesseract": TesseractJudge}


@dataclass
class Nearness:
    """How near pictures are to the sharp board: sums over boards."""

    psnr: list[float] = field(default_factory=list)
    ssim: list[float] = field(default_factory=list)
    seconds: float = 0.0
    megapixels: float = 0.0


@dataclass
class Results:
    """What was measured: by group of boards, method and judge; and by group and method."""

    tallies: dict[tuple[str, str, str], Tally] = field(default_factory=lambda: defaultdict(Tally))
    nearness: dict[tuple[str, str], Nearness] = field(default_factory=lambda: defaultdict(Nearness))
    boards: dict[tuple[str, str, str], Tally] = field(default_factory=lambda: defaultdict(Tally))


def main() -> None:
    """Measure and print."""
    arguments = parser(__doc__)
    arguments.add_argument("--quick", action="store_true", help="one board of each kind, no photos")
    arguments.add_argument("--boards", type=int, default=3, help="of each script and size")
    arguments.add_argument("--photos", type=Path, default=os.environ.get("BOARD_PHOTOS"))
    arguments.add_argument("--methods", help="which, with commas between them (default: all)")
    arguments.add_argument("--judges", default=",".join(JUDGES))
    arguments.add_argument("--sheets", type=Path, help="a folder for contact sheets")
    arguments.add_argument("--json", type=Path, help="a file for all figures")
    options = arguments.parse_args()
    judges = [JUDGES[name]() for name in options.judges.split(",")]
    tried = methods(options.methods.split(",") if options.methods else None)
    samples = list(drawn(1 if options.quick else options.boards))
    if options.photos and not options.quick:
        samples += photos(Path(options.photos))
    results = measure(samples, tried, judges, options.sheets)
    report(results, [one.name for one in tried], [one.name for one in judges])
    if options.json:
        options.json.write_text(json.dumps(as_json(results), indent=1), encoding="utf-8")


def measure(
    samples: Iterable[Sample], tried: Sequence[Method], judges: Sequence[Judge], sheets: Path | None = None
) -> Results:
    """Treat every sample by every method and let every judge read it."""
    results = Results()
    for sample in tqdm(list(samples), unit="board"):
        made = {}
        for method in tried:
            if method.most_pixels and sample.photo.shape[0] * sample.photo.shape[1] > method.most_pixels:
                continue
            begun = time.monotonic()
            made[method.name] = method.run(sample.photo)
            _count_nearness(results, sample, method, made[method.name], time.monotonic() - begun)
        for judge in judges if sample.lines else []:
            if judge.name == "rapidocr" and sample.group[0] == "cyrillic":
                continue  # its packaged networks do not know the letters
            clean, photo = judge.read(sample.clean), judge.read(sample.photo)
            for name, image in made.items():
                after = photo if image is sample.photo else judge.read(image)
                for group in (
                    "all " + ("drawn" if sample.is_drawn else "photos"),
                    " ".join(sample.group[:2]),
                ):
                    results.tallies[group, name, judge.name].add(sample.lines, clean, photo, after)
                results.boards[sample.name, name, judge.name].add(sample.lines, clean, photo, after)
        if sheets:
            save_sheet(sheets, sample, made)
    return results


def _count_nearness(results: Results, sample: Sample, method: Method, image: Image, seconds: float) -> None:
    height, width = sample.photo.shape[:2]
    groups = ["all", sample.group[0], " ".join(sample.group[:2]), sample.group[-1]]
    for group in dict.fromkeys(groups):
        near = results.nearness[group, method.name]
        near.seconds += seconds
        near.megapixels += height * width / 1e6
        if sample.is_drawn:
            size = (SCALE * width, SCALE * height)
            kind = cv2.INTER_AREA if image.shape[1] > size[0] else cv2.INTER_CUBIC
            fitted = image if image.shape[1] == size[0] else cv2.resize(image, size, interpolation=kind)
            near.psnr.append(psnr(np.asarray(fitted), sample.clean))
            near.ssim.append(ssim(np.asarray(fitted), sample.clean))


def report(results: Results, names: Sequence[str], judges: Sequence[str]) -> None:
    """Print what was read, group by group, and how near the pictures are."""
    groups = list(dict.fromkeys(group for group, _, _ in results.tallies))
    for judge in judges:
        print(f"\n{judge}: share of the words read / precision / recovered / broken / errors a letter")
        rows = []
        for group in groups:
            found = [(name, results.tallies.get((group, name, judge))) for name in names]
            if not any(tally for _, tally in found):
                continue
            rows.append([group, *(_cell(tally) for _, tally in found)])
        table(["", *names], rows)
    print("\nPSNR dB, SSIM, seconds a megapixel of the photo")
    kinds = list(dict.fromkeys(group for group, _ in results.nearness))
    table(
        ["", *names],
        [[kind, *(_near_cell(results.nearness.get((kind, name))) for name in names)] for kind in kinds],
    )


def _cell(tally: Tally | None) -> str:
    if tally is None:
        return "–"
    shares = (
        tally.recall,
        tally.precision,
        tally.recovered_share,
        tally.broken_share,
        tally.character_errors,
    )
    return " ".join(f"{100 * share:.0f}" for share in shares)


def _near_cell(near: Nearness | None) -> str:
    if near is None or not near.megapixels:
        return "–"
    figures = f"{np.mean(near.psnr):.2f} {np.mean(near.ssim):.3f} " if near.psnr else ""
    return f"{figures}{near.seconds / near.megapixels:.1f}"


def as_json(results: Results) -> dict[str, object]:
    """Return all figures for a program."""

    def shares(tally: Tally) -> dict[str, float]:
        return {
            "written": tally.written, "had": tally.had, "recall": tally.recall, "precision": tally.precision,
            "recovered": tally.recovered_share, "broken": tally.broken_share, "errors": tally.character_errors,
        }  # fmt: skip

    return {
        "groups": {" | ".join(key): shares(tally) for key, tally in results.tallies.items()},
        "boards": {" | ".join(key): shares(tally) for key, tally in results.boards.items()},
        "nearness": {
            " | ".join(key): {
                "psnr": float(np.mean(near.psnr)) if near.psnr else None,
                "ssim": float(np.mean(near.ssim)) if near.ssim else None,
                "seconds": near.seconds / max(1e-9, near.megapixels),
            }
            for key, near in results.nearness.items()
        },
    }


def save_sheet(folder: Path, sample: Sample, made: dict[str, Image]) -> None:
    """Write a contact sheet: the same part of the board in every picture, and in the board itself."""
    folder.mkdir(parents=True, exist_ok=True)
    pictures = [*made.values(), *([sample.clean] if sample.is_drawn else [])]
    width, height = 480, 240
    parts = []
    for picture in pictures:
        share = picture.shape[1] / sample.photo.shape[1]
        columns, rows = round(width / 2 * share), round(height / 2 * share)
        part = picture[:rows, :columns]
        parts.append(cv2.resize(part, (width, height), interpolation=cv2.INTER_CUBIC))
    across = 3
    while len(parts) % across:
        parts.append(np.full((height, width, 3), 255, dtype=np.uint8))
    grid = np.vstack([np.hstack(parts[row : row + across]) for row in range(0, len(parts), across)])
    cv2.imwrite(str(folder / f"{sample.name.replace(' ', '-').replace('÷', 'by')}.png"), grid[..., ::-1])


if __name__ == "__main__":
    main()
