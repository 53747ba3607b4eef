"""Hold an exchange file against the database: what does not fit, and what importing it would change."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from stockgen.exchange.document import KEYS, Document, Entry, Fault, Kind, Unreadable
from stockgen.models import Concept, NegativePrompt, PromptAddition, Reason, Step, Topic
from stockgen.models.named import RESERVED_KEYS

Action = Literal["add", "change", "keep"]
MODELS: dict[Kind, Any] = {"topic": Topic, "concept": Concept, "reason": Reason}


@dataclass(frozen=True)
class ValueChange:
    """A value that an import changes; ``before`` is None where there was none."""

    name: str
    label: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Change:
    """What an import makes of one entry. ``row`` is the row as it will be; of an addition, its next version."""

    entry: Entry
    row: Any
    action: Action
    values: Sequence[ValueChange]

    @property
    def label(self) -> str:
        """Name it to people."""
        if isinstance(self.row, PromptAddition):
            return (
                f"{self.row.topic.local_name} · {self.row.concept.local_name} · {self.row.get_step_display()}"
            )
        return str(self.row.local_name)


@dataclass(frozen=True)
class Preview:
    """Everything that importing a file would do. ``digest`` marks exactly this.

    ``withheld`` is how many reasons would be added or changed if whoever imports were allowed to.
    """

    changes: Sequence[Change]
    withheld: int = 0

    def of(self, action: Action) -> list[Change]:
        """Return the changes of one action."""
        return [change for change in self.changes if change.action == action]

    @property
    def added(self) -> list[Change]:
        return self.of("add")

    @property
    def changed(self) -> list[Change]:
        return self.of("change")

    @property
    def kept(self) -> list[Change]:
        return self.of("keep")

    @property
    def is_empty(self) -> bool:
        """Whether everything in the file is in the database already."""
        return len(self.kept) == len(self.changes)

    @cached_property
    def digest(self) -> str:
        done = [
            (
                *change.entry.identity,
                change.action,
                [(one.name, one.before, one.after) for one in change.values],
            )
            for change in (*self.added, *self.changed)
        ]
        return hashlib.sha256(json.dumps(done, default=str).encode()).hexdigest()[:32]


def compare(document: Document, *, with_reasons: bool = True) -> Preview:
    """Return what importing a document would do. Raises :class:`Unreadable` with everything that does not fit.

    What the file leaves out stays as it is; nothing is ever deleted. Only operators change reasons: for others they
    are left alone.
    """
    faults: list[Fault] = []
    changes: list[Change] = []
    withheld = 0
    for kind in MODELS:
        found = _named_changes(kind, document.entries.get(kind, []), faults)
        if kind == "reason" and not with_reasons:
            withheld = sum(change.action != "keep" for change in found)
            found = [change for change in found if change.action == "keep"]
        changes += found
    rows = {(change.entry.kind, change.row.key): change.row for change in changes}
    for kind, model in (("topic", Topic), ("concept", Concept)):
        for row in model.objects.all():
            rows.setdefault((kind, row.key), row)
    current = {
        (row.topic.key, row.concept.key, row.step): row
        for row in PromptAddition.objects.select_related("topic", "concept")
        .order_by("topic_id", "concept_id", "step", "-version")
        .distinct("topic_id", "concept_id", "step")
    }
    for entry in document.entries.get("addition", []):
        problems = list(_problems_with_addition(entry, rows))
        if problems:
            faults += problems
        else:
            changes.append(_addition_change(entry, rows, current.get(entry.identity)))  # type: ignore[arg-type]
    if faults:
        raise Unreadable(faults)
    return Preview(changes, withheld)


# ---------------------------------------------------------------------- topics, concepts, reasons
def _named_changes(kind: Kind, entries: Sequence[Entry], faults: list[Fault]) -> list[Change]:
    stored: dict[str, Any] = {row.key: row for row in MODELS[kind]._default_manager.all()}
    before = {key: _values(row) for key, row in stored.items()}
    changes = []
    for entry in entries:
        row = stored.setdefault(entry.values["key"], MODELS[kind](key=entry.values["key"]))
        for name, value in entry.values.items():
            if KEYS[kind][name] is not dict:
                setattr(row, name, value)
        changed = list(_changed(entry, row, before.get(entry.values["key"])))
        faults += _problems_with_row(entry, row, {value.name for value in changed})
        action: Action = "add" if row.pk is None else "change" if changed else "keep"
        changes.append(Change(entry, row, action, changed))
    by_key = {entry.values["key"]: entry for entry in entries}
    faults += _clashes(stored.values(), by_key, "name", _("Another one is called “%s”, too."))
    if kind == "reason":
        offered = [row for row in stored.values() if row.is_active]
        faults += _clashes(offered, by_key, "position", _("Another reason that is offered has the digit %s."))
    return changes


def _values(row: Any) -> dict[str, Any]:
    kept = row.own_negative_prompts() if isinstance(row, Concept) else {}
    return {field.name: getattr(row, field.name) for field in row._meta.concrete_fields} | {
        f"negative_prompts.{model}": text for model, text in kept.items()
    }


def _changed(entry: Entry, row: Any, before: dict[str, Any] | None) -> Iterator[ValueChange]:
    for name, value in entry.values.items():
        if KEYS[entry.kind][name] is not dict:
            if before is None or before[name] != value:
                yield ValueChange(name, _label(row, name), before and before[name], value)
            continue
        for model, text in value.items():
            old = before.get(f"negative_prompts.{model}") if before else None
            if old != text:
                yield ValueChange(f"{name}.{model}", f"{_label(row, 'negative_prompt')} · {model}", old, text)


def _label(row: Any, name: str) -> str:
    return str(row._meta.get_field(name).verbose_name)


def _problems_with_row(entry: Entry, row: Any, changed: set[str]) -> Iterator[Fault]:
    # What stays in a row that exists is none of the file's business.
    stays = set() if row.pk is None else {field.name for field in row._meta.concrete_fields} - changed
    yield from _problems_with_fields(entry, row, exclude=stays)
    if row.pk is None and row.key in RESERVED_KEYS:
        yield entry.fault("key", _("“%(key)s” cannot be a key.") % {"key": row.key})
    if not row.name.strip():
        yield entry.fault("name", _("A name cannot be blank."))
    for model, text in entry.values.get("negative_prompts", {}).items():
        own = NegativePrompt(image_model=model, text=text)
        for fault in _problems_with_fields(entry, own, exclude={"concept"}):
            yield entry.fault(f"negative_prompts.{model}", fault.message)


def _problems_with_fields(entry: Entry, row: Any, *, exclude: set[str]) -> Iterator[Fault]:
    try:
        row.clean_fields(exclude=exclude)
    except ValidationError as error:
        for name, messages in error.message_dict.items():
            if name not in entry.values and isinstance(row, Topic | Concept | Reason):
                yield Fault(entry.line, _("“%(name)s” is missing.") % {"name": name})
                continue
            for message in messages:
                yield entry.fault(name, f"“{name}”: {message}")
    for field in row._meta.concrete_fields:  # the length of a TextField is only looked at by forms
        if field.name in exclude or not isinstance(field, models.TextField) or not field.max_length:
            continue
        if len(getattr(row, field.attname)) > field.max_length:
            message = _("“%(name)s” is longer than %(most)d characters.")
            yield entry.fault(field.name, message % {"name": field.name, "most": field.max_length})


def _clashes(rows: Iterable[Any], by_key: dict[str, Entry], name: str, message: str) -> Iterator[Fault]:
    """Find entries whose value another row has, once everything is imported."""
    holders: dict[Any, list[str]] = {}
    for row in rows:
        holders.setdefault(getattr(row, name), []).append(row.key)
    for value, keys in holders.items():
        if len(keys) > 1:
            for key in filter(by_key.__contains__, keys):
                yield by_key[key].fault(name, message % value)


# ---------------------------------------------------------------------- additions
def _problems_with_addition(entry: Entry, rows: dict[Any, Any]) -> Iterator[Fault]:
    for kind, message in (
        ("topic", _("There is no topic “%s”, neither in this file nor in the database.")),
        ("concept", _("There is no concept “%s”, neither in this file nor in the database.")),
    ):
        if (kind, entry.values[kind]) not in rows:
            yield entry.fault(kind, message % entry.values[kind])
    values = {name: entry.values[name] for name in ("step", "note", "text") if name in entry.values}
    draft = PromptAddition(**values)
    yield from _problems_with_fields(entry, draft, exclude={"topic", "concept", "version", "created_at"})


def _addition_change(entry: Entry, rows: dict[Any, Any], latest: PromptAddition | None) -> Change:
    text, before = entry.values["text"], latest and latest.text
    row = PromptAddition(
        topic=rows["topic", entry.values["topic"]], concept=rows["concept", entry.values["concept"]],
        step=Step(entry.values["step"]), version=latest.version + 1 if latest else 1, text=text,
        note=entry.values.get("note", ""),
    )  # fmt: skip
    if before == text:
        return Change(entry, latest, "keep", [])
    value = ValueChange("text", _label(row, "text"), before, text)
    return Change(entry, row, "change" if latest else "add", [value])
