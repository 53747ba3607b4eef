"""The library over REST."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from stockgen.models import Cause, Collection, Picture, StockPicture
from tests.api.client import ApiClient, assert_problem
from tests.factories import make_pictures, make_user, some_uuid
from tests.stocked import stock

pytestmark = pytest.mark.django_db


CODES = {403: "forbidden", 404: "not_found", 422: "invalid"}


def refused(response: Any, status: int, field: str | None = None) -> None:
    assert_problem(response, status, CODES[status], field)


def keys(response: Any) -> list[str]:
    assert response.status_code == 200, response.content
    return [item["id"] for item in response.json()["items"]]


def test_a_search_finds_by_meaning_the_nearest_first(api: ApiClient) -> None:
    known = stock()
    found = api.get("/stock/pictures", {"q": "colleagues discussing at a flipchart"}).json()
    assert found["items"][0]["id"] == str(known["meeting room"].pk)
    assert found["items"][0]["location"] == "meeting room"
    similarities = [item["similarity"] for item in found["items"]]
    assert similarities == sorted(similarities, reverse=True)
    assert similarities[0] > 0.3
    assert found["searched_for"] == {
        "text": "colleagues discussing at a flipchart", "is_translated": False, "unknown": [],
    }  # fmt: skip


def test_a_russian_search_says_what_was_searched_for(api: ApiClient) -> None:
    known = stock()
    found = api.get("/stock/pictures", {"q": "кабинет стоматолога с куздрой"}).json()
    assert found["items"][0]["id"] == str(known["dental surgery"].pk)
    assert found["searched_for"] == {
        "text": "office room dental surgery with", "is_translated": True, "unknown": ["куздрой"],
    }  # fmt: skip


def test_russian_without_a_known_word_finds_nothing_and_says_so(api: ApiClient) -> None:
    stock()
    found = api.get("/stock/pictures", {"q": "глокая куздра"}).json()
    assert (found["items"], found["next"]) == ([], None)
    assert found["searched_for"]["text"] == ""


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"q": "x" * 10_000}, "q"),
        ({"q": "  "}, "q"),
        ({"q": "a\0b"}, "q"),
        ({"topic": "nothing"}, "topic"),
        ({"licence": "none of ours"}, "licence"),
        ({"flag": "ugly"}, "flag"),
        ({"orientation": "round"}, "orientation"),
        ({"min_width": 0}, "min_width"),
        ({"after": 1000}, "after"),
        ({"since": "yesterday"}, "since"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_search_that_makes_no_sense_is_422_at_its_field(
    api: ApiClient, query: dict[str, Any], field: str
) -> None:
    response = api.get("/stock/pictures", query)
    assert response.status_code == 422
    assert response.json()["field"] == field


def test_a_search_of_10_000_characters_is_told_how_many_it_may_have(api: ApiClient) -> None:
    response = api.get("/stock/pictures", {"q": "word " * 2000})
    assert "Use at most 500" in response.json()["message"]


def test_each_filter_narrows(api: ApiClient, operator: User) -> None:
    known = stock()
    [wide] = make_pictures(1, width=512, height=256)
    wide.approve(Cause.VOTES)
    StockPicture.objects.filter(pk=wide.pk).update(
        flags=["dark"], approved_at=timezone.now() - timedelta(days=9)
    )
    collection = Collection.objects.start(api.user, name="mine")
    collection.add([wide.pk])
    picture = known["bakery"]
    everything = {str(one.pk) for one in [*known.values(), wide]}
    assert set(keys(api.get("/stock/pictures"))) == everything
    wide_only: list[dict[str, Any]] = [
        {"topic": wide.topic.key}, {"concept": wide.concept.key}, {"run": wide.run_id}, {"flag": "dark"},
        {"orientation": "landscape"}, {"min_width": 300}, {"collection": collection.pk},
        {"until": (timezone.now() - timedelta(days=8)).date()},
    ]  # fmt: skip
    for query in wide_only:
        assert keys(api.get("/stock/pictures", query)) == [str(wide.pk)], query
    others: list[dict[str, Any]] = [
        {"flag": "none"}, {"orientation": "square"}, {"since": (timezone.now() - timedelta(days=1)).date()}
    ]  # fmt: skip
    for query in others:
        assert set(keys(api.get("/stock/pictures", query))) == everything - {str(wide.pk)}, query
    assert keys(api.get("/stock/pictures", {"location": "Bakery"})) == [str(picture.pk)]
    assert keys(api.get("/stock/pictures", {"location": "dental bakery"})) == []
    assert keys(api.get("/stock/pictures", {"campaign": some_uuid()})) == []
    assert set(keys(api.get("/stock/pictures", {"model": picture.image_model}))) == everything
    assert set(keys(api.get("/stock/pictures", {"licence": "made by this project"}))) == everything
    found = api.get("/stock/pictures", {"q": "bread", "location": "warehouse"})
    assert keys(found) == [str(known["warehouse"].pk)]


def test_pictures_like_one_leave_it_out(api: ApiClient) -> None:
    known = stock(shown={"bakery": "fresh bread", "baker’s shop": "bread and cakes", "garage": "a car"})
    found = keys(api.get("/stock/pictures", {"like": known["bakery"].pk}))
    assert found == [str(known["baker’s shop"].pk), str(known["garage"].pk)]
    refused(api.get("/stock/pictures", {"like": known["bakery"].pk, "q": "bread"}), 422, "like")
    refused(api.get("/stock/pictures", {"like": some_uuid()}), 404)


@pytest.mark.parametrize("query", [{}, {"q": "a room"}])
def test_pages_show_each_picture_once(api: ApiClient, query: dict[str, str]) -> None:
    known = stock()
    address, seen = "/stock/pictures", []
    response = api.get(address, query | {"limit": 3})
    while True:
        seen += keys(response)
        following = response.json()["next"]
        if following is None:
            break
        response = api.get(following)
    assert len(seen) == 4
    assert set(seen) == {str(picture.pk) for picture in known.values()}


def test_the_stock_is_everybodys_but_only_what_is_approved(api: ApiClient, operator: User) -> None:
    known = stock(owner=make_user())
    picture = known["bakery"]
    for client in (api, ApiClient(operator)):
        assert len(keys(client.get("/stock/pictures"))) == 4
        assert client.get(f"/stock/pictures/{picture.pk}").json()["prompt"] == picture.prompt.text
        assert client.get(f"/stock/pictures/{picture.pk}/image").status_code == 200
        assert client.get(f"/stock/pictures/{picture.pk}/thumbnail").status_code == 200
    picture.reopen(Cause.REOPENED)
    for part in ("", "/image", "/thumbnail"):
        refused(api.get(f"/stock/pictures/{picture.pk}{part}"), 404)
    assert str(picture.pk) not in keys(api.get("/stock/pictures", {"q": "bread"}))


def test_experts_do_not_see_what_others_approved(expert: User) -> None:
    known = stock()
    client = ApiClient(expert)
    paths = ["/stock/pictures", "/stock/collections", f"/stock/pictures/{known['bakery'].pk}"]
    for path in [*paths, f"{paths[2]}/image", f"{paths[2]}/thumbnail"]:
        refused(client.get(path), 403)


# ---------------------------------------------------------------------- collections
def start(client: ApiClient, **body: Any) -> dict[str, Any]:
    response = client.post("/stock/collections", {"name": "Deck", **body})
    assert response.status_code == 201, response.content
    made: dict[str, Any] = response.json()
    return made


def test_pictures_are_put_into_a_collection_and_taken_out(api: ApiClient) -> None:
    known = stock()
    path = f"/stock/collections/{start(api)['id']}"
    bread, store = str(known["bakery"].pk), str(known["warehouse"].pk)
    [pending] = make_pictures(1)
    added = api.post(f"{path}/pictures", {"add": [bread, store, bread, str(some_uuid()), str(pending.pk)]})
    assert added.json() == {"added": 2, "removed": 0}
    assert api.post(f"{path}/pictures", {"add": [bread], "remove": [store]}).json() == {
        "added": 0, "removed": 1,
    }  # fmt: skip
    assert keys(api.get("/stock/pictures", {"collection": path.rpartition("/")[2]})) == [bread]


def test_what_leaves_the_stock_leaves_a_collection_until_it_is_back(api: ApiClient) -> None:
    picture = stock()["bakery"]
    made = start(api)
    api.post(f"/stock/collections/{made['id']}/pictures", {"add": [str(picture.pk)]})
    picture.reject(Cause.OVERRIDE)
    assert keys(api.get("/stock/pictures", {"collection": made["id"]})) == []
    Picture.objects.get(pk=picture.pk).approve(Cause.OVERRIDE)
    assert keys(api.get("/stock/pictures", {"collection": made["id"]})) == [str(picture.pk)]


def test_a_collection_is_renamed_shared_and_deleted(api: ApiClient) -> None:
    path = f"/stock/collections/{start(api)['id']}"
    changed = api.patch(path, {"name": " Spring  deck ", "is_shared": True}).json()
    assert (changed["name"], changed["is_shared"], changed["is_own"]) == ("Spring deck", True, True)
    assert api.delete(path).status_code == 204
    refused(api.get(path), 404)


@pytest.mark.parametrize("name", ["", "   ", "x" * 81, "Deck", "a\0b"])
def test_a_collection_needs_a_name_of_its_own(api: ApiClient, name: str) -> None:
    start(api)
    refused(api.post("/stock/collections", {"name": name}), 422, "name")
    assert Collection.objects.count() == 1


def test_anothers_private_collection_is_404_and_a_shared_one_can_only_be_read(
    api: ApiClient, operator: User
) -> None:
    picture = stock()["bakery"]
    private, shared = start(api), start(api, name="Shared", is_shared=True)
    for user in (make_user(), operator):
        other = ApiClient(user)
        assert [one["name"] for one in other.get("/stock/collections").json()] == ["Shared"]
        assert other.get(f"/stock/collections/{shared['id']}").json()["is_own"] is False
        assert keys(other.get("/stock/pictures", {"collection": shared["id"]})) == []
        refused(other.get(f"/stock/collections/{private['id']}"), 404)
        refused(other.get("/stock/pictures", {"collection": private["id"]}), 404)
        for made in (private, shared):
            path = f"/stock/collections/{made['id']}"
            refused(other.post(f"{path}/pictures", {"add": [str(picture.pk)]}), 404)
            refused(other.patch(path, {"name": "mine"}), 404)
            refused(other.delete(path), 404)


def test_more_than_a_thousand_pictures_at_once_are_refused(api: ApiClient) -> None:
    many = [str(some_uuid()) for _number in range(1001)]
    path = f"/stock/collections/{start(api)['id']}/pictures"
    assert api.post(path, {"add": many}).status_code == 422
