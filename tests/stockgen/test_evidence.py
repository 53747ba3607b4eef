"""Which reason to reject dominates a topic × concept, and which step it concerns."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone

from engines.planning.files import load_reasons
from stockgen.models import Cause, Prompt, PromptAddition, Step
from stockgen.models.evidence import (
    CellReasons,
    reasons_by_cell,
    reasons_of,
    rejected_prompts,
    rejected_since,
    step_of,
)
from stockgen.seed import PROMPTS_FOLDER
from tests.factories import make_concept, make_topic, make_user
from tests.rejecting import make_decided


def cell(rejected: int, **reasons: int) -> CellReasons:
    return CellReasons(1, 1, decided=2 * rejected, rejected=rejected, reasons=Counter(reasons))


@pytest.mark.parametrize(
    ("known", "dominates"),
    [
        (cell(19, people=19), None),  # too few to say
        (cell(20, people=20), "people"),
        (cell(20, people=12, blurred=5), "people"),
        (cell(20, people=8, blurred=4), "people"),  # 40 %, surely more than the next: 22–61 % against 20 %
        (cell(20, people=8, blurred=5), None),  # 40 %, but perhaps no more than the next
        (cell(100, people=39), None),  # below 40 %
        (cell(100, people=40, blurred=30), "people"),
        (cell(100, people=40, blurred=31), None),
        (cell(100, people=60, blurred=60), None),
        (cell(30), None),  # nobody says why
    ],
)  # fmt: skip
def test_a_reason_dominates_when_it_is_frequent_and_surely_the_most_frequent(
    known: CellReasons, dominates: str | None
) -> None:
    assert known.dominating() == dominates


def test_only_the_wrong_topic_is_for_the_locations() -> None:
    steps = {reason.key: step_of(reason.key) for reason in load_reasons(PROMPTS_FOLDER)}
    assert {key for key, step in steps.items() if step == Step.LOCATIONS} == {"off-topic"}
    assert step_of("a-reason-of-our-own") == Step.DESCRIPTIONS


def test_the_most_frequent_reason_of_a_step_is_found() -> None:
    known = cell(9, people=5, blurred=5, **{"off-topic": 2})
    assert known.most_frequent(Step.LOCATIONS) == "off-topic"
    assert known.most_frequent(Step.DESCRIPTIONS) == "blurred"
    assert cell(9).most_frequent(Step.LOCATIONS) is None


@pytest.mark.django_db
def test_decided_pictures_are_counted_by_cell_and_a_picture_once_for_each_of_its_reasons() -> None:
    topic, interior, item = make_topic(), make_concept(), make_concept()
    make_decided(2, topic, interior, reasons=["people", "blurred", "people"])
    make_decided(1, topic, interior, reasons=["people"])
    make_decided(1, topic, interior, reasons=[])
    make_decided(3, topic, interior, reasons=None)
    make_decided(1, topic, item, reasons=["blurred"])
    [reopened] = make_decided(1, topic, item, reasons=["people"])
    reopened.reopen(Cause.REOPENED)
    first, second = reasons_by_cell()
    assert first == CellReasons(topic.pk, interior.pk, 7, 4, Counter(people=3, blurred=2))
    assert second == CellReasons(topic.pk, item.pk, 1, 1, Counter(blurred=1))
    assert reasons_of(topic, interior) == first
    assert reasons_of(make_topic(), item).rejected == 0


@pytest.mark.django_db
@pytest.mark.parametrize("step", list(Step))
def test_a_new_version_of_either_text_begins_anew(step: Step) -> None:
    topic, concept = make_topic(), make_concept()
    make_decided(4, topic, concept, reasons=["people"])
    assert reasons_of(topic, concept).rejected == 4
    PromptAddition.objects.append(topic=topic, concept=concept, step=step, text="No people.")
    assert reasons_of(topic, concept).rejected == 0
    assert rejected_prompts(topic.pk, concept.pk, "people") == []
    make_decided(3, topic, concept, reasons=["blurred"])
    assert reasons_of(topic, concept).reasons == Counter(blurred=3)


@pytest.mark.django_db
def test_what_people_wrote_themselves_says_nothing_about_the_texts() -> None:
    topic, concept = make_topic(), make_concept()
    [edited] = make_decided(1, topic, concept, reasons=["people"])
    Prompt.objects.filter(pk=edited.prompt_id).update(author=make_user())
    [combined] = make_decided(1, topic, concept, reasons=["people"])
    template = Prompt.objects.create(
        run=combined.run, location=combined.prompt.location, text="a {b|c}", author=make_user()
    )
    Prompt.objects.filter(pk=combined.prompt_id).update(template=template)
    [given] = make_decided(1, topic, concept, reasons=["people"])
    Prompt.objects.filter(pk=given.prompt_id).update(location=None)
    assert reasons_of(topic, concept).decided == 0


@pytest.mark.django_db
def test_rejected_prompts_come_once_each_the_latest_first() -> None:
    topic, concept = make_topic(), make_concept()
    for text in ("an old hall", "a new hall", "a hall for another reason"):
        pictures = make_decided(3, topic, concept, reasons=["blurred" if "reason" in text else "people"])
        Prompt.objects.filter(run=pictures[0].run).update(text=text)
    assert rejected_prompts(topic.pk, concept.pk, "people") == ["a new hall", "an old hall"]


@pytest.mark.django_db
def test_rejections_since_a_moment_are_counted() -> None:
    topic, concept = make_topic(), make_concept()
    make_decided(2, topic, concept, reasons=["people"])
    make_decided(1, topic, concept, reasons=None)
    now = timezone.now()
    assert rejected_since(topic.pk, concept.pk, now - timedelta(minutes=5)) == 2
    assert rejected_since(topic.pk, concept.pk, now + timedelta(minutes=5)) == 0
