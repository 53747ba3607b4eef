"""The pages of the library: searching, filters, one picture, collections."""

from __future__ import annotations

import re
from typing import Any

import pytest

from stockgen.models import Cause, Collection, CollectionItem, Concept, Match, Run, Topic
from tests.factories import make_user, some_uuid
from tests.stocked import stock
from tests.web.conftest import Browser

pytestmark = pytest.mark.django_db


def test_the_library_shows_everybodys_approved_pictures(designer: Browser) -> None:
    known = stock(owner=make_user())
    page = designer.get("/library/").content.decode()
    for picture in known.values():
        assert f"/library/pictures/{picture.pk}/" in page
    assert designer.get(f"/library/pictures/{known['bakery'].pk}/thumbnail/").status_code == 200


def test_a_search_says_what_was_searched_for_and_how_near_each_is(designer: Browser) -> None:
    known = stock()
    page = designer.htmx("/library/", q="пекарня").content.decode()
    assert "<html" not in page
    assert "Searched for:" in page
    assert "bakery" in page.partition("Searched for:")[2][:80]
    assert "tile-similarity" in page
    assert page.index(str(known["bakery"].pk)) < page.index(str(known["warehouse"].pk))


def test_a_search_of_10_000_characters_is_refused_with_a_sentence(designer: Browser) -> None:
    response = designer.get("/library/", {"q": "x" * 10_000})
    assert response.status_code == 422
    assert "at most 500 characters" in response.content.decode()


@pytest.mark.parametrize(
    "query", [{"like": str(some_uuid())}, {"min_width": "-1"}, {"since": "soon"}, {"collection": "x"}]
)
def test_a_filter_that_makes_no_sense_is_said(designer: Browser, query: dict[str, str]) -> None:
    response = designer.get("/library/", query)
    assert response.status_code == 422
    assert 'role="alert"' in response.content.decode()


