"""Read an exchange file: what is wrong with it by itself, every fault with its line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from stockgen.exchange.document import (
    FORMAT,
    KEYS,
    KINDS,
    LARGEST_FILE,
    MOST_TABLES,
    REQUIRED,
    Document,
    Entry,
    Fault,
    Kind,
    Unreadable,
)
from stockgen.exchange.places import Places

AT_LINE = re.compile(r"\(at line (\d+), column (\d+)\)$")
AT_END = "(at end of document)"
MOST_PARTS = 32
# The parser takes quadratic time for a key of many parts; no key or text of ours comes near.
LONG_KEY = re.compile(
    rf"""(?<![\w"'-])(?:(?:[A-Za-z0-9_-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){{{MOST_PARTS}}}"""
)


def read(content: bytes) -> Document:
    """Read a file. Raises :class:`Unreadable` with every fault; a file that is no TOML has just the first."""
    text = _text(content)
    values = _values(text)
    places = Places(text)
    faults = list(_faults_of_the_whole(values, places))
    if sum(len(values[kind]) for kind in KINDS if isinstance(values.get(kind), list)) > MOST_TABLES:
        raise Unreadable([Fault(1, _("There are more than %(most)d tables.") % {"most": MOST_TABLES})])
    entries: dict[Kind, list[Entry]] = {}
    for kind in KINDS:
        tables = values.get(kind, [])
        if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
            faults.append(
                Fault(places.line_of((kind,)), _("Write each as a table of its own: [[%s]].") % kind)
            )
            continue
        entries[kind] = [_entry(kind, table, index, places) for index, table in enumerate(tables)]
        for entry in entries[kind]:
            faults += _faults_of(entry)
        faults += _twins(entries[kind])
    if faults:
        raise Unreadable(faults)
    return Document(entries)


def _text(content: bytes) -> str:
    if len(content) > LARGEST_FILE:
        raise Unreadable(
            [Fault(1, _("The file is larger than %(most)d KB.") % {"most": LARGEST_FILE // 1024})]
        )
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise Unreadable([Fault(line, _("This is no text in UTF-8."))]) from None


def _values(text: str) -> dict[str, Any]:
    if long := LONG_KEY.search(text):
        line = text.count("\n", 0, long.start()) + 1
        raise Unreadable([Fault(line, _("The file is nested too deep."))])
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise Unreadable([Fault(1, _("The file is nested too deep."))]) from None
    except ValueError as error:
        message = str(error)
        found = AT_LINE.search(message)
        line = int(found.group(1)) if found else text.count("\n") + 1 if AT_END in message else 1
        said = AT_LINE.sub("", message).replace(AT_END, "").strip()
        raise Unreadable([Fault(line, _("This is no valid TOML: %(error)s.") % {"error": said})]) from None


def _faults_of_the_whole(values: dict[str, Any], places: Places) -> Iterator[Fault]:
    found = values.get("format")
    if "format" not in values:
        message = _("There is no line “format = %(format)d”: this is no export of the studio.")
        yield Fault(1, message % {"format": FORMAT})
        if not any(kind in values for kind in KINDS):
            return  # something else altogether: its every line would be a fault
    elif found != FORMAT or isinstance(found, bool):
        message = _("This version reads format %(format)d, not %(found)s.")
        yield Fault(places.line_of(("format",)), message % {"format": FORMAT, "found": str(found)[:40]})
    for name in values:
        if name not in {"format", *KINDS}:
            yield Fault(
                places.line_of((name,)), _("Nothing of the studio is called “%(name)s”.") % {"name": name}
            )


def _entry(kind: Kind, values: dict[str, Any], index: int, places: Places) -> Entry:
    lines = {name: places.line_of((kind, index, name)) for name in values}
    for name, inner in values.items():
        if isinstance(inner, dict):
            lines |= {f"{name}.{key}": places.line_of((kind, index, name, key)) for key in inner}
    return Entry(kind, values, places.line_of((kind, index)), lines)


def _faults_of(entry: Entry) -> Iterator[Fault]:
    known = KEYS[entry.kind]
    for name, value in entry.values.items():
        if name not in known:
            yield entry.fault(name, _("There is no “%(name)s” here.") % {"name": name})
        elif problem := _problem_with_type(value, known[name]):
            yield entry.fault(name, f"“{name}”: {problem}")
    for name in REQUIRED[entry.kind]:
        if name not in entry.values:
            yield Fault(entry.line, _("“%(name)s” is missing.") % {"name": name})


def _problem_with_type(value: Any, wanted: type) -> str:
    texts = (value,) if isinstance(value, str) else ()
    if wanted is str and not isinstance(value, str):
        return _("this must be a text, in quotation marks.")
    if wanted is bool and not isinstance(value, bool):
        return _("this must be true or false.")
    if wanted is int and (isinstance(value, bool) or not isinstance(value, int)):
        return _("this must be a whole number.")
    if wanted is list:
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            return _("this must be a list of texts.")
        texts = tuple(value)
    if wanted is dict:
        if not isinstance(value, dict) or not all(isinstance(item, str) for item in value.values()):
            return _("this must be a table of texts.")
        texts = (*value, *value.values())
    return _("a text cannot hold the character NUL.") if any("\0" in text for text in texts) else ""


def _twins(entries: list[Entry]) -> Iterator[Fault]:
    """Find what stands in the file twice."""
    first: dict[tuple[Any, ...], int] = {}
    for entry in entries:
        if any(not isinstance(entry.values.get(name), str) for name in REQUIRED[entry.kind]):
            continue
        line = first.setdefault(entry.identity, entry.line)
        if line != entry.line:
            message = _("“%(key)s” stands in line %(line)d already.")
            yield Fault(entry.line, message % {"key": " · ".join(entry.identity), "line": line})
