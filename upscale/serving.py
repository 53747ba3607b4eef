"""Hand out the files of a photo to somebody who may see it."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Literal

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseNotModified

from upscale.models import Photo
from upscale.visitors import Visitor

PhotoFile = Literal["original", "result", "preview", "display", "cutout"]
CONTENT_TYPES = {".jpg": "image/jpeg", ".png": "image/png", ".webp": "image/webp"}
TITLES = {"original": "photo", "cutout": "photo"}


def seen_original(photo: Photo, visitor: Visitor | None) -> PhotoFile:
    """Return which file is the original to somebody who may see the photo.

    Its owner and operators see it whole; others never what the owner cut off. Raises ``Http404`` to them while the part
    is not cut out yet.
    """
    sees_all = photo.is_of(visitor) or (visitor is not None and visitor.is_operator)
    if sees_all or not (photo.corners or photo.rotation):
        return "original"
    if not photo.cutout:
        raise Http404
    return "cutout"


def photo_file(
    request: HttpRequest, photo: Photo, which: PhotoFile, *, attachment: bool = False
) -> HttpResponse | FileResponse:
    """Answer with one of the files that a photo names, as :func:`stored_file` does."""
    name = getattr(photo, which).name
    if not name:
        raise Http404
    return stored_file(request, photo, name, title=TITLES.get(which, "board"), attachment=attachment)


def stored_file(
    request: HttpRequest, photo: Photo, name: str, *, title: str, attachment: bool = False
) -> HttpResponse | FileResponse:
    """Answer with a file of a photo, by its name in the storage; 304 where the browser has it already.

    The caller has checked who asks. Browsers ask each time whether theirs is still the one: a photo can be worked on
    anew, and one that is deleted is not shown from a cache. Raises ``Http404`` while there is no such file.
    """
    headers = headers_of(photo, name)
    if headers["ETag"] in request.headers.get("If-None-Match", ""):
        return HttpResponseNotModified(headers=headers)
    try:
        content = default_storage.open(name, "rb")
    except FileNotFoundError:
        raise Http404 from None
    suffix = PurePosixPath(name).suffix
    return FileResponse(
        content,
        as_attachment=attachment,
        filename=f"{title}_{str(photo.pk)[-6:]}{suffix}",
        content_type=CONTENT_TYPES[suffix],
        headers=headers,
    )


def headers_of(photo: Photo, name: str) -> dict[str, str]:
    """Return the headers of a file of a photo: private, and asked for anew each time."""
    return {
        # The worker's files are named after the claim that made them, so a name never gets another content.
        "ETag": f'"{photo.pk}-{PurePosixPath(name).name}"',
        "Cache-Control": "private, no-cache",
        "Vary": "Cookie, Authorization, On-Behalf-Of",
    }
