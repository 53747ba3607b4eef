"""The report for the client about board photos: every criterion, where it stands, and the command that measures it.

    python -m bench.pilot [--figures FILE] [--service FILE] [--report FILE] [--check]

It measures nothing: it reads what `bench.boards` and `bench.photos` have saved, and counts the answers of the survey in
the database. With ``--check`` nothing is written; it exits 1 where a criterion is not met or not measured, or where the
report is not what the figures give.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from bench.board_results import Results
from bench.pilot_boards import (
    nearness_lines,
    nearness_section,
    photo_lines,
    photo_section,
    reading_lines,
    reading_section,
)
from bench.pilot_lines import (
    FIGURES,
    REPORT,
    ROOT,
    SERVICE,
    WRITE,
    Line,
    Verdict,
    prose,
    table,
    verdict_of,
)
from bench.pilot_people import Survey, ask, service_lines, service_section, survey_lines, survey_section
from bench.report import Measurement, parser

TITLES = (
    "Words that could not be read",
    "PSNR and SSIM",
    "Time and success",
    "The survey of students",
    "Photos of real boards",
)


def main(given: Sequence[str] | None = None) -> None:
    """Write the report, or check it."""
    arguments = parser(__doc__)
    arguments.add_argument("--figures", type=Path, default=ROOT / FIGURES, help="of bench.boards --save")
    arguments.add_argument("--service", type=Path, default=ROOT / SERVICE, help="of bench.photos --save")
    arguments.add_argument("--report", type=Path, default=ROOT / REPORT)
    options = arguments.parse_args(given)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    results = Results.load(options.figures) if options.figures.exists() else Results()
    service = Measurement.load(options.service) if options.service.exists() else None
    survey = ask()
    lines = lines_of(results, service, survey)
    text = report(lines, results, service, survey)
    if not options.check:
        options.report.write_text(text, encoding="utf-8")
    for line in sorted(lines, key=lambda line: line.verdict != Verdict.MET):
        print(line)
    is_same = options.report.exists() and options.report.read_text(encoding="utf-8") == text
    if not is_same:
        print(f"{options.report.name} is not what the figures give: run `{WRITE}`")
    if options.check and not (is_same and verdict_of(lines) == Verdict.MET):
        sys.exit(1)


def lines_of(results: Results, service: Measurement | None, survey: Survey) -> list[Line]:
    """Return all lines of the report, by criterion; empty results count as not measured."""
    return [
        *reading_lines(results),
        *nearness_lines(results),
        *service_lines(service),
        *survey_lines(survey),
        *photo_lines(results),
    ]


def report(lines: Iterable[Line], results: Results, service: Measurement | None, survey: Survey) -> str:
    """Return the whole report, the same for the same figures."""
    lines = list(lines)
    sections = (
        reading_section(results),
        nearness_section(results),
        service_section(service),
        survey_section(survey),
        photo_section(results),
    )
    parts = [
        "# Pilot report: board photos",
        prose(
            f"""What the client asked for, and where we stand. Every verdict rests on measured figures alone. This
            page is written by `{WRITE}` and checked by `{WRITE} --check`.""",
            """A criterion is met where all its lines are; its section below says how it is computed, and its limits.
            Where a figure is missing, its line says what to run.""",
        ),
        table(
            ("criterion", "verdict"),
            [
                (
                    f"{number}. {title}",
                    f"**{verdict_of(line for line in lines if line.criterion == number)}**",
                )
                for number, title in enumerate(TITLES, start=1)
            ],
        ),
        table(
            ("", "what", "asked", "measured", "sample", "verdict", "command"),
            [
                (
                    str(line.criterion),
                    line.name,
                    line.asked,
                    line.figure,
                    line.sample,
                    line.verdict,
                    f"`{line.command}`",
                )
                for line in lines
            ],
        ),
        prose(
            """FOLDER in a command holds photos of boards, and beside each what is written on it (`NAME.gt.txt`). After
            measuring anew, write this page anew.""",
        ),
    ]
    for number, (title, section) in enumerate(zip(TITLES, sections, strict=True), start=1):
        parts += [f"## {number}. {title}", section]
    return "\n\n".join(parts) + "\n"


if __name__ == "__main__":
    main()
