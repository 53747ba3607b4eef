"""Who asks for photos: a signed-in person, a guest with a signed cookie or token, or somebody a client speaks for."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from accounts.models import Role, User

COOKIE = "guest"
TOKEN_MARK = "gst_"  # noqa: S105
_SALT = "upscale.guest"
_YEAR = 365 * 24 * 60 * 60
_GUEST = re.compile(r"[0-9a-f]{32}")
_OUTSIDE = re.compile(r"(?P<network>[a-z]{2,20}):(?P<id>[0-9A-Za-z_-]{1,64})")


@dataclass(frozen=True)
class Visitor:
    """Whoever photos, rooms and answers belong to. ``person`` is also the name under which jobs are shared out."""

    person: str
    user: User | None = None

    @property
    def is_operator(self) -> bool:
        """Tell whether they may look after everybody's photos."""
        return self.user is not None and self.user.has_role(Role.OPERATOR)

    @property
    def name(self) -> str:
        """Return the name that a room shows unless they choose another; empty for guests."""
        return self.user.display_name if self.user else ""


def new_guest() -> Visitor:
    """Return a guest whom nobody has seen before."""
    return Visitor(f"guest:{secrets.token_hex(16)}")


def visitor_of(request: HttpRequest) -> Visitor | None:
    """Return who asks a page: the person signed in, or the guest of the cookie; None for a first visit."""
    if isinstance(request.user, User):
        return Visitor(request.user.person, request.user)
    return guest_of_token(request.COOKIES.get(COOKIE, ""))


def guest_token(visitor: Visitor) -> str:
    """Return the signed text that makes its bearer this guest, in the cookie and as a bearer token."""
    return TOKEN_MARK + signing.Signer(salt=_SALT).sign(visitor.person.removeprefix("guest:"))


def guest_of_token(token: str) -> Visitor | None:
    """Return the guest of a signed text; None for anything else."""
    try:
        name = signing.Signer(salt=_SALT).unsign(token.removeprefix(TOKEN_MARK))
    except signing.BadSignature:
        return None
    return Visitor(f"guest:{name}") if _GUEST.fullmatch(name) else None


def remember(response: HttpResponse, visitor: Visitor) -> None:
    """Let a guest's browser be known again; renews the year that it lasts."""
    if visitor.user is None:
        response.set_cookie(
            COOKIE, guest_token(visitor), max_age=_YEAR, httponly=True, secure=settings.HTTPS, samesite="Lax"
        )


def outside_person(name: str) -> str | None:
    """Return the name of a person of another network (``telegram:123``) if it is a sound one."""
    found = _OUTSIDE.fullmatch(name)
    return name if found and found["network"] not in {"user", "guest"} else None
