"""The page on which photos are sent in and their results appear."""

from __future__ import annotations

from contextlib import suppress
from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import (
    PermissionDenied,
    RequestDataTooBig,
    TooManyFilesSent,
    ValidationError,
)
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST, require_safe

from engines.boards.refusals import DecodersBusy, PhotoRefused
from jobs.models import IdempotencyConflict, WrongState
from upscale.intake import Wish, take_in
from upscale.models import Photo, PhotoSource, Room
from upscale.rates import TooMany, count_guest
from upscale.uploads import bounded_upload
from upscale.views.boards_cards import cards_of, for_cards, limits_of, rooms_of
from upscale.views.shared import PageRequest, client_address, visitor_or_new
from upscale.visitors import Visitor, new_guest, remember, visitor_of

LATEST = 12
MOST_PARTS = 50
MOST_FILES = 10
"""Photos in one request; the page's script sends one each."""

KEY_LENGTH = 120


@require_safe
def boards(request: PageRequest) -> HttpResponse:
    """Show the way to send photos in, and the latest of one's own.

    A first visit gives the browser its name already: whatever it sends then, and however often, is of one person.
    """
    visitor = visitor_of(request)
    photos = for_cards(Photo.objects.of(visitor)).page(size=LATEST + 1)
    context = limits_of(visitor) | {
        "cards": cards_of(photos[:LATEST], visitor),
        "has_more": len(photos) > LATEST,
        "rooms": rooms_of(visitor),
        "chosen_room": request.GET.get("room", ""),
        "most_files": MOST_FILES,
    }
    response = render(request, "upscale/boards/boards.html", context)
    if not context["needs_account"]:
        with suppress(TooMany):  # it is said where something is sent
            remember(response, visitor_or_new(request))
    return response


@never_cache
@require_safe
def board_parts(request: PageRequest) -> HttpResponse:
    """Return the cards of the photos that are asked for, as far as they are there and one's own.

    To a browser that is nobody any more (signed out meanwhile) it says 403: that its cards are gone would not be true.
    """
    visitor = visitor_of(request)
    if visitor is None:
        raise PermissionDenied
    keys = _uuids(request.GET.getlist("photo")[:MOST_PARTS])
    photos = list(for_cards(Photo.objects.of(visitor)).filter(pk__in=keys).order_by("-id"))
    return render(request, "upscale/boards/_cards.html", {"cards": cards_of(photos, visitor)})


@csrf_exempt  # the check of the token reads the body, which must not happen before its limits are set
@require_POST
@bounded_upload("PHOTO_MAX_MIB", MOST_FILES)
def upload_photo(request: PageRequest) -> HttpResponse:
    """Take photos in: one from the page's script, which gets its card; several from a plain form."""
    try:
        return _upload(request)
    except RequestDataTooBig:
        return _refused(request, PhotoRefused("too-many-bytes"))
    except TooManyFilesSent:
        return _refused(request, ValidationError(_too_many_files()))
    except TooMany as error:
        return _refused(request, error)


@csrf_protect
def _upload(request: PageRequest) -> HttpResponse:
    visitor = visitor_of(request) or _first_guest(request)
    response = _take_in_all(request, visitor)
    remember(response, visitor)
    return response


def _first_guest(request: HttpRequest) -> Visitor:
    """Return the guest that a browser is which lost its name since it got the page, as somebody signed out does.

    It is the same one for all that the page sends: photos that are on their way at once stay together, and one whose
    answer is lost is not doubled.
    """
    count_guest(client_address(request))
    browser = request.META.get("CSRF_COOKIE")
    if not browser:
        return new_guest()
    name = salted_hmac("upscale.first-guest", browser, algorithm="sha256").hexdigest()
    return Visitor(f"guest:{name[:32]}")


def _key(request: HttpRequest) -> str:
    return request.headers.get("Idempotency-Key", "") or request.POST.get("idempotency_key", "")


def _take_in_all(request: PageRequest, visitor: Visitor) -> HttpResponse:
    files = request.FILES.getlist("photo")
    taken: list[Photo] = []
    is_new = False
    try:
        if not files:
            raise ValidationError(_("Choose a photo first."))
        for number, file in enumerate(files):
            photo, is_new = take_in(visitor, file.read(), PhotoSource.WEB, _wish(request, visitor, number))
            taken.append(photo)
    except REFUSALS as error:
        return _refused(request, error)
    if request.htmx:
        context = {"cards": cards_of(taken, visitor)}
        status = HTTPStatus.CREATED if is_new else HTTPStatus.OK
        return render(request, "upscale/boards/_cards.html", context, status=status)
    return redirect("boards")


def _wish(request: HttpRequest, visitor: Visitor, number: int) -> Wish:
    """Return what is wanted for one of the files. Raises ``ValidationError``."""
    key = _key(request)
    if len(key) > KEY_LENGTH - 4 or not key.isprintable():
        raise ValidationError(_("This idempotency key is too long."))
    return Wish(
        room=_room(request, visitor),
        idempotency_key=f"{key}-{number}" if key and number else key,
        address=client_address(request),
    )


def _room(request: HttpRequest, visitor: Visitor) -> Room | None:
    """Return the room to share in, one of those that the page offers."""
    code = request.POST.get("room", "")
    if not code:
        return None
    live = next((room for room in rooms_of(visitor) if room.code == code), None)
    room = live or _room_before(request, visitor, code)
    if room is None:
        raise WrongState(_("This room is closed, or you are no longer in it. Send the photo without it."))
    return room


def _room_before(request: HttpRequest, visitor: Visitor, code: str) -> Room | None:
    """Return the room that the same request reached before it was closed: its answer was lost, and it comes again."""
    if not (key := _key(request)):
        return None
    sent = Photo.objects.of(visitor).filter(idempotency_key=key, room__code=code)
    photo = sent.select_related("room").first()
    return photo.room if photo else None


REFUSALS = (
    PhotoRefused, ValidationError, TooMany, DecodersBusy, IdempotencyConflict, PermissionDenied, WrongState,
)  # fmt: skip


def _refused(request: PageRequest, error: Exception) -> HttpResponse:
    """Say why nothing was taken in: to the script as plain text with its status, else as a toast on the page."""
    sentence = " ".join(error.messages) if isinstance(error, ValidationError) else _(str(error))
    if not request.htmx:
        messages.error(request, sentence)
        return redirect("boards")
    response = HttpResponse(sentence, status=_status(error), content_type="text/plain; charset=utf-8")
    if isinstance(error, TooMany | DecodersBusy):
        response.headers["Retry-After"] = str(error.seconds)
    return response


def _status(error: Exception) -> int:
    match error:
        case PhotoRefused():
            return error.status
        case TooMany():
            return HTTPStatus.TOO_MANY_REQUESTS
        case DecodersBusy():
            return HTTPStatus.SERVICE_UNAVAILABLE
        case PermissionDenied():
            return HTTPStatus.FORBIDDEN
        case WrongState() | IdempotencyConflict():
            return HTTPStatus.CONFLICT
    return HTTPStatus.UNPROCESSABLE_ENTITY


def _too_many_files() -> str:
    return _("Send at most %(count)d photos at once.") % {"count": MOST_FILES}


def _uuids(texts: list[str]) -> list[UUID]:
    found = []
    for text in texts:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found
