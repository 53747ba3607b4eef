"""A number for each request, so that what a person reports can be found in the log."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

HEADER = "X-Request-ID"
ACCEPTED = re.compile(r"[A-Za-z0-9._-]{8,64}")


def request_id(request: HttpRequest) -> str:
    """Return the request's id: the one that the proxy sent, or a fresh one, the same at every call."""
    known: str | None = request.META.get("REQUEST_ID")
    if known is None:
        sent = request.headers.get(HEADER, "")
        known = request.META["REQUEST_ID"] = sent if ACCEPTED.fullmatch(sent) else uuid.uuid4().hex
    return known


class RequestIdMiddleware:
    """Send every response with its request's id as ``X-Request-ID``."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers[HEADER] = request_id(request)
        return response
