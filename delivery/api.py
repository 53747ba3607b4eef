"""Exports over REST."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Query, Router, Status

from accounts.models import Role
from accounts.rest import PerMinute, answers, next_page
from delivery.models import Export
from delivery.schemas import ExportFilters, ExportIn, ExportOut, ExportPage
from delivery.selecting import Selection
from delivery.serving import archive_response, manifest_response
from delivery.targets import Target
from stockgen.api import FILE, IdempotencyKey, user_of
from stockgen.models import Campaign, Collection, Concept, Topic

router = Router(tags=["exports"])


@router.get("/exports", response=answers({200: ExportPage}, 403, 422))
def list_exports(request: HttpRequest, filters: Query[ExportFilters]) -> ExportPage:
    """List your exports, newest first."""
    rows = _exports_of(request).order_by("-id")
    if filters.before:
        rows = rows.filter(id__lt=filters.before)
    found = list(rows[: filters.limit + 1])
    shown = found[: filters.limit]
    return ExportPage(
        items=[ExportOut.of(export) for export in shown],
        next=next_page(request, filters, shown[-1].pk) if len(found) > len(shown) else None,
    )


@router.post(
    "/exports",
    response=answers({201: ExportOut, 200: ExportOut}, 400, 403, 409, 422),
    throttle=[PerMinute("API_REQUESTS_PER_MINUTE"), PerMinute("API_LAUNCHES_PER_MINUTE")],
)
def start_export(
    request: HttpRequest, body: ExportIn, idempotency_key: IdempotencyKey = None
) -> Status[ExportOut]:
    """Export pictures of the stock, whoever asked for them. What belongs to it is fixed at once.

    With an `Idempotency-Key`, the same request sent again answers 200 with the export that the first one started;
    another request under the same key is 409. 422 where nothing is approved, or nothing is new.
    """
    user = user_of(request)
    user.require_role(Role.DESIGNER, Role.OPERATOR)
    key = idempotency_key or ""
    known = bool(key) and Export.objects.filter(owner=user, idempotency_key=key).exists()
    if body.since is not None:
        export = Export.objects.start(user, since=_since(request, body), idempotency_key=key)
    else:
        export = Export.objects.start(
            user, _selection(request, body), target=body.target or Target.ZIP,
            longest_side=body.longest_side or 0, idempotency_key=key,
        )  # fmt: skip
    return Status(200 if known else 201, ExportOut.of(_export(request, export.pk)))


@router.get("/exports/{uuid:export_id}", response=answers({200: ExportOut}, 403, 404))
def get_export(request: HttpRequest, export_id: UUID) -> ExportOut:
    """Show an export: how far it is, or where its files are."""
    return ExportOut.of(_export(request, export_id))


@router.post("/exports/{uuid:export_id}/cancel", response=answers({200: ExportOut}, 403, 404, 409))
def cancel_export(request: HttpRequest, export_id: UUID) -> ExportOut:
    """Give an export up; what it has made by now is removed. 409 once it is over."""
    export = _export(request, export_id)
    export.cancel()
    return ExportOut.of(export)


@router.post("/exports/{uuid:export_id}/retry", response=answers({200: ExportOut}, 403, 404, 409))
def retry_export(request: HttpRequest, export_id: UUID) -> ExportOut:
    """Make a failed or cancelled export anew, of the same pictures.

    409 for any other, and where you have as many in work as one may have.
    """
    export = _export(request, export_id)
    export.retry()
    return ExportOut.of(export)


@router.post("/exports/{uuid:export_id}/discard", response=answers({200: ExportOut}, 403, 404, 409))
def discard_export(request: HttpRequest, export_id: UUID) -> ExportOut:
    """Delete what is kept here of an export that is done; what a folder or bucket got stays. 409 before."""
    export = _export(request, export_id)
    export.discard()
    return ExportOut.of(export)


ZIP = {"description": "The ZIP", "content": {"application/zip": FILE}}
PART = {"description": "The range of it that was asked for", "content": {"application/zip": FILE}}


@router.get(
    "/exports/{uuid:export_id}/archive",
    response=answers({}, 403, 404),
    url_name="export_archive",
    openapi_extra={
        "responses": {200: ZIP, 206: PART, 416: {"description": "The range begins behind the end."}}
    },
)
def get_archive(request: HttpRequest, export_id: UUID) -> HttpResponseBase:
    """Download the ZIP. Its bytes never change: send `Range` and `If-Range` to go on where a download broke off."""
    return archive_response(request, _export(request, export_id))


@router.get(
    "/exports/{uuid:export_id}/manifest.csv",
    response=answers({}, 403, 404),
    url_name="export_csv",
    openapi_extra={"responses": {200: {"description": "The manifest", "content": {"text/csv": FILE}}}},
)
def get_csv(request: HttpRequest, export_id: UUID) -> FileResponse:
    """Download the manifest as CSV with a head line. 404 before the export is done."""
    return manifest_response(_export(request, export_id), "csv")


@router.get(
    "/exports/{uuid:export_id}/manifest.jsonl",
    response=answers({}, 403, 404),
    url_name="export_jsonl",
    openapi_extra={
        "responses": {200: {"description": "The manifest", "content": {"application/jsonl": FILE}}}
    },
)
def get_jsonl(request: HttpRequest, export_id: UUID) -> FileResponse:
    """Download the manifest as JSON Lines: an object for each picture. 404 before the export is done."""
    return manifest_response(_export(request, export_id), "jsonl")


def _exports_of(request: HttpRequest) -> Any:
    user = user_of(request)
    user.require_role(Role.DESIGNER, Role.OPERATOR)
    return Export.objects.visible_to(user).with_names()


def _export(request: HttpRequest, export_id: UUID) -> Export:
    export: Export = get_object_or_404(_exports_of(request), pk=export_id)
    return export


def _since(request: HttpRequest, body: ExportIn) -> Export:
    """Find the export that a new one builds on. Raises ``ValidationError`` at the field."""
    if body.model_dump(exclude_none=True, exclude={"since"}):
        raise ValidationError(
            {"since": _("This goes without the other fields: they are taken from that export.")}
        )
    found: Export | None = _exports_of(request).filter(pk=body.since).first()
    if found is None:
        raise ValidationError({"since": _("Name an export of yours that is done.")})
    return found


def _selection(request: HttpRequest, body: ExportIn) -> Selection:
    """Find the rows that a request names. Raises ``ValidationError`` at the fields that name nothing."""
    user = user_of(request)
    campaigns, collections = Campaign.objects.visible_to(user), Collection.objects.visible_to(user)
    wanted: dict[str, tuple[QuerySet[Any], str, Any, str]] = {
        "topic": (Topic.objects.all(), "key", body.topic, _("There is no topic of this key.")),
        "concept": (Concept.objects.all(), "key", body.concept, _("There is no concept of this key.")),
        "campaign": (campaigns, "pk", body.campaign, _("There is no campaign of this id.")),
        "collection": (collections, "pk", body.collection, _("There is no collection of this id.")),
    }
    found: dict[str, Model] = {}
    errors: dict[str, str] = {}
    for name, (rows, column, value, message) in wanted.items():
        if value is None:
            continue
        row = rows.filter(**{column: value}).first()
        if row is None:
            errors[name] = message
        else:
            found[name] = row
    if errors:
        raise ValidationError(errors)
    return Selection(**found)  # type: ignore[arg-type]
