"""What happens in a room, live: the timeline of its members, and the projector's wall."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import segno
from django.db.models import Q
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.dateparse import parse_datetime
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import HttpResponseStopPolling

from jobs.states import OPEN_STATES, State
from upscale.models import Photo, Room
from upscale.models.photo import PhotoQuerySet
from upscale.statistics import NOT_SHOWN
from upscale.views.shared import PageRequest, render_part
from upscale.visitors import Visitor, visitor_of

SHOWN = 48
"""Photos of a timeline at first, and how many more are shown each time somebody asks."""

MOST_SHOWN = 960
ON_THE_WALL = 6
NO_CONTENT = 204
STOP_POLLING = HttpResponseStopPolling.status_code

QUICK_SECONDS = 3
CALM_SECONDS = 10
REQUESTS_A_SECOND = 25
"""How often all people of a full room may ask together."""


def timeline_page(request: PageRequest, room: Room, visitor: Visitor) -> HttpResponse:
    """Render the page of a room for one of its people."""
    return render(request, "upscale/rooms/room.html", _timeline(request, room, visitor))


@require_safe
@never_cache
@vary_on_headers("HX-Request")
def room_timeline(request: PageRequest, code: str) -> HttpResponse:
    """Show the live part of a room: 204 where that is what the page has, with status 286 when it is over."""
    room = get_object_or_404(Room.objects.visible_to(visitor_of(request)), code=code)
    return timeline_part(request, room)


def timeline_part(request: PageRequest, room: Room, *, status: int = 200) -> HttpResponse:
    """Render the live part of a room."""
    context = _timeline(request, room, visitor_of(request))
    if request.method != "POST" and context["seen"] == request.GET.get("seen"):
        return HttpResponse(status=NO_CONTENT)
    if status == 200 and not context["is_moving"]:
        status = STOP_POLLING
    return render_part(request, "upscale/rooms/_timeline.html", context, status=status)


def _timeline(request: PageRequest, room: Room, visitor: Visitor | None) -> dict[str, Any]:
    """Lay a room out for one of its people: what they see of it, as far down as they have gone."""
    assert visitor is not None
    shown = _shown(request)
    photos = _photos(room, visitor)
    newest = _moment(_asked(request).get("newest", ""))
    older = photos.filter(shared_at__lte=newest) if newest else photos
    rows = list(older[: shown + 1])
    newer = photos.filter(shared_at__gt=newest).count() if newest else 0
    members = list(room.memberships.present().order_by("joined_at", "pk"))
    is_live = room.is_live
    is_moving = is_live or any(photo.is_open for photo in rows)
    seconds = _seconds(rows[0].shared_at if rows else None, len(members))
    is_owner = room.is_owned_by(visitor)
    context = {
        "room": room,
        "visitor": visitor,
        "photos": rows[:shown],
        "more": shown + SHOWN if len(rows) > shown and shown < MOST_SHOWN else None,
        "shown": shown,
        "newer": newer,
        "members": members,
        "me": next((one for one in members if one.person == visitor.person), None),
        "is_owner": is_owner,
        "is_live": is_live,
        "is_moving": is_moving,
        "seconds": seconds,
    }
    told = [
        get_language(), is_live, is_owner, seconds, shown, newer,
        *((one.pk, one.nickname) for one in members),
        *((one.pk, one.state, one.nickname, one.shared_at, one.finished_at) for one in rows),
    ]  # fmt: skip
    return context | {"seen": salted_hmac("room", repr(told)).hexdigest()[:16]}


def _photos(room: Room, visitor: Visitor) -> PhotoQuerySet:
    """Return what was shared, the newest first: what failed only to whoever it belongs to."""
    visible = Q(state=State.DONE) | Q(state__in=OPEN_STATES) | Q(person=visitor.person)
    found = Photo.objects.filter(visible, room=room).defer(*NOT_SHOWN)
    return found.order_by("-shared_at", "-id")


def _seconds(latest: datetime | None, people: int) -> int:
    """Return how long to wait between two questions: less while photos come, more the more people ask."""
    is_busy = latest is not None and (timezone.now() - latest).total_seconds() < 180
    return max(QUICK_SECONDS if is_busy else CALM_SECONDS, people // REQUESTS_A_SECOND)


def _asked(request: PageRequest) -> QueryDict:
    """Return what the page said of itself: with a verb htmx sends it in the body."""
    return request.POST if request.method == "POST" else request.GET


def _shown(request: PageRequest) -> int:
    try:
        asked = int(_asked(request).get("shown", SHOWN))
    except ValueError:
        return SHOWN
    return max(SHOWN, min(MOST_SHOWN, asked))


def _moment(text: str) -> datetime | None:
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None
    return moment if moment and timezone.is_aware(moment) else None


# ------------------------------------------------------------------------------------------------ the projector
@require_safe
@never_cache
@vary_on_headers("HX-Request")
def room_projector(request: PageRequest, code: str) -> HttpResponse:
    """Show a room for the wall: its code, the QR code of its address, and the latest results, large."""
    room = get_object_or_404(Room.objects.visible_to(visitor_of(request)), code=code)
    context = _wall(room)
    if not request.htmx:
        address = request.build_absolute_uri(reverse("room", args=[room.code]))
        context |= {"qr": qr_code(address), "host": request.get_host(), "rooms_path": reverse("rooms")}
        return render(request, "upscale/rooms/projector.html", context)
    if context["seen"] == request.GET.get("seen"):
        return HttpResponse(status=NO_CONTENT)
    status = 200 if context["is_live"] else STOP_POLLING
    return render_part(request, "upscale/rooms/_wall.html", context, status=status)


def _wall(room: Room) -> dict[str, Any]:
    shared = Photo.objects.filter(room=room)
    photos = list(shared.done().defer(*NOT_SHOWN).order_by("-shared_at", "-id")[:ON_THE_WALL])
    counts = {
        "people": room.memberships.present().count(),
        "results": shared.done().count(),
        "working": shared.open().count(),
        "is_live": room.is_live,
    }
    told = [get_language(), *counts.values(), *((one.pk, one.nickname, one.finished_at) for one in photos)]
    seen = salted_hmac("wall", repr(told)).hexdigest()[:16]
    return {"room": room, "photos": photos, "seen": seen, **counts}


def qr_code(text: str) -> SafeString:
    """Return a QR code (ISO/IEC 18004, error correction M) as inline SVG that fits any size."""
    code = segno.make(text, error="m", micro=False)
    return mark_safe(  # noqa: S308 - drawn by us; the text is in it as squares only
        code.svg_inline(omitsize=True, border=3, dark="#000", light="#fff", svgclass="qr", lineclass=None)
    )
