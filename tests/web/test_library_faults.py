"""What once made the library answer 500: the ends of the calendar, twins at once, an embedder without files."""

from __future__ import annotations

from typing import Any

import pytest

from engines.errors import ModelUnavailable
from stockgen.library import encoder
from stockgen.library.searching import nearest_to
from stockgen.models import Match, StockPicture, Topic
from tests.api.client import ApiClient, assert_problem
from tests.stocked import stock
from tests.web.conftest import Browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def no_embedder(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a host be one where nobody has put the embedder's files."""

    def load(key: str) -> Any:
        raise ModelUnavailable(key, "/models/minilm", "Nothing is there: put the model there.")

    monkeypatch.setattr(encoder, "_load", load)
    encoder.forget()


@pytest.mark.parametrize("day", ["9999-12-31", "9999-12-30", "0001-01-01"])
@pytest.mark.parametrize("name", ["since", "until"])
@pytest.mark.parametrize("zone", ["UTC", "Asia/Vladivostok", "America/Los_Angeles"])
def test_the_ends_of_the_calendar_are_days_like_others(
    designer: Browser, name: str, day: str, zone: str, settings: Any
) -> None:
    settings.TIME_ZONE = zone
    known = {str(picture.pk) for picture in stock().values()}
    is_open = (name == "until") == day.startswith("9")
    assert designer.user
    answer = ApiClient(designer.user).get("/stock/pictures", {name: day})
    assert answer.status_code == 200
    assert {one["id"] for one in answer.json()["items"]} == (known if is_open else set())
    assert designer.get("/library/", {name: day}).status_code == 200


def test_without_the_embedders_files_a_search_says_what_to_do(
    designer: Browser, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    known = stock()
    concept = known["bakery"].concept.key
    request.getfixturevalue("no_embedder")
    assert designer.user
    api = ApiClient(designer.user)
    pages = [
        designer.get("/library/", {"q": "bread"}), designer.htmx("/library/", q="bread"),
        designer.post("/library/match/", {"text": "bread", "concept": concept}),
    ]  # fmt: skip
    for page in pages:
        assert page.status_code == 503
        assert "put the model there" in page.content.decode()
    assert_problem(api.get("/stock/pictures", {"q": "bread"}), 503, "model_unavailable")
    assert_problem(api.post("/stock/match", {"text": "bread", "concept": concept}), 503, "model_unavailable")
    assert "put the model there" in api.get("/stock/pictures", {"q": "bread"}).json()["message"]
    assert designer.get("/library/").status_code == 200, "filters need no embedder"
    assert not Match.objects.exists()


def test_no_picture_is_made_where_no_topic_is_offered(designer: Browser) -> None:
    concept = stock()["bakery"].concept.key
    Topic.objects.update(is_active=False)
    asked = {"text": "Вулканы Камчатки", "concept": concept}
    page = designer.post("/library/match/", asked | {"generate": "on"})
    assert page.status_code == 422
    assert "No topic is offered" in page.content.decode()
    assert designer.user
    answer = ApiClient(designer.user).post("/stock/match", asked | {"generate": True})
    assert_problem(answer, 422, "invalid", "topic")
    assert not Match.objects.exists()


def test_a_vector_of_another_embedder_is_compared_with_none(designer: Browser) -> None:
    picture = stock()["bakery"]
    row = StockPicture.objects.get(pk=picture.pk)
    assert nearest_to(row, StockPicture.objects.all(), size=3)
    assert "has not been read yet" not in designer.get(f"/library/pictures/{picture.pk}/").content.decode()
    for embedder, vector in (("another@1", row.vector), ("", None)):
        StockPicture.objects.filter(pk=picture.pk).update(embedder=embedder, vector=vector)
        assert nearest_to(StockPicture.objects.get(pk=picture.pk), StockPicture.objects.all(), size=3) == []
        page = designer.get("/library/", {"like": str(picture.pk)}).content.decode()
        assert "Its description has not been read yet." in page
        assert "Take a filter away" not in page
        page = designer.get(f"/library/pictures/{picture.pk}/").content.decode()
        assert "Its description has not been read yet." in page
