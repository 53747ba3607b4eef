"""The models that a worker keeps in memory."""

from __future__ import annotations

import gc
import weakref
from dataclasses import dataclass

import pytest

from engines.cache import ModelCache
from engines.errors import ModelUnavailable


@dataclass(frozen=True)
class Spec:
    key: str
    memory_gib: float = 4.0
    steps: int = 1


class Model:
    def __init__(self, spec: Spec) -> None:
        self.spec = spec


class Loader:
    """Load for real and remember the order."""

    def __init__(self) -> None:
        self.loaded: list[str] = []

    def __call__(self, spec: Spec) -> Model:
        self.loaded.append(spec.key)
        return Model(spec)


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_model_is_loaded_once() -> None:
    cache, load = ModelCache(10), Loader()
    assert cache.get(Spec("a"), load) is cache.get(Spec("a"), load)
    assert load.loaded == ["a"]


def test_the_least_recently_used_model_makes_room() -> None:
    cache, load = ModelCache(10), Loader()
    for key in ("a", "b", "a", "c"):
        cache.get(Spec(key), load)
    assert [Spec(key) in cache for key in "abc"] == [True, False, True]


def test_models_that_fit_together_stay() -> None:
    cache, load = ModelCache(12), Loader()
    for key in ("a", "b", "c", "a", "b", "c"):
        cache.get(Spec(key), load)
    assert load.loaded == ["a", "b", "c"]


def test_the_room_is_free_before_the_next_model_is_loaded() -> None:
    cache = ModelCache(5)
    old = weakref.ref(cache.get(Spec("a"), Model))
    alive: list[bool] = []

    def load(spec: Spec) -> Model:
        alive.append(old() is not None)
        return Model(spec)

    cache.get(Spec("b"), load)
    assert alive == [False]


def test_a_model_larger_than_the_budget_is_loaded_alone() -> None:
    cache, load = ModelCache(5), Loader()
    cache.get(Spec("a"), load)
    cache.get(Spec("huge", memory_gib=60), load)
    assert [Spec("a") in cache, Spec("huge", memory_gib=60) in cache] == [False, True]


def test_an_edited_spec_replaces_the_model_of_the_same_key() -> None:
    cache, load = ModelCache(100), Loader()
    cache.get(Spec("a"), load)
    assert cache.get(Spec("a", steps=2), load).spec.steps == 2
    assert Spec("a") not in cache


def test_a_load_that_failed_fails_at_once_for_a_while_and_is_then_tried_again() -> None:
    clock = Clock()
    cache = ModelCache(10, retry_after=60, clock=clock)
    calls: list[Spec] = []

    def fail(spec: Spec) -> Model:
        calls.append(spec)
        raise ModelUnavailable(spec.key, "/nowhere", "Put it there.")

    for clock.now in (0.0, 30.0, 59.9):
        with pytest.raises(ModelUnavailable, match=r"“a”.*/nowhere"):
            cache.get(Spec("a"), fail)
    assert len(calls) == 1
    clock.now = 60.0
    assert cache.get(Spec("a"), Loader()).spec == Spec("a")


def test_a_failure_does_not_keep_the_half_loaded_model_in_memory() -> None:
    cache = ModelCache(10)
    halves: list[weakref.ref[Model]] = []

    def fail(spec: Spec) -> Model:
        half = Model(spec)
        halves.append(weakref.ref(half))
        try:
            raise OSError("truncated")
        except OSError as error:
            raise ModelUnavailable(spec.key, "/x", "Copy it again.") from error

    with pytest.raises(ModelUnavailable):
        cache.get(Spec("a"), fail)
    gc.collect()
    assert halves[0]() is None


def test_another_error_is_not_remembered() -> None:
    cache = ModelCache(10)

    def stumble(spec: Spec) -> Model:
        raise RuntimeError("once")

    with pytest.raises(RuntimeError):
        cache.get(Spec("a"), stumble)
    assert cache.get(Spec("a"), Loader()).spec == Spec("a")


def test_clearing_forgets_models_and_failures() -> None:
    cache, load = ModelCache(10), Loader()
    cache.get(Spec("a"), load)
    cache.clear()
    cache.get(Spec("a"), load)
    assert load.loaded == ["a", "a"]
