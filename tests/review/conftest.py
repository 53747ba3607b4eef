"""What tests of the rating queue share."""

from __future__ import annotations

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def no_full_cells_of_other_tests() -> None:
    """Forget which cells were full in the test before."""
    cache.delete_many(["review.full_cells", "review.ranked"])
