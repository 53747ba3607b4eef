"""Write topics, concepts, additions and reasons as one TOML file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from stockgen.exchange.document import FORMAT, KEYS, Kind
from stockgen.exchange.toml_text import Value, table
from stockgen.models import Concept, PromptAddition, Reason, Topic

HEAD = f"""\
# Topics, concepts, additions to their system prompts, and reasons to reject.
# Import it in the studio, or with: manage.py import_studio FILE

format = {FORMAT}
"""


def export_studio() -> str:
    """Return everything that designers steer as TOML. The same contents give the same text.

    Tables are sorted by their keys, so that two exports differ only where their contents do. Of an addition there is
    the current version; earlier ones, authors and dates stay behind.
    """
    return "\n".join([HEAD, *_topics(), *_concepts(), *_additions(), *_reasons()])


def _topics() -> Iterator[str]:
    for topic in Topic.objects.order_by("key"):
        yield _table("topic", topic)


def _concepts() -> Iterator[str]:
    for concept in Concept.objects.order_by("key").prefetch_related("negative_prompts"):
        written = _table("concept", concept)
        own = {row.image_model: row.text for row in concept.negative_prompts.all()}
        models: dict[str, Value] = {key: own[key] for key in sorted(own)}
        yield f"{written}\n{table('[concept.negative_prompts]', models)}" if models else written


def _additions() -> Iterator[str]:
    versions = PromptAddition.objects.select_related("topic", "concept")
    current = versions.order_by("topic__key", "concept__key", "step", "-version").distinct(
        "topic__key", "concept__key", "step"
    )
    for row in current:
        keys = {"topic": row.topic.key, "concept": row.concept.key}
        rest = {"step": row.step, "note": row.note, "text": row.text}
        yield table("[[addition]]", keys | rest)


def _reasons() -> Iterator[str]:
    for reason in Reason.objects.order_by("key"):
        yield _table("reason", reason)


def _table(kind: Kind, row: Any) -> str:
    names = [name for name, holds in KEYS[kind].items() if holds is not dict]
    return table(f"[[{kind}]]", {name: getattr(row, name) for name in names})
