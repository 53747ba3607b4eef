"""What an exchange file may hold: its tables, their keys and the types of their values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

FORMAT = 1
LARGEST_FILE = 1024 * 1024
"""Bytes. The studio of a fresh installation takes about 45 KB."""
MOST_TABLES = 5000

Kind = Literal["topic", "concept", "addition", "reason"]
KINDS: tuple[Kind, ...] = ("topic", "concept", "addition", "reason")

NAMED = {"key": str, "name": str, "name_ru": str, "position": int, "is_active": bool}
KEYS: Mapping[Kind, Mapping[str, type]] = {
    "topic": {**NAMED, "description": str},
    "concept": {
        **NAMED,
        "subject": str,
        "subject_ru": str,
        "share": int,
        "sizes": list,
        "negative_prompt": str,
        "negative_prompts": dict,
        "locations_system": str,
        "locations_examples": str,
        "descriptions_system": str,
        "descriptions_examples": str,
    },
    "addition": {"topic": str, "concept": str, "step": str, "note": str, "text": str},
    "reason": NAMED,
}
"""The keys of each table with the types of their values, in the order in which they are written."""

REQUIRED: Mapping[Kind, tuple[str, ...]] = {
    "topic": ("key", "name"),
    "concept": ("key", "name"),
    "addition": ("topic", "concept", "step", "text"),
    "reason": ("key", "name"),
}


@dataclass(frozen=True)
class Fault:
    """Something wrong in a file: the line it is on, from 1, and what is wrong with it, in the reader's language."""

    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.line}: {self.message}"


@dataclass(frozen=True)
class Entry:
    """One table of a file: its values by key, and the line of each; ``line`` is that of its header."""

    kind: Kind
    values: Mapping[str, Any]
    line: int
    lines: Mapping[str, int]

    @property
    def identity(self) -> tuple[str, ...]:
        """Return what tells it from the others of its kind: its key; of an addition, topic, concept and step."""
        names = ("topic", "concept", "step") if self.kind == "addition" else ("key",)
        return tuple(self.values[name] for name in names)

    def fault(self, name: str, message: str) -> Fault:
        """Say what is wrong with one of its values."""
        return Fault(self.lines.get(name, self.line), message)


@dataclass(frozen=True)
class Document:
    """A file that can be read: its entries by kind, in its order. Whether they fit the database is another matter."""

    entries: Mapping[Kind, list[Entry]] = field(default_factory=dict)


class Unreadable(Exception):
    """A file that cannot be imported; ``faults`` are all that were found, by line."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = sorted(faults, key=lambda fault: fault.line)
