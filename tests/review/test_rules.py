"""Rules for votes: which one holds, what is out of range, and what a changed one does to pictures that wait."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from review.models import Entry, Policy, Rule, outcome
from stockgen.models import Cause, Picture, Verdict, VerdictChange
from tests.factories import cast, make_expert, make_pictures, make_reason, make_topic

pytestmark = pytest.mark.django_db

ONE = Rule(votes=1, calibration_share=0, gold_share=0)


@pytest.mark.parametrize(
    ("approvals", "rejections", "wanted", "expected"),
    [
        (0, 0, 1, (1, Verdict.PENDING)),
        (1, 0, 1, (1, Verdict.APPROVED)),
        (0, 1, 1, (1, Verdict.REJECTED)),
        (1, 0, 2, (2, Verdict.PENDING)),
        (1, 1, 2, (3, Verdict.PENDING)),
        (1, 2, 2, (3, Verdict.REJECTED)),
        (2, 2, 4, (5, Verdict.PENDING)),
        (2, 1, 3, (3, Verdict.APPROVED)),
        (3, 0, 1, (3, Verdict.APPROVED)),
    ],
)
def test_what_votes_come_to(
    approvals: int, rejections: int, wanted: int, expected: tuple[int, Verdict]
) -> None:
    assert outcome(approvals, rejections, wanted) == expected


def test_the_calibration_share_is_drawn_from_the_id_alone() -> None:
    rule = Rule(votes=1, calibration_share=5, gold_share=0)
    ids = [UUID(int=number * 2654435761) for number in range(20_000)]
    twice = sum(rule.wanted(one) == 2 for one in ids)
    assert 0.04 < twice / len(ids) < 0.06
    assert [rule.wanted(one) for one in ids] == [rule.wanted(one) for one in ids]
    assert {replace(rule, calibration_share=100).wanted(one) for one in ids} == {2}
    assert {replace(rule, calibration_share=0).wanted(one) for one in ids} == {1}
    assert {replace(rule, votes=3).wanted(one) for one in ids} == {3}


def test_a_topics_own_rule_comes_before_the_default() -> None:
    topic, other = make_topic(), make_topic()
    assert Policy.objects.rule_for(topic.pk) == Rule()
    Policy.objects.set(None, ONE)
    Policy.objects.set(topic, replace(ONE, votes=3))
    assert Policy.objects.rule_for(topic.pk).votes == 3
    assert Policy.objects.rule_for(other.pk) == ONE
    Policy.objects.follow_default(topic)
    assert Policy.objects.rule_for(topic.pk) == ONE
    assert Policy.objects.count() == 1


@pytest.mark.parametrize(
    ("rule", "field"),
    [
        (Rule(votes=0), "votes"), (Rule(votes=6), "votes"), (Rule(calibration_share=101), "calibration_share"),
        (Rule(gold_share=51), "gold_share"), (Rule(calibration_share=-1), "calibration_share"),
    ],
)  # fmt: skip
def test_a_rule_out_of_range_is_said_at_its_field_and_changes_nothing(rule: Rule, field: str) -> None:
    Policy.objects.set(None, ONE)
    make_pictures()
    with pytest.raises(ValidationError) as refused:
        Policy.objects.set(None, rule)
    assert field in refused.value.message_dict
    assert Policy.objects.rules() == {None: ONE}
    assert Entry.objects.get().wanted == 1


def test_a_new_rule_holds_for_the_undecided_of_its_topic_only() -> None:
    Policy.objects.set(None, ONE)
    mine, own, decided = make_pictures()[0], make_pictures()[0], make_pictures()[0]
    cast(make_expert(), decided)
    Policy.objects.set(own.topic, replace(ONE, votes=2))
    Policy.objects.set(None, replace(ONE, votes=3))
    wanted = dict(Entry.objects.values_list("pk", "wanted"))
    assert (wanted[mine.pk], wanted[own.pk], wanted[decided.pk]) == (3, 2, 1)
    Policy.objects.follow_default(own.topic)
    assert Entry.objects.get(pk=own.pk).wanted == 3


def test_a_rule_of_fewer_votes_decides_what_has_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("review.models.entry.CHUNK", 2)
    Policy.objects.set(None, replace(ONE, votes=3))
    people, blurred = make_reason(key="people", position=1), make_reason(key="blurred", position=2)
    good, bad, worse, split, unseen = make_pictures(5)
    one, two = make_expert(), make_expert()
    cast(one, good)
    cast(one, bad, "reject", reasons=[people.key])
    cast(one, worse, "reject", reasons=[people.key])
    cast(two, worse, "reject", reasons=[blurred.key, people.key])
    cast(one, split)
    cast(two, split, "reject")
    Policy.objects.set(None, ONE)
    decided = dict(Picture.objects.values_list("pk", "verdict"))
    assert [decided[picture.pk] for picture in (good, bad, worse)] == ["approved", "rejected", "rejected"]
    assert [decided[picture.pk] for picture in (split, unseen)] == ["pending", "pending"]
    assert Picture.objects.get(pk=bad.pk).verdict_reasons == ["people"]
    assert Picture.objects.get(pk=worse.pk).verdict_reasons == ["people", "blurred"]
    assert set(VerdictChange.objects.values_list("cause", flat=True)) == {Cause.RULE}
    assert set(Entry.objects.open().values_list("pk", "slots")) == {(split.pk, 3), (unseen.pk, 1)}
    for entry in Entry.objects.all():
        before = (entry.votes, entry.slots, entry.is_open)
        entry.settle()
        assert (entry.votes, entry.slots, entry.is_open) == before
    assert VerdictChange.objects.count() == 3


def test_what_a_rule_leaves_as_it_is_is_not_written() -> None:
    make_pictures(3)
    Policy.objects.set(None, ONE)
    with CaptureQueriesContext(connection) as queries:
        Policy.objects.set(None, replace(ONE, gold_share=9))
    assert not [query for query in queries if 'UPDATE "review_entry"' in query["sql"]]


def test_following_the_default_without_an_own_rule_changes_nothing() -> None:
    Policy.objects.set(None, ONE)
    [picture] = make_pictures()
    Entry.objects.update(wanted=4, slots=4)
    Policy.objects.follow_default(picture.topic)
    assert Entry.objects.get().wanted == 4
