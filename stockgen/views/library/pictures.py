"""The library: approved pictures, searched, filtered, looked at."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from accounts.decorators import SignedInRequest, role_required
from accounts.models import Role
from stockgen.forms.library import CollectForm, LibraryFilter
from stockgen.library.searching import is_read, nearest_to
from stockgen.library.wanted import Found, find, in_order
from stockgen.models import StockPicture
from stockgen.models.registered import image_models
from stockgen.serving import picture_file

PAGE = 60
LIKE_ONE = 12
CURSORS = ("before", "after")


@role_required(Role.DESIGNER, Role.OPERATOR)
@require_safe
@vary_on_headers("HX-Request")
def library(request: SignedInRequest) -> HttpResponse:
    """Show a page of tiles; to htmx only the results, or only the next tiles where a cursor is given."""
    specs = image_models()
    form = LibraryFilter(request.GET, reader=request.user, specs=specs)
    found = Found([], {}, None)
    if form.is_valid():
        values = form.cleaned_data
        try:
            found = find(
                form.wanted(), text=values["q"], like=values["like"], before=values["before"],
                after=values["after"] or 0, size=PAGE,
            )  # fmt: skip
        except ValidationError as error:
            form.add_error(None, error)
    collection = form.cleaned_data.get("collection")
    like = form.cleaned_data.get("like")
    context = {
        "form": form,
        "found": found,
        "like": like,
        "is_unread": like is not None and not is_read(like),
        "collection": collection,
        "is_own": collection is not None and collection.owner_id == request.user.pk,
        "collect": CollectForm(owner=request.user),
        "more": address(request, CURSORS, dict([found.next])) if found.next else None,
        "without_like": address(request, (*CURSORS, "like")),
        "without_run": address(request, (*CURSORS, "run")),
        "is_filtered": any(request.GET.get(name) for name in form.fields),
        "demonstrations": {key for key, spec in specs.items() if spec.demonstration},
    }
    template = "stockgen/library/library.html"
    if request.htmx:
        is_continued = any(name in request.GET for name in CURSORS)
        template = f"stockgen/library/_{'tiles' if is_continued else 'results'}.html"
    return render(request, template, context, status=422 if form.errors else 200)


def address(request: SignedInRequest, without: tuple[str, ...], changes: dict[str, str] | None = None) -> str:
    """Return the address of this page without some parameters, and with others."""
    kept = {name: value for name, value in request.GET.items() if value and name not in without}
    return f"{request.path}?{urlencode(kept | (changes or {}))}"


@role_required(Role.DESIGNER, Role.OPERATOR)
@require_safe
def stock_picture(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Show a picture of the stock, how it was made, and what is like it."""
    row = get_object_or_404(
        StockPicture.objects.select_related(
            "picture__topic", "picture__concept", "picture__prompt__location", "picture__prompt__template",
            "picture__run__plan__locations_addition", "picture__run__plan__descriptions_addition",
        ),
        pk=pk,
    )  # fmt: skip
    like = nearest_to(row, StockPicture.objects.all(), size=LIKE_ONE)
    specs = image_models()
    context = {
        "row": row,
        "picture": row.picture,
        "lineage": row.picture.lineage(),
        "image_spec": specs.get(row.image_model),
        "flags": row.picture.flags.all(),
        "found": Found(in_order([key for key, _similarity in like]), dict(like), None),
        "demonstrations": {key for key, spec in specs.items() if spec.demonstration},
        "is_unread": not is_read(row),
        "collect": CollectForm(owner=request.user, initial={"pictures": [row.pk]}),
    }
    return render(request, "stockgen/library/picture.html", context)


@role_required(Role.DESIGNER, Role.OPERATOR)
@require_safe
def image(request: SignedInRequest, pk: UUID) -> HttpResponse | FileResponse:
    """Send the PNG of a picture of the stock; ``?download`` sends it as an attachment."""
    row = get_object_or_404(StockPicture.objects.for_tiles(), pk=pk)
    return picture_file(request, row.picture, "image", attachment="download" in request.GET)


@role_required(Role.DESIGNER, Role.OPERATOR)
@require_safe
def thumbnail(request: SignedInRequest, pk: UUID) -> HttpResponse | FileResponse:
    """Send the WebP thumbnail of a picture of the stock."""
    row = get_object_or_404(StockPicture.objects.for_tiles(), pk=pk)
    return picture_file(request, row.picture, "thumbnail")
