"""The operator's page of the promise."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext

from jobs.models import Worker
from tests.boards import finish, make_photo, make_visitor
from tests.web.conftest import Browser
from upscale.models import Photo, SurveyAnswer

pytestmark = pytest.mark.django_db

PAGE = "/boards/service/"


def done(*, seconds: int = 20, **fields: object) -> Photo:
    """Make a photo that took so long and ended now."""
    photo = finish(make_photo(), **fields)
    Photo.objects.filter(pk=photo.pk).update(asked_at=Now() - timedelta(seconds=seconds), finished_at=Now())
    return photo


def test_only_operators_see_it(
    anonymous: Browser, designer: Browser, expert: Browser, operator: Browser
) -> None:
    assert anonymous.get(PAGE).url.startswith("/sign-in/")
    assert designer.get(PAGE).status_code == 403
    assert expert.get(PAGE).status_code == 403
    assert operator.get(PAGE).status_code == 200
    assert operator.post(PAGE).status_code == 405


def test_before_the_first_photo_it_says_that_there_is_nothing_to_tell(operator: Browser) -> None:
    page = operator.get(PAGE).content.decode()
    assert "No photo ended in this time" in page
    assert "The promise is kept" in page


def test_the_figures_stand_with_their_intervals_and_goals(operator: Browser) -> None:
    for _ in range(3):
        done(seconds=30)
    SurveyAnswer.objects.answer(done(seconds=30), make_visitor(), "partly")
    page = operator.get(PAGE).content.decode()
    assert re.search(r'<dd class="figure">30 s</dd>', page)
    assert "half of them within 30 s" in page
    assert "95% interval 51–100%" in page
    assert "promised 98%" in page
    assert re.search(r'class="figure bad-text">0%', page)  # the survey, below its goal
    assert "Cleaned up" in page


def test_methods_have_names_a_softened_network_its_own(operator: Browser) -> None:
    for method in ("realesr-animevideov3-x2", "realesr-animevideov3-x2-softened", "gone-x2-softened"):
        done(method=method)
    page = operator.get(PAGE).content.decode()
    names = re.findall(r"<th scope=\"row\">([^<]*)</th>", page)
    compact = "Real-ESRGAN compact ×2 (embedded)"
    assert {compact, f"{compact}, softened", "gone-x2-softened"} <= set(names), names


def test_a_period_is_chosen_by_a_link_and_anything_else_is_the_usual_one(operator: Browser) -> None:
    old = done()
    Photo.objects.filter(pk=old.pk).update(
        asked_at=Now() - timedelta(days=20, seconds=5), finished_at=Now() - timedelta(days=20)
    )
    assert "No photo ended" in operator.get(PAGE).content.decode()
    assert str(old.pk) in operator.get(PAGE, {"days": "30"}).content.decode()
    for days in ("x", "-1", "365", "9" * 40, ""):
        response = operator.get(PAGE, {"days": days})
        assert response.status_code == 200
        assert re.search(r'\?days=7"\s*aria-current', response.content.decode())


def test_an_alarm_says_what_is_wrong_how_it_shows_and_what_to_do(operator: Browser) -> None:
    done(seconds=200)
    photo = make_photo()
    [claimed] = Photo.objects.filter(pk=photo.pk).claim("worker")
    claimed.fail("<b>It broke.</b>", retry=False)
    page = operator.get(PAGE).content.decode()
    assert "Photos take longer than promised." in page
    assert "In the last hour: 95% within 200 s, promised within 120 s (of 2)." in page
    assert "In the last hour: 1 of 2 failed; at most 2% may." in page
    assert "docs/troubleshooting.md" in page
    assert "The promise is kept" not in page
    assert "&lt;b&gt;It broke" in page


def test_the_queue_is_live_and_tells_when_nobody_works(operator: Browser) -> None:
    make_photo()
    part = operator.htmx(PAGE)
    assert part.status_code == 200
    assert "<html" not in part.content.decode()
    assert "no worker is running" in part.content.decode()
    Worker.objects.beat("one")
    part = operator.htmx(PAGE).content.decode()
    assert "no worker is running" not in part
    assert re.search(r"<dt>Waiting</dt><dd class=\"figure\">1</dd>", part)


def test_the_worst_cases_lead_to_their_pages_with_a_preview(operator: Browser) -> None:
    slow = done(seconds=100)
    unread = done(method="bicubic")
    SurveyAnswer.objects.answer(unread, make_visitor(), "no")
    page = operator.get(PAGE).content.decode()
    for photo in (slow, unread):
        assert f'href="/boards/{photo.pk}/"' in page
        assert f"/boards/{photo.pk}/preview/" in page
        assert operator.get(f"/boards/{photo.pk}/").status_code == 200
    assert "no: 1, partly: 0" in page
    slow.remove()
    assert str(slow.pk) not in operator.get(PAGE).content.decode()  # though the report is kept for a while


def test_a_page_of_thirty_days_takes_few_queries(
    operator: Browser, django_assert_max_num_queries: object
) -> None:
    for _ in range(8):
        done()
    operator.get(PAGE)
    with CaptureQueriesContext(connection) as queries:
        operator.get(PAGE, {"days": "30"})
    assert len(queries) <= 28
