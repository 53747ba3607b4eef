"""Hand out the ZIP and the manifest of an export to its owner, whole or from any byte on (RFC 9110, section 14)."""

from __future__ import annotations

import re
from typing import Literal

from django.core.files.storage import default_storage
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotModified,
    StreamingHttpResponse,
)

from delivery.archive import stream
from delivery.manifest import CSV, JSON_LINES
from delivery.models import Export
from delivery.targets import Target

NOT_SATISFIABLE = 416
PARTIAL = 206
RANGE = re.compile(r"bytes=(\d*)-(\d*)")
MANIFESTS = {
    "csv": (CSV, "text/csv; charset=utf-8"),
    "jsonl": (JSON_LINES, "application/jsonl; charset=utf-8"),
}


def archive_response(request: HttpRequest, export: Export) -> HttpResponseBase:
    """Answer with the ZIP, or with the one range of it that is asked for: 206, or 416 for one behind its end.

    The bytes are always the same ones, so the entity tag is strong and a download that broke off goes on. Several
    ranges at once are answered by the whole. The caller has checked who asks. Raises ``Http404`` where there is none.
    """
    if not export.can_be_fetched or export.target != Target.ZIP:
        raise Http404
    size, tag = export.archive_size, f'"{export.pk}-{export.archive_size}"'
    headers = {
        "ETag": tag,
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, no-cache",
        "Vary": "Cookie, Authorization",
        "Content-Disposition": f'attachment; filename="{export.title}.zip"',
        "X-Accel-Buffering": "no",  # or a proxy in front keeps the whole of it
    }
    if tag in request.headers.get("If-None-Match", ""):
        return HttpResponseNotModified(headers=headers)
    wanted = range_of(request.headers.get("Range", ""), size)
    if wanted is None or request.headers.get("If-Range", tag) != tag:
        start, stop, status = 0, size, 200
    elif wanted == UNSATISFIABLE:
        return HttpResponse(status=NOT_SATISFIABLE, headers=headers | {"Content-Range": f"bytes */{size}"})
    else:
        (start, stop), status = wanted, PARTIAL
        headers["Content-Range"] = f"bytes {start}-{stop - 1}/{size}"
    headers["Content-Length"] = str(stop - start)
    content = stream(export, start, stop) if request.method != "HEAD" else ()
    return StreamingHttpResponse(content, status=status, content_type="application/zip", headers=headers)


UNSATISFIABLE = (0, 0)


def range_of(header: str, size: int) -> tuple[int, int] | None:
    """Read a ``Range``: its first byte and the one behind its last.

    None where the whole is to be sent: without a range, with several, or with one that makes no sense.
    ``UNSATISFIABLE`` for one behind the end.
    """
    found = RANGE.fullmatch(header.replace(" ", ""))
    if found is None or found.groups() == ("", "") or max(map(len, found.groups())) > 18:
        return None
    first, last = found.groups()
    if not first:
        length = min(int(last), size)
        return (size - length, size) if length else UNSATISFIABLE
    start, stop = int(first), min(int(last) + 1, size) if last else size
    if last and int(last) < int(first):
        return None
    return (start, stop) if start < size else UNSATISFIABLE


def manifest_response(export: Export, kind: Literal["csv", "jsonl"]) -> FileResponse:
    """Answer with the manifest, which is kept for every kind of export. Raises ``Http404`` where there is none."""
    name, content_type = MANIFESTS[kind]
    listing = next((one for one in export.listings if one["name"] == name), None)
    if listing is None or not export.can_be_fetched:
        raise Http404
    try:
        content = default_storage.open(listing["file"], "rb")
    except FileNotFoundError:
        raise Http404 from None
    return FileResponse(
        content, as_attachment=True, filename=f"{export.title}.{kind}", content_type=content_type,
        headers={"Cache-Control": "private, no-cache", "Vary": "Cookie, Authorization"},
    )  # fmt: skip
