"""A slide's picture: from the stock, or made by the language model and the image model ahead of all bulk work."""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from jobs import kinds, supervisor
from jobs.kinds import URGENT, Kind
from jobs.models import IdempotencyConflict
from jobs.states import worker_name
from jobs.worker import Work, work_once
from stockgen.library import matching
from stockgen.library.matching import NEAR_ENOUGH, ask, wait_for
from stockgen.models import Concept, Match, Picture, Plan, Run, Topic
from stockgen.seed import seed
from stockgen.work import planning
from tests.factories import finish_picture, make_planned_run, make_run, make_user
from tests.stocked import stock
from upscale import feeds

pytestmark = pytest.mark.django_db

FAR = "Вулканы Камчатки"  # no picture of the stock is like volcanoes


@pytest.fixture
def shown() -> dict[str, Picture]:
    return stock()


def concept_of(known: dict[str, Picture]) -> Concept:
    return known["bakery"].concept


def test_the_nearest_picture_answers_and_nothing_is_made(shown: dict[str, Picture]) -> None:
    match = ask(make_user(), text="Fresh bread from the bakery", concept=concept_of(shown), generate=True)
    [first, *others] = match.similarities.items()
    assert first[0] == shown["bakery"].pk
    assert first[1] >= NEAR_ENOUGH
    assert match.is_near_enough
    assert match.run is None
    assert all(similarity <= first[1] for _key, similarity in others)
    assert not match.is_waiting


def test_only_the_concept_and_the_topic_that_were_asked_for_are_searched(shown: dict[str, Picture]) -> None:
    other = stock(shown={"bakery": "a loaf of bread, close-up"})["bakery"]
    user = make_user()
    assert list(ask(user, text="bread", concept=other.concept).similarities) == [other.pk]
    assert (
        list(ask(user, text="bread", concept=other.concept, topic=shown["bakery"].topic).similarities) == []
    )


def test_where_none_is_near_a_run_of_one_picture_is_launched(shown: dict[str, Picture]) -> None:
    user = make_user()
    match = ask(user, text=FAR, concept=concept_of(shown), generate=True)
    assert not match.is_near_enough
    assert match.searched_for.startswith("volcano")
    assert (match.run.count, match.run.slide, match.run.owner) == (1, FAR, user)
    assert match.is_waiting
    assert Plan.objects.get(run=match.run).priority == URGENT


def test_without_generate_nothing_is_made(shown: dict[str, Picture]) -> None:
    match = ask(make_user(), text=FAR, concept=concept_of(shown))
    assert match.run is None
    assert Run.objects.filter(slide__gt="").count() == 0


def test_the_picture_is_made_for_the_topic_nearest_in_meaning(shown: dict[str, Picture]) -> None:
    Topic.objects.create(key="medicine", name="Medicine", description="hospitals, doctors, pharmacies")
    Topic.objects.create(key="farms", name="Farming", description="fields, tractors, cows")
    match = ask(make_user(), text="Молоко: надои коров", concept=concept_of(shown), generate=True)
    assert match.run.topic.key == "farms"


@pytest.mark.parametrize("text", ["", " \n", "x" * 5001, "a\0b"])
def test_a_text_that_is_empty_or_too_long_is_refused_and_nothing_is_stored(
    text: str, shown: dict[str, Picture]
) -> None:
    with pytest.raises(ValidationError) as error:
        ask(make_user(), text=text, concept=concept_of(shown), generate=True)
    assert "text" in error.value.message_dict
    assert not Match.objects.exists()


def test_an_image_model_that_is_not_there_stores_nothing(shown: dict[str, Picture]) -> None:
    with pytest.raises(ValidationError):
        ask(make_user(), text=FAR, concept=concept_of(shown), generate=True, image_model="none")
    assert not Match.objects.exists()


def test_a_key_gives_the_first_answer_and_refuses_another_request(shown: dict[str, Picture]) -> None:
    user, concept = make_user(), concept_of(shown)
    first = ask(user, text=FAR, concept=concept, generate=True, idempotency_key="k")
    again = ask(user, text=FAR, concept=concept, generate=True, idempotency_key="k")
    assert again.pk == first.pk
    assert Run.objects.filter(slide=FAR).count() == 1
    with pytest.raises(IdempotencyConflict):
        ask(user, text="bread", concept=concept, generate=True, idempotency_key="k")
    assert ask(make_user(), text="bread", concept=concept, idempotency_key="k").pk != first.pk


def test_a_text_is_kept_for_30_days_and_its_picture_longer(shown: dict[str, Picture]) -> None:
    match = ask(make_user(), text=FAR, concept=concept_of(shown), generate=True)
    assert Match.objects.forget_old() == 0
    Match.objects.update(created_at=timezone.now() - timedelta(days=31))
    assert Match.objects.forget_old() == 1
    assert match.run
    assert Run.objects.filter(pk=match.run.pk).exists()


def test_the_text_in_a_run_goes_with_the_match_once_the_run_is_over(shown: dict[str, Picture]) -> None:
    over, waiting, young = (
        ask(make_user(), text=f"{FAR} {number}", concept=concept_of(shown), generate=True)
        for number in range(3)
    )
    assert over.run
    assert waiting.run
    assert young.run
    over.run.cancel()
    young.run.cancel()
    old = timezone.now() - timedelta(days=31)
    Run.objects.exclude(pk=young.run.pk).update(created_at=old)
    Match.objects.exclude(pk=young.pk).update(created_at=old)
    assert Match.objects.forget_old() == 2
    texts = {
        run.pk: run.slide for run in Run.objects.filter(pk__in=[over.run.pk, waiting.run.pk, young.run.pk])
    }
    assert texts == {over.run.pk: "", waiting.run.pk: f"{FAR} 1", young.run.pk: f"{FAR} 2"}
    waiting.run.refresh_from_db()
    assert waiting.run.priority == URGENT
    Plan.objects.get(run=waiting.run).cancel()  # it ends at last: the next night takes its text, too
    assert Match.objects.forget_old() == 0
    assert not Run.objects.filter(slide__contains="Вулканы").exclude(pk=young.run.pk).exists()


