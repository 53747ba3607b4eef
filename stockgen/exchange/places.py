"""Where the tables and keys of a TOML text stand: parsers give values, people need lines."""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from collections.abc import Iterator
from typing import Any

Path = tuple[str | int, ...]
"""The way to a value: names of keys, and positions in arrays of tables, such as ``("topic", 0, "name")``."""

STRING = r'"""(?:\\.|[^\\])*?"{3,5}|' + r"'''.*?'{3,5}|" + r'"(?:\\.|[^"\\\n])*"|' + r"'[^'\n]*'"
NAME = r"""(?:[A-Za-z0-9_-]+|"(?:\\.|[^"\\\n])*"|'[^'\n]*')"""
KEY = re.compile(rf"{NAME}(?:[ \t]*\.[ \t]*{NAME})*")
HEADER = re.compile(rf"(\[\[?)[ \t]*({KEY.pattern})[ \t]*\]\]?")
EQUALS = re.compile(r"[ \t]*=[ \t]*")
BETWEEN = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
PART_OF_VALUE = re.compile(rf"(?:{STRING})|#[^\n]*|[\[\]{{}}]|\n|[^\"'#\[\]{{}}\n]+", re.DOTALL)


class Places:
    """The lines, from 1, on which the tables and keys of a TOML text stand. The text must be valid TOML."""

    def __init__(self, text: str) -> None:
        self._breaks = [found.start() for found in re.finditer("\n", text)]
        self._lines: dict[Path, int] = {}
        for path, position in _paths(text):
            self._lines.setdefault(path, self._line_at(position))

    def line_of(self, path: Path) -> int:
        """Return the line of a key, else of the nearest table around it, else 1."""
        while path:
            if path in self._lines:
                return self._lines[path]
            path = path[:-1]
        return 1

    def _line_at(self, position: int) -> int:
        return bisect_right(self._breaks, position - 1) + 1


def _paths(text: str) -> Iterator[tuple[Path, int]]:
    """Yield the path and the position of every header and of every key outside inline tables."""
    position = _end(BETWEEN, text, 0)
    inside: Path = ()
    counts: dict[Path, int] = {}
    while position < len(text):
        header = HEADER.match(text, position)
        if header is not None:
            names = _names(header.group(2))
            inside = _resolve(names, counts, grows=header.group(1) == "[[")
            yield inside[:-1] if header.group(1) == "[[" else inside, position
            yield inside, position
            position = header.end()
        else:
            found = KEY.match(text, position)
            if found is None:
                return
            yield inside + _names(found.group()), position
            position = _after_value(text, _end(EQUALS, text, found.end()))
        position = _end(BETWEEN, text, position)


def _resolve(names: Path, counts: dict[Path, int], *, grows: bool) -> Path:
    """Return the path that a header opens; a name of an array of tables stands for its latest one."""
    path: Path = ()
    for index, name in enumerate(names):
        path += (name,)
        if grows and index == len(names) - 1:
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path += (counts[path],)
    return path


def _names(written: str) -> Path:
    """Return the names of a dotted key, without their quotes."""
    value: Any = tomllib.loads(f"{written} = 0")
    names: list[str] = []
    while isinstance(value, dict):
        [(name, value)] = value.items()
        names.append(name)
    return tuple(names)


def _after_value(text: str, position: int) -> int:
    """Return where a value ends: at the end of its line, or further down for texts and arrays of several lines."""
    depth = 0
    while (part := PART_OF_VALUE.match(text, position)) is not None:
        first = part.group()[0]
        if depth == 0 and first in "\n#":
            return position
        depth += (first in "[{") - (first in "]}")
        position = part.end()
    return len(text)


def _end(pattern: re.Pattern[str], text: str, position: int) -> int:
    found = pattern.match(text, position)
    return found.end() if found else position
