"""Start an action of the admin."""

from __future__ import annotations

from django.test import Client


def act(client: Client, model: str, action: str, *pks: object) -> str:
    """Choose rows of a list, start an action, and return the page it leads to."""
    response = client.post(
        f"/admin/{model}/", {"action": action, "_selected_action": [str(pk) for pk in pks]}, follow=True
    )
    assert response.status_code == 200
    return response.content.decode()