# ---------------------------------------------------------------------- ahead of bulk work
def test_a_slide_goes_before_every_bulk_batch_that_waits(
    shown: dict[str, Picture], monkeypatch: pytest.MonkeyPatch
) -> None:
    for _run in range(3):
        make_planned_run(count=20)
        make_run()
    Plan.objects.update(priority=50)
    Picture.objects.queued().update(priority=50)
    match = ask(make_user(), text=FAR, concept=concept_of(shown), generate=True)
    began: list[Any] = []

    def work(jobs: list[Any], work: Work) -> None:
        began.append(jobs)
        for job in jobs:
            if isinstance(job, Plan):
                job.add_locations(["volcano"], asked=1, attempts=1)
                job.add_prompts(job.run.locations.get(), ["a volcano at dawn"])
                job.finish(language_model_revision="test")
            else:
                finish_picture(job)

    monkeypatch.setattr(Kind, "load_handler", lambda kind: work)
    monkeypatch.setattr(
        "jobs.worker.close_old_connections", lambda: None
    )  # it belongs to the test's transaction
    assert work_once()
    assert work_once()
    assert [[job.run_id for job in jobs] for jobs in began] == [[match.run_id], [match.run_id]]
    assert [type(jobs[0]) for jobs in began] == [Plan, Picture]
    match.refresh_from_db()
    assert not match.is_waiting
    assert match.made.state == "done"


def test_a_bulk_plan_makes_room_for_a_slide_between_two_locations(shown: dict[str, Picture]) -> None:
    run = make_run()
    Plan.objects.filter(pk=run.plan.pk).update(priority=URGENT - 1)
    work = Work(Plan.objects.claim(worker_name()))
    assert not work.should_give_way()
    ask(make_user(), text=FAR, concept=concept_of(shown), generate=True)
    assert work.should_give_way()


def test_board_photos_still_go_before_a_slide() -> None:
    ranks = {place.kind.model.kind: place.rank for place in kinds.places() if not place.is_urgent}
    urgent = {place.kind.model.kind: place.rank for place in kinds.places() if place.is_urgent}
    assert set(urgent) == {"plan", "picture"}
    assert ranks["photo"] < min(urgent.values())
    assert max(urgent.values()) < min(rank for kind, rank in ranks.items() if kind not in {"photo", "clip"})


@pytest.mark.slow
def test_the_embedded_models_write_a_prompt_for_a_slide_and_it_is_queued_first(
    shown: dict[str, Picture],
) -> None:
    seed()
    text = "Пациенты: сколько времени они проводят в больничной палате"
    match = ask(
        make_user(), text=text, concept=Concept.objects.get(key="interior"),
        topic=Topic.objects.get(key="medicine"), generate=True,
    )  # fmt: skip
    plans = Plan.objects.claim(worker_name())
    planning.make_plan(plans, Work(plans))
    match.refresh_from_db()
    [location] = match.run.locations.all()
    assert location.text == "hospitals"
    picture = match.made
    assert picture.priority == URGENT
    assert len(picture.prompt.text.split()) >= 10
    assert Picture.objects.claim(worker_name())[0].pk == picture.pk


def test_a_slide_of_unknown_words_fails_with_a_sentence(shown: dict[str, Picture]) -> None:
    seed()
    match = ask(make_user(), text="глокая куздра", concept=Concept.objects.get(key="interior"), generate=True)
    plans = Plan.objects.claim(worker_name())
    planning.make_plan(plans, Work(plans))
    match = Match.objects.get()
    assert not match.is_waiting
    assert "No word of this text is known" in match.error


# ---------------------------------------------------------------------- waiting
def test_waiting_ends_when_the_picture_is_there(
    shown: dict[str, Picture], monkeypatch: pytest.MonkeyPatch
) -> None:
    match = ask(make_user(), text=FAR, concept=concept_of(shown), generate=True)
    looks: list[float] = []

    def sleep(seconds: float) -> None:
        looks.append(seconds)
        if len(looks) == 2:
            Plan.objects.filter(run=match.run).update(state="failed", error="gone")

    monkeypatch.setattr(matching.time, "sleep", sleep)
    answered = wait_for(match, 20)
    assert (len(looks), answered.error) == (2, "gone")


def test_waiting_ends_after_its_seconds_and_25_at_most(shown: dict[str, Picture]) -> None:
    match = ask(make_user(), text=FAR, concept=concept_of(shown), generate=True)
    start = time.monotonic()
    assert wait_for(match, 0.4).is_waiting
    assert 0.3 < time.monotonic() - start < 3


def test_all_that_may_wait_at_once_leaves_a_thread_free() -> None:
    reserved = matching.MOST_WAITS + feeds.MOST_PHOTO_WAITS + feeds.MOST_FEED_WAITS
    command = supervisor.gunicorn("127.0.0.1", 8000)
    assert reserved <= int(command[command.index("--threads") + 1]) - 1


def test_no_more_requests_of_a_process_wait_than_have_a_place(
    shown: dict[str, Picture], monkeypatch: pytest.MonkeyPatch
) -> None:
    match = ask(make_user(), text=FAR, concept=concept_of(shown), generate=True)
    monkeypatch.setattr(matching, "_WAITING", threading.BoundedSemaphore(1))
    with matching._a_place() as is_free:
        assert is_free
        start = time.monotonic()
        assert wait_for(match, 20).is_waiting
        assert time.monotonic() - start < 5
