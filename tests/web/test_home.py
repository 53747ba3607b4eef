"""The start page shows each role what it is here for."""

from __future__ import annotations

from collections.abc import Callable

from stockgen.models import Run
from tests.factories import make_concept, make_run, make_topic, make_user
from tests.web.conftest import Browser


def test_a_designer_can_start_a_run_from_it(designer: Browser) -> None:
    topic, concept = make_topic(name="Offices"), make_concept(name="Interiors")
    page = designer.get("/").text
    assert topic.name in page
    assert concept.name in page
    assert 'action="/launch/"' in page
    assert "Admin" not in page


def test_a_designer_without_runs_is_told_what_to_do(designer: Browser) -> None:
    assert "No runs yet" in designer.get("/").text


def test_a_designer_sees_own_runs_only(designer: Browser) -> None:
    mine, theirs = make_run(designer.user), make_run()
    page = designer.get("/").text
    assert f"/runs/{mine.pk}/" in page
    assert f"/runs/{theirs.pk}/" not in page


def test_an_expert_sees_finished_pictures_and_no_launch(
    expert: Browser, finished_run: Callable[..., Run]
) -> None:
    run = finished_run(make_user())
    page = expert.get("/").text
    assert f"/pictures/{run.pictures.first().pk}/" in page
    assert "/launch/" not in page
    assert "/runs/" not in page


def test_an_operator_sees_all_runs_the_queue_and_the_admin(operator: Browser) -> None:
    run = make_run()
    page = operator.get("/").text
    assert f"/runs/{run.pk}/" in page
    assert run.owner.username in page
    assert "No worker is running." in page
    assert 'href="/admin/"' in page


def test_a_person_without_a_role_is_told_whom_to_ask(db: None) -> None:
    page = Browser(make_user(role=None)).get("/").text
    assert "You have no role yet" in page
    assert "/launch/" not in page


def test_markup_in_a_topic_and_in_a_name_is_shown_as_text(designer: Browser) -> None:
    designer.user.first_name = "<script>alert(1)</script>"
    designer.user.save()
    make_run(designer.user, topic=make_topic(name="<img src=x onerror=alert(2)>"))
    page = designer.get("/").text
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "&lt;img src=x onerror=alert(2)&gt;" in page
