"""What the votes come to: every figure over rows made through the queue's own verbs, counted by hand beside it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Role, User
from engines.statistics.agreement import agreement
from engines.statistics.intervals import Share, wilson
from review.models import Policy, Rule, Vote
from review.statistics.agreements import agreements
from review.statistics.approval import Rate, approval, locations
from review.statistics.experts import experts, own_figures, tallies, weeks_of, with_others
from review.statistics.reasons import reasons
from review.statistics.scope import Scope
from stockgen.models import Picture, Plan, PromptAddition, Verdict
from tests.factories import (
    cast,
    give,
    make_ballot,
    make_concept,
    make_expert,
    make_pictures,
    make_reason,
    make_topic,
    make_user,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def two_votes_and_nothing_mixed_in() -> None:
    Policy.objects.set(None, Rule(votes=2, calibration_share=0, gold_share=0))


def vote(picture: Picture, *choices: str, raters: list[User] | None = None, **fields: Any) -> list[Vote]:
    """Let somebody new (or these raters) vote, one after the other."""
    voters = raters or [make_expert() for _ in choices]
    return [
        cast(rater, picture, choice, **(fields if choice == "reject" else {}))
        for rater, choice in zip(voters, choices, strict=True)
    ]


def one(rates: list[Rate], label: str) -> Share:
    [found] = [rate.share for rate in rates if rate.label == label]
    return found


def backdate(votes: list[Vote], days: int) -> None:
    for cast_vote in votes:
        Vote.objects.filter(pk=cast_vote.pk).update(created_at=timezone.now() - timedelta(days=days))


# ------------------------------------------------------------------------------------------------------ approval
def test_approval_counts_decided_pictures_by_topic_concept_model_and_cell() -> None:
    office, school = make_topic(name="Offices"), make_topic(name="Schools")
    inside, outside = make_concept(name="Inside"), make_concept(name="Outside")
    first = make_pictures(3, topic=office, concept=inside, image_model="sdxl")
    second = make_pictures(2, topic=school, concept=inside)
    third = make_pictures(1, topic=school, concept=outside)
    vote(first[0], "approve", "approve")
    vote(first[1], "reject", "reject")
    vote(second[0], "approve", "approve")
    vote(third[0], "reject", "reject")
    vote(second[1], "approve")  # one vote is missing: not decided

    found = approval(Scope())
    assert found.overall == Share(2, 4)
    assert (one(found.topics, "Offices"), one(found.topics, "Schools")) == (Share(1, 2), Share(1, 2))
    assert (one(found.concepts, "Inside"), one(found.concepts, "Outside")) == (Share(2, 3), Share(0, 1))
    assert sorted(rate.share.total for rate in found.models) == [2, 2]
    cells = {(cell.topic, cell.concept): cell.share for cell in found.cells}
    assert cells == {
        (office, inside): Share(1, 2), (school, inside): Share(1, 1), (school, outside): Share(0, 1)
    }  # fmt: skip
    assert found.overall.interval == wilson(2, 4)


def test_a_scope_narrows_to_owner_topic_concept_and_time() -> None:
    topic, concept = make_topic(), make_concept()
    mine, theirs = make_user(), make_user()
    [own] = make_pictures(1, mine, topic=topic, concept=concept)
    [other] = make_pictures(1, theirs)
    vote(own, "approve", "approve")
    vote(other, "reject", "reject")
    week = timezone.now() - timedelta(days=7)

    assert approval(Scope(owner=mine)).overall == Share(1, 1)
    assert approval(Scope(owner=theirs)).overall == Share(0, 1)
    assert approval(Scope(topic=topic)).overall == Share(1, 1)
    assert approval(Scope(concept=concept)).overall == Share(1, 1)
    assert approval(Scope(since=week)).overall == Share(1, 2)
    Picture.objects.filter(pk=own.pk).update(verdict_at=week - timedelta(days=1))
    assert approval(Scope(since=week)).overall == Share(0, 1)
    assert reasons(Scope(owner=mine)).rejections == 0
    assert reasons(Scope(owner=theirs)).rejections == 2
    assert {tally.votes for tally in tallies(Scope(owner=theirs).votes())} == {Share(0, 1)}


def test_versions_of_an_addition_are_compared_within_their_cell() -> None:
    topic, concept = make_topic(), make_concept()
    [before] = make_pictures(1, topic=topic, concept=concept)
    after = make_pictures(2, topic=topic, concept=concept)
    addition = PromptAddition.objects.append(
        topic=topic, concept=concept, step="descriptions", text="No people."
    )
    Plan.objects.filter(run=after[0].run).update(descriptions_addition=addition)
    vote(before, "reject", "reject")
    vote(after[0], "approve", "approve")
    vote(after[1], "approve", "approve")

    found = {
        (rates.step, rates.topic, rates.concept): rates.versions for rates in approval(Scope()).additions
    }
    assert found["descriptions", topic, concept] == [(0, Share(0, 1)), (1, Share(2, 2))]
    assert found["locations", topic, concept] == [(0, Share(2, 3))]


def test_a_location_of_several_runs_is_one_and_few_pictures_are_left_out() -> None:
    topic = make_topic()
    pictures = make_pictures(2, topic=topic) + make_pictures(1, topic=topic)
    for picture in pictures:
        vote(picture, "approve", "approve")
    [found] = locations(Scope(), at_least=3)
    assert (found.text, found.topic, found.share) == ("location 0", topic, Share(3, 3))
    assert locations(Scope(), at_least=4) == []


def test_an_override_counts_as_the_verdict_it_is() -> None:
    operator = make_user(Role.OPERATOR)
    [picture] = make_pictures()
    vote(picture, "approve", "approve")
    picture.entry.override(operator, Verdict.REJECTED, note="A brand is on the wall.")
    assert approval(Scope()).overall == Share(0, 1)


# ----------------------------------------------------------------------------------------------------- agreement
def test_agreement_is_that_of_the_votes_counted_by_hand() -> None:
    topic, other = make_topic(), make_topic()
    for choices in (["approve"] * 2, ["approve"] * 2, ["reject"] * 2, ["approve", "reject"]):
        vote(make_pictures(1, topic=topic)[0], *choices)
    vote(make_pictures(1, topic=other)[0], "reject", "reject")
    found = agreements(Scope())
    assert found.overall == agreement({(2, 0): 2, (0, 2): 2, (1, 1): 1})
    by_topic = {one.topic: one.figures for one in found.topics}
    assert by_topic[topic] == agreement({(2, 0): 2, (0, 2): 1, (1, 1): 1})
    assert by_topic[other].paired == 1


def test_a_tie_breaking_vote_does_not_make_experts_look_more_at_one() -> None:
    [picture] = make_pictures()
    vote(picture, "approve", "reject", "approve")
    picture.refresh_from_db()
    assert picture.verdict == Verdict.APPROVED
    assert agreements(Scope()).overall == agreement({(1, 1): 1})


def test_votes_taken_back_and_votes_on_known_pictures_are_no_agreement() -> None:
    operator = make_user(Role.OPERATOR)
    known, plain = make_pictures(2)
    known.entry.mark_known(operator, Verdict.APPROVED)
    vote(known, "approve", "reject")
    rater, other = make_expert(), make_expert()
    taken_back = cast(rater, plain, "reject")
    Vote.objects.undo(rater, taken_back.pk, undo_id=make_ballot(plain).id)
    vote(plain, "approve", "approve", raters=[rater, other])
    assert agreements(Scope()).overall == agreement({(2, 0): 1})


def test_a_topic_without_a_second_vote_has_no_agreement() -> None:
    vote(make_pictures()[0], "approve")
    found = agreements(Scope())
    assert (found.overall.units, found.overall.paired, found.topics) == (1, 0, [])


def test_a_picture_belongs_to_the_week_and_period_of_its_first_vote() -> None:
    [old] = make_pictures()
    [new] = make_pictures()
    backdate(vote(old, "approve", "approve")[:1], days=21)
    vote(new, "approve", "reject")
    found = agreements(Scope())
    assert [figures.paired for _week, figures in found.weeks] == [1, 1]
    recent = agreements(Scope(since=timezone.now() - timedelta(days=7)))
    assert recent.overall == agreement({(1, 1): 1})


# ------------------------------------------------------------------------------------------------------- experts
def test_an_expert_is_compared_with_the_majority_of_the_others() -> None:
    Policy.objects.set(None, Rule(votes=4, calibration_share=0, gold_share=0))
    raters = [make_expert() for _ in range(4)]
    pictures = make_pictures(2)
    vote(pictures[0], "approve", "approve", "approve", "reject", raters=raters)
    vote(pictures[1], "approve", "approve", "reject", "reject", raters=raters)
    found = with_others(Scope())
    # The second picture: whoever approved sees 1 approval against 2 rejections, and the other way round.
    assert [found[rater.pk] for rater in raters] == [Share(1, 2), Share(1, 2), Share(1, 2), Share(0, 2)]


def test_where_the_others_tie_a_vote_is_compared_with_nobody() -> None:
    Policy.objects.set(None, Rule(votes=3, calibration_share=0, gold_share=0))
    raters = [make_expert() for _ in range(3)]
    vote(make_pictures()[0], "approve", "approve", "reject", raters=raters)
    assert with_others(Scope()) == {raters[2].pk: Share(0, 1)}


def test_accuracy_is_that_on_known_pictures_and_these_count_for_nothing_else() -> None:
    operator, rater = make_user(Role.OPERATOR), make_expert()
    good, bad, plain = make_pictures(3)
    good.entry.mark_known(operator, Verdict.APPROVED)
    bad.entry.mark_known(operator, Verdict.REJECTED)
    for picture in (good, bad):
        cast(rater, picture)
    cast(rater, plain, "reject", seconds=3.0)
    [found] = experts(Scope(), tallies(Scope().votes()))
    assert (found.known, found.approval, found.votes) == (Share(1, 2), Share(0, 1), 3)
    assert (found.user, found.seconds) == (rater, 3.0)


def test_the_pace_is_the_median_which_a_long_break_leaves_alone() -> None:
    rater = make_expert()
    for picture, seconds in zip(make_pictures(3), (2.0, 4.0, 3600.0), strict=True):
        cast(rater, picture, seconds=seconds)
    [found] = experts(Scope(), tallies(Scope().votes()))
    assert found.seconds == 4.0


def test_weeks_show_drift() -> None:
    rater = make_expert()
    pictures = make_pictures(3)
    votes = [cast(rater, pictures[0]), cast(rater, pictures[1], "reject"), cast(rater, pictures[2], "reject")]
    backdate(votes[:1], days=14)
    weeks = weeks_of(tallies(Scope().votes()))
    assert [week.approval for week in weeks] == [Share(1, 1), Share(0, 2)]
    assert all(week.start.weekday() == 0 for week in weeks)


def test_skips_flags_and_votes_taken_back_are_in_no_figure() -> None:
    rater = make_expert()
    pictures = make_pictures(3)
    cast(rater, pictures[0], "skip")
    cast(rater, pictures[1], "flag")
    undone = cast(rater, pictures[2])
    Vote.objects.undo(rater, undone.pk, undo_id=make_ballot(pictures[2]).id)
    assert tallies(Scope().votes()) == []


# ------------------------------------------------------------------------------------------------ own figures only
def test_own_agreement_is_told_only_once_a_picture_is_decided() -> None:
    rater, other, third = make_expert(), make_expert(), make_expert()
    [picture] = make_pictures()
    vote(picture, "approve", "reject", raters=[rater, other])
    assert own_figures(rater, Scope()).with_others == Share(0, 0)
    cast(third, picture)
    assert own_figures(rater, Scope()).with_others == Share(0, 1)


def test_nobody_finds_a_known_picture_out_by_looking_at_the_own_figures() -> None:
    operator, rater = make_user(Role.OPERATOR), make_expert()
    known, plain = make_pictures(2)
    known.entry.mark_known(operator, Verdict.REJECTED)
    cast(rater, plain)
    before = own_figures(rater, Scope())
    on_known = cast(rater, known)
    after = own_figures(rater, Scope())
    assert (before.approval, after.approval, after.votes) == (Share(1, 1), Share(2, 2), 2)
    assert before.known == after.known == Share(0, 0)
    backdate([on_known], days=1)
    tomorrow = own_figures(rater, Scope())
    assert (tomorrow.known, tomorrow.votes, tomorrow.approval) == (Share(0, 1), 2, Share(2, 2))


def test_own_figures_are_of_nobody_else() -> None:
    rater, other = make_expert(), make_expert()
    vote(make_pictures()[0], "approve", "approve", raters=[other, make_expert()])
    assert own_figures(rater, Scope()) is None
    cast(rater, make_pictures()[0], "reject")
    assert own_figures(rater, Scope()).approval == Share(0, 1)


# ------------------------------------------------------------------------------------------------------- reasons
def test_reasons_are_counted_by_topic_and_concept() -> None:
    text, people = make_reason(key="fake-text", position=1), make_reason(key="people", position=2)
    topic, concept = make_topic(), make_concept()
    first, second = make_pictures(2, topic=topic, concept=concept)
    [elsewhere] = make_pictures(1, topic=topic)
    vote(first, "reject", "reject", reasons=[text.key, people.key])
    vote(second, "reject", reasons=[text.key])
    vote(elsewhere, "reject")
    found = reasons(Scope())
    assert (found.rejections, found.without) == (4, 1)
    assert [(reason.key, count) for reason, count in found.reasons] == [("fake-text", 3), ("people", 2)]
    cells = {(cell.topic, cell.concept): (cell.rejections, dict(cell.counts)) for cell in found.cells}
    assert cells[topic.pk, concept.pk] == (3, {"fake-text": 3, "people": 2})
    assert cells[topic.pk, elsewhere.concept_id] == (1, {})
    assert found.by_concept()[concept.pk].rejections == 3


# --------------------------------------------------------------------------------------------------------- costs
def test_more_pictures_cost_no_more_queries() -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            approval(Scope())
            agreements(Scope())
            experts(Scope(), tallies(Scope().votes()))
            reasons(Scope())
        return len(captured)

    vote(make_pictures()[0], "approve", "reject")
    few = queries()
    for picture in make_pictures(4) + make_pictures(2):
        vote(picture, "approve", "reject")
    assert queries() == few


def test_a_held_picture_is_no_figure() -> None:
    [picture] = make_pictures()
    give(make_expert(), picture)
    assert approval(Scope()).overall.total == 0
    assert agreements(Scope()).overall.units == 0
