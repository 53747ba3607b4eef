"""Board photos over REST: send one, watch it, fetch what came out, say whether it could be read."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import File, Form, Header, Query, Router, Status, UploadedFile
from ninja.decorators import decorate_view

from accounts.rest import answers, next_page
from jobs.states import OPEN_STATES, State
from upscale import feeds
from upscale.auth import VISITORS, Caller, PerMinuteAndAddress, caller_of, need_account, network_of
from upscale.cursors import Cursor
from upscale.intake import Wish, take_in
from upscale.models import Photo, PhotoSource, Room, SurveyAnswer
from upscale.models.photo import PhotoQuerySet
from upscale.promise import seconds_for
from upscale.rates import count_guest
from upscale.schemas import (
    CropIn,
    GuestOut,
    MarkOut,
    PhotoDetail,
    PhotoFilters,
    PhotoOut,
    PhotoPage,
    ShareIn,
    SurveyIn,
    SurveyOut,
    TextOut,
    UploadIn,
    WaitFilters,
)
from upscale.schemas_rooms import FeedFilters, FinishedOut, OutsidePhotoOut, WorkingOut
from upscale.serving import PhotoFile, photo_file, seen_original
from upscale.uploads import bounded_upload
from upscale.views.shared import client_address
from upscale.visitors import guest_token, new_guest

router = Router(tags=["photos"], auth=VISITORS)

MOST_WORKING = 500

PhotoKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        pattern=r"^[\x21-\x7e]{1,120}$",
        description="1 to 120 printable characters of your choice. The same key never makes two photos.",
    ),
]


def photos_of(request: HttpRequest) -> PhotoQuerySet:
    """Return the photos that whoever asks may see."""
    return Photo.objects.visible_to(caller_of(request)).select_related("room")


def _photo(request: HttpRequest, photo_id: UUID) -> Photo:
    return get_object_or_404(photos_of(request), pk=photo_id)


def _own_photo(request: HttpRequest, photo_id: UUID) -> Photo:
    """Return a photo of whoever asks (operators: anybody's). What others share is seen, not changed."""
    caller = caller_of(request)
    photo = _photo(request, photo_id)
    if not (photo.is_of(caller) or caller.is_operator):
        raise Http404
    return photo


def room_of(caller: Caller, code: str) -> Room:
    """Return a room that the caller owns or is in. Raises ``ValidationError`` at ``room`` for any other."""
    try:
        return Room.objects.of(caller).with_code(code)
    except Room.DoesNotExist:
        raise ValidationError({"room": _("You are in no room of this code.")}) from None


# ---------------------------------------------------------------------- sending
@router.post(
    "/photos/guests",
    response=answers({201: GuestOut}),
    auth=None,
    throttle=[PerMinuteAndAddress("API_REQUESTS_PER_MINUTE")],
)
def make_guest(request: HttpRequest) -> Status[GuestOut]:
    """Become a guest: somebody without an account, whose photos are found again with this token."""
    count_guest(client_address(request))
    return Status(201, GuestOut(token=guest_token(new_guest())))


@router.post(
    "/photos", response=answers({201: PhotoDetail, 200: PhotoDetail}, 400, 403, 409, 413, 415, 422, 503)
)
@decorate_view(bounded_upload("PHOTO_MAX_MIB"))
def send_photo(
    request: HttpRequest,
    file: File[UploadedFile],
    form: Form[UploadIn],
    idempotency_key: PhotoKey = None,
) -> Status[PhotoDetail]:
    """Send a photo of a board; it is queued at once. Its name and metadata are not kept.

    With an `Idempotency-Key`, the same request sent again answers 200 with the photo that the first one made; another
    one under the same key is 409. What is no photo is 415, a broken one 422, one that is too large 413; then nothing is
    stored. Where too many are being read at once it is 503: send it again after the seconds in `Retry-After`. JPEG,
    PNG, WebP and, where it is installed, HEIC are read.
    """
    caller = caller_of(request)
    need_account(caller)
    wish = Wish(
        corners=form.corners,
        rotation=form.rotation,
        room=room_of(caller, form.room) if form.room else None,
        idempotency_key=idempotency_key or "",
        address="" if caller.network else client_address(request),
    )
    photo, is_new = take_in(caller, file.read(), _source(request, caller), wish)
    return Status(201 if is_new else 200, PhotoDetail.read(photo, caller))


def _source(request: HttpRequest, caller: Caller) -> PhotoSource:
    if caller.network:
        return PhotoSource.BOT
    return PhotoSource.REST if "Authorization" in request.headers else PhotoSource.WEB


# ---------------------------------------------------------------------- lists and feeds
@router.get("/photos", response=answers({200: PhotoPage}, 422))
def list_photos(request: HttpRequest, filters: Query[PhotoFilters]) -> PhotoPage:
    """List your own photos, newest first."""
    caller = caller_of(request)
    photos = Photo.objects.of(caller).select_related("room").search(filters.q)
    if filters.room is not None:
        photos = photos.filter(room=room_of(caller, filters.room))
    if filters.state is not None:
        photos = photos.filter(state=filters.state)
    found = photos.page(before=filters.before, size=filters.limit + 1)
    shown = found[: filters.limit]
    return PhotoPage(
        items=PhotoOut.all_of(shown, caller),
        next=next_page(request, filters, shown[-1].pk) if len(found) > len(shown) else None,
    )


@router.get("/photos/finished", response=answers({200: FinishedOut}, 403, 422))
def list_finished_photos(request: HttpRequest, filters: Query[FeedFilters]) -> FinishedOut:
    """For a client that speaks for an outside network: its people's photos that ended since `after`.

    Done, failed and cancelled ones, in the order in which they ended; a photo that is worked on anew comes again. None
    is missed and none comes twice to whoever goes on from `cursor` each time: a photo is listed a second or so after it
    ended, once nothing can come before it any more.
    """
    network, after = network_of(request), Cursor.read(filters.after) if filters.after else None
    seconds = filters.wait if after else 0
    feed = feeds.wait_for_feed(lambda: feeds.finished(network, after, filters.limit), seconds)
    return FinishedOut(
        items=OutsidePhotoOut.listed(feed.photos), cursor=str(feed.cursor), has_more=feed.has_more
    )


@router.get("/photos/working", response=answers({200: WorkingOut}, 403))
def list_working_photos(request: HttpRequest) -> WorkingOut:
    """For a client that speaks for an outside network: place and progress of all its people's open photos."""
    photos = Photo.objects.filter(person__startswith=f"{network_of(request)}:", state__in=OPEN_STATES)
    waiting = photos.select_related("room").order_by("asked_at")[:MOST_WORKING]
    return WorkingOut(items=OutsidePhotoOut.listed(waiting))


# ---------------------------------------------------------------------- one photo
@router.get("/photos/{uuid:photo_id}", response=answers({200: PhotoDetail}, 404, 422), url_name="photo")
def get_photo(request: HttpRequest, photo_id: UUID, filters: Query[WaitFilters]) -> PhotoDetail:
    """Show a photo: its state, place and time left; once it is done, what was done and how it reads now."""
    photo = _photo(request, photo_id)
    known = filters.seen or photo.state
    if filters.wait and known == photo.state and photo.is_open:
        rows = Photo.objects.filter(pk=photo.pk).values_list("state", flat=True)
        feeds.wait_for(rows.first, lambda state: state != known, filters.wait, feeds.PHOTO_WAITS)
        photo = _photo(request, photo_id)
    return PhotoDetail.read(photo, caller_of(request))


def _file(kind: str, description: str) -> dict[str, object]:
    content = {kind: {"schema": {"type": "string", "format": "binary"}}}
    return {"responses": {200: {"description": description, "content": content}}}


def _serve(
    request: HttpRequest, photo_id: UUID, which: PhotoFile, *, attachment: bool = False
) -> HttpResponse | FileResponse:
    return photo_file(request, _photo(request, photo_id), which, attachment=attachment)


@router.get(
    "/photos/{uuid:photo_id}/result",
    response=answers({}, 404),
    url_name="photo_result",
    openapi_extra=_file("image/png", "The PNG"),
)
def get_result(request: HttpRequest, photo_id: UUID) -> HttpResponse | FileResponse:
    """Download the result, a PNG. 404 before it is done."""
    return _serve(request, photo_id, "result", attachment=True)


@router.get(
    "/photos/{uuid:photo_id}/original",
    response=answers({}, 404),
    url_name="photo_original",
    openapi_extra={
        "responses": {
            200: {
                "description": "The photo, upright and without metadata",
                "content": {
                    kind: {"schema": {"type": "string", "format": "binary"}}
                    for kind in ("image/jpeg", "image/png")
                },
            }
        }
    },
)
def get_original(request: HttpRequest, photo_id: UUID) -> HttpResponse | FileResponse:
    """Download the photo as it is kept: upright, in sRGB, without its metadata.

    Of a photo that somebody shared with you, and cropped or turned, you get that part; 404 before it is cut out.
    """
    photo = _photo(request, photo_id)
    return photo_file(request, photo, seen_original(photo, caller_of(request)), attachment=True)


@router.get(
    "/photos/{uuid:photo_id}/preview",
    response=answers({}, 404),
    url_name="photo_preview",
    openapi_extra=_file("image/webp", "The WebP"),
)
def get_preview(request: HttpRequest, photo_id: UUID) -> HttpResponse | FileResponse:
    """Fetch a small WebP of the result, at most 720 pixels on its longer side. 404 before it is done."""
    return _serve(request, photo_id, "preview")


def _done(request: HttpRequest, photo_id: UUID) -> Photo:
    photo = _photo(request, photo_id)
    if photo.state != State.DONE:
        raise Http404
    return photo


@router.get("/photos/{uuid:photo_id}/text", response=answers({200: TextOut}, 404), url_name="photo_text")
def get_text(request: HttpRequest, photo_id: UUID) -> TextOut:
    """Show the recognised text, with its lines and where they stand in the result. 404 before it is done."""
    return TextOut.model_validate(_done(request, photo_id))


@router.get(
    "/photos/{uuid:photo_id}/marks", response=answers({200: list[MarkOut]}, 404), url_name="photo_marks"
)
def list_marks(request: HttpRequest, photo_id: UUID) -> list[MarkOut]:
    """List where the result departs from the photo or its text may be invented. 404 before it is done."""
    return [MarkOut.model_validate(mark) for mark in _done(request, photo_id).marks]


# ---------------------------------------------------------------------- verbs
@router.post(
    "/photos/{uuid:photo_id}/crop", response=answers({200: PhotoDetail}, 400, 403, 404, 422), url_name="photo_crop"
)  # fmt: skip
def crop_photo(request: HttpRequest, photo_id: UUID, body: CropIn) -> PhotoDetail:
    """Work on your photo anew with other corners or another rotation, whatever its state.

    Until that is done there is no result. Where it fails, or you cancel it, the photo is done with its earlier result
    and crop again; after a failure `error` says why.
    """
    photo = _own_photo(request, photo_id)
    photo.redo(corners=body.corners, rotation=body.rotation, predicted_seconds=seconds_for(photo))
    return PhotoDetail.read(photo, caller_of(request))


@router.post("/photos/{uuid:photo_id}/cancel", response=answers({200: PhotoDetail}, 403, 404, 409))
def cancel_photo(request: HttpRequest, photo_id: UUID) -> PhotoDetail:
    """Give up a photo that waits or is being worked on. Cancelling twice is 200; a finished one is 409.

    A photo that was being worked on anew is done then, with its earlier result.
    """
    photo = _own_photo(request, photo_id)
    photo.cancel()
    return PhotoDetail.read(photo, caller_of(request))


@router.post("/photos/{uuid:photo_id}/retry", response=answers({200: PhotoDetail}, 403, 404, 409))
def retry_photo(request: HttpRequest, photo_id: UUID) -> PhotoDetail:
    """Queue a failed or cancelled photo again; any other is 409."""
    photo = _own_photo(request, photo_id)
    photo.retry(predicted_seconds=seconds_for(photo))
    return PhotoDetail.read(photo, caller_of(request))


@router.delete("/photos/{uuid:photo_id}", response=answers({204: None}, 403, 404))
def delete_photo(request: HttpRequest, photo_id: UUID) -> Status[None]:
    """Delete your photo with its files, text and answers, everywhere. It does not come back."""
    _own_photo(request, photo_id).remove()
    return Status(204, None)


@router.put(
    "/photos/{uuid:photo_id}/survey",
    response=answers({200: SurveyOut}, 400, 403, 404, 409, 422),
    url_name="photo_survey",
)
def answer_survey(request: HttpRequest, photo_id: UUID, body: SurveyIn) -> SurveyAnswer:
    """Say whether you could read the result; again: your answer changes. 409 before there is a result."""
    photo = _photo(request, photo_id)
    return SurveyAnswer.objects.answer(
        photo, caller_of(request), body.readable, problems=body.problems, note=body.note
    )


@router.post("/photos/{uuid:photo_id}/share", response=answers({200: PhotoDetail}, 400, 403, 404, 409, 422))
def share_photo(request: HttpRequest, photo_id: UUID, body: ShareIn) -> PhotoDetail:
    """Show your photo in a room that you are in, and in no other any more. 409 where the room is closed."""
    caller = caller_of(request)
    photo = get_object_or_404(Photo.objects.of(caller), pk=photo_id)
    room = room_of(caller, body.room)
    try:
        photo.share(room)
    except PermissionDenied as error:
        raise ValidationError({"room": str(error)}) from error
    return PhotoDetail.read(photo, caller)


@router.delete("/photos/{uuid:photo_id}/share", response=answers({204: None}, 403, 404))
def unshare_photo(request: HttpRequest, photo_id: UUID) -> Status[None]:
    """Show your photo in no room any more; twice changes nothing."""
    _own_photo(request, photo_id).unshare()
    return Status(204, None)
