"""A client that sends JSON with a person's token, and the check that an error has the API's shape."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import ApiToken, User


class ApiClient:
    """Ask /api/v1 as one person, by token."""

    def __init__(self, user: User | None = None, **headers: str) -> None:
        self.user = user
        if user is not None:
            _token, secret = ApiToken.objects.issue(user, "test")
            headers["Authorization"] = f"Bearer {secret}"
        self.headers = headers
        self.client = Client(raise_request_exception=False)

    def get(self, path: str, query: Mapping[str, Any] | None = None, **headers: str) -> Any:
        return self.client.get(self.address(path), query or {}, headers=self._with(headers))

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        """Send a value as JSON, or bytes as they are."""
        content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        return self.client.post(self.address(path), content, "application/json", headers=self._with(headers))

    def upload(
        self, path: str, file: bytes | None, fields: Mapping[str, Any] | None = None, **headers: str
    ) -> Any:
        """Send a form with a file, as a browser does; None: without the file."""
        form = dict(fields or {})
        if file is not None:
            form["file"] = SimpleUploadedFile("board.jpg", file, "image/jpeg")
        return self.client.post(self.address(path), form, headers=self._with(headers))

    def put(self, path: str, body: Any) -> Any:
        """Send a value as JSON."""
        return self.client.put(self.address(path), json.dumps(body), "application/json", headers=self.headers)

    def patch(self, path: str, body: Any) -> Any:
        """Send a value as JSON."""
        return self.client.patch(
            self.address(path), json.dumps(body), "application/json", headers=self.headers
        )

    def delete(self, path: str) -> Any:
        return self.client.delete(self.address(path), headers=self.headers)

    def _with(self, headers: Mapping[str, str]) -> dict[str, str]:
        """Add headers, named as Python names are, to the client's own."""
        return {**self.headers, **{name.replace("_", "-"): value for name, value in headers.items()}}

    @staticmethod
    def address(path: str) -> str:
        """Take a path within the API, or a whole one as the API returned it."""
        return path if path.startswith("/api/") else f"/api/v1{path}"


def assert_problem(response: Any, status: int, code: str, field: str | None = None) -> dict[str, Any]:
    """Check that an error has the API's shape, its status, its code and the field it names."""
    assert response.status_code == status, response.content
    body: dict[str, Any] = response.json()
    assert body["code"] == code
    assert body["message"]
    assert body["field"] == field
    assert body["request_id"] == response.headers["X-Request-ID"]
    return body
