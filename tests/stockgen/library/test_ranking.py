"""Pages of a ranking: none repeats a picture and none loses one."""

from __future__ import annotations

from uuid import UUID

import pytest

from stockgen.library import encoder, searching
from stockgen.library.wanted import Wanted, find
from stockgen.models import StockPicture
from tests.factories import make_pictures

pytestmark = pytest.mark.django_db

EQUAL = 200


@pytest.mark.parametrize("few", [searching.FEW, -1], ids=["compared one by one", "by the graph"])
def test_pages_of_equal_pictures_show_each_once(few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "FEW", few)
    vector = encoder.vector_of("a bakery")
    for picture in make_pictures(EQUAL):
        assert picture.approve("votes")
    # Written one by one, so that they do not lie in the order of their ids.
    for key in StockPicture.objects.order_by("location", "?").values_list("pk", flat=True):
        StockPicture.objects.filter(pk=key).update(vector=vector, embedder=encoder.name())
    shown: list[UUID] = []
    for size in (60, 7):
        shown.clear()
        after: int | None = 0
        while after is not None:
            page = find(Wanted(), text="bakery", after=after, size=size)
            shown += [picture.pk for picture in page.pictures]
            after = int(page.next[1]) if page.next else None
        assert len(shown) == EQUAL
        assert shown == sorted(shown)
