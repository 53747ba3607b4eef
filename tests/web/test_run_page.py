"""The page of a run: what it shows, who may open it, its buttons, when polling ends."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from jobs.models import Worker
from jobs.states import State
from stockgen.campaigns.advancing import advance
from stockgen.models import Picture, Plan, Run
from stockgen.models.tally import Phase
from tests.factories import (
    claim_pictures,
    make_campaign,
    make_planned_run,
    make_run,
    make_topic,
    render_all,
    some_uuid,
    write_plans,
)
from tests.web.conftest import Browser

VERBS = ("pause", "resume", "cancel", "retry")


def page_of(run: Run, verb: str = "") -> str:
    return f"/runs/{run.pk}/{verb}/" if verb else f"/runs/{run.pk}/"


def phase_of(run: Run) -> Phase:
    run = Run.objects.get(pk=run.pk)
    return run.phase(run.tally())


def toasts(response: Any) -> list[str]:
    triggers = json.loads(response.headers.get("HX-Trigger", "{}"))
    return [triggers["toast"]["text"]] if "toast" in triggers else []


def test_a_new_run_says_that_it_waits(designer: Browser) -> None:
    page = designer.get(page_of(make_run(designer.user))).text
    assert "Waiting for a worker to plan it" in page
    assert "<!doctype html>" in page


def test_without_any_worker_it_says_so(designer: Browser) -> None:
    run = make_run(designer.user)
    assert "No worker is running." in designer.get(page_of(run)).text
    Worker.objects.beat("somewhere")
    assert "No worker is running." not in designer.get(page_of(run)).text


def test_the_plan_shows_locations_prompts_and_what_is_missing(designer: Browser) -> None:
    run = make_planned_run(designer.user, locations=2)
    Plan.objects.filter(run=run).update(asked_locations=10, location_attempts=4)
    page = designer.get(page_of(run)).text
    assert "location 1" in page
    assert "a picture of location 1" in page
    assert "2 of 10 distinct locations after 4 attempts." in page


def test_locations_show_while_the_planning_goes_on(designer: Browser) -> None:
    run = make_run(designer.user, location_count=3)
    [plan] = Plan.objects.claim("somewhere")
    plan.add_locations(["a bright office"], asked=3, attempts=1)
    page = designer.get(page_of(run)).text
    assert "a bright office" in page
    assert "The prompts are being written" in page
    assert "about" not in page.split("run-line")[1].split("</div>")[0]


def test_there_is_no_eta_before_it_means_something(designer: Browser) -> None:
    page = designer.get(page_of(make_planned_run(designer.user))).text
    assert 'class="eta' not in page


def test_finished_pictures_show_with_their_size(designer: Browser, finished_run: Callable[..., Run]) -> None:
    run = finished_run(designer.user)
    page = designer.get(page_of(run)).text
    for picture in run.pictures.all():
        assert f'src="/pictures/{picture.pk}/thumbnail/" width="{picture.width}"' in page


def test_htmx_gets_the_live_part_only(designer: Browser) -> None:
    response = designer.htmx(page_of(make_planned_run(designer.user)))
    assert response.status_code == 200
    assert "<html" not in response.text
    assert 'id="live"' in response.text
    assert 'hx-trigger="every' in response.text


def test_polling_ends_when_the_run_is_over(designer: Browser, finished_run: Callable[..., Run]) -> None:
    response = designer.htmx(page_of(finished_run(designer.user)))
    assert response.status_code == 286
    assert "hx-trigger" not in response.text


def test_polling_ends_when_a_paused_run_stands_still(designer: Browser) -> None:
    run = make_planned_run(designer.user)
    claimed = claim_pictures()
    run.pause()
    assert designer.htmx(page_of(run)).status_code == 200
    Picture.objects.release(claimed[0].token)
    Picture.objects.filter(run=run).hold()
    assert designer.htmx(page_of(run)).status_code == 286


def test_only_a_window_of_a_long_run_is_shown(designer: Browser) -> None:
    run = make_planned_run(designer.user, count=130)
    response = designer.get(page_of(run))
    assert len(response.context["pictures"]) == 60
    assert "1–60 of 130" in response.text


def test_the_window_follows_the_work_without_moving_a_picture(designer: Browser) -> None:
    run = make_planned_run(designer.user, count=130)
    ids = list(run.pictures.order_by("id").values_list("pk", flat=True))
    run.pictures.filter(pk__in=ids[:61]).cancel()
    response = designer.get(page_of(run))
    assert [picture.pk for picture in response.context["pictures"]] == ids[60:120]
    assert "61–120 of 130" in response.text


@pytest.mark.parametrize("count", [3, 100])
def test_the_number_of_queries_does_not_grow_with_the_run(
    designer: Browser, django_assert_max_num_queries: Any, count: int
) -> None:
    run = make_planned_run(designer.user, count=count, locations=3)
    with django_assert_max_num_queries(14):
        designer.htmx(page_of(run))


def test_pause_and_resume(designer: Browser) -> None:
    run = make_planned_run(designer.user)
    assert designer.post(page_of(run, "pause")).url == page_of(run)
    assert phase_of(run) == Phase.PAUSED
    designer.post(page_of(run, "resume"))
    assert phase_of(run) == Phase.RENDERING


def test_cancel_and_take_up_again(designer: Browser) -> None:
    run = make_planned_run(designer.user)
    designer.post(page_of(run, "cancel"))
    assert phase_of(run) == Phase.CANCELLED
    designer.post(page_of(run, "retry"))
    assert phase_of(run) == Phase.RENDERING


def test_a_button_pressed_through_htmx_answers_with_the_live_part_and_a_toast(designer: Browser) -> None:
    run = make_planned_run(designer.user)
    response = designer.press(page_of(run, "pause"))
    assert response.status_code == 200
    assert 'id="resume"' in response.text
    assert toasts(response) == ["Paused. What is being rendered is finished first."]


def test_a_verb_in_the_wrong_state_is_explained(designer: Browser, finished_run: Callable[..., Run]) -> None:
    run = finished_run(designer.user)
    for verb in ("pause", "cancel", "retry"):
        response = designer.press(page_of(run, verb))
        assert response.status_code == 200
        assert len(toasts(response)) == 1
    assert phase_of(run) == Phase.DONE


@pytest.mark.parametrize("verb", VERBS)
def test_another_persons_run_is_not_there(designer: Browser, other_designer: Browser, verb: str) -> None:
    run = make_planned_run(designer.user)
    assert other_designer.get(page_of(run)).status_code == 404
    assert other_designer.post(page_of(run, verb)).status_code == 404
    assert phase_of(run) == Phase.RENDERING


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_needs_a_post(designer: Browser, verb: str) -> None:
    assert designer.get(page_of(make_run(designer.user), verb)).status_code == 405


def test_an_expert_sees_no_run_of_others(
    expert: Browser, finished_run: Callable[..., Run], designer: Browser
) -> None:
    assert expert.get(page_of(finished_run(designer.user))).status_code == 404


def test_an_operator_opens_and_stops_everybodys_runs(operator: Browser, designer: Browser) -> None:
    run = make_planned_run(designer.user)
    assert designer.user.username in operator.get(page_of(run)).text
    operator.post(page_of(run, "cancel"))
    assert phase_of(run) == Phase.CANCELLED


def test_a_run_that_does_not_exist_is_404(designer: Browser) -> None:
    assert designer.get(f"/runs/{some_uuid()}/").status_code == 404


def test_why_pictures_failed_is_shown_with_a_way_out(designer: Browser) -> None:
    run = make_planned_run(designer.user)
    for picture in claim_pictures():
        picture.fail(
            "Model “x” cannot be loaded: looked in /models/x. Copy the weights there. <b>", retry=False
        )
    page = designer.get(page_of(run)).text
    assert "Model “x” cannot be loaded: looked in /models/x. Copy the weights there. &lt;b&gt;" in page
    assert "Retry what failed" in page


def test_why_the_planning_failed_is_shown_with_a_way_out(designer: Browser) -> None:
    run = make_run(designer.user)
    [plan] = Plan.objects.claim("somewhere")
    plan.fail("The language model found no location.", retry=False)
    page = designer.get(page_of(run)).text
    assert "The planning failed." in page
    assert "The language model found no location." in page
    assert "Retry what failed" in page


def test_one_waiting_picture_is_cancelled(designer: Browser) -> None:
    run = make_planned_run(designer.user)
    picture = run.pictures.first()
    response = designer.press(f"/pictures/{picture.pk}/cancel/")
    assert 'id="live"' in response.text
    picture.refresh_from_db()
    assert picture.state == State.CANCELLED
    designer.post(f"/pictures/{picture.pk}/retry/")
    picture.refresh_from_db()
    assert picture.state == State.QUEUED


def test_a_finished_picture_cannot_be_cancelled(designer: Browser, finished_picture: Picture) -> None:
    response = designer.press(f"/pictures/{finished_picture.pk}/cancel/")
    assert toasts(response) == ["It is already done."]
    finished_picture.refresh_from_db()
    assert finished_picture.state == State.DONE


def test_an_expert_who_sees_a_picture_may_not_change_it(expert: Browser, finished_picture: Picture) -> None:
    assert expert.get(f"/pictures/{finished_picture.pk}/").status_code == 200
    assert expert.post(f"/pictures/{finished_picture.pk}/cancel/").status_code == 403


def test_markup_in_a_topic_or_prompt_is_shown_as_text(designer: Browser) -> None:
    run = make_planned_run(designer.user, topic=make_topic(name="<script>alert(1)</script>"))
    run.prompts.update(text="<script>alert(2)</script>")
    page = designer.get(page_of(run)).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(2)" in page


def test_the_run_list_pages_by_key(designer: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stockgen.views.runs.PAGE", 2)
    topic = make_topic()
    runs = [make_run(designer.user, topic=topic) for _ in range(3)]
    first = designer.get("/runs/")
    assert [status.run.pk for status in first.context["statuses"]] == [runs[2].pk, runs[1].pk]
    rest = designer.htmx("/runs/", before=str(runs[1].pk))
    assert [status.run.pk for status in rest.context["statuses"]] == [runs[0].pk]
    assert "<html" not in rest.text
    assert "Load more" not in rest.text


@pytest.mark.parametrize("before", ["nonsense", "", "1"])
def test_the_run_list_refuses_a_broken_key(designer: Browser, before: str) -> None:
    assert designer.get("/runs/", {"before": before}).status_code == 404


def test_the_run_list_shows_owners_to_operators_only(designer: Browser, operator: Browser) -> None:
    run = make_run(designer.user)
    run.owner.first_name = "Dana"
    run.owner.save()
    assert "<span>Dana</span>" in operator.get("/runs/").text
    assert "<span>Dana</span>" not in designer.get("/runs/").text


def test_the_run_list_takes_the_same_queries_for_one_run_and_many(
    designer: Browser, django_assert_max_num_queries: Any
) -> None:
    for _ in range(5):
        make_run(designer.user)
    with django_assert_max_num_queries(8):
        designer.get("/runs/")


def test_a_poll_of_somebody_signed_out_sends_the_whole_page_to_sign_in(designer: Browser) -> None:
    run = make_planned_run(designer.user)
    designer.logout()
    answer = designer.htmx(page_of(run))
    assert answer.status_code == 200
    assert answer.headers["HX-Redirect"].startswith("/sign-in/")
    assert "<html" not in answer.text


def test_a_campaigns_run_counts_the_pictures_that_it_has_by_now(designer: Browser) -> None:
    campaign = make_campaign(owner=designer.user)
    advance(campaign.pk)
    write_plans(campaign)
    advance(campaign.pk)
    count = render_all(campaign)
    run = Run.objects.get(cell__campaign=campaign)
    assert count > 0
    assert f'{count}<span class="of"> / {count}</span>' in designer.get(f"/runs/{run.pk}/").text
    assert f"{count} pictures" in designer.get("/runs/").text
