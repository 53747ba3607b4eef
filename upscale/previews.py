"""Smaller pictures of an original, for cards and for choosing corners, before a worker has made anything."""

from __future__ import annotations

import io
from contextlib import suppress

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from PIL import Image

from engines.boards.decoding import DecodersBusy, decoding_place
from upscale.models import Photo
from upscale.serving import headers_of, stored_file

QUALITY = 82


def smaller_photo(request: HttpRequest, photo: Photo, side: int) -> HttpResponse | FileResponse:
    """Answer with a JPEG of the original, ``side`` px (one of ``SMALLER_SIDES``) or less; 304 where the browser has it.

    The caller has checked who asks. The intake has made the file; for a photo without one it is made now, at the places
    where photos are decoded: 503 where none comes free in time. Raises ``Http404`` where the original is gone.
    """
    name = photo.smaller_name(side)
    with suppress(Http404):
        return stored_file(request, photo, name, title="photo")
    try:
        with decoding_place():
            content = _shrink(photo, side)
    except FileNotFoundError:
        raise Http404 from None
    except DecodersBusy as error:
        return HttpResponse(status=503, headers={"Retry-After": str(error.seconds)})
    return HttpResponse(content, content_type="image/jpeg", headers=headers_of(photo, name))


def _shrink(photo: Photo, side: int) -> bytes:
    target = io.BytesIO()
    with photo.original.open("rb") as file, Image.open(file) as image:
        image.draft("RGB", (side, side))
        image.thumbnail((side, side))
        image.convert("RGB").save(target, "JPEG", quality=QUALITY)
    return target.getvalue()
