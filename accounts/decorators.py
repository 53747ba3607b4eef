"""Who may open a page."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase

from accounts.models import Role, User

View = Callable[..., HttpResponseBase]


class SignedInRequest(HttpRequest):
    """A request of a person who has signed in; what ``role_required`` and ``login_required`` let through."""

    user: User
    htmx: Any


def role_required(*roles: Role) -> Callable[[View], View]:
    """Let only people with one of the roles in: others get 403, the anonymous are sent to sign in."""

    def decorate(view: View) -> View:
        @login_required
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            cast("User", request.user).require_role(*roles)
            return view(request, *args, **kwargs)

        return guarded

    return decorate
