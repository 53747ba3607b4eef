"""Throw what the OpenAPI document allows, and what it forbids, at every operation of photos and rooms."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as some
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from config.api import api as ninja_api
from tests.api.boards import BOARD, BotClient, GuestClient
from tests.api.client import ApiClient
from tests.boards import finish, make_photo, make_room
from tests.factories import make_user
from upscale.models import Membership, Photo, Room
from upscale.visitors import Visitor

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_headers_conformance,
    response_schema_conformance,
]  # fmt: skip

OPERATIONS = [
    (method, path)
    for path, methods in ninja_api.get_openapi_schema()["paths"].items()
    for method in methods
    if path.startswith(("/api/v1/photos", "/api/v1/rooms"))
]
KINDS = ("person", "guest")
FEEDS = ("/api/v1/photos/finished", "/api/v1/photos/working", "/api/v1/rooms/shared")
EXAMPLES = 12
often = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def schema(db: None) -> Iterator[Any]:
    """Give the document that the application itself answers with."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)  # it would close the test's transaction
    yield schemathesis.openapi.from_wsgi(
        "/api/v1/openapi.json", WSGIHandler(), headers={"Host": "testserver"}
    )
    for signal in signals:
        signal.connect(close_old_connections)


def client_of(kind: str) -> tuple[ApiClient, Visitor]:
    """Return the client of a person, a guest or a messenger, and whose photos it sees."""
    if kind == "guest":
        guest = GuestClient()
        return guest, guest.visitor
    if kind == "messenger":
        return BotClient(), Visitor("telegram:1")
    user = make_user(None)
    return ApiClient(user), Visitor(user.person, user)


@pytest.mark.parametrize(
    ("kind", "method", "path"),
    [
        *((kind, method, path) for kind in KINDS for method, path in OPERATIONS),
        *(("messenger", "get", path) for path in FEEDS),
    ],
)
def test_every_answer_is_as_the_document_says(
    schema: Any, settings: Any, kind: str, method: str, path: str
) -> None:
    settings.API_REQUESTS_PER_MINUTE = settings.PHOTOS_PER_HOUR = 0
    client, visitor = client_of(kind)
    operation = schema[path][method.upper()]

    @often
    @given(data=some.data())
    def check(data: Any) -> None:
        mode = data.draw(some.sampled_from(GenerationMode))
        case = data.draw(operation.as_strategy(generation_mode=mode))
        checks = CHECKS
        if mode is GenerationMode.POSITIVE:
            aim(case, visitor, data.draw(some.integers(0, 3)))
        else:
            checks = [*CHECKS, negative_data_rejection]
        if isinstance(case.query, dict) and "wait" in case.query and mode is GenerationMode.POSITIVE:
            case.query["wait"] = 0.1
        case.call_and_validate(headers={**client.headers, "Host": "testserver"}, checks=checks)

    check()


def aim(case: Any, visitor: Visitor, at: int) -> None:
    """Let a request mean something that is there: one's own, somebody else's, or a shared one."""
    Photo.objects.all().delete()
    Room.objects.all().delete()
    room = make_room(visitor) if at % 2 else make_room()
    photo = make_photo(visitor if at > 1 else None)
    if at:
        finish(photo)
        sender = Visitor(photo.person)
        if room.membership_of(sender) is None:
            room.join(sender, "Sender")
        photo.share(room)
    parts = case.path_parameters
    if "photo_id" in parts:
        parts["photo_id"] = str(photo.pk)
    if "code" in parts:
        parts["code"] = room.code
    if "member_id" in parts:
        parts["member_id"] = Membership.objects.get(room=room, person=room.owner).pk
    if case.media_type == "multipart/form-data" and at:
        case.body = {"file": BOARD} | ({"room": room.code} if at == 3 else {})
