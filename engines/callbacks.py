"""The two callables through which an engine talks to whoever runs it."""

from __future__ import annotations

from collections.abc import Callable

from engines.errors import Cancelled

OnProgress = Callable[[float], None]
"""Called with the finished share of the work, 0.0 … 1.0, never falling. May raise to stop the work."""

IsCancelled = Callable[[], bool]
"""Asked between steps; true makes the engine raise :class:`engines.errors.Cancelled`."""


def ignore_progress(share: float) -> None:
    """Do nothing with the progress: the default ``on_progress``."""


def never_cancelled() -> bool:
    """Answer false: the default ``is_cancelled``."""
    return False


def stop_if(is_cancelled: IsCancelled) -> None:
    """Raise :class:`Cancelled` if the work is no longer wanted."""
    if is_cancelled():
        raise Cancelled("The work was cancelled.")
