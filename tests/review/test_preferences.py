"""Keys that the rating page can tell apart."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from review.models import Preferences
from review.models.experts import KEYS, usable_keys
from tests.factories import make_expert


@pytest.mark.parametrize(
    "keys",
    [{}, {"approve": "j"}, {"approve": "x", "reject": "a"}, {"skip": "ArrowRight"}, {"help": "ж"}, KEYS],
)
def test_keys_that_differ_can_be_used(keys: dict[str, str]) -> None:
    usable_keys(keys)


@pytest.mark.parametrize(
    "keys",
    [
        {"approve": "x"}, {"approve": "X"}, {"approve": "enter"}, {"approve": "j", "skip": "J"}, {"approve": "1"},
        {"approve": "²"}, {"approve": ""}, {"approve": "x" * 21}, {"approve": "Tab"}, {"approve": "Meta"},
        {"approve": "\0"}, {"approve": None}, {"approve": 1}, {"dance": "q"}, [], None, "a",
    ],
)  # fmt: skip
def test_keys_that_collide_or_are_none_are_refused(keys: Any) -> None:
    with pytest.raises(ValidationError):
        usable_keys(keys)


@pytest.mark.django_db
def test_what_is_refused_leaves_the_preferences_as_they_were() -> None:
    rater = make_expert()
    Preferences.of(rater).change(keys={"approve": "j"}, grid_size=12)
    for change in ({"keys": {"approve": "x"}}, {"grid_size": 13}):
        with pytest.raises(ValidationError):
            Preferences.of(rater).change(**change)
    kept = Preferences.of(rater)
    assert (kept.bindings["approve"], kept.grid_size, kept.show_prompt) == ("j", 12, True)
