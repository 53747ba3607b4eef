"""Whoever signs in keeps what they did as a guest of that browser."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from django.db import DatabaseError, transaction
from django.db.models import Exists, OuterRef
from django.db.models.functions import Greatest
from django.http import HttpRequest, HttpResponse

from accounts.models import User
from jobs.models import Turn
from upscale.models import Clip, Membership, Photo, Room, SurveyAnswer
from upscale.visitors import COOKIE, Visitor, guest_of_token

logger = logging.getLogger(__name__)


def adopt_guest(request: HttpRequest | None, user: User, **_signal: Any) -> None:
    """Give the person who has just signed in what the guest of their browser has. Receives ``user_logged_in``.

    Only a cookie with our signature counts. Signing in never fails by it: what could not be moved stays the guest's,
    whose cookie is kept, until the next time.
    """
    guest = guest_of_token(request.COOKIES.get(COOKIE, "")) if request is not None else None
    if request is None or guest is None:
        return
    try:
        adopt(guest, user)
    except DatabaseError:
        logger.exception("What a guest has could not be moved to user %s.", user.pk)
    else:
        request.is_guest_adopted = True  # type: ignore[attr-defined]


class AdoptedGuestMiddleware:
    """Let the browser forget a guest whose things have gone to the person who signed in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if getattr(request, "is_guest_adopted", False):
            response.delete_cookie(COOKIE, samesite="Lax")
        return response


def adopt(guest: Visitor, user: User) -> None:
    """Move a guest's photos, videos, rooms, memberships, answers and turns to a user, all or nothing.

    Where the user has answered, or used an idempotency key, already, theirs stands.
    """
    person = user.person
    with transaction.atomic():
        _move_turns(guest, person)  # first: whoever claims work locks these before the work
        _move_rooms(guest, person)
        used = Photo.objects.filter(person=person, idempotency_key=OuterRef("idempotency_key"))
        mine = Photo.objects.filter(person=guest.person)
        mine.exclude(idempotency_key="").filter(Exists(used)).update(idempotency_key="")
        mine.update(person=person)
        Clip.objects.filter(person=guest.person).update(person=person)
        answers = SurveyAnswer.objects.filter(person=guest.person)
        answers.filter(Exists(SurveyAnswer.objects.filter(person=person, photo=OuterRef("photo")))).delete()
        answers.update(person=person)


def _move_turns(guest: Visitor, person: str) -> None:
    for turn in Turn.objects.select_for_update().filter(person=guest.person).order_by("kind"):
        Turn.objects.ask(turn.kind, [person])
        # Signing in is no way to be served sooner.
        Turn.objects.filter(kind=turn.kind, person=person).update(
            served_at=Greatest("served_at", turn.served_at)
        )
        turn.delete()


def _move_rooms(guest: Visitor, person: str) -> None:
    """Move memberships and what is owned; in a room where the user is, or was removed from, theirs stands."""
    theirs = Membership.objects.filter(person=guest.person).values("room")
    for room in Room.objects.select_for_update().filter(pk__in=theirs).order_by("pk"):
        mine = room.memberships.get(person=guest.person)
        known = room.memberships.filter(person=person).first()
        is_host = room.owner == guest.person
        if known is not None and not is_host and (known.removed_at is None or known.was_removed):
            shared = room.photos.filter(person=guest.person)
            if known.was_removed:
                shared.update(room=None, nickname="", shared_at=None)
            else:
                shared.update(nickname=known.nickname)
            mine.delete()
            continue
        if known is not None:
            room.photos.filter(person=person).update(nickname=mine.nickname)
            known.delete()
        room.memberships.filter(pk=mine.pk).update(person=person)
    Room.objects.filter(owner=guest.person).update(owner=person)
