"""Hand out the files of a photo to somebody who may see it."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Literal

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseNotModified

from upscale.models import Photo

PhotoFile = Literal["original", "result", "preview", "display", "cutout"]
CONTENT_TYPES = {".jpg": "image/jpeg", ".png": "image/png", ".webp": "image/webp"}
NAMES = {"original": "photo", "cutout": "photo"}


def photo_file(
    request: HttpRequest, photo: Photo, which: PhotoFile, *, attachment: bool = False
) -> HttpResponse | FileResponse:
    """Answer with a file of a photo; 304 where the browser has it already.

    The caller has checked who asks. Browsers ask each time whether theirs is still the one: a photo can be worked on
    anew, and one that is deleted is not shown from a cache. Raises ``Http404`` while there is no such file.
    """
    file = getattr(photo, which)
    if not file:
        raise Http404
    path = PurePosixPath(file.name)
    # The worker's files are named after the claim that made them, so a name never gets another content.
    etag = f'"{photo.pk}-{path.name}"'
    headers = {
        "ETag": etag,
        "Cache-Control": "private, no-cache",
        "Vary": "Cookie, Authorization, On-Behalf-Of",
    }
    if etag in request.headers.get("If-None-Match", ""):
        return HttpResponseNotModified(headers=headers)
    try:
        content = file.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    return FileResponse(
        content,
        as_attachment=attachment,
        filename=f"{NAMES.get(which, 'board')}_{str(photo.pk)[-6:]}{path.suffix}",
        content_type=CONTENT_TYPES[path.suffix],
        headers=headers,
    )
