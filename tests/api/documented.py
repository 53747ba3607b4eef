"""What the OpenAPI document allows and forbids, thrown at an operation, and its answers held against the document."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

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
from tests.api.client import ApiClient

CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_headers_conformance,
    response_schema_conformance,
]  # fmt: skip

EXAMPLES = 12
often = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def operations(*prefixes: str) -> list[tuple[str, str]]:
    """Return the method and the path of every operation under the prefixes."""
    return [
        (method, path)
        for path, methods in ninja_api.get_openapi_schema()["paths"].items()
        for method in methods
        if path.startswith(tuple(f"/api/v1/{prefix}" for prefix in prefixes))
    ]


@contextmanager
def document() -> Iterator[Any]:
    """Give the document that the application itself answers with; requests share the test's transaction."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)  # it would close the test's transaction
    try:
        yield schemathesis.openapi.from_wsgi(
            "/api/v1/openapi.json", WSGIHandler(), headers={"Host": "testserver"}
        )
    finally:
        for signal in signals:
            signal.connect(close_old_connections)


def hold(schema: Any, client: ApiClient, method: str, path: str, aim: Callable[[Any, int], None]) -> None:
    """Ask the operation for what may and what may not be asked. ``aim(case, 0 … 3)`` lets a request mean a thing."""
    operation = schema[path][method.upper()]

    @often
    @given(data=some.data())
    def check(data: Any) -> None:
        mode = data.draw(some.sampled_from(GenerationMode))
        case = data.draw(operation.as_strategy(generation_mode=mode))
        checks = CHECKS
        if mode is GenerationMode.POSITIVE:
            aim(case, data.draw(some.integers(0, 3)))
            if isinstance(case.query, dict) and "wait" in case.query:
                case.query["wait"] = 0.1
        else:
            checks = [*CHECKS, negative_data_rejection]
        case.call_and_validate(headers={**client.headers, "Host": "testserver"}, checks=checks)

    check()
