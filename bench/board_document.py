"""The tables and charts of the board model's page, from what ``bench.boards --save`` wrote and from logs of trainings.

    python -m bench.board_document docs/board-model [--check]

Reads ``figures.json`` and any ``log-NAME.csv`` (step, seconds, loss) of the folder, and writes ``tables.md``,
``recall.svg``, ``nearness.svg`` and, of logs, ``loss.svg`` beside them: the same files for the same figures.
"""

from __future__ import annotations

import math
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.board_charts import loss_chart, nearness_chart, recall_chart, write
from bench.board_measures import Tally
from bench.board_report import BOARD, GRAIN, KINDS, rows_of_interest
from bench.board_results import Results, Where, every

FEWER = "†"
HEAD = f"""# Figures of the board model

`python -m bench.board_document docs/board-model` makes this page from `figures.json`, the file that
`python -m bench.boards --save` writes; it is not edited by hand. Sizes are heights of small letters in pixels of the
photo; “÷2” is a photo made half as large. {FEWER}: read on fewer of these boards than others, since the method takes
minutes for large photos; not to be compared along the row."""


@dataclass(frozen=True)
class Share:
    """A share that has a table of its own: ``figure`` of the words that ``base`` counts."""

    title: str
    figure: Callable[[Tally], float]
    base: Callable[[Tally], int]


SHARES = (
    Share("Recall: words read, % of all that are written", lambda tally: tally.recall, lambda tally: tally.written),
    Share(
        "Recovered: words read, % of those that are read on the board itself but not in the photo",
        lambda tally: tally.recovered_share,
        lambda tally: tally.lost,
    ),
    Share(
        "Broken: words no longer read, % of those that are read both on the board itself and in the photo",
        lambda tally: tally.broken_share,
        lambda tally: tally.sure,
    ),
)  # fmt: skip


def main(given: Sequence[str] | None = None) -> None:
    """Write the files, or with ``--check`` compare the tables and write nothing."""
    arguments = ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--check", action="store_true", help="exit 1 where tables.md is not up to date")
    options = arguments.parse_args(given)
    folder: Path = options.folder
    results = Results.load(folder / "figures.json")
    file, text = folder / "tables.md", tables(results)
    if options.check:
        if not file.is_file() or file.read_text(encoding="utf-8") != text:
            sys.exit(f"{file} is not what figures.json gives: python -m bench.board_document {folder}")
        return
    file.write_text(text, encoding="utf-8")
    write(recall_chart(results), folder / "recall.svg")
    write(nearness_chart(results), folder / "nearness.svg")
    if logs := sorted(folder.glob("log-*.csv")):
        write(loss_chart(logs), folder / "loss.svg")


def tables(results: Results) -> str:
    """Return the tables in Markdown: what each judge read, how near the pictures are, how long they took."""
    parts = [HEAD]
    for judge in results.judges():
        parts.append(f"## Read by {judge}")
        for share in SHARES:
            parts += [
                f"### {share.title}",
                _table(["", "words", *results.methods()], _rows(results, judge, share)),
            ]
    names = [name for name in results.methods() if name not in {BOARD, GRAIN}]
    kinds = [(" ".join(kind), every(*kind)) for kind in KINDS]
    places = [("drawn boards", lambda group: group[0] != "photo"), ("photos", every("photo"))]
    figures: tuple[tuple[str, Callable[[str, Where], float], int, list[tuple[str, Where]]], ...] = (
        ("PSNR to the sharp board, dB", results.psnr, 2, kinds),
        ("SSIM to the sharp board", results.ssim, 3, kinds),
        ("Seconds a megapixel of the photo", results.seconds, 2, places),
    )
    parts.append("## Nearness and time")
    for title, figure, digits, rows in figures:
        told = [[row, *(_number(figure(name, where), digits) for name in names)] for row, where in rows]
        parts += [f"### {title}", _table(["", *names], (row for row in told if set(row[1:]) != {"–"}))]
    return "\n\n".join(parts) + "\n"


def _rows(results: Results, judge: str, share: Share) -> Iterator[list[str]]:
    for name, where in rows_of_interest(results):
        tallies = [results.tally(method, judge, where) for method in results.methods()]
        most = max(map(share.base, tallies))
        if most:
            yield [name, str(most), *(_cell(tally, share, most) for tally in tallies)]


def _cell(tally: Tally, share: Share, most: int) -> str:
    base = share.base(tally)
    return f"{100 * share.figure(tally):.1f}{FEWER if base < most else ''}" if base else "–"


def _number(figure: float, digits: int) -> str:
    return "–" if math.isnan(figure) else f"{figure:.{digits}f}"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    main()
