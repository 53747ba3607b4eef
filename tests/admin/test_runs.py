from __future__ import annotations

import pytest
from django.test import Client

from stockgen.models import Picture, Run
from tests.admin.actions import act
from tests.factories import claim_pictures, finish_picture, make_planned_run, make_run

pytestmark = pytest.mark.django_db


def phase(run: Run) -> str:
    run = Run.objects.get(pk=run.pk)
    return run.phase(run.tally()).value


def test_an_operator_pauses_resumes_cancels_and_retries_anyones_runs(as_operator: Client) -> None:
    runs = [make_planned_run(), make_run()]
    for action, phases in {
        "pause": ["paused", "paused"],
        "resume": ["rendering", "waiting"],
        "cancel": ["cancelled", "cancelled"],
        "retry": ["rendering", "waiting"],
    }.items():
        page = act(as_operator, "stockgen/run", action, *(run.pk for run in runs))
        assert "Done for 2 runs." in page
        assert [phase(run) for run in runs] == phases


def test_where_an_action_does_not_apply_it_says_so_and_does_the_others(as_operator: Client) -> None:
    over, going = make_planned_run(count=1), make_planned_run(count=1)
    finish_picture(next(picture for picture in claim_all() if picture.run_id == over.pk))
    page = act(as_operator, "stockgen/run", "cancel", over.pk, going.pk)
    assert "Done for 1 run." in page
    assert "This run is done." in page
    assert (phase(over), phase(going)) == ("done", "cancelled")


def claim_all() -> list[Picture]:
    claimed: list[Picture] = []
    while batch := claim_pictures():
        claimed += batch
    return claimed


@pytest.mark.parametrize("path", ["add/", "{pk}/delete/"])
def test_runs_are_not_made_or_deleted_by_hand(as_operator: Client, path: str) -> None:
    run = make_run()
    assert (
        as_operator.post(f"/admin/stockgen/run/{path.format(pk=run.pk)}", {"post": "yes"}).status_code == 403
    )
    assert Run.objects.count() == 1


def test_what_was_asked_for_is_not_edited(as_operator: Client) -> None:
    run = make_run()
    assert as_operator.post(f"/admin/stockgen/run/{run.pk}/change/", {"count": 9}).status_code == 403
    run.refresh_from_db()
    assert run.count == 3


def test_a_runs_page_shows_its_plan_and_leads_to_the_site(as_operator: Client) -> None:
    run = make_planned_run(locations=2)
    page = as_operator.get(f"/admin/stockgen/run/{run.pk}/change/").content.decode()
    assert "a picture of location 1" in page
    assert "/admin/r/" in page
    assert run.get_absolute_url() == f"/runs/{run.pk}/"


def test_a_run_is_found_by_its_id_and_by_its_owner(as_operator: Client) -> None:
    run, other = make_run(), make_run()
    for term in (str(run.pk), run.owner.username):
        page = as_operator.get("/admin/stockgen/run/", {"q": term}).content.decode()
        assert str(run.pk) in page
        assert str(other.pk) not in page
