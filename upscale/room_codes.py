"""Find a room by its code, so that codes cannot be found by trying."""

from __future__ import annotations

from contextlib import suppress
from time import time

from django.core.cache import cache
from django.utils.translation import gettext_lazy as _

from upscale.models import Room
from upscale.visitors import Visitor

WRONG_PER_MINUTE = 30
"""Wrong codes of one person at one network address; all whom the site does not know yet count as one."""

WRONG_PER_ADDRESS = 300
"""Wrong codes from one address: a lecture hall may have only one, a guesser may be many guests."""


class TooManyCodes(Exception):
    """Too many wrong codes within a minute; ``seconds`` says when the next one may come."""

    def __init__(self) -> None:
        super().__init__(_("These were many wrong codes. Please wait a minute."))
        self.seconds = max(1, 60 - int(time() % 60))


def find_room(code: str, visitor: Visitor | None, address: str) -> Room:
    """Return the room of a code, as a person types it.

    Members and owners always get theirs. Raises ``Room.DoesNotExist``, and :class:`TooManyCodes` after many wrong
    codes of this person or from this network ``address`` within the clock's minute, whatever the code. Counted in each
    web process.
    """
    room = None
    with suppress(Room.DoesNotExist):
        room = Room.objects.with_code(code)
    if room is not None and Room.objects.visible_to(visitor).filter(pk=room.pk).exists():
        return room
    minute = int(time() // 60)
    limits = {
        f"room-codes:{address}:{visitor.person if visitor else ''}:{minute}": WRONG_PER_MINUTE,
        f"room-codes:{address}:all:{minute}": WRONG_PER_ADDRESS,
    }
    if any(cache.get(key, 0) >= most for key, most in limits.items()):
        raise TooManyCodes
    if room is None:
        for key in limits:
            cache.add(key, 0, timeout=120)
            cache.incr(key)
        raise Room.DoesNotExist
    return room
