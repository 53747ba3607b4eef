"""What several views of board photos need."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django_htmx.http import trigger_client_event
from django_htmx.middleware import HtmxDetails

from upscale.rates import count_guest
from upscale.visitors import Visitor, new_guest, visitor_of


class PageRequest(HttpRequest):
    """A request of a page, as the middleware passes it on."""

    htmx: HtmxDetails


def visitor_or_new(request: HttpRequest) -> Visitor:
    """Return who asks; on a first visit a new guest, whom ``remember`` makes known to the browser.

    Raises ``TooMany`` where too many new guests came from the same address.
    """
    visitor = visitor_of(request)
    if visitor is None:
        count_guest(client_address(request))
        visitor = new_guest()
    return visitor


def client_address(request: HttpRequest) -> str:
    """Return the network address that a request came from; behind a proxy that is believed, the one it names."""
    if settings.SECURE_PROXY_SSL_HEADER:
        forwarded = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
        if forwarded:
            return forwarded
    return str(request.META.get("REMOTE_ADDR", ""))


def render_part(
    request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """Render a part of a page for htmx; the messages of the request become toasts."""
    response = render(request, template, context, status=status)
    for message in messages.get_messages(request):
        trigger_client_event(response, "toast", {"text": str(message), "level": message.level_tag})
    return response
