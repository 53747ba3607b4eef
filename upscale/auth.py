"""Who asks the REST API for photos and rooms: a person, a guest, or somebody for whom a trusted client speaks."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.errors import AuthenticationError, AuthorizationError
from ninja.security import APIKeyCookie, HttpBearer
from ninja.utils import check_csrf

from accounts.auth import ON_BEHALF_OF, bearer_secret, unknown_token
from accounts.models import ApiToken, User
from accounts.rest import PerMinute
from upscale.views.shared import client_address
from upscale.visitors import COOKIE, TOKEN_MARK, Visitor, guest_of_token, outside_person


@dataclass(frozen=True)
class Caller(Visitor):
    """Whoever asks. ``network`` is the outside network that their token may speak for; empty for all others."""

    network: str = ""

    @property
    def is_guest(self) -> bool:
        """Tell whether they are here without an account, and nobody answers for them."""
        return self.person.startswith("guest:")


def caller_of(request: HttpRequest) -> Caller:
    """Return who asks; the authentication has made sure that there is somebody."""
    caller = request.auth  # type: ignore[attr-defined]
    assert isinstance(caller, Caller)
    return caller


def need_account(caller: Caller) -> None:
    """Answer 401 to guests where ``PHOTOS_NEED_ACCOUNT`` says so."""
    if settings.PHOTOS_NEED_ACCOUNT and caller.is_guest:
        raise AuthenticationError(message=_("Sign in to have photos made legible."))


def network_of(request: HttpRequest) -> str:
    """Return the outside network that a trusted client speaks for. Raises ``PermissionDenied`` for anybody else."""
    caller = caller_of(request)
    if not caller.network or caller.user is None:
        raise PermissionDenied(_("Only a client that speaks for an outside network may ask this."))
    return caller.network


def guessing_address(request: HttpRequest) -> str:
    """Return where wrong codes are counted: at the network address, or the person of whom a trusted client says so."""
    caller = caller_of(request)
    return caller.person if caller.network else client_address(request)


class VisitorToken(HttpBearer):
    """``Authorization: Bearer stk_…`` or, for guests, ``gst_…``. Any other is 401, whatever cookies say."""

    openapi_description = (
        "A token of a person, stk_…, or of a guest, gst_… (POST /photos/guests). A client that is trusted to speak "
        "for an outside network (manage.py create_token --acts-for telegram) names the person with the header "
        "On-Behalf-Of: telegram:123; it then sees and does what that person may."
    )

    def __call__(self, request: HttpRequest) -> Caller | None:
        """Return the token's person, the guest, or whom they speak for; None without a token: cookies are asked."""
        secret = bearer_secret(request)
        if secret is None:
            return None
        caller = self.authenticate(request, secret)
        if caller is None:
            raise unknown_token()
        return caller

    def authenticate(self, request: HttpRequest, token: str) -> Caller | None:
        """Return who asks by this token; ``request.user`` is nobody unless they ask for themselves."""
        request.user = AnonymousUser()
        if token.startswith(TOKEN_MARK):
            guest = guest_of_token(token)
            if guest is not None:
                _speak_for_nobody(request)
            return Caller(guest.person) if guest else None
        found = ApiToken.objects.use(token)
        if found is None:
            return None
        if ON_BEHALF_OF in request.headers:
            return Caller(_spoken_for(request, found.acts_for), network=found.acts_for)
        request.user = found.user
        return Caller(found.user.person, found.user, network=found.acts_for)


class VisitorSession(APIKeyCookie):
    """The session cookie, for scripts of our own pages. Unsafe methods also need the CSRF token."""

    param_name = "sessionid"

    def __call__(self, request: HttpRequest) -> Caller | None:
        """Return who asks or None; 403 where only the CSRF token is missing or wrong."""
        caller = self.authenticate(request, None)
        if caller is not None:
            _speak_for_nobody(request)
            if check_csrf(request):
                raise AuthorizationError(message=_("The CSRF token is missing or wrong."))
        return caller

    def authenticate(self, request: HttpRequest, key: str | None) -> Caller | None:
        """Return the person of Django's session."""
        user = request.user
        return Caller(user.person, user) if isinstance(user, User) and user.is_active else None


class GuestCookie(VisitorSession):
    """The guest's cookie, for scripts of our own pages. Unsafe methods also need the CSRF token."""

    param_name = COOKIE

    def authenticate(self, request: HttpRequest, key: str | None) -> Caller | None:
        """Return the guest of the cookie."""
        guest = guest_of_token(request.COOKIES.get(COOKIE, ""))
        return Caller(guest.person) if guest else None


VISITORS = [VisitorToken(), VisitorSession(), GuestCookie()]
"""The authentication of photos and rooms."""


class PerMinuteAndAddress(PerMinute):
    """Count those whom nobody knows yet by their network address."""

    def asker(self, request: HttpRequest) -> str:
        """Return the address."""
        return client_address(request)


def _speak_for_nobody(request: HttpRequest) -> None:
    if ON_BEHALF_OF in request.headers:
        raise AuthorizationError(message=_("This client may speak for nobody else."))


def _spoken_for(request: HttpRequest, network: str) -> str:
    """Return the person of the header. 403 for another network than the token's, 422 for no name of a person."""
    if not network:
        raise AuthorizationError(message=_("This client may speak for nobody else."))
    person = outside_person(request.headers[ON_BEHALF_OF])
    if person is None:
        raise ValidationError({ON_BEHALF_OF: _("Name a person, such as telegram:123.")})
    if person.partition(":")[0] != network:
        raise AuthorizationError(message=_("This client may speak for nobody of that network."))
    return person
