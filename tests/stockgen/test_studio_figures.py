"""What came of each version, against counting by hand."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from engines.statistics.intervals import Share
from stockgen.models import Cause, Concept, Picture, PromptAddition, Topic, Verdict
from stockgen.models.addition import Step
from stockgen.studio_figures import (
    Made,
    made_under_versions,
    newest_versions,
    rejections,
    shares_of_cells,
)
from tests.factories import (
    claim_pictures,
    finish_picture,
    make_concept,
    make_planned_run,
    make_reason,
    make_topic,
)

pytestmark = pytest.mark.django_db


def save(topic: Topic, concept: Concept, step: Step, text: str) -> PromptAddition:
    """Save the next version."""
    return PromptAddition.objects.append(topic=topic, concept=concept, step=step, text=text)


@pytest.fixture
def stock() -> list[Topic]:
    """Make two topics × two concepts, several versions of both steps, pictures in every state and verdict."""
    chance = random.Random(3)
    reasons = [make_reason(position=position).key for position in (1, 2, 3)]
    topics, kinds = [make_topic(), make_topic()], [make_concept(), make_concept()]
    for number in range(10):
        topic, concept = topics[number % 2], kinds[number // 2 % 2]
        if number >= 4:  # the first runs of each cell have no additions
            save(topic, concept, Step.DESCRIPTIONS, f"text {number}")
        if number >= 7:
            save(topic, concept, Step.LOCATIONS, f"text {number}")
        run = make_planned_run(topic=topic, concept=concept, count=7, locations=2)
        Picture.objects.filter(run=run).update(priority=100)
        if number == 9:
            run.prompts.filter(position=0).update(author=run.owner)
        for picture in claim_pictures(5):
            if picture.run_id != run.pk:
                continue
            assert finish_picture(picture)
            wish = chance.choice(["approve", "reject", "reject", "wait"])
            if wish == "approve":
                picture.approve(Cause.VOTES)
            elif wish == "reject":
                picture.reject(Cause.VOTES, reasons=chance.sample(reasons, chance.randrange(3)))
        Picture.objects.filter(run=run, state="running").update(state="queued", token=None, lease_until=None)
        Picture.objects.filter(run=run, state="queued").update(priority=-100)
    return topics


def concepts() -> list[Concept]:
    """Return the concepts that have pictures."""
    return list(Concept.objects.filter(pk__in=Picture.objects.values("concept")).order_by("pk"))


def version_of(picture: Picture, step: Step) -> int:
    """Read a picture's version off its plan."""
    plan = picture.run.plan
    addition = plan.locations_addition if step == Step.LOCATIONS else plan.descriptions_addition
    return addition.version if addition else 0


def by_hand(pictures: list[Picture]) -> Made:
    """Count pictures one by one."""
    decided = [picture for picture in pictures if picture.verdict != Verdict.PENDING]
    approved = [picture for picture in decided if picture.verdict == Verdict.APPROVED]
    return Made(len(pictures), Share(len(approved), len(decided)))


def counted(**where: Any) -> list[Picture]:
    """Return the finished pictures whose prompts the language model wrote and nobody edited."""
    pictures = Picture.objects.filter(**where).select_related("prompt", "run")
    return [picture for picture in pictures if picture.state == "done" and picture.prompt.author_id is None]


def test_made_under_versions_is_what_counting_by_hand_gives(stock: list[Topic]) -> None:
    seen = Counter[int]()
    for topic in stock:
        found = made_under_versions(topic)
        for concept in concepts():
            for step in Step:
                pictures = counted(topic=topic, concept=concept)
                versions = {version_of(picture, step) for picture in pictures}
                assert set(found[concept.pk, step].by_version) == versions
                for version in versions:
                    same = [picture for picture in pictures if version_of(picture, step) == version]
                    assert found[concept.pk, step].under(version) == by_hand(same)
                    seen[version] += len(same)
                assert found[concept.pk, step].total == by_hand(pictures)
                assert found[concept.pk, step].under(99) == Made()
    assert len(seen) >= 3


def test_prompts_that_somebody_edited_or_gave_do_not_count(stock: list[Topic]) -> None:
    edited = Picture.objects.filter(prompt__author__isnull=False, state="done")
    assert edited.exists()
    [topic] = {picture.topic for picture in edited}
    [concept] = {picture.concept for picture in edited}
    everything = Picture.objects.filter(topic=topic, concept=concept, state="done").count()
    found = made_under_versions(topic, concept)[concept.pk, Step.DESCRIPTIONS].total.pictures
    assert found == everything - edited.count()


def test_one_concept_alone_gives_the_same_as_all(stock: list[Topic]) -> None:
    everything = made_under_versions(stock[0])
    for concept in concepts():
        alone = made_under_versions(stock[0], concept)
        assert alone == {key: value for key, value in everything.items() if key[0] == concept.pk}


def test_shares_of_cells_count_every_decided_picture(stock: list[Topic]) -> None:
    shares = shares_of_cells()
    for topic in stock:
        for concept in concepts():
            pictures = list(Picture.objects.filter(topic=topic, concept=concept))
            assert shares[topic.pk, concept.pk] == by_hand(pictures).share


def test_rejections_are_told_apart_by_version(stock: list[Topic]) -> None:
    for topic in stock:
        for concept in concepts():
            for step in Step:
                current = newest_versions(topic).get((topic.pk, concept.pk, step), 0)
                rejected = [
                    picture
                    for picture in counted(topic=topic, concept=concept)
                    if picture.verdict == Verdict.REJECTED
                ]
                under = [picture for picture in rejected if version_of(picture, step) == current]
                found = rejections(topic, concept, step, current)
                assert (found.current, found.total) == (len(under), len(rejected))
                totals = Counter(key for picture in rejected for key in picture.verdict_reasons)
                currents = Counter(key for picture in under for key in picture.verdict_reasons)
                assert {row.reason.key: row.total for row in found.reasons} == totals
                assert all(row.current == currents[row.reason.key] for row in found.reasons)
                assert [row.total for row in found.reasons] == sorted(totals.values(), reverse=True)


def test_newest_versions_are_the_newest(stock: list[Topic]) -> None:
    found = newest_versions()
    additions = PromptAddition.objects.all()
    assert found == {
        (one.topic_id, one.concept_id, one.step): max(
            each.version
            for each in additions
            if (each.topic_id, each.concept_id, each.step) == (one.topic_id, one.concept_id, one.step)
        )
        for one in additions
    }
    assert newest_versions(stock[0]) == {key: value for key, value in found.items() if key[0] == stock[0].pk}


@pytest.mark.parametrize(
    ("ask", "queries"),
    [
        (lambda topic, concept: made_under_versions(topic), 1),
        (lambda topic, concept: made_under_versions(topic, concept), 1),
        (lambda topic, concept: shares_of_cells(), 1),
        (lambda topic, concept: newest_versions(), 1),
        (lambda topic, concept: rejections(topic, concept, Step.LOCATIONS, 1), 2),
    ],
)
def test_each_asks_a_fixed_number_of_times(
    stock: list[Topic], ask: Callable[[Topic, Concept], object], queries: int
) -> None:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        ask(stock[0], concepts()[0])
    assert len(captured) == queries + 1


@pytest.mark.parametrize(("decided", "is_enough"), [(0, False), (9, False), (10, True)])
def test_below_ten_decided_pictures_there_is_no_rate(decided: int, is_enough: bool) -> None:
    assert Made(50, Share(0, decided)).is_enough is is_enough
