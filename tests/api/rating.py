"""What the tests of the rating queue over REST share: bodies, and what came of them."""

from __future__ import annotations

import uuid
from typing import Any

from stockgen.models import Picture


def ballot(picture: Picture | str, choice: str = "approve", **fields: Any) -> dict[str, Any]:
    """Return the body of a vote, with an id of its own."""
    key = str(getattr(picture, "pk", picture))
    return {"id": str(uuid.uuid4()), "picture": key, "choice": choice, **fields}


def undo_of(vote_id: Any, **fields: Any) -> tuple[str, dict[str, Any]]:
    """Return the path and the body of an undo."""
    return f"/review/votes/{vote_id}/undo", {"id": str(uuid.uuid4()), "tab": "tab", **fields}


def verdict_of(picture: Picture) -> str:
    """Return a picture's verdict as the database has it."""
    picture.refresh_from_db()
    return picture.verdict
