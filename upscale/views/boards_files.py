"""The files of a photo, for those who may see it."""

from __future__ import annotations

from uuid import UUID

from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from upscale.models import Photo
from upscale.models.photo import CARD_SIDE, CROP_SIDE
from upscale.previews import smaller_photo
from upscale.serving import photo_file, seen_original
from upscale.views.shared import PageRequest
from upscale.visitors import visitor_of


def _photo(request: PageRequest, pk: UUID) -> Photo:
    return get_object_or_404(Photo.objects.visible_to(visitor_of(request)), pk=pk)


@require_safe
def original(request: PageRequest, pk: UUID) -> HttpResponse | FileResponse:
    """Send the photo as it is kept, to others the part of it that its owner shows; ``?download``: as an attachment."""
    photo = _photo(request, pk)
    which = seen_original(photo, visitor_of(request))
    return photo_file(request, photo, which, attachment="download" in request.GET)


@require_safe
def photo(request: PageRequest, pk: UUID) -> HttpResponse | FileResponse:
    """Send the photo at most 1600 px large, to choose its corners on."""
    return _smaller(request, _photo(request, pk), CROP_SIDE)


def _smaller(request: PageRequest, photo: Photo, side: int) -> HttpResponse | FileResponse:
    which = seen_original(photo, visitor_of(request))
    return smaller_photo(request, photo, side) if which == "original" else photo_file(request, photo, which)


@require_safe
def before(request: PageRequest, pk: UUID) -> HttpResponse | FileResponse:
    """Send what the result was made of: the photo, or the part of it that was cut out and turned."""
    photo = _photo(request, pk)
    which = "cutout" if photo.cutout else seen_original(photo, visitor_of(request))
    return photo_file(request, photo, which)


@require_safe
def result(request: PageRequest, pk: UUID) -> HttpResponse | FileResponse:
    """Send the PNG; ``?download`` sends it as an attachment."""
    return photo_file(request, _photo(request, pk), "result", attachment="download" in request.GET)


@require_safe
def display(request: PageRequest, pk: UUID) -> HttpResponse | FileResponse:
    """Send the result as a JPEG for screens."""
    photo = _photo(request, pk)
    return photo_file(request, photo, "display" if photo.display else "result")


@require_safe
def preview(request: PageRequest, pk: UUID) -> HttpResponse | FileResponse:
    """Send a small picture of the result; until there is one, of the photo."""
    photo = _photo(request, pk)
    return photo_file(request, photo, "preview") if photo.preview else _smaller(request, photo, CARD_SIDE)
