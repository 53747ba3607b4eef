"""What the REST endpoints of exports take and give."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from django.urls import reverse
from ninja import Field, Schema

from accounts.rest import Body, Filters, Key, Page
from delivery.models import Export
from delivery.models.export import LARGEST_SIDE, SMALLEST_SIDE
from delivery.targets import Target
from jobs.states import State

PAGE_SIZE, LARGEST_PAGE = 50, 100

Id = Annotated[UUID, Field(strict=False)]


class ExportIn(Body):
    """Which approved pictures to deliver, and how."""

    topic: Key | None = None
    concept: Key | None = None
    campaign: Id | None = None
    collection: Id | None = Field(None, description="One of yours, or one that is shared.")
    target: Annotated[Target, Field(strict=False)] | None = Field(
        None, description="`zip` unless given; `folder` and `s3` where this site has them set up."
    )
    longest_side: int | None = Field(
        None, ge=SMALLEST_SIDE, le=LARGEST_SIDE,
        description="Pixels: smaller pictures are enlarged to it, at most by what the network does (4 times).",
    )  # fmt: skip
    since: Id | None = Field(
        None,
        description="An export of yours that is done: only what is new since, chosen and delivered as that one was. "
        "Goes without the other fields.",
    )


class ExportOut(Schema):
    """An export: what belongs to it, how far it is, and where its files are."""

    id: UUID
    state: State
    target: Target
    topic: str | None
    concept: str | None
    campaign: UUID | None
    collection: UUID | None
    longest_side: int = Field(description="Pixels; 0: as rendered.")
    since: UUID | None
    count: int = Field(description="Pictures that were approved when it was asked for.")
    files: int = Field(description="Pictures packed by now.")
    left_out: int = Field(description="Pictures whose approval was taken back before they were packed.")
    withdrawn: int = Field(description="Pictures of earlier exports that are no longer approved.")
    byte_size: int
    error: str
    detail: str = Field(description="What the error is about: a picture's id, or a place.")
    place: str = Field(
        description="The folder or bucket it is put to; empty for a ZIP, and before it is begun."
    )
    created_at: datetime
    finished_at: datetime | None
    discarded_at: datetime | None
    archive: str | None = Field(
        description="Address of the ZIP, which takes ranges; null where there is none."
    )
    archive_size: int | None = Field(description="Bytes.")
    manifest_csv: str | None
    manifest_jsonl: str | None

    @classmethod
    def of(cls, export: Export) -> ExportOut:
        """Describe one export."""
        is_zip = export.can_be_fetched and export.target == Target.ZIP

        def address(name: str) -> str:
            return reverse(f"api:{name}", args=[export.pk])

        return cls(
            id=export.pk, state=State(export.state), target=Target(export.target),
            topic=export.topic.key if export.topic else None,
            concept=export.concept.key if export.concept else None,
            campaign=export.campaign_id, collection=export.collection_id,
            longest_side=export.longest_side, since=export.base_id,
            count=export.count, files=export.files, left_out=export.left_out, withdrawn=export.withdrawn,
            byte_size=export.byte_size, error=export.error_text, detail=export.detail, place=export.place,
            created_at=export.created_at, finished_at=export.finished_at, discarded_at=export.discarded_at,
            archive=address("export_archive") if is_zip else None,
            archive_size=export.archive_size if is_zip else None,
            manifest_csv=address("export_csv") if export.can_be_fetched else None,
            manifest_jsonl=address("export_jsonl") if export.can_be_fetched else None,
        )  # fmt: skip


class ExportFilters(Filters):
    """A page of exports."""

    before: UUID | None = None
    limit: int = Field(PAGE_SIZE, ge=1, le=LARGEST_PAGE)


class ExportPage(Page):
    """Exports, newest first."""

    items: list[ExportOut]
