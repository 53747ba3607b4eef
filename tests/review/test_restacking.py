"""Putting a picture behind its near-duplicate once all its looks are known."""

from __future__ import annotations

import pytest
from PIL import Image

from bench.rooms import room
from engines.imaging.hashing import looks_of, perceptual_hash
from review.models import Entry, Policy, Rule
from stockgen.models import Picture
from tests.factories import cast, give, make_concept, make_expert, make_pictures, make_topic

pytestmark = pytest.mark.django_db

SIDE = 256


@pytest.fixture(autouse=True)
def one_vote_and_nothing_mixed_in() -> None:
    Policy.objects.set(None, Rule(votes=1, calibration_share=0, gold_share=0))


@pytest.fixture
def original() -> Image.Image:
    return Image.fromarray(room(5, SIDE))


@pytest.fixture
def cropped(original: Image.Image) -> Image.Image:
    """Return the original without 3 % at the left and at the top."""
    return original.crop((8, 8, SIDE, SIDE)).resize((SIDE, SIDE))


def showing(*images: Image.Image, **fields: object) -> list[Entry]:
    """Put pictures of one topic into the queue, by their stored hashes alone."""
    pictures = make_pictures(len(images), **{"topic": make_topic(), "concept": make_concept(), **fields})
    Entry.objects.filter(picture__in=pictures).delete()
    for picture, image in zip(pictures, images, strict=True):
        Picture.objects.filter(pk=picture.pk).update(perceptual_hash=perceptual_hash(image))
        Entry.objects.take_in(Picture.objects.filter(pk=picture.pk))
    return [Entry.objects.get(pk=picture.pk) for picture in pictures]


def test_a_cropped_copy_is_put_behind_its_original(original: Image.Image, cropped: Image.Image) -> None:
    first, copy = showing(original, cropped)
    assert copy.stack == copy.pk  # its stored hash alone does not tell
    assert copy.restack(looks_of(cropped))
    assert (copy.stack, copy.queue_at) == (first.stack, first.queue_at)


def test_an_original_is_put_behind_its_cropped_copy(original: Image.Image, cropped: Image.Image) -> None:
    first, late = showing(cropped, original)
    assert late.restack(looks_of(original))
    assert late.stack == first.pk


def test_two_near_duplicates_never_stand_behind_each_other(
    original: Image.Image, cropped: Image.Image
) -> None:
    first, copy = showing(original, cropped)
    assert copy.restack(looks_of(cropped))
    assert not first.restack(looks_of(original))
    assert (first.stack, copy.stack) == (first.pk, first.pk)


def test_doing_it_again_changes_nothing(original: Image.Image, cropped: Image.Image) -> None:
    first, copy = showing(original, cropped)
    assert copy.restack(looks_of(cropped))
    assert not copy.restack(looks_of(cropped))
    assert copy.stack == first.pk


def test_what_looks_like_nothing_else_stands_alone(original: Image.Image) -> None:
    other = Image.fromarray(room(6, SIDE))
    _first, different = showing(original, other)
    assert not different.restack(looks_of(other))
    assert different.stack == different.pk


def test_a_copy_behind_a_rejected_picture_keeps_its_own_date_and_its_vote(
    original: Image.Image, cropped: Image.Image
) -> None:
    first, copy = showing(original, cropped)
    before = copy.queue_at
    cast(make_expert(), first.picture, "reject")
    assert copy.restack(looks_of(cropped))
    assert (copy.stack, copy.queue_at, copy.is_open) == (first.pk, before, True)


def test_the_rest_of_a_stack_is_given_out_after_its_first_is_rejected(
    original: Image.Image, cropped: Image.Image
) -> None:
    first, copy = showing(original, cropped)
    copy.restack(looks_of(cropped))
    cast(make_expert(), first.picture, "reject")
    assert list(Entry.objects.open()) == [copy]


def test_a_stack_outlives_the_picture_it_is_named_after(original: Image.Image, cropped: Image.Image) -> None:
    first, copy = showing(original, cropped)
    copy.restack(looks_of(cropped))
    named_after = first.pk
    first.delete()
    copy.refresh_from_db()
    assert copy.stack == named_after
    [late] = showing(original, topic=copy.topic)
    assert late.restack(looks_of(original))
    assert late.stack == copy.stack


def test_a_picture_in_somebodys_hand_stays_there_when_it_joins_a_stack(
    original: Image.Image, cropped: Image.Image
) -> None:
    _first, copy = showing(original, cropped)
    [hold] = give(make_expert(), copy.picture)
    assert copy.restack(looks_of(cropped))
    assert list(copy.holds.live()) == [hold]
