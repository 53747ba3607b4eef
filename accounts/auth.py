"""Who is asking the REST API: a token's person, or the person of the browser's session."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.errors import AuthenticationError, AuthorizationError
from ninja.security import APIKeyCookie, HttpBearer
from ninja.utils import check_csrf

from accounts.models import ApiToken, User

ON_BEHALF_OF = "On-Behalf-Of"
"""The header that names the person of an outside network for whom a trusted client asks."""


def bearer_secret(request: HttpRequest) -> str | None:
    """Return what follows ``Authorization: Bearer``; None without that header, empty where it is of another kind."""
    header = request.headers.get("Authorization", "")
    if not header:
        return None
    scheme, _space, secret = header.partition(" ")
    return secret.strip() if scheme.lower() == "bearer" else ""


def unknown_token() -> AuthenticationError:
    """Return the 401 for a token that is of no use."""
    return AuthenticationError(message=_("This token is unknown, expired or revoked."))


class BearerToken(HttpBearer):
    """``Authorization: Bearer stk_…``. A token that is unknown, expired or revoked is 401, session or not."""

    def __call__(self, request: HttpRequest) -> User | None:
        """Return the token's person; None without an Authorization header: the session is asked."""
        secret = bearer_secret(request)
        if secret is None:
            return None
        user = self.authenticate(request, secret)
        if user is None:
            raise unknown_token()
        if ON_BEHALF_OF in request.headers:
            raise AuthorizationError(message=_("Here nobody can be spoken for."))
        return user

    def authenticate(self, request: HttpRequest, token: str) -> User | None:
        """Return the token's person, who is ``request.user`` from here on."""
        user = ApiToken.objects.authenticate(token)
        if user is not None:
            request.user = user
        return user


class BrowserSession(APIKeyCookie):
    """The session cookie, for scripts of our own pages. Unsafe methods also need the CSRF token."""

    param_name = "sessionid"

    def __call__(self, request: HttpRequest) -> User | None:
        """Return the signed-in person or None (401); 403 where only the CSRF token is missing or wrong."""
        user = self.authenticate(request, None)
        if user is not None and check_csrf(request):
            raise AuthorizationError(message=_("The CSRF token is missing or wrong."))
        return user

    def authenticate(self, request: HttpRequest, key: str | None) -> User | None:
        """Return the person of Django's session."""
        return request.user if isinstance(request.user, User) and request.user.is_active else None
