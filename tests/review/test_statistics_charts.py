"""The geometry of charts: where things stand, what is left out, what it says."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.statistics.agreement import agreement
from engines.statistics.intervals import Share
from review.statistics import charts, wording

MONDAY = date(2026, 3, 2)


def weeks(*shares: Share, gap: int = 7) -> list[charts.Moment]:
    return charts.moments((MONDAY + timedelta(days=gap * index), share) for index, share in enumerate(shares))


def test_a_mark_stands_where_its_share_is() -> None:
    mark = charts.mark(Share(1, 4))
    assert mark.x == "25.00%"
    assert (mark.text, mark.hits, mark.total) == ("25%", 1, 4)
    assert charts.mark(Share(0, 0)) is None


@given(st.floats(-10, 10, allow_nan=False))
def test_nothing_stands_outside_its_axis(value: float) -> None:
    assert 0 <= float(charts.along(value).removesuffix("%")) <= 100


def test_a_forest_is_ordered_and_leaves_out_what_has_nothing() -> None:
    rates = [("low", "", Share(1, 10), ""), ("none", "", Share(0, 0), ""), ("high", "", Share(9, 10), "/x")]
    found = charts.forest(rates, Share(10, 20))
    assert [(row.label, row.href) for row in found.rows] == [("high", "/x"), ("low", "")]
    assert found.reference == "50.00%"
    assert [row.label for row in charts.forest(rates, ordered=False).rows] == ["low", "high"]
    assert not charts.forest([("none", "", Share(0, 0), "")])


def test_a_line_breaks_where_a_week_is_missing() -> None:
    found = charts.lines(weeks(Share(5, 10), Share(6, 10), Share(1, 2), Share(7, 10)))
    assert len(found.points) == 3  # the third week has too few votes to say anything
    assert len(found.lines) == 2
    assert len(found.bands) == 1


def test_the_axis_holds_every_band() -> None:
    shares = [Share(hits, 40) for hits in (30, 34, 38)]
    found = charts.lines(weeks(*shares))
    low, high = found.ticks[0][1], found.ticks[-1][1]
    assert (low, high) == ("50%", "100%")
    ys = [float(corner.split(",")[1]) for band in found.bands for corner in band.split()]
    assert min(ys) > 0
    assert max(ys) < 100
    whole = charts.lines(weeks(*shares), whole=True)
    assert [text for _y, text in whole.ticks] == ["0%", "25%", "50%", "75%", "100%"]


@pytest.mark.parametrize(("count", "labels"), [(1, 1), (2, 2), (9, 3), (60, 3)])
def test_lines_name_their_ends_and_show_half_a_year_at_most(count: int, labels: int) -> None:
    found = charts.lines(weeks(*[Share(5, 10)] * count))
    assert len(found.points) == min(count, 26)
    assert len(found.labels) == labels
    assert not charts.lines([])


def test_a_cell_is_the_darker_the_larger_its_share() -> None:
    levels = [charts.grid_cell(Share(hits, 10)).level or 0 for hits in range(11)]
    assert levels == sorted(levels)
    assert (levels[0], levels[-1]) == (0, 9)
    assert charts.grid_cell(Share(0, 0)).level is None
    assert charts.grid_cell(Share(2, 10), most=0.2).level == 9


def test_bars_are_as_long_as_their_counts() -> None:
    found = charts.bars([("a", 8), ("b", 2), ("c", 0)], 10)
    assert [(bar.label, bar.width, bar.text) for bar in found] == [
        ("a", "100.00%", "80%"),
        ("b", "25.00%", "20%"),
    ]


def test_what_is_undefined_is_not_drawn() -> None:
    row = charts.agreement_row("x", agreement({(3, 0): 4}))
    assert (row.alpha, row.alpha_low, row.alpha_text, row.reading) == ("", "", "–", "not enough to tell")
    assert row.ac1 == "100.00%"


@pytest.mark.parametrize(
    ("alpha", "reading"),
    [
        (0.8, "reliable"),
        (0.799, "tentative"),
        (0.667, "tentative"),
        (0.66, "not reliable"),
        (-0.3, "not reliable"),
    ],
)
def test_alpha_is_read_by_krippendorffs_bounds(alpha: float, reading: str) -> None:
    assert wording.reading_of(alpha) == reading


def test_figures_are_written_in_the_readers_language() -> None:
    from django.utils.translation import override

    with override("ru"):
        assert wording.coefficient(0.5) == "0,50"
        assert wording.percent(0.5) == "50\u00a0%"
    assert wording.coefficient(-0.25) == "−0.25"
    assert wording.share_in_words(Share(1, 2)) == "50%, 95% interval 9–91%, n = 2"


def test_figures_are_rounded_and_not_cut_off() -> None:
    assert [wording.percent(value) for value in (0.876, 0.994, 0.0, 1.0)] == ["88%", "99%", "0%", "100%"]
    assert [wording.coefficient(value) for value in (0.679, -0.001, 1.0)] == ["0.68", "0.00", "1.00"]
