"""What somebody types is read as it was meant, wherever it was copied from."""

from __future__ import annotations

import unicodedata

import pytest
from django.core.exceptions import ValidationError

from stockgen.library.queries import read_query

MEANT = "Стоматологический кабинет, чёрный чай"


@pytest.mark.parametrize(
    "pasted",
    [
        unicodedata.normalize("NFD", MEANT),
        "\u00ad".join(MEANT),
        MEANT.replace("т", "т\u200b"),
        f"\ufeff{MEANT}\u2060",
        unicodedata.normalize("NFD", MEANT).replace("и", "и\u00ad"),
    ],
    ids=["macOS", "soft hyphens", "zero-width spaces", "byte-order mark", "both"],
)
def test_russian_from_a_pdf_is_read_like_typed_russian(pasted: str) -> None:
    query, typed = read_query(pasted), read_query(MEANT)
    assert query == typed
    assert (query.asked, query.unknown) == (MEANT, ())


def test_what_nobody_can_see_is_no_text() -> None:
    with pytest.raises(ValidationError, match="Say what you are looking for"):
        read_query(" \u00ad\u200b\ufeff\n")
