"""Clients of people, guests and messengers, and the photos that they send."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings

from accounts.models import ApiToken
from tests.api.client import ApiClient
from tests.boards import as_file, draw_board
from tests.factories import make_user
from upscale.models import Photo
from upscale.visitors import Visitor, guest_token, new_guest

BOARD = as_file(draw_board(("open the window",), size=(200, 120), height=14))


class GuestClient(ApiClient):
    """Ask as a guest, by token."""

    def __init__(self, visitor: Visitor | None = None, **headers: str) -> None:
        self.visitor = visitor or new_guest()
        super().__init__(Authorization=f"Bearer {guest_token(self.visitor)}", **headers)


class BotClient(ApiClient):
    """Ask as a client that is trusted to speak for a network, for one of its people."""

    def __init__(self, person: str | None = None, *, network: str = "telegram") -> None:
        _token, secret = ApiToken.objects.issue(make_user(None), "bot", acts_for=network)
        super().__init__(Authorization=f"Bearer {secret}", **({"On-Behalf-Of": person} if person else {}))


def send(
    client: ApiClient, content: bytes = BOARD, fields: dict[str, Any] | None = None, **headers: str
) -> Any:
    """Send a photo."""
    return client.upload("/photos", content, fields, **headers)


def sent(client: ApiClient, **fields: Any) -> Photo:
    """Send a photo and return its row."""
    response = send(client, BOARD, fields)
    assert response.status_code == 201, response.content
    return Photo.objects.get(pk=response.json()["id"])


def stored_files() -> list[str]:
    """Return the files in the storage."""
    root = Path(settings.MEDIA_ROOT)
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def nothing_is_stored() -> bool:
    """Tell whether there is neither a row nor a file."""
    return not Photo.objects.exists() and stored_files() == []
