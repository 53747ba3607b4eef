"""What can go wrong in an engine, as exceptions whose text a person can act on."""

from __future__ import annotations


class EngineError(Exception):
    """Base of every error that an engine raises on purpose."""


class Cancelled(EngineError):
    """``is_cancelled`` answered true: the work was given up, nothing is returned."""


class OutOfMemory(EngineError):
    """The device has too little memory even for the smallest batch."""


class ModelUnavailable(EngineError):
    """A model's weights cannot be found, read or trusted.

    Its text says which model, where it was looked for, and what to do.
    """

    def __init__(self, key: str, looked_in: str, remedy: str) -> None:
        super().__init__(f"Model “{key}” cannot be loaded: looked in {looked_in}. {remedy}")
        self.key = key
        self.looked_in = looked_in
        self.remedy = remedy
