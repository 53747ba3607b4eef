"""How pictures come into the queue: once each, near-duplicates as one stack."""

from __future__ import annotations

import random
from typing import Any

import pytest
from django.core.management import call_command

from engines.imaging.hashing import HASH_BITS, NEAR_DUPLICATE_BITS, mirrored
from review.models import Entry, Policy, Rule
from stockgen.models import Picture, Verdict
from tests.factories import cast, make_concept, make_expert, make_pictures, make_topic

pytestmark = pytest.mark.django_db

BITS = "".join(random.Random(3).choices("01", k=HASH_BITS))


@pytest.fixture(autouse=True)
def one_vote_and_nothing_mixed_in() -> None:
    Policy.objects.set(None, Rule(votes=1, calibration_share=0, gold_share=0))


def differing_in(bits: int) -> str:
    return "".join("10"[int(value)] for value in BITS[:bits]) + BITS[bits:]


def looking_alike(*hashes: str | None, **fields: Any) -> list[Picture]:
    """Make pictures of one cell with these hashes, as if each had been rendered after the one before."""
    pictures = make_pictures(len(hashes), **{"topic": make_topic(), "concept": make_concept(), **fields})
    Entry.objects.filter(picture__in=pictures).delete()
    for picture, value in zip(pictures, hashes, strict=True):
        Picture.objects.filter(pk=picture.pk).update(perceptual_hash=value)
        Entry.objects.take_in(Picture.objects.filter(pk=picture.pk))
    return pictures


def stacks(pictures: list[Picture]) -> list[int]:
    """Return for each picture the place of the one that its stack is named after."""
    places = {picture.pk: place for place, picture in enumerate(pictures)}
    found = dict(Entry.objects.values_list("pk", "stack"))
    return [places[found[picture.pk]] for picture in pictures]


def test_a_picture_that_is_done_waits_for_its_votes() -> None:
    [picture] = make_pictures()
    entry = Entry.objects.get()
    assert (entry.pk, entry.topic_id, entry.concept_id) == (picture.pk, picture.topic_id, picture.concept_id)
    assert (entry.wanted, entry.slots, entry.votes, entry.is_open, entry.stack) == (1, 1, 0, True, picture.pk)
    assert entry.queue_at == picture.run.created_at


def test_taking_in_again_changes_nothing() -> None:
    [picture] = make_pictures()
    cast(make_expert(), picture)
    before = Entry.objects.values().get()
    Entry.objects.take_in([picture])
    assert Entry.objects.take_in() == 0
    assert Entry.objects.values().get() == before


def test_near_duplicates_of_a_cell_make_one_stack() -> None:
    pictures = looking_alike(
        BITS,
        differing_in(NEAR_DUPLICATE_BITS),
        differing_in(NEAR_DUPLICATE_BITS + 1),
        differing_in(200),
        None,
        None,
    )
    # The third is too far from the first, but not from the second; without a hash nothing is alike.
    assert stacks(pictures) == [0, 0, 0, 3, 4, 5]


def test_a_picture_joins_the_stack_of_the_one_it_is_most_like() -> None:
    pictures = looking_alike(differing_in(0), differing_in(60), differing_in(35))
    assert stacks(pictures) == [0, 1, 1]


def test_near_duplicates_of_a_topic_make_one_stack_whatever_their_concepts() -> None:
    topic = make_topic()
    one = looking_alike(BITS, topic=topic)
    other = looking_alike(BITS, topic=topic)
    assert stacks([*one, *other]) == [0, 0]


def test_what_looks_alike_in_different_topics_is_no_stack() -> None:
    assert stacks([*looking_alike(BITS), *looking_alike(BITS)]) == [0, 1]


def test_a_near_duplicate_of_an_approved_picture_of_any_topic_stands_behind_it() -> None:
    [first] = looking_alike(BITS)
    cast(make_expert(), first)
    assert stacks([first, *looking_alike(differing_in(5))]) == [0, 0]


def test_a_near_duplicate_of_a_rejected_picture_of_another_topic_stands_alone() -> None:
    [first] = looking_alike(BITS)
    cast(make_expert(), first, "reject")
    assert stacks([first, *looking_alike(differing_in(5))]) == [0, 1]


def test_any_number_of_pictures_that_do_not_count_hide_none_that_does() -> None:
    topic = make_topic()
    [first] = looking_alike(BITS, topic=topic)
    looking_alike(*[BITS] * 30)  # of another topic, nearer
    [late] = looking_alike(differing_in(9), topic=topic)
    assert Entry.objects.get(pk=late.pk).stack == first.pk


def test_what_compares_models_hides_no_near_duplicate_and_is_none() -> None:
    topic = make_topic()
    [compared] = looking_alike(BITS, topic=topic)
    Entry.objects.all().delete()
    [late] = looking_alike(differing_in(9), topic=topic)
    assert Entry.objects.get(pk=late.pk).stack == late.pk
    assert not Entry.objects.filter(pk=compared.pk).exists()


def test_a_mirrored_picture_is_a_near_duplicate() -> None:
    assert stacks(looking_alike(BITS, mirrored(differing_in(12)))) == [0, 0]


def test_a_late_near_duplicate_goes_where_its_stack_waits() -> None:
    topic, concept = make_topic(), make_concept()
    [first] = looking_alike(BITS, topic=topic, concept=concept)
    [late] = looking_alike(differing_in(3), topic=topic, concept=concept)
    assert Entry.objects.get(pk=late.pk).queue_at == Entry.objects.get(pk=first.pk).queue_at


def test_behind_a_stack_that_is_decided_a_near_duplicate_has_its_own_date() -> None:
    topic, concept = make_topic(), make_concept()
    [first] = looking_alike(BITS, topic=topic, concept=concept)
    cast(make_expert(), first)
    [late] = looking_alike(differing_in(3), topic=topic, concept=concept)
    assert Entry.objects.get(pk=late.pk).queue_at == late.run.created_at


def test_pictures_from_before_the_queue_are_taken_in_by_migrating() -> None:
    pictures = make_pictures(3)
    Entry.objects.all().delete()
    Picture.objects.filter(pk=pictures[0].pk).update(verdict=Verdict.APPROVED)
    call_command("migrate", verbosity=0)
    assert list(Entry.objects.order_by("pk").values_list("is_open", flat=True)) == [False, True, True]


def test_a_picture_that_is_not_done_is_not_in_the_queue() -> None:
    from tests.factories import make_planned_run

    make_planned_run()
    assert Entry.objects.take_in() == 0
    assert not Entry.objects.exists()
