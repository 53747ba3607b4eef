from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.admin_base import NewestPaginator
from jobs.states import State
from stockgen.models import Picture
from tests.admin.actions import act
from tests.factories import claim_pictures, finish_picture, make_planned_run

pytestmark = pytest.mark.django_db


def states() -> list[str]:
    return list(Picture.objects.order_by("id").values_list("state", flat=True))


def test_pictures_are_cancelled_and_queued_again(as_operator: Client) -> None:
    make_planned_run(count=2)
    pks = list(Picture.objects.values_list("pk", flat=True))
    assert "Done for 2 pictures." in act(as_operator, "stockgen/picture", "cancel", *pks)
    assert states() == [State.CANCELLED] * 2
    assert "Done for 2 pictures." in act(as_operator, "stockgen/picture", "retry", *pks)
    assert states() == [State.QUEUED] * 2


def test_a_done_picture_is_neither_cancelled_nor_retried(as_operator: Client) -> None:
    make_planned_run(count=1)
    [picture] = claim_pictures()
    finish_picture(picture)
    for action in ("cancel", "retry"):
        assert "none of the chosen" in act(as_operator, "stockgen/picture", action, picture.pk)
    assert states() == [State.DONE]


@pytest.mark.parametrize("path", ["add/", "{pk}/delete/", "{pk}/change/"])
def test_pictures_are_not_changed_by_hand(as_operator: Client, path: str) -> None:
    make_planned_run(count=1)
    picture = Picture.objects.get()
    address = f"/admin/stockgen/picture/{path.format(pk=picture.pk)}"
    assert as_operator.post(address, {"post": "yes", "seed": 1}).status_code == 403
    assert Picture.objects.get().seed == picture.seed


def test_a_done_picture_shows_itself_and_its_lineage(as_operator: Client) -> None:
    make_planned_run(count=1)
    [picture] = claim_pictures()
    finish_picture(picture)
    for path in ("", f"{picture.pk}/change/"):
        page = as_operator.get(f"/admin/stockgen/picture/{path}").content.decode()
        assert f"/api/v1/pictures/{picture.pk}/thumbnail" in page
    assert "&quot;language_model&quot;" in page


def test_a_picture_is_found_by_id_run_seed_and_sha256(as_operator: Client) -> None:
    make_planned_run(count=1, seed=4_000_000_000)
    [picture] = claim_pictures()
    finish_picture(picture)
    other = make_planned_run(count=1, seed=7).pictures.get()
    Picture.objects.filter(pk=picture.pk).update(sha256="ab" * 32)
    for term in (str(picture.pk), str(picture.run_id), "4000000000", "AB" * 32):
        page = as_operator.get("/admin/stockgen/picture/", {"q": term}).content.decode()
        assert f"{picture.pk}/change/" in page, term
        assert f"{other.pk}/change/" not in page, term
    for term in ("no such thing", "99999999999999999999", "%"):
        page = as_operator.get("/admin/stockgen/picture/", {"q": term}).content.decode()
        assert "0 pictures" in page, term
    assert as_operator.get("/admin/stockgen/picture/", {"q": "\0"}).status_code == 200


@pytest.mark.parametrize("query", [{}, {"state__exact": "queued"}, {"image_model": "demonstration"}])
def test_the_list_counts_and_orders_no_more_than_it_shows(as_operator: Client, query: dict[str, str]) -> None:
    make_planned_run(count=5)
    with CaptureQueriesContext(connection) as captured:
        page = as_operator.get("/admin/stockgen/picture/", query)
    assert page.status_code == 200
    over_pictures = [sql["sql"] for sql in captured.captured_queries if "stockgen_picture" in sql["sql"]]
    counts = [sql for sql in over_pictures if "COUNT(" in sql.upper()]
    assert counts
    assert all(f"LIMIT {NewestPaginator.MOST}" in sql for sql in counts)
    assert not any("DISTINCT" in sql for sql in over_pictures)


def test_an_action_on_all_touches_no_more_than_the_list_shows(
    as_operator: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(NewestPaginator, "MOST", 2)
    make_planned_run(count=4)
    newest = Picture.objects.order_by("-pk")[0]
    as_operator.post(
        "/admin/stockgen/picture/",
        {"action": "cancel", "_selected_action": str(newest.pk), "select_across": "1"},
    )
    assert sorted(states()) == [State.CANCELLED] * 2 + [State.QUEUED] * 2
