"""The library over REST, for designers and operators: approved pictures, whoever's, and collections."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Query, Router, Status

from accounts.models import Role, User
from accounts.rest import answers
from stockgen.api import FILE, look_up
from stockgen.library.wanted import Wanted, collection_for, find
from stockgen.models import Collection, StockPicture
from stockgen.models.registered import image_models
from stockgen.schemas_stock import (
    CollectedIn,
    CollectedOut,
    CollectionChange,
    CollectionIn,
    CollectionOut,
    SearchedFor,
    StockFilters,
    StockPage,
    StockPictureOut,
)
from stockgen.serving import picture_file

router = Router(tags=["library"])


def reader_of(request: HttpRequest) -> User:
    """Return the person who asks. Raises ``PermissionDenied`` for one who is neither designer nor operator."""
    assert isinstance(request.user, User)
    request.user.require_role(Role.DESIGNER, Role.OPERATOR)
    return request.user


# ---------------------------------------------------------------------- pictures
@router.get("/stock/pictures", response=answers({200: StockPage}, 403, 404, 422, 503))
def list_stock(request: HttpRequest, filters: Query[StockFilters]) -> StockPage:
    """List approved pictures, everybody's, newest first; with `q` or `like` those nearest in meaning first.

    A search shows the 240 nearest at most. Filters narrow either. Designers and operators only; a collection that you
    may not see is 404. Where the embedder's files are missing, `q` and `like` are 503.
    """
    user = reader_of(request)
    topic, concept = look_up(filters.topic, filters.concept)
    wanted = Wanted(
        topic=topic, concept=concept, location=filters.location or "", run=filters.run, campaign=filters.campaign,
        since=filters.since, until=filters.until, orientation=filters.orientation or "",
        min_width=filters.min_width, min_height=filters.min_height, image_model=filters.model or "",
        licence=filters.licence or "", flag=filters.flag or "", collection=collection_for(user, filters.collection),
    )  # fmt: skip
    if filters.q is not None and filters.like is not None:
        raise ValidationError({"like": _("Ask by a text or by a picture, not by both.")})
    if filters.q is not None and not filters.q.strip():
        raise ValidationError({"q": _("Say what you are looking for.")})
    like = get_object_or_404(StockPicture, pk=filters.like) if filters.like else None
    found = find(
        wanted, text=filters.q or "", like=like, before=filters.before, after=filters.after, size=filters.limit
    )  # fmt: skip
    models = image_models()
    return StockPage(
        searched_for=SearchedFor.of(found.query),
        items=[StockPictureOut.of(row, models, found.similarities.get(row.pk)) for row in found.pictures],
        next=_next(request, filters, found.next) if found.next else None,
    )


def _next(request: HttpRequest, filters: StockFilters, follows: tuple[str, str]) -> str:
    query = filters.model_dump(mode="json", exclude_none=True, exclude={"before", "after"})
    return f"{request.path}?{urlencode(query | dict([follows]))}"


def _in_stock(request: HttpRequest, picture_id: UUID) -> StockPicture:
    reader_of(request)
    return get_object_or_404(StockPicture.objects.for_tiles(), pk=picture_id)


@router.get(
    "/stock/pictures/{uuid:picture_id}",
    response=answers({200: StockPictureOut}, 403, 404),
    url_name="stock_picture",
)
def get_stock_picture(request: HttpRequest, picture_id: UUID) -> StockPictureOut:
    """Show a picture of the stock. 404 for one that is not, or no longer, approved."""
    return StockPictureOut.of(_in_stock(request, picture_id), image_models())


@router.get(
    "/stock/pictures/{uuid:picture_id}/image",
    response=answers({}, 403, 404),
    url_name="stock_image",
    openapi_extra={"responses": {200: {"description": "The PNG", "content": {"image/png": FILE}}}},
)
def get_stock_image(request: HttpRequest, picture_id: UUID) -> HttpResponse | FileResponse:
    """Download the PNG of a picture of the stock."""
    return picture_file(request, _in_stock(request, picture_id).picture, "image", attachment=True)


@router.get(
    "/stock/pictures/{uuid:picture_id}/thumbnail",
    response=answers({}, 403, 404),
    url_name="stock_thumbnail",
    openapi_extra={"responses": {200: {"description": "The WebP", "content": {"image/webp": FILE}}}},
)
def get_stock_thumbnail(request: HttpRequest, picture_id: UUID) -> HttpResponse | FileResponse:
    """Fetch the small WebP version of a picture of the stock."""
    return picture_file(request, _in_stock(request, picture_id).picture, "thumbnail")


# ---------------------------------------------------------------------- collections
@router.get("/stock/collections", response=answers({200: list[CollectionOut]}, 403))
def list_collections(request: HttpRequest) -> list[CollectionOut]:
    """List your collections and those that others share, by name."""
    user = reader_of(request)
    return [
        CollectionOut.of(one, user) for one in Collection.objects.visible_to(user).select_related("owner")
    ]


@router.post("/stock/collections", response=answers({201: CollectionOut}, 400, 403, 422))
def start_collection(request: HttpRequest, body: CollectionIn) -> Status[CollectionOut]:
    """Make an empty collection."""
    user = reader_of(request)
    return Status(201, CollectionOut.of(Collection.objects.start(user, **body.model_dump()), user))


@router.get(
    "/stock/collections/{uuid:collection_id}",
    response=answers({200: CollectionOut}, 403, 404),
    url_name="collection",
)
def get_collection(request: HttpRequest, collection_id: UUID) -> CollectionOut:
    """Show a collection; its pictures are `GET /stock/pictures?collection=…`. Another's private one is 404."""
    user = reader_of(request)
    return CollectionOut.of(get_object_or_404(Collection.objects.visible_to(user), pk=collection_id), user)


def _own(request: HttpRequest, collection_id: UUID) -> Collection:
    return get_object_or_404(Collection.objects.changeable_by(reader_of(request)), pk=collection_id)


@router.patch(
    "/stock/collections/{uuid:collection_id}", response=answers({200: CollectionOut}, 400, 403, 404, 422)
)
def change_collection(request: HttpRequest, collection_id: UUID, body: CollectionChange) -> CollectionOut:
    """Rename a collection of yours, share it, or take the sharing back."""
    collection = _own(request, collection_id)
    collection.edit(**body.model_dump())
    return CollectionOut.of(collection, reader_of(request))


@router.delete("/stock/collections/{uuid:collection_id}", response=answers({204: None}, 403, 404))
def delete_collection(request: HttpRequest, collection_id: UUID) -> Status[None]:
    """Delete a collection of yours; its pictures stay in the stock."""
    _own(request, collection_id).delete()
    return Status(204, None)


@router.post(
    "/stock/collections/{uuid:collection_id}/pictures",
    response=answers({200: CollectedOut}, 400, 403, 404, 422),
)
def collect(request: HttpRequest, collection_id: UUID, body: CollectedIn) -> CollectedOut:
    """Put pictures of the stock into a collection of yours and take others out, up to 1,000 of each at once."""
    collection = _own(request, collection_id)
    with transaction.atomic():
        return CollectedOut(added=collection.add(body.add), removed=collection.remove(body.remove))
