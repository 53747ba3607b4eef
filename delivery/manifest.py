"""What the manifest says of each picture, and the files it is written to."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Count, Q

from accounts.models import Role, User
from delivery.models import Change, Export, Item
from engines.specs import ImageModelSpec
from review.models import Vote
from review.statistics.export import csv_lines
from review.statistics.scope import owner_for, votes_open_to
from stockgen.models import Picture

COLUMNS = (
    "change", "file", "sha256", "bytes", "width", "height", "topic", "concept", "location", "prompt", "negative_prompt",
    "image_model", "image_model_revision", "licence", "seed", "steps", "guidance_scale", "approvals", "rejections",
    "approved_at", "enlarged_by", "picture", "picture_sha256", "run",
)  # fmt: skip
"""Every column of the manifest; docs/exports.md says what each one means."""

CSV, JSON_LINES, SUMS = "manifest.csv", "manifest.jsonl", "SHA256SUMS"
CHUNK = 500


def facts_of(
    pictures: Sequence[Picture], owner: User, specs: Mapping[str, ImageModelSpec]
) -> dict[UUID, dict[str, Any]]:
    """Return what is known of some pictures before their files are looked at. Two queries.

    Votes are the live ones that count, as far as the owner may see them one by one: None where a designer exports
    somebody else's picture, and where an expert may still be given it.
    """
    votes = Vote.objects.filter(
        votes_open_to(owner), entry__in=[picture.pk for picture in pictures]
    ).counted()
    tallies = votes.values_list("entry").annotate(
        approvals=Count("pk", filter=Q(choice="approve")), rejections=Count("pk", filter=Q(choice="reject"))
    )
    counts = {key: (approvals, rejections) for key, approvals, rejections in tallies}
    open_to = owner_for(owner)

    def without_votes(picture: Picture) -> tuple[int | None, int | None]:
        is_open = (open_to is None or picture.owner_id == open_to.pk) and not owner.has_role(Role.EXPERT)
        return (0, 0) if is_open else (None, None)

    return {
        picture.pk: _facts(
            picture, specs.get(picture.image_model), counts.get(picture.pk) or without_votes(picture)
        )
        for picture in pictures
    }


def _facts(
    picture: Picture, spec: ImageModelSpec | None, votes: tuple[int | None, int | None]
) -> dict[str, Any]:
    location = picture.prompt.location
    return {
        "topic": picture.topic.key,
        "concept": picture.concept.key,
        "location": location.text if location else "",
        "prompt": picture.prompt.text,
        "negative_prompt": picture.run.negative_prompt,
        "image_model": picture.image_model,
        "image_model_revision": picture.image_model_revision,
        "licence": spec.licence if spec else "",
        "seed": picture.seed,
        "steps": picture.steps,
        "guidance_scale": picture.guidance_scale,
        "approvals": votes[0],
        "rejections": votes[1],
        "approved_at": picture.verdict_at.isoformat() if picture.verdict_at else "",
        "picture": str(picture.pk),
        "picture_sha256": picture.sha256,
        "run": str(picture.run_id),
    }


def name_of(picture: Picture) -> str:
    """Return a picture's path in every export: no two are alike, and it stays the same."""
    return f"{picture.topic.key}/{picture.concept.key}/{picture.pk}.png"


def written(export: Export, name: str) -> Iterator[str]:
    """Yield the text of one of the manifest's files, in pieces. ``SUMS`` reads as ``sha256sum --check`` does."""
    items = export.items.packed().iterator(chunk_size=CHUNK)
    if name == CSV:
        yield from csv_lines(COLUMNS, (tuple(_record(item).values()) for item in items))
    elif name == JSON_LINES:
        for item in items:
            yield json.dumps(_record(item), ensure_ascii=False) + "\n"
    else:
        for item in items:
            if item.change == Change.ADDED:
                yield f"{item.sha256}  {item.name}\n"
        for listing in export.listings:
            yield f"{listing['sha256']}  {listing['name']}\n"


def _record(item: Item) -> dict[str, Any]:
    """Return a row, every column in its place; None where there is nothing to say."""
    known = {"change": item.change, **(item.record or {})}
    if item.change == Change.ADDED:
        known |= {"file": item.name, "sha256": item.sha256, "bytes": item.byte_size}
    return {column: known.get(column) for column in COLUMNS}
