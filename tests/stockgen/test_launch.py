"""Launching a run: defaults, refusals at the field, and one run per idempotency key."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from engines.registry import IMAGE_MODELS
from jobs.models import IdempotencyConflict
from jobs.states import State
from stockgen.models import Plan, Run
from tests.factories import make_concept, make_run, make_topic, make_user

pytestmark = pytest.mark.django_db


def test_a_run_takes_its_defaults_from_the_model_and_the_concept() -> None:
    run = make_run(concept=make_concept(negative_prompt="blurry"), seed=None)
    spec = IMAGE_MODELS[run.image_model]
    assert (run.width, run.height, run.steps) == (spec.default_width, spec.default_height, spec.default_steps)
    assert run.negative_prompt == "blurry"
    assert 0 <= run.seed < 2**32
    assert run.plan.state == State.QUEUED


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("count", 0),
        ("count", -1),
        ("count", 10**9),
        ("seed", -1),
        ("seed", 2**32),
        ("width", 513),
        ("height", 99_999),
        ("steps", 0),
        ("guidance_scale", float("nan")),
        ("guidance_scale", float("inf")),
        ("location_count", 0),
        ("location_count", 4),
        ("image_model", "no-such-model"),
        ("image_model", "/etc/passwd"),
        ("image_model", "https://example.org/model"),
        ("language_model", "../secrets"),
        ("prompt", "x" * 2001),
        ("negative_prompt", "x" * 2001),
    ],
)
def test_what_cannot_be_carried_out_is_refused_at_its_field(field: str, value: Any) -> None:
    with pytest.raises(ValidationError) as refused:
        make_run(**{field: value})
    assert list(refused.value.message_dict) == [field]
    assert not Run.objects.exists()
    assert not Plan.objects.exists()


def test_every_wrong_field_is_named_at_once() -> None:
    with pytest.raises(ValidationError) as refused:
        make_run(count=0, steps=0, seed=-1)
    assert set(refused.value.message_dict) == {"count", "steps", "seed"}


def test_a_topic_no_longer_offered_is_refused() -> None:
    with pytest.raises(ValidationError, match="no longer offered"):
        make_run(topic=make_topic(is_active=False))


def test_the_same_submit_twenty_times_makes_one_run() -> None:
    owner, topic, concept = make_user(), make_topic(), make_concept()
    runs = {
        make_run(owner, topic=topic, concept=concept, seed=None, idempotency_key="once").pk for _ in range(20)
    }
    assert len(runs) == 1
    assert Plan.objects.count() == 1


def test_a_key_used_for_another_request_is_a_conflict() -> None:
    owner, topic, concept = make_user(), make_topic(), make_concept()
    make_run(owner, topic=topic, concept=concept, count=3, idempotency_key="once")
    with pytest.raises(IdempotencyConflict):
        make_run(owner, topic=topic, concept=concept, count=4, idempotency_key="once")


def test_two_people_may_use_the_same_key() -> None:
    assert make_run(idempotency_key="once").pk != make_run(idempotency_key="once").pk
