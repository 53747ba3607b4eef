"""The gallery: filters, pages by key, who sees what, and what it costs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from stockgen.models import Run
from tests.factories import claim_pictures, make_concept, make_planned_run, make_topic, some_uuid
from tests.web.conftest import Browser


def shown(response: Any) -> set[Any]:
    return {picture.pk for picture in response.context["pictures"]}


def ids(run: Run) -> set[Any]:
    return set(run.pictures.values_list("pk", flat=True))


def test_a_designer_sees_own_finished_pictures(
    designer: Browser, other_designer: Browser, finished_run: Callable[..., Run]
) -> None:
    mine, theirs = finished_run(designer.user), finished_run(other_designer.user)
    make_planned_run(designer.user)
    assert shown(designer.get("/gallery/")) == ids(mine)
    assert shown(other_designer.get("/gallery/")) == ids(theirs)


def test_experts_and_operators_see_the_finished_pictures_of_all(
    designer: Browser, expert: Browser, operator: Browser, finished_run: Callable[..., Run]
) -> None:
    run = finished_run(designer.user)
    assert shown(expert.get("/gallery/")) == ids(run)
    assert shown(operator.get("/gallery/")) == ids(run)


def test_each_filter_narrows(designer: Browser, finished_run: Callable[..., Run]) -> None:
    office, school = make_topic(key="office"), make_topic(key="school")
    inside, outside = make_concept(key="inside"), make_concept(key="outside")
    first = finished_run(designer.user, topic=office, concept=inside, image_model="sdxl")
    second = finished_run(designer.user, topic=school, concept=inside, image_model="demonstration")
    third = finished_run(designer.user, topic=school, concept=outside, image_model="demonstration")

    assert shown(designer.get("/gallery/", {"topic": "office"})) == ids(first)
    assert shown(designer.get("/gallery/", {"concept": "inside"})) == ids(first) | ids(second)
    assert shown(designer.get("/gallery/", {"image_model": "demonstration"})) == ids(second) | ids(third)
    assert shown(designer.get("/gallery/", {"run": third.pk})) == ids(third)
    assert shown(designer.get("/gallery/", {"topic": "school", "concept": "inside"})) == ids(second)


def test_pictures_in_other_states_are_a_filter_away(
    designer: Browser, finished_run: Callable[..., Run]
) -> None:
    done = finished_run(designer.user)
    waiting = make_planned_run(designer.user)
    [first, *rest] = claim_pictures()
    first.fail("broken", retry=False)
    for picture in rest:
        picture.cancel()
    still = {picture.pk for picture in waiting.pictures.queued()}

    assert shown(designer.get("/gallery/", {"state": "failed"})) == {first.pk}
    assert shown(designer.get("/gallery/", {"state": "cancelled"})) == {picture.pk for picture in rest}
    assert shown(designer.get("/gallery/", {"state": "queued"})) == still
    assert shown(designer.get("/gallery/", {"state": "any"})) == ids(done) | ids(waiting)


@pytest.mark.parametrize(
    "wrong",
    [
        {"topic": "nope"},
        {"concept": "\x00"},
        {"image_model": "../x"},
        {"state": "new"},
        {"run": "7"},
        {"before": "x"},
    ],
)
def test_a_filter_that_does_not_exist_is_said_and_shows_nothing(
    designer: Browser, finished_run: Callable[..., Run], wrong: dict[str, str]
) -> None:
    finished_run(designer.user)
    response = designer.get("/gallery/", wrong)
    assert response.status_code == 422
    assert "There is no such filter." in response.text
    assert not shown(response)


def test_another_persons_run_filters_to_nothing_and_names_nothing(
    designer: Browser, other_designer: Browser, finished_run: Callable[..., Run]
) -> None:
    run = finished_run(designer.user, topic=make_topic(name="Secret plans"))
    response = other_designer.get("/gallery/", {"run": run.pk})
    assert not shown(response)
    assert "Run: Secret plans" not in response.text


def test_it_pages_by_key_without_losing_or_repeating_a_picture(
    designer: Browser, finished_run: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stockgen.views.gallery.PAGE", 2)
    run = finished_run(designer.user, count=5)
    seen: list[Any] = []
    address = f"/gallery/?topic={run.topic.key}"
    while address:
        response = designer.htmx(address)
        seen += [picture.pk for picture in response.context["pictures"]]
        address = response.context["more"]
        assert address is None or f"topic={run.topic.key}" in address
    assert seen == sorted(ids(run), reverse=True)


def test_htmx_gets_results_and_then_only_tiles(designer: Browser, finished_run: Callable[..., Run]) -> None:
    finished_run(designer.user)
    results = designer.htmx("/gallery/", topic="")
    assert "<html" not in results.text
    assert "data-tiles" in results.text
    tiles = designer.htmx("/gallery/", before=str(some_uuid()))
    assert "data-tiles" not in tiles.text


def test_demonstrations_are_called_that(designer: Browser, finished_run: Callable[..., Run]) -> None:
    finished_run(designer.user, image_model="sdxl")
    assert "badge-demonstration" not in designer.get("/gallery/").text
    finished_run(designer.user, image_model="demonstration")
    assert "badge-demonstration" in designer.get("/gallery/").text


def test_caches_tell_the_page_from_its_parts(designer: Browser) -> None:
    for path in ("/gallery/", "/runs/"):
        assert "HX-Request" in designer.get(path).headers["Vary"]


def test_an_empty_gallery_says_what_to_do_next(designer: Browser, expert: Browser) -> None:
    assert 'href="/launch/"' in designer.get("/gallery/").text.split('class="empty"')[1]
    assert "/launch/" not in expert.get("/gallery/").text


def test_a_filter_without_result_offers_to_show_everything(designer: Browser) -> None:
    make_topic(key="office")
    page = designer.get("/gallery/", {"topic": "office"}).text
    assert "No picture fits" in page
    assert "Show everything" in page


def test_images_load_lazily_and_have_their_size(designer: Browser, finished_run: Callable[..., Run]) -> None:
    picture = finished_run(designer.user).pictures.first()
    page = designer.get("/gallery/").text
    assert (
        f'src="/pictures/{picture.pk}/thumbnail/" width="{picture.width}" height="{picture.height}" loading="lazy"'
        in page
    )


@pytest.mark.parametrize("role", ["designer", "expert", "operator"])
def test_it_never_counts_and_its_queries_do_not_grow(
    request: pytest.FixtureRequest, designer: Browser, finished_run: Callable[..., Run], role: str
) -> None:
    browser: Browser = request.getfixturevalue(role)
    run = finished_run(designer.user, count=40)
    filters = {"topic": run.topic.key, "concept": run.concept.key, "image_model": run.image_model}
    with CaptureQueriesContext(connection) as queries:
        browser.get("/gallery/", filters)
    statements = [query["sql"] for query in queries.captured_queries]
    assert len(statements) <= 11
    assert not [sql for sql in statements if "count(" in sql.lower() or "offset" in sql.lower()]
    [pictures] = [sql for sql in statements if 'FROM "stockgen_picture"' in sql]
    assert "LIMIT 61" in pictures
