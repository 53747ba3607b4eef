"""Keep models in memory as long as they fit, so that a worker loads each one once."""

from __future__ import annotations

import gc
import sys
import threading
import time
import traceback
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from engines.errors import EngineError

Model = TypeVar("Model")


class ModelSpec(Protocol):
    """What the cache needs to know of a spec: its name, and the memory that its model takes."""

    @property
    def key(self) -> str: ...

    @property
    def memory_gib(self) -> float: ...


AnySpec = TypeVar("AnySpec", bound=ModelSpec)


@dataclass(frozen=True)
class _Failure:
    error: EngineError
    until: float


class ModelCache:
    """Loaded models, the least recently used going first when the next one needs their room.

    ``budget_gib`` bounds the sum of the specs' ``memory_gib``; a model larger than all of it is still loaded,
    alone. A load that failed with an :class:`EngineError` fails again at once for ``retry_after`` seconds, so
    that the jobs of a broken model do not each wait for it. One thread loads at a time.
    """

    def __init__(
        self, budget_gib: float, *, retry_after: float = 60.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.budget_gib = budget_gib
        self._retry_after = retry_after
        self._clock = clock
        self._models: OrderedDict[Any, Any] = OrderedDict()
        self._failures: dict[Any, _Failure] = {}
        self._lock = threading.RLock()

    def get(self, spec: AnySpec, loader: Callable[[AnySpec], Model]) -> Model:
        """Return the model of ``spec``, calling ``loader`` only when it is not in memory.

        Two specs that differ in anything are two models, so an edited one is loaded anew. Raises what
        ``loader`` raises.
        """
        with self._lock:
            if spec in self._models:
                self._models.move_to_end(spec)
                model: Model = self._models[spec]
                return model
            failure = self._failures.get(spec)
            if failure is not None and self._clock() < failure.until:
                raise failure.error.with_traceback(None)
            self._make_room(spec)
            try:
                model = loader(spec)
            except EngineError as error:
                _clear_frames(error)
                self._failures[spec] = _Failure(error, self._clock() + self._retry_after)
                raise
            self._failures.pop(spec, None)
            self._models[spec] = model
            return model

    def clear(self) -> None:
        """Forget every model and every failure, and give the memory back."""
        with self._lock:
            self._models.clear()
            self._failures.clear()
            _release()

    def __contains__(self, spec: object) -> bool:
        with self._lock:
            return spec in self._models

    def _make_room(self, spec: ModelSpec) -> None:
        outdated = [held for held in self._models if held.key == spec.key and type(held) is type(spec)]
        for held in outdated:
            del self._models[held]
        evicted = bool(outdated)
        room = self.budget_gib - spec.memory_gib
        while self._models and sum(held.memory_gib for held in self._models) > room:
            self._models.popitem(last=False)
            evicted = True
        if evicted:
            _release()


def _clear_frames(error: BaseException | None) -> None:
    """Keep an error's lines, but not the variables of its frames: they hold a half-loaded model."""
    while error is not None:
        traceback.clear_frames(error.__traceback__)
        error = error.__cause__ or error.__context__


def _release() -> None:
    gc.collect()
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_available():
        torch.cuda.empty_cache()
