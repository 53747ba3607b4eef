"""A few fonts are enough to draw boards in tests."""

from __future__ import annotations

import pytest

from training import fonts

FEW = ("caveat", "balsamiq-sans", "roboto", "neucha", "pt-sans", "playpen-sans", "open-sans")


@pytest.fixture(autouse=True)
def few_fonts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fetch a few families, of both halves of the split, and draw with them alone."""
    few = tuple(family for family in fonts.families() if family.name in FEW)
    fonts.fetch(wanted=few)
    monkeypatch.setattr(fonts, "families", lambda: few)