def test_the_next_tiles_follow_by_a_cursor(designer: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stockgen.views.library.pictures.PAGE", 3)
    known = {str(picture.pk) for picture in stock().values()}
    for query in ({}, {"q": "room"}):
        response = designer.htmx("/library/", **query)
        first = response.content.decode()
        more = response.context["more"]
        second = designer.get(more, headers={"HX-Request": "true"}).content.decode()
        shown = [{key for key in known if f"/{key}/thumbnail" in part} for part in (first, second)]
        assert (len(shown[0]), len(shown[1])) == (3, 1)
        assert shown[0] | shown[1] == known
        assert "data-tiles" not in second


def test_the_page_of_a_picture_shows_how_it_was_made_and_what_is_like_it(designer: Browser) -> None:
    known = stock(owner=make_user(), shown={"bakery": "fresh bread", "baker’s shop": "bread and cakes"})
    page = designer.get(f"/library/pictures/{known['bakery'].pk}/").content.decode()
    assert "fresh bread" in page
    assert f"/library/pictures/{known['baker’s shop'].pk}/" in page
    assert "How it was made" in page


def test_a_picture_that_left_the_stock_is_404(designer: Browser) -> None:
    picture = stock(owner=make_user())["bakery"]
    picture.reject(Cause.OVERRIDE)
    for part in ("", "image/", "thumbnail/"):
        assert designer.get(f"/library/pictures/{picture.pk}/{part}").status_code == 404


def test_experts_may_not_look(expert: Browser) -> None:
    picture = stock()["bakery"]
    paths = ["", "collections/", f"pictures/{picture.pk}/", f"pictures/{picture.pk}/image/"]
    for path in [*paths, f"pictures/{picture.pk}/thumbnail/"]:
        assert expert.get(f"/library/{path}").status_code == 403
    assert expert.post("/library/collect/").status_code == 403


# ---------------------------------------------------------------------- collections
def test_chosen_pictures_go_into_a_new_collection(designer: Browser) -> None:
    known = stock()
    chosen = [str(known["bakery"].pk), str(known["warehouse"].pk)]
    response = designer.post(
        "/library/collect/", {"pictures": chosen, "name": "Food"}, headers={"HX-Request": "true"}
    )
    assert "data-collected" in response.content.decode()
    assert "2 pictures are now in “Food”." in response.headers["HX-Trigger"].encode().decode("unicode_escape")
    collection = Collection.objects.get(owner=designer.user)
    assert not collection.is_shared
    assert collection.items.count() == 2
    page = designer.get(collection.get_absolute_url()).content.decode()
    assert str(known["dental surgery"].pk) not in page
    assert f"/library/collections/{collection.pk}/remove/" in page


def test_choosing_nothing_or_no_name_makes_nothing(designer: Browser) -> None:
    picture = stock()["bakery"]
    for data in ({"name": "Food"}, {"pictures": [str(picture.pk)]}, {"pictures": ["x"], "name": "Food"}):
        response = designer.post("/library/collect/", data, headers={"HX-Request": "true"})
        assert "data-collected" not in response.content.decode()
        assert "error" in response.headers["HX-Trigger"]
    assert not Collection.objects.exists()


def test_pictures_are_taken_out_of_ones_own_collection(designer: Browser) -> None:
    picture = stock()["bakery"]
    collection = Collection.objects.start(designer.user, name="Food")
    collection.add([picture.pk])
    response = designer.post(f"/library/collections/{collection.pk}/remove/", {"pictures": [str(picture.pk)]})
    assert response.status_code == 302
    assert not CollectionItem.objects.exists()


def test_anothers_collection_cannot_be_seen_or_changed(designer: Browser, other_designer: Browser) -> None:
    collection = Collection.objects.start(other_designer.user, name="Secret deck")
    assert "Secret deck" not in designer.get("/library/collections/").content.decode()
    assert designer.get("/library/", {"collection": collection.pk}).status_code == 422
    for verb in ("rename", "share", "unshare", "delete", "remove"):
        assert (
            designer.post(f"/library/collections/{collection.pk}/{verb}/", {"name": "x"}).status_code == 404
        )
    collection.edit(is_shared=True)
    assert "Secret deck" in designer.get("/library/collections/").content.decode()
    assert designer.get("/library/", {"collection": collection.pk}).status_code == 200
    assert designer.post(f"/library/collections/{collection.pk}/delete/").status_code == 404


def test_a_collection_is_made_renamed_shared_and_deleted(designer: Browser) -> None:
    assert designer.post("/library/collections/new/", {"name": "Food"}).status_code == 302
    collection = Collection.objects.get()
    twin = designer.post("/library/collections/new/", {"name": " Food "})
    assert twin.status_code == 422
    assert "You have a collection of this name." in twin.content.decode()
    for verb in ("share", "unshare", "share"):
        designer.post(f"/library/collections/{collection.pk}/{verb}/")
    designer.post(f"/library/collections/{collection.pk}/rename/", {"name": "Bread"})
    collection.refresh_from_db()
    assert (collection.name, collection.is_shared) == ("Bread", True)
    designer.post(f"/library/collections/{collection.pk}/delete/")
    assert not Collection.objects.exists()


def test_a_name_that_is_taken_is_said_where_the_collection_is_renamed(designer: Browser) -> None:
    food, bread = (Collection.objects.start(designer.user, name=name) for name in ("Food", "Bread"))
    response = designer.post(f"/library/collections/{bread.pk}/rename/", {"name": "Food"})
    assert response.status_code == 422
    page = response.content.decode()
    assert page.count("You have a collection of this name.") == 1
    form = page.partition(f'action="/library/collections/{bread.pk}/rename/"')[2].partition("</form>")[0]
    assert "You have a collection of this name." in form
    assert 'value="Food"' in form
    assert page.count('value="Food"') == 2, "of the other collection and of this one, not of a new one"
    assert str(food.pk) in page
    assert ">Bread</a>" in page, "it still has its name"


# ---------------------------------------------------------------------- for a slide
def test_an_empty_answer_says_what_is_empty(designer: Browser) -> None:
    concept = stock()["bakery"].concept
    other = Concept.objects.create(key="logo", name="Logo")
    topic = Topic.objects.create(key="farms", name="Farming")
    for sent, said in (
        ({"concept": other.key}, "The stock has no picture of this concept yet."),
        (
            {"concept": concept.key, "topic": topic.key},
            "The stock has no picture of this topic and concept yet.",
        ),
        ({"concept": concept.key, "text": "глокая куздра"}, "No word of this text is known."),
    ):
        page = designer.get(designer.post("/library/match/", {"text": "bread"} | sent).url).content.decode()
        assert said in page
        assert page.count("The stock has no picture") == int(said.startswith("The stock"))


def test_a_slide_leads_to_its_pictures_and_says_what_was_searched_for(designer: Browser) -> None:
    known = stock(owner=make_user())
    sent = {"text": "Свежий хлеб каждое утро", "concept": known["bakery"].concept.key, "generate": "on"}
    response = designer.post("/library/match/", sent)
    match = Match.objects.get()
    assert response.url == f"/library/match/{match.pk}/"
    page = designer.get(response.url).content.decode()
    assert '<strong lang="en">fresh bread' in page
    assert page.index(str(known["bakery"].pk)) < page.index(str(known["warehouse"].pk))
    assert "data-choose" not in page


def test_a_picture_that_is_being_made_is_asked_for_until_it_is_there(designer: Browser) -> None:
    known = stock()
    sent = {"text": "Вулканы Камчатки", "concept": known["bakery"].concept.key, "generate": "on"}
    address = designer.post("/library/match/", sent).url
    assert "A picture is being made" in designer.get(address).content.decode()
    assert designer.htmx(address).status_code == 200
    Match.objects.get().run.cancel()
    over = designer.htmx(address)
    assert over.status_code == 286
    assert "No picture could be made" in over.content.decode()


def test_pressing_twice_makes_one_picture(designer: Browser) -> None:
    concept = stock()["bakery"].concept.key
    [key] = re.findall(
        r'name="idempotency_key" value="(\w+)"', designer.get("/library/match/").content.decode()
    )
    sent = {"text": "Вулканы Камчатки", "concept": concept, "generate": "on", "idempotency_key": key}
    first, second = (designer.post("/library/match/", sent) for _press in range(2))
    assert first.url == second.url
    assert Run.objects.exclude(slide="").count() == 1
    changed = designer.post("/library/match/", sent | {"text": "Гейзеры"})
    assert changed.status_code == 422
    assert "has been sent already" in changed.content.decode()
    [fresh] = re.findall(r'name="idempotency_key" value="(\w+)"', changed.content.decode())
    assert fresh != key
    assert (
        designer.post("/library/match/", sent | {"text": "Гейзеры", "idempotency_key": fresh}).status_code
        == 302
    )
    assert fresh not in designer.get(first.url).content.decode()


def test_the_page_makes_no_more_pictures_a_minute_than_rest(designer: Browser, settings: Any) -> None:
    concept = stock()["bakery"].concept.key
    settings.API_LAUNCHES_PER_MINUTE = 1
    sent = {"text": "Вулканы Камчатки", "concept": concept, "generate": "on", "idempotency_key": "one"}
    assert [designer.post("/library/match/", sent).status_code for _press in range(2)] == [302, 302]
    refused = designer.post("/library/match/", sent | {"idempotency_key": "two"})
    assert refused.status_code == 429
    assert "Too many requests." in refused.content.decode()
    del sent["generate"]
    assert designer.post("/library/match/", sent | {"idempotency_key": "three"}).status_code == 302


def test_an_empty_slide_is_refused_with_a_sentence(designer: Browser) -> None:
    concept = stock()["bakery"].concept
    for text in ("", "   ", "x" * 5001):
        response = designer.post("/library/match/", {"text": text, "concept": concept.key})
        assert response.status_code == 422
        assert 'class="error"' in response.content.decode()
    assert not Match.objects.exists()


def test_anothers_slide_is_404(designer: Browser, other_designer: Browser, expert: Browser) -> None:
    concept = stock()["bakery"].concept
    address = designer.post("/library/match/", {"text": "bread", "concept": concept.key}).url
    assert other_designer.get(address).status_code == 404
    assert expert.get("/library/match/").status_code == 403
