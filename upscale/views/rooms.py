"""Rooms: opening one, coming in, going, and what only its owner may do."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jobs.models import WrongState
from upscale.forms.rooms import CodeForm, JoinForm, RoomForm
from upscale.models import Membership, Photo, Room, RoomClosed
from upscale.models.room import clean_code
from upscale.rates import TooMany
from upscale.room_codes import TooManyCodes, find_room
from upscale.views.shared import PageRequest, client_address, visitor_or_new
from upscale.views.timeline import timeline_page, timeline_part
from upscale.visitors import Visitor, remember, visitor_of

OWN_ROOMS = 50
LONGEST_NICKNAME = 40


@require_http_methods(["GET", "HEAD", "POST"])
def rooms(request: PageRequest) -> HttpResponse:
    """List one's rooms; open one (POST), or go to the one of a ``code``."""
    if request.method == "POST":
        return _open_room(request)
    if "code" in request.GET:
        form = CodeForm(request.GET)
        if form.is_valid():
            code = clean_code(form.cleaned_data["code"])
            return redirect("room", code) if code else no_such_room(request, form.cleaned_data["code"])
        return _rooms_page(request, code_form=form, status=422)
    return _rooms_page(request)


def _open_room(request: PageRequest) -> HttpResponse:
    if settings.PHOTOS_NEED_ACCOUNT and not request.user.is_authenticated:
        return redirect_to_login(request.path)
    form = RoomForm(request.POST)
    if form.is_valid():
        try:
            visitor = visitor_or_new(request)
        except TooMany as error:
            form.add_error(None, str(error))
            return _wait(_rooms_page(request, room_form=form, status=429), error)
        wanted = form.cleaned_data
        try:
            room = Room.objects.open_room(
                visitor, wanted["name"], hours=wanted["hours"], nickname=wanted["nickname"]
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            response = redirect(room)
            remember(response, visitor)
            return response
    return _rooms_page(request, room_form=form, status=422)


def _wait(response: HttpResponse, error: TooMany) -> HttpResponse:
    """Say when to come again."""
    response.headers["Retry-After"] = str(error.seconds)
    return response


def _rooms_page(
    request: PageRequest,
    *,
    room_form: RoomForm | None = None,
    code_form: CodeForm | None = None,
    status: int = 200,
) -> HttpResponse:
    visitor = visitor_of(request)
    own = Room.objects.of(visitor)
    live = list(own.live().with_counts().order_by("-id")[:OWN_ROOMS])
    context = {
        "room_form": room_form or RoomForm(initial={"nickname": usual_nickname(visitor)}),
        "code_form": code_form or CodeForm(),
        "live": live,
        "over": list(own.exclude(pk__in=Room.objects.live()).with_counts().order_by("-id")[:OWN_ROOMS]),
        "person": visitor.person if visitor else "",
        "must_sign_in": settings.PHOTOS_NEED_ACCOUNT and (visitor is None or visitor.user is None),
    }
    return render(request, "upscale/rooms/rooms.html", context, status=status)


def no_such_room(request: PageRequest, code: str) -> HttpResponse:
    """Say that a code leads nowhere, with the form to type it again."""
    form = CodeForm({"code": code[:100]})
    form.add_error("code", _("There is no room with this code. Look at the wall again."))
    return _rooms_page(request, code_form=form, status=404)


def too_many_codes(request: HttpRequest, error: TooManyCodes) -> HttpResponse:
    """Answer 429 to somebody who tries codes."""
    response = render(request, "upscale/rooms/too_many.html", {"seconds": error.seconds}, status=429)
    response.headers["Retry-After"] = str(error.seconds)
    return response


@require_safe
@never_cache
def room_page(request: PageRequest, code: str) -> HttpResponse:
    """Show a room to those who belong to it, and to everybody else the way in."""
    visitor = visitor_of(request)
    try:
        room = find_room(code, visitor, client_address(request))
    except Room.DoesNotExist:
        return no_such_room(request, code)
    except TooManyCodes as error:
        return too_many_codes(request, error)
    if room.code != code:
        return redirect(room)
    if visitor is None or not Room.objects.visible_to(visitor).filter(pk=room.pk).exists():
        return join_page(request, room)
    response = timeline_page(request, room, visitor)
    remember(response, visitor)
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def join_room(request: PageRequest, code: str) -> HttpResponse:
    """Ask for a nickname, and come in under it (POST)."""
    try:
        room = find_room(code, visitor_of(request), client_address(request))
    except Room.DoesNotExist:
        return no_such_room(request, code)
    except TooManyCodes as error:
        return too_many_codes(request, error)
    if request.method != "POST":
        return join_page(request, room)
    form = JoinForm(request.POST)
    if form.is_valid():
        try:
            visitor = visitor_or_new(request)
        except TooMany as error:
            return _wait(join_page(request, room, refused=str(error), status=429), error)
        try:
            room.join(visitor, form.cleaned_data["nickname"])
        except ValidationError as error:
            form.add_error(None, error)
        except RoomClosed as error:
            return join_page(request, room, refused=str(error), status=409)
        except PermissionDenied as error:
            return join_page(request, room, refused=str(error), status=403)
        else:
            response = redirect(room)
            remember(response, visitor)
            return response
    return join_page(request, room, form, status=422)


def join_page(
    request: PageRequest, room: Room, form: JoinForm | None = None, *, refused: str = "", status: int = 200
) -> HttpResponse:
    """Show who does not belong to a room its name and the field for a nickname, and nothing else of it."""
    visitor = visitor_of(request)
    mine = room.memberships.filter(person=visitor.person).first() if visitor else None
    if not refused and mine and mine.was_removed:
        refused, status = _("The owner of the room has removed you."), 403
    elif not refused and not room.is_live:
        refused, status = _("This room is closed."), 410
    nickname = mine.nickname if mine else usual_nickname(visitor)
    context = {"room": room, "form": form or JoinForm(initial={"nickname": nickname}), "refused": refused}
    return render(request, "upscale/rooms/join.html", context, status=status)


def usual_nickname(visitor: Visitor | None) -> str:
    """Return the nickname somebody used last, else their name; empty for those who are new."""
    if visitor is None:
        return ""
    used = Membership.objects.filter(person=visitor.person).order_by("-joined_at", "-pk")
    return used.values_list("nickname", flat=True).first() or visitor.name[:LONGEST_NICKNAME]


def own_room(request: HttpRequest, code: str) -> tuple[Room, Visitor]:
    """Return a room that the visitor may see, and the visitor. Raises ``Http404`` for all others."""
    visitor = visitor_of(request)
    room = get_object_or_404(Room.objects.visible_to(visitor), code=code)
    assert visitor is not None  # nobody sees no room
    return room, visitor


def owned_room(request: HttpRequest, code: str) -> Room:
    """Return a room that the visitor looks after. Raises ``Http404`` for all others."""
    room, visitor = own_room(request, code)
    if not room.is_owned_by(visitor):
        raise Http404
    return room


@require_POST
def leave_room(request: PageRequest, code: str) -> HttpResponse:
    """Go out of a room; what one shared stays."""
    room, visitor = own_room(request, code)
    room.leave(visitor)
    messages.success(request, _("You have left “%(name)s”.") % {"name": room.name})
    return redirect("rooms")


@require_POST
def close_room(request: PageRequest, code: str) -> HttpResponse:
    """Close a room for good."""
    room = owned_room(request, code)
    room.close()
    messages.success(request, _("The room is closed. What was shared can still be looked at."))
    return _again(request, room)


@require_POST
def remove_member(request: PageRequest, code: str, pk: int) -> HttpResponse:
    """Send a guest out of a room, with their photos; 409 for its owner."""
    room = owned_room(request, code)
    membership = get_object_or_404(room.memberships.present(), pk=pk)
    try:
        room.remove_member(membership)
    except WrongState as error:
        messages.warning(request, str(error))
        return _again(request, room, status=409)
    messages.success(request, _("%(name)s was removed from the room.") % {"name": membership.nickname})
    return _again(request, room)


@require_POST
def unshare_photo(request: PageRequest, code: str, pk: UUID) -> HttpResponse:
    """Take one's own photo out of a room, or as its owner anybody's."""
    room, visitor = own_room(request, code)
    photo: Photo = get_object_or_404(room.photos, pk=pk)
    if not (photo.is_of(visitor) or room.is_owned_by(visitor)):
        raise Http404
    photo.unshare(room=room)
    messages.success(request, _("The photo is not in the room any more. Whoever took it keeps it."))
    return _again(request, room)


def _again(request: PageRequest, room: Room, **options: Any) -> HttpResponse:
    """Show the room as it is now."""
    return timeline_part(request, room, **options) if request.htmx else redirect(room)
