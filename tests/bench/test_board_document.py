"""The page of the board model: its tables and charts are what the figures give."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bench.board_charts import loss_chart, nearness_chart, recall_chart
from bench.board_document import FEWER, main, tables
from bench.board_report import BICUBIC, BOARD, GRAIN, LARGE, ORIGINAL
from bench.board_results import Results
from tests.bench.made_results import OURS, complete, without


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a folder with figures and the logs of two trainings."""
    complete().save(tmp_path / "figures.json")
    for name, losses in (("board-x2", (0.1, 0.05)), ("small", (0.2, 0.15))):
        rows = "".join(f"{100 * step},{20 * step},{loss}\n" for step, loss in enumerate(losses, 1))
        (tmp_path / f"log-{name}.csv").write_text(f"step,seconds,loss\n{rows}")
    return tmp_path


def row(text: str, heading: str, name: str) -> dict[str, str]:
    """Return a row of the first table under headings that begin so, after each other, by the names of its columns."""
    for part in heading.split(" / "):
        text = text[text.index(f"# {part}") :]
    lines = [line for line in text.split("\n\n")[1].splitlines() if line.startswith("|")]
    head, *rows = ([cell.strip() for cell in line.strip("|").split("|")] for line in lines)
    return next(dict(zip(head, cells, strict=True)) for cells in rows if cells[0] == name)


def test_the_tables_say_what_was_read_and_how_near_it_is() -> None:
    text = tables(complete())
    recall = row(text, "Read by tesseract / Recall", "cyrillic 5 px")
    assert (recall["words"], recall[ORIGINAL], recall[OURS], recall[BOARD]) == (
        "300",
        "50.0",
        "80.0",
        "100.0",
    )
    assert row(text, "Read by rapidocr / Recovered", "latin 5–8 px")[OURS] == "60.0"
    assert row(text, "Read by rapidocr / Broken", "latin 5–8 px")[OURS] == "0.0"
    assert row(text, "PSNR", "latin green")[OURS] == "28.00"
    assert row(text, "SSIM", "formula black")[BICUBIC] == "0.800"
    assert row(text, "Seconds", "photos")[OURS] == "2.00"
    assert GRAIN not in row(text, "PSNR", "latin green")


def test_a_judge_has_no_rows_for_what_it_did_not_read() -> None:
    rapidocr, tesseract = tables(complete()).split("## Read by ")[1:]
    assert "| cyrillic 5 px |" not in rapidocr
    assert "| cyrillic 5 px |" in tesseract
    assert "| formula 5 px |" not in tesseract


def test_what_was_read_on_fewer_photos_than_others_is_marked() -> None:
    text = tables(complete())
    photos = row(text, "Read by rapidocr / Recall", "photo ÷1")
    assert photos[LARGE] == f"20.0{FEWER}"
    assert photos[BICUBIC] == "55.0"
    assert row(text, "Read by rapidocr / Recall", "latin 5 px")[LARGE] == "20.0"


def test_what_was_not_measured_has_a_dash() -> None:
    partial = without(complete(), lambda one: one.method == OURS and "latin" in one.group)
    text = tables(partial)
    assert row(text, "Read by rapidocr / Recall", "latin 5 px")[OURS] == "–"
    assert row(text, "PSNR", "latin white")[OURS] == "–"


def test_nothing_measured_makes_a_page_of_headings(tmp_path: Path) -> None:
    Results().save(tmp_path / "figures.json")
    main([str(tmp_path)])
    assert "Recall" not in (tmp_path / "tables.md").read_text(encoding="utf-8").partition("## ")[2]


def test_the_same_figures_make_the_same_files(folder: Path) -> None:
    main([str(folder)])
    first = {file.name: file.read_bytes() for file in folder.iterdir()}
    assert {"tables.md", "recall.svg", "nearness.svg", "loss.svg"} < first.keys()
    main([str(folder)])
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == first
    for name in ("recall.svg", "nearness.svg", "loss.svg"):
        assert b"<dc:date>" not in first[name]


def test_a_check_passes_until_the_figures_change_and_writes_nothing(folder: Path) -> None:
    main([str(folder)])
    main([str(folder), "--check"])
    results = complete()
    results.readings[0] = replace(results.readings[0], tally=replace(results.readings[0].tally, right=7))
    results.save(folder / "figures.json")
    before = (folder / "tables.md").read_bytes()
    with pytest.raises(SystemExit) as stopped:
        main([str(folder), "--check"])
    assert "python -m bench.board_document" in str(stopped.value.code)
    assert (folder / "tables.md").read_bytes() == before


def test_a_check_fails_without_tables(folder: Path) -> None:
    with pytest.raises(SystemExit, match=r"tables\.md"):
        main([str(folder), "--check"])


def test_without_logs_there_is_no_chart_of_the_loss(tmp_path: Path) -> None:
    complete().save(tmp_path / "figures.json")
    main([str(tmp_path)])
    assert sorted(file.suffix for file in tmp_path.iterdir()) == [".json", ".md", ".svg", ".svg"]


def test_recall_has_a_panel_for_each_judge_and_script_that_it_reads() -> None:
    panels = {axes.get_title(): axes for axes in recall_chart(complete()).axes}
    assert set(panels) == {"rapidocr, latin", "tesseract, latin", "tesseract, cyrillic"}
    lines = {str(line.get_label()): line for line in panels["rapidocr, latin"].lines}
    assert list(lines[OURS].get_xdata()) == [4, 5, 6, 8, 10, 16]
    assert list(lines[OURS].get_ydata()) == pytest.approx([80] * 6)
    assert GRAIN not in lines


def test_nearness_is_the_gain_over_cubics_by_content_and_colour() -> None:
    [axes] = nearness_chart(complete()).axes
    bars = {str(bars.get_label()): [bar.get_height() for bar in bars] for bars in axes.containers}
    assert bars[OURS] == pytest.approx([4.0] * 9)
    assert not {BICUBIC, ORIGINAL, BOARD, GRAIN} & set(bars)


def test_the_loss_of_each_log_is_drawn_over_its_steps(folder: Path) -> None:
    [axes] = loss_chart(sorted(folder.glob("log-*.csv"))).axes
    assert [str(line.get_label()) for line in axes.lines] == ["board-x2", "small"]
    assert list(axes.lines[0].get_xdata()) == [100, 200]
    assert list(axes.lines[1].get_ydata()) == [0.2, 0.15]
