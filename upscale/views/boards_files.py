"""The files of a photo, for those who may see it."""

from __future__ import annotations

from uuid import UUID

from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from upscale.models import Photo
from upscale.previews import smaller_photo
from upscale.serving import photo_file
from upscale.views.shared import PageRequest
from upscale.visitors import visitor_of

FOR_CROPPING = 1600
FOR_CARDS = 720


def _photo(request: PageRequest, pk: UUID) -> Photo:
    return get_object_or_404(Photo.objects.visible_to(visitor_of(request)), pk=pk)


@require_safe
def original(request: PageRequest, pk: UUID) -> HttpResponse | FileResponse:
    """Send the photo as it is kept; ``?download`` sends it as an attachment."""
    return photo_file(request, _photo(request, pk), "original", attachment="download" in request.GET)


@require_safe
def photo(request: PageRequest, pk: UUID) -> HttpResponse:
    """Send the photo at most 1600 px large, to choose its corners on."""
    return smaller_photo(request, _photo(request, pk), FOR_CROPPING)


@require_safe
def before(request: PageRequest, pk: UUID) -> HttpResponse | FileResponse:
    """Send what the result was made of: the photo, or the part of it that was cut out and turned."""
    photo = _photo(request, pk)
    return photo_file(request, photo, "cutout" if photo.cutout else "original")


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
    return (
        photo_file(request, photo, "preview") if photo.preview else smaller_photo(request, photo, FOR_CARDS)
    )
