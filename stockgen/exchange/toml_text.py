"""Write TOML that reads well and diffs well: one line a value, texts of several lines as they are.

tomllib reads TOML and writes none; this writes the few kinds of value that the studio has.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

Value = str | int | bool | Sequence[str]

BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
NOT_PLAIN = re.compile(r'[\x00-\x1f\x7f"\\]')
NOT_PLAIN_IN_LINES = re.compile(r'[\x00-\x09\x0b-\x1f\x7f\\]|"(?="")')
SHORT = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"', "\\": "\\\\"}


def table(header: str, values: Mapping[str, Value]) -> str:
    """Return a table: its header (``[[topic]]``) and a line for each value, in their order."""
    return "\n".join([header, *(f"{key(name)} = {literal(value)}" for name, value in values.items())]) + "\n"


def key(name: str) -> str:
    """Return a key, in quotes where TOML asks for them."""
    return name if BARE_KEY.fullmatch(name) else _one_line(name)


def literal(value: Value) -> str:
    """Return a value as TOML writes it. Reading it gives the same value, whatever characters a text has."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if not isinstance(value, str):
        return f"[{', '.join(literal(item) for item in value)}]"
    if "\n" in value:
        # A quotation mark at the very end would run into the closing ones.
        lines = NOT_PLAIN_IN_LINES.sub(_escaped, value)
        return f'"""\n{lines[:-1]}\\""""' if lines.endswith('"') else f'"""\n{lines}"""'
    return _one_line(value)


def _one_line(text: str) -> str:
    return f'"{NOT_PLAIN.sub(_escaped, text)}"'


def _escaped(found: re.Match[str]) -> str:
    character = found.group()
    return SHORT.get(character, f"\\u{ord(character):04x}")
