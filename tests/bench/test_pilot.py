"""The report for the client says what was measured, and no more: met, not met, not measured, out of date."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bench import photos, pilot
from bench.board_measures import Tally
from bench.board_report import BICUBIC, GATE, GRAIN, HARD, JUDGES, ORIGINAL
from bench.board_results import Made, Reading, Results
from bench.photos import BULK, QUIET, Sent
from bench.pilot_boards import OURS
from bench.pilot_lines import Line, Verdict, verdict_of
from bench.pilot_people import Survey, ask, exists
from bench.report import Measurement
from tests.boards import finish, make_photo
from upscale.models import SurveyAnswer

METHODS = (ORIGINAL, BICUBIC, OURS, GATE, GRAIN)
ANSWERS = Survey(yes=40, partly=6, no=4, people=45, photos=50)


def good_results() -> Results:
    """Return figures that meet every criterion: a board of each hard size, and a photo in two sizes."""
    results = Results()
    for size in HARD:
        group = ("latin", size, "white")
        for method in METHODS:
            counted = Tally(written=20, right=16, lost=10, recovered=6, sure=10, broken=1)
            results.readings += [Reading(f"board {size}", group, method, judge, counted) for judge in JUDGES]
        for method, psnr, ssim in ((BICUBIC, 25.0, 0.80), (OURS, 27.0, 0.85)):
            results.made.append(Made(f"board {size}", group, method, 1.0, 0.2, psnr, ssim))
    for reduction in ("÷1", "÷2"):
        for method, right in ((ORIGINAL, 7), (GATE, 8)):
            counted = Tally(written=10, right=right)
            results.readings += [
                Reading(f"hall {reduction}", ("photo", reduction), method, judge, counted) for judge in JUDGES
            ]
    return results


def service_of(*sent: Sent, people: int = 10) -> Measurement:
    """Return what `bench.photos` says where each round went like this."""
    figures = [
        figure
        for name in photos.ROUNDS
        for figure in (
            *(promise.figure for promise in photos.promises_of(name, sent)),
            *photos.figures_of(name, sent),
        )
    ]
    setting = {"people": people, "photos": len(sent) // people, "workers": 1, "cores": 2}
    return Measurement(setting, figures)


def good_service(people: int = 10) -> Measurement:
    """Return a service that brings 20 photos within 40 s to 59 s."""
    return service_of(
        *(Sent(number % people, 40.0 + number, 2.0, "done", "light") for number in range(20)), people=people
    )


def changed(
    results: Results, change: Callable[[Tally], Tally], is_meant: Callable[[Reading], bool]
) -> Results:
    """Change what was read in some rows."""
    rows = [replace(row, tally=change(row.tally)) if is_meant(row) else row for row in results.readings]
    return Results(rows, results.made)


def verdicts(
    results: Results | None = None, service: Measurement | None = None, survey: Survey = ANSWERS
) -> dict[int, Verdict]:
    """Return the verdict of each criterion; what is not given is good."""
    lines = pilot.lines_of(results or good_results(), service or good_service(), survey)
    return {number: verdict_of(line for line in lines if line.criterion == number) for number in range(1, 6)}


def only(number: int, verdict: Verdict) -> dict[int, Verdict]:
    """Return the verdicts where all but one criterion are met."""
    return dict.fromkeys(range(1, 6), Verdict.MET) | {number: verdict}


def lines_of(criterion: int, results: Results) -> list[Line]:
    return [one for one in pilot.lines_of(results, good_service(), ANSWERS) if one.criterion == criterion]


# ------------------------------------------------------------------------------------------ met and not met
def test_all_is_met_where_every_figure_is_good() -> None:
    assert verdicts() == dict.fromkeys(range(1, 6), Verdict.MET)


@pytest.mark.parametrize("judge", JUDGES)
@pytest.mark.parametrize("method", [OURS, GATE])
def test_half_of_the_words_is_not_more_than_half(judge: str, method: str) -> None:
    half = changed(
        good_results(),
        lambda tally: replace(tally, recovered=5),
        lambda row: (row.judge, row.method) == (judge, method) and row.group[0] != "photo",
    )
    assert verdicts(half) == only(1, Verdict.NOT_MET)


def test_words_of_other_sizes_and_of_photos_do_not_count_as_read_again() -> None:
    results = good_results()
    hopeless = Tally(written=500, lost=500, sure=500, broken=500)
    for group in (("latin", "4 px", "white"), ("latin", "16 px", "white"), ("photo", "÷3")):
        results.readings += [
            Reading(f"other {group}", group, method, judge, hopeless)
            for method in METHODS
            for judge in JUDGES
        ]
    [line, *_] = lines_of(1, results)
    assert line.figure == "60.0 % (18); broken 10.0 %, floor 10.0 %"
    assert line.sample == "3 boards, 30 words not read before, 30 read before"


def test_the_floor_of_an_engine_is_what_it_breaks_with_grain() -> None:
    results = changed(good_results(), lambda tally: replace(tally, broken=3), lambda row: row.method == GRAIN)
    assert {line.figure for line in lines_of(1, results)} == {"60.0 % (18); broken 10.0 %, floor 30.0 %"}
    without = Results([row for row in results.readings if row.method != GRAIN], results.made)
    assert {line.figure for line in lines_of(1, without)} == {
        "60.0 % (18); broken 10.0 %, floor not measured yet"
    }


def near(*boards: tuple[float, float, float, float]) -> Results:
    """Return good figures, but PSNR by cubics and by the network and SSIM by cubics and by the network of boards."""
    results = good_results()
    results.made = [
        Made(f"{number}", ("latin", "8 px", "white"), method, 1.0, 0.2, psnr, ssim)
        for number, (psnr_before, psnr_after, ssim_before, ssim_after) in enumerate(boards)
        for method, psnr, ssim in ((BICUBIC, psnr_before, ssim_before), (OURS, psnr_after, ssim_after))
    ]
    return results


def test_nearness_is_compared_board_by_board_and_then_averaged() -> None:
    psnr, ssim = lines_of(2, near((20.0, 30.0, 0.5, 0.75), (30.0, 30.0, 0.9, 0.9)))
    assert psnr.figure == "45.0 % (25.00 → 30.00 dB, +5.00 dB)"  # 90 % and none; of the mean gain: 68.4 %
    assert ssim.figure == "25.0 % (SSIM 0.700 → 0.825, +0.125)"  # 50 % and none; of the means: 41.7 %
    assert psnr.sample == ssim.sample == "2 drawn boards"


@pytest.mark.parametrize(
    ("board", "met"),
    [
        ((25.0, 25.98, 0.80, 0.841), [True, True]),
        ((25.0, 25.96, 0.80, 0.841), [False, True]),
        ((25.0, 25.98, 0.80, 0.839), [True, False]),
        ((25.0, 24.0, 0.80, 0.70), [False, False]),
    ],
)
def test_a_fifth_less_of_error_and_of_what_is_unlike_is_asked(
    board: tuple[float, float, float, float], met: list[bool]
) -> None:
    assert [line.verdict == Verdict.MET for line in lines_of(2, near(board))] == met


@pytest.mark.parametrize(("slow", "verdict"), [(120.0, Verdict.MET), (120.5, Verdict.NOT_MET)])
def test_the_time_is_that_of_19_photos_of_20(slow: float, verdict: Verdict) -> None:
    quick = [Sent(number, 10.0, 2.0, "done", "light") for number in range(18)]
    late = [Sent(number, slow, 2.0, "done", "light") for number in (18, 19)]
    assert verdicts(service=service_of(*quick, *late)) == only(3, verdict)


@pytest.mark.parametrize(("failed", "verdict"), [(2, Verdict.MET), (3, Verdict.NOT_MET)])
def test_98_photos_of_100_must_get_a_result(failed: int, verdict: Verdict) -> None:
    sent = [
        Sent(number % 10, 10.0, 2.0, "failed" if number < failed else "done", "light")
        for number in range(100)
    ]
    assert verdicts(service=service_of(*sent)) == only(3, verdict)


@pytest.mark.parametrize("name", [QUIET, BULK])
def test_a_round_alone_can_fail_the_service(name: str) -> None:
    service = good_service()
    figures = [
        replace(figure, measured=130.0) if figure.name == f"{photos.P95}, {name}" else figure
        for figure in service.figures
    ]
    assert verdicts(service=replace(service, figures=figures)) == only(3, Verdict.NOT_MET)


@pytest.mark.parametrize(
    ("survey", "verdict"),
    [
        (Survey(yes=16, partly=4, people=20, photos=20), Verdict.MET),
        (Survey(yes=15, partly=5, people=20, photos=20), Verdict.NOT_MET),
        (Survey(yes=19, people=19, photos=19), Verdict.NOT_MEASURED),
        (Survey(), Verdict.NOT_MEASURED),
    ],
)
def test_four_of_five_answers_must_say_yes_and_few_decide_nothing(survey: Survey, verdict: Verdict) -> None:
    assert verdicts(survey=survey) == only(4, verdict)


@pytest.mark.parametrize("judge", JUDGES)
def test_one_photo_that_reads_worse_is_not_made_good_by_others(judge: str) -> None:
    results = changed(
        good_results(),
        lambda tally: replace(tally, right=6),
        lambda row: (row.judge, row.method, row.board) == (judge, GATE, "hall ÷2"),
    )
    results.readings += [
        Reading("room ÷1", ("photo", "÷1"), method, one, Tally(written=90, right=right))
        for method, right in ((ORIGINAL, 10), (GATE, 80))
        for one in JUDGES
    ]
    assert verdicts(results) == only(5, Verdict.NOT_MET)
    [line] = [line for line in lines_of(5, results) if judge in line.name]
    assert line.figure == "worst photo −1 words; all: 24 → 94 words read"
    assert line.sample == "2 photos in 3 sizes of them, 110 words"


# --------------------------------------------------------------------------------------------- not measured
@pytest.mark.parametrize(
    ("criterion", "is_lost"),
    [
        (1, lambda row: row.method == GATE and row.group[0] != "photo"),
        (1, lambda row: row.judge == "tesseract" and row.group[0] != "photo"),
        (1, lambda row: "5 px" in row.group),
        (1, lambda row: (row.method, row.board) == (OURS, "board 8 px")),
        (5, lambda row: row.group[0] == "photo"),
        (5, lambda row: row.group[0] == "photo" and row.judge == "rapidocr"),
        (5, lambda row: (row.method, row.board) == (GATE, "hall ÷2")),
        (5, lambda row: (row.method, row.board) == (ORIGINAL, "hall ÷2")),
    ],
)
def test_what_was_read_in_part_is_not_measured(criterion: int, is_lost: Callable[[Reading], bool]) -> None:
    results = good_results()
    results.readings = [row for row in results.readings if not is_lost(row)]
    assert verdicts(results) == only(criterion, Verdict.NOT_MEASURED)


@pytest.mark.parametrize("method", [OURS, GATE])
def test_words_of_a_board_that_a_method_was_not_given_are_not_measured(method: str) -> None:
    results = good_results()
    results.readings += [
        replace(row, board="another board")
        for row in results.readings
        if row.board == "board 8 px" and row.method != method
    ]
    assert verdicts(results) == only(1, Verdict.NOT_MEASURED)


@pytest.mark.parametrize("method", [BICUBIC, OURS])
def test_nearness_of_some_boards_alone_is_not_measured(method: str) -> None:
    results = good_results()
    results.made = [row for row in results.made if (row.method, row.board) != (method, "board 6 px")]
    assert verdicts(results) == only(2, Verdict.NOT_MEASURED)


def test_a_round_without_figures_is_not_measured() -> None:
    service = good_service()
    figures = [figure for figure in service.figures if not figure.name.endswith(BULK)]
    assert verdicts(service=replace(service, figures=figures)) == only(3, Verdict.NOT_MEASURED)


def test_one_person_alone_does_not_prove_several_at_once() -> None:
    assert verdicts(service=good_service(people=1)) == only(3, Verdict.NOT_MEASURED)


def test_a_failure_weighs_more_than_what_is_not_measured() -> None:
    line = Line(1, "", "", "", "", Verdict.NOT_MET, "")
    lines = [replace(line, verdict=verdict) for verdict in (Verdict.MET, Verdict.NOT_MEASURED)]
    assert verdict_of(lines) == Verdict.NOT_MEASURED
    assert verdict_of([*lines, line]) == Verdict.NOT_MET


# ------------------------------------------------------------------------------------------------- the survey
@pytest.fixture
def twenty_answers(db: None) -> None:
    """Let 16 of 20 people say yes about one photo, and one of them about another."""
    one, other = finish(make_photo()), finish(make_photo())
    said = ["yes"] * 16 + ["partly"] * 3 + ["no"]
    answers = [
        SurveyAnswer(photo=one, person=f"guest:{number}", readable=word) for number, word in enumerate(said)
    ]
    SurveyAnswer.objects.bulk_create([*answers, SurveyAnswer(photo=other, person="guest:0", readable="yes")])


def test_answers_are_counted_in_the_database(twenty_answers: None) -> None:
    assert ask() == Survey(yes=17, partly=3, no=1, people=20, photos=2)


@pytest.mark.django_db
def test_a_database_without_answers_has_none() -> None:
    assert ask() == Survey()


def test_an_embedded_database_is_not_made_by_asking(tmp_path: Path) -> None:
    assert not exists({"EMBEDDED": {"folder": tmp_path}})
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "PG_VERSION").write_text("18")
    assert exists({"EMBEDDED": {"folder": tmp_path}})
    assert exists({"NAME": "a database of somebody's"})


# ---------------------------------------------------------------------------------------------- report and check
@pytest.fixture
def files(tmp_path: Path, twenty_answers: None) -> list[str]:
    """Return the options that name good figures and a report which is not written yet."""
    good_results().save(tmp_path / "figures.json")
    good_service().save(tmp_path / "service.json")
    names = {"--figures": "figures.json", "--service": "service.json", "--report": "report.md"}
    return [part for option, name in names.items() for part in (option, str(tmp_path / name))]


def fails(options: list[str]) -> bool:
    """Check the report; tells whether that fails."""
    try:
        pilot.main([*options, "--check"])
    except SystemExit as end:
        return end.code == 1
    return False


def test_the_check_passes_once_the_report_is_written(files: list[str], tmp_path: Path) -> None:
    assert fails(files)
    assert not (tmp_path / "report.md").exists()
    pilot.main(files)
    assert not fails(files)


def test_the_check_fails_where_the_report_is_not_what_the_figures_give(
    files: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pilot.main(files)
    report = tmp_path / "report.md"
    edited = report.read_text(encoding="utf-8").replace("60.0 %", "90.0 %")
    report.write_text(edited, encoding="utf-8")
    assert fails(files)
    assert capsys.readouterr().out.endswith(
        "report.md is not what the figures give: run `python -m bench.pilot`\n"
    )
    assert report.read_text(encoding="utf-8") == edited
    pilot.main(files)
    SurveyAnswer.objects.filter(readable="no").delete()
    assert fails(files)


def test_the_check_fails_and_says_last_what_is_not_met(
    files: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    near((25.0, 25.5, 0.80, 0.90)).save(tmp_path / "figures.json")
    pilot.main(files)
    assert fails(files)
    assert capsys.readouterr().out.splitlines()[-1].startswith("not met: 2. PSNR")


@pytest.mark.parametrize(
    ("name", "command"),
    [
        ("figures.json", "BOARD_PHOTOS=FOLDER python -m bench.boards --save docs/board-model/figures.json"),
        ("service.json", "python -m bench.photos --save docs/board-model/service.json"),
    ],
)
def test_a_missing_file_is_said_with_its_command_and_fails_the_check(
    files: list[str], tmp_path: Path, name: str, command: str
) -> None:
    (tmp_path / name).unlink()
    pilot.main(files)
    assert f"not measured yet: run `{command}`" in (tmp_path / "report.md").read_text(encoding="utf-8")
    assert fails(files)


def test_the_report_says_figures_samples_commands_and_answers(files: list[str], tmp_path: Path) -> None:
    pilot.main(files)
    report = (tmp_path / "report.md").read_text(encoding="utf-8")
    assert "not measured" not in report
    assert "81.0 % (17 of 21; 95 % interval 60.0 % – 92.3 %)" in report
    assert "21 answers of 20 people about 2 photos" in report
    assert "10 people × 2 photos at once, workers: 1, cores: 2" in report
    assert "| 100.0 % (20 of 20) |" in report
    assert "| light 20 |" in report
    assert "| rapidocr | ÷2 | 1 | 10 | 7 (70.0 %) | 8 (80.0 %) | 1 | 0 | 0 | +1 |" in report
    assert report.count("| `python -m bench.photos --save docs/board-model/service.json` |") == 4


def test_no_answers_are_said_plainly(files: list[str], tmp_path: Path) -> None:
    SurveyAnswer.objects.all().delete()
    pilot.main(files)
    assert "| no answers yet | 0 answers | not measured |" in (tmp_path / "report.md").read_text(
        encoding="utf-8"
    )
    assert fails(files)


def test_the_prose_of_the_report_stays_within_120_columns() -> None:
    for results, service in ((Results(), None), (good_results(), good_service())):
        lines = pilot.lines_of(results, service, ANSWERS)
        text = pilot.report(lines, results, service, ANSWERS)
        assert [line for line in text.splitlines() if len(line) > 120 and not line.startswith("|")] == []
