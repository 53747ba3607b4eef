"""Who is asking the REST API: a token's person, or the person of the browser's session."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.errors import AuthenticationError, AuthorizationError
from ninja.security import APIKeyCookie, HttpBearer
from ninja.utils import check_csrf

from accounts.models import ApiToken, User


class BearerToken(HttpBearer):
    """``Authorization: Bearer stk_…``. A token that is unknown, expired or revoked is 401, session or not."""

    def __call__(self, request: HttpRequest) -> User | None:
        """Return the token's person; None without an Authorization header: the session is asked."""
        header = request.headers.get(self.header, "")
        if not header:
            return None
        scheme, _space, secret = header.partition(" ")
        user = self.authenticate(request, secret.strip()) if scheme.lower() == self.openapi_scheme else None
        if user is None:
            raise AuthenticationError(message=_("This token is unknown, expired or revoked."))
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
