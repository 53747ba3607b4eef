"""Windows cover a grid once, with all that their cores depend on."""

from __future__ import annotations

import numpy as np
import pytest

from engines.superres.tiling import tile_grid

SIZES = [(1, 1, 1, 0), (1, 50, 8, 3), (7, 5, 100, 18), (100, 61, 16, 4), (64, 64, 16, 0), (200, 37, 33, 15)]


@pytest.mark.parametrize(("height", "width", "tile", "radius"), SIZES)
def test_each_pixel_is_the_core_of_one_window(height: int, width: int, tile: int, radius: int) -> None:
    counts = np.zeros((height, width), int)
    for window in tile_grid(height, width, tile=tile, radius=radius).windows:
        counts[slice(*window.rows), slice(*window.columns)] += 1
    assert (counts == 1).all()


@pytest.mark.parametrize(("height", "width", "tile", "radius"), SIZES)
def test_a_core_has_its_neighbourhood_in_its_window(height: int, width: int, tile: int, radius: int) -> None:
    tiling = tile_grid(height, width, tile=tile, radius=radius)
    for window in tiling.windows:
        for begin, size, (first, last), length in (
            (window.top, tiling.height, window.rows, height),
            (window.left, tiling.width, window.columns, width),
        ):
            assert begin >= 0
            assert begin + size <= length
            assert size <= tile + 2 * radius
            assert begin <= max(first - radius, 0)
            assert begin + size >= min(last + radius, length)


def test_a_tile_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="no tiling"):
        tile_grid(10, 10, tile=0, radius=1)
