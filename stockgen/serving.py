"""Hand out the files of a picture to somebody who may see it."""

from __future__ import annotations

from typing import Literal

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseNotModified

from stockgen.models import Picture

CONTENT_TYPES = {"image": "image/png", "thumbnail": "image/webp"}
SUFFIXES = {"image": "png", "thumbnail": "webp"}


def picture_file(
    request: HttpRequest, picture: Picture, which: Literal["image", "thumbnail"], *, attachment: bool = False
) -> HttpResponse | FileResponse:
    """Answer with a picture's PNG or its WebP thumbnail; 304 where the browser has it already.

    The caller has checked who asks. A picture that is done never changes, so browsers may keep it, privately.
    Raises ``Http404`` while there is no file.
    """
    file = getattr(picture, which)
    if not file:
        raise Http404
    etag = f'"{picture.sha256}-{which}"'
    headers = {
        "ETag": etag,
        "Cache-Control": "private, max-age=31536000, immutable",
        "Vary": "Cookie, Authorization",
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
        filename=f"{picture.topic.key}_{picture.concept.key}_{picture.seed}_{str(picture.pk)[-6:]}.{SUFFIXES[which]}",
        content_type=CONTENT_TYPES[which],
        headers=headers,
    )
