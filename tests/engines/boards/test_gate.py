"""The gate: line by line, nothing that reads worse stays."""

from __future__ import annotations

import numpy as np

from engines.boards.blending import keep_places, touched
from engines.boards.gate import choose_places, keep_lines
from engines.boards.reading import Place
from tests.engines.boards.reading_boards import ColourReader, box, rows

WELL, WRONG, BETTER = 200, 100, 50
MEANINGS = {WELL: ("energy", 0.95), WRONG: ("onorgy", 0.99), BETTER: ("energy", 0.99)}


def painted(level: int, places: tuple[Place, ...] = (), on: int = WELL, size: int = 200) -> np.ndarray:  # type: ignore[type-arg]
    image = np.full((size, size, 3), on, dtype=np.uint8)
    for place in places:
        (left, top), _, (right, bottom), _ = place.box
        image[
            round(top * size) - 3 : round(bottom * size) + 3, round(left * size) - 3 : round(right * size) + 3
        ] = level
    return image


def test_a_line_that_reads_otherwise_than_the_sure_photo_gets_the_gentle_pixels_back() -> None:
    places = rows(4)
    reader = ColourReader(places, MEANINGS)
    photo = reader.read(painted(WELL), places)
    bold = painted(WRONG, places[1:2], on=BETTER, size=400)
    kept = keep_lines(reader, bold, painted(WELL), photo, places, range(4))
    assert kept.put_back == {1}
    assert [line.text for line in kept.lines] == ["energy"] * 4
    assert kept.image.shape == bold.shape
    assert np.abs(kept.image[150:155, 100:300].astype(int) - WELL).max() <= 1
    assert (kept.image[20:50, 100:300] == BETTER).all()


def test_a_line_that_nobody_read_is_not_redrawn() -> None:
    places = rows(4)
    reader = ColourReader(places, MEANINGS)
    photo = reader.read(painted(WELL), places)
    kept = keep_lines(reader, painted(BETTER, on=BETTER), painted(WELL), photo, places, [0, 3])
    assert not kept.put_back
    assert len(kept.lines) == 2
    assert (kept.image[65:75, 50:150] == WELL).all()
    assert (kept.image[10:20, 50:150] == BETTER).all()


def test_only_what_was_put_back_and_what_it_touches_is_read_again() -> None:
    places = rows(10)
    reader = ColourReader(places, MEANINGS)
    photo = reader.read(painted(WELL), places)
    reader.read_counts.clear()
    keep_lines(
        reader, painted(WRONG, places[:1], on=BETTER, size=400), painted(WELL), photo, places, range(10)
    )
    assert reader.read_counts[0] == 10
    assert reader.read_counts[1:] == [1]


def test_pixels_are_put_back_at_the_size_of_the_result_and_soft_at_the_edges() -> None:
    gentle = np.full((100, 100, 3), 240, dtype=np.uint8)
    bold = np.zeros((200, 200, 3), dtype=np.uint8)
    kept = keep_places(bold, gentle, [box(0.25, 0.4, 0.75, 0.6)])
    column = kept[:, 100, 0]
    assert kept.shape == bold.shape
    assert column[100] == 240
    assert column[40] == column[160] == 0
    assert len(set(column[60:80].tolist())) > 4
    assert not bold.any()


def test_a_slanted_place_is_put_back_as_it_lies() -> None:
    gentle = np.full((200, 200, 3), 240, dtype=np.uint8)
    slanted = ((0.1, 0.6), (0.8, 0.2), (0.85, 0.3), (0.15, 0.7))
    kept = keep_places(np.zeros_like(gentle), gentle, [slanted])
    assert kept[90, 95, 0] == 240
    assert kept[50, 40, 0] == kept[150, 150, 0] == 0


def test_a_place_at_the_rim_or_without_extent_does_no_harm() -> None:
    gentle, bold = np.full((50, 60, 3), 9, dtype=np.uint8), np.zeros((50, 60, 3), dtype=np.uint8)
    kept = keep_places(
        bold, gentle, [box(-0.1, -0.1, 0.1, 0.1), box(1.0, 1.0, 1.0, 1.0), box(0.5, 0.5, 0.5, 0.5)]
    )
    assert kept[0, 0, 0] == 9
    assert kept[0, 59, 0] == 0


def test_a_widened_place_touches_its_near_neighbour_only() -> None:
    boxes = [box(0.1, 0.1, 0.9, 0.2), box(0.1, 0.22, 0.9, 0.32), box(0.1, 0.6, 0.9, 0.7)]
    assert touched(boxes, boxes[:1], 1.5) == [0, 1]


def test_lines_chosen_for_want_of_time_are_spread_over_sizes_small_ones_more_densely() -> None:
    places = [Place(box(0, 0, 1, (n + 1) / 100), 0.9) for n in range(60)]
    chosen = choose_places(places, 12)
    assert len(chosen) == len(set(chosen)) == 12
    assert chosen == tuple(sorted(chosen))
    assert sum(n < 20 for n in chosen) > sum(n >= 40 for n in chosen) > 0


def test_all_lines_are_chosen_where_they_are_few_or_no_bound_is_set() -> None:
    assert choose_places(rows(3), 12) == (0, 1, 2)
    assert choose_places(rows(13), None) == tuple(range(13))
    for count in range(1, 30):
        for most in range(1, count + 1):
            assert len(choose_places(rows(count), most)) == most
