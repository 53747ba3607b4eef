"""The REST API under /api/v1: one router an app, one authentication, one shape of error."""

from __future__ import annotations

import json
from typing import Any

from django.http import Http404, HttpRequest
from django.urls import URLPattern, URLResolver
from ninja import NinjaAPI, Router
from ninja.parser import Parser

from accounts.api import router as accounts_router
from accounts.auth import BearerToken, BrowserSession
from accounts.rest import PerMinute
from config import api_errors
from delivery.api import router as exports_router
from review.api import router as review_router
from review.api_comparing import router as comparing_router
from review.api_decisions import router as decisions_router
from stockgen.api import router as stockgen_router
from stockgen.api_campaigns import router as campaigns_router
from stockgen.api_match import router as match_router
from stockgen.api_prompts import router as prompts_router
from stockgen.api_stock import router as stock_router
from upscale.api import router as photos_router
from upscale.api_rooms import router as rooms_router

DEEPEST = 32
"""Levels of lists and objects in a JSON body; our own bodies have one."""

DESCRIPTION = """
Stock pictures: launch a run of a topic and a concept, watch it plan and render, fetch its pictures; rate them; export
what is approved.
Board photos: send a photo of a board, fetch it when it can be read; share it in a room.

Send `Authorization: Bearer stk_…` with every request; `POST /api/v1/tokens` makes a token, as does
`manage.py create_token`; for photos and rooms `POST /api/v1/photos/guests` gives one without an account. Errors have
one shape, `{code, message, field, request_id, errors}`, in the language of `Accept-Language` (English, Russian). Lists
are pages, newest first: follow `next` until it is null.
""".strip()


class StrictParser(Parser):
    """Parse JSON bodies that are JSON, and not nested to hurt."""

    def parse_body(self, request: HttpRequest) -> Any:
        """Return the body's value. Raises ``ValueError`` or ``RecursionError``; the caller answers 400."""
        value = json.loads(request.body)
        level, depth = [value], 0
        while level := [inner for outer in level for inner in _inside(outer)]:
            depth += 1
            if depth > DEEPEST:
                raise ValueError(f"nested deeper than {DEEPEST} levels")
        return value


def _inside(value: Any) -> list[Any]:
    """Return the lists and objects directly inside a list or an object."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [item for item in inner if isinstance(item, dict | list)]


api = NinjaAPI(
    title="Stock pictures and board photos",
    version="1.0.0",
    description=DESCRIPTION,
    urls_namespace="api",
    auth=[BearerToken(), BrowserSession()],
    throttle=[PerMinute("API_REQUESTS_PER_MINUTE")],
    parser=StrictParser(),
)
api.add_router("", stockgen_router)
api.add_router("", campaigns_router)
api.add_router("", prompts_router)
api.add_router("", stock_router)
api.add_router("", match_router)
api.add_router("", accounts_router)
api.add_router("/review", review_router)
api.add_router("/review", decisions_router)
api.add_router("/review", comparing_router)
api.add_router("", exports_router)
api.add_router("", photos_router)
api.add_router("", rooms_router)

unknown_address = Router()


@unknown_address.api_operation(
    ["GET", "POST", "PUT", "PATCH", "DELETE"],
    "/{path:address}",
    auth=None,
    throttle=[],
    include_in_schema=False,
)
def refuse_address(request: HttpRequest, address: str) -> None:
    """Answer an address that no router knows, in the API's own shape."""
    raise Http404


api.add_router("", unknown_address)
api_errors.install(api)


def urls() -> tuple[list[URLResolver | URLPattern], str, str]:
    """Return what ``path("api/v1/", …)`` mounts."""
    patterns, app_name, namespace = api.urls
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            pattern.callback = api_errors.explain_wrong_method(pattern.callback)
    return patterns, app_name, namespace


def openapi_document() -> str:
    """Return the OpenAPI document as it is committed: sorted, so that a change reads well in a diff."""
    return (
        json.dumps(api.get_openapi_schema(), indent=1, sort_keys=True, ensure_ascii=False, default=str) + "\n"
    )
