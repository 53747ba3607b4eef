"""People of each role with a browser each, and runs in every state."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import Role, User
from stockgen.models import Picture, Run
from tests.factories import claim_pictures, finish_picture, make_planned_run, make_user


class Browser(Client):
    """A test client that is one person, and can ask as htmx does."""

    def __init__(self, user: User | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.user = user
        if user is not None:
            self.force_login(user)

    def htmx(self, path: str, **data: Any) -> Any:
        """Ask for a part of a page."""
        return self.get(path, data, headers={"HX-Request": "true"})

    def press(self, path: str) -> Any:
        """Press a button that htmx sends."""
        return self.post(path, headers={"HX-Request": "true"})


@pytest.fixture
def designer(db: None) -> Browser:
    """Give a designer's browser."""
    return Browser(make_user(Role.DESIGNER))


@pytest.fixture
def other_designer(db: None) -> Browser:
    """Give the browser of another designer, who should see nothing of the first one's."""
    return Browser(make_user(Role.DESIGNER))


@pytest.fixture
def expert(db: None) -> Browser:
    """Give an expert's browser."""
    return Browser(make_user(Role.EXPERT))


@pytest.fixture
def operator(db: None) -> Browser:
    """Give an operator's browser."""
    return Browser(make_user(Role.OPERATOR))


@pytest.fixture
def anonymous(db: None) -> Browser:
    """Give the browser of somebody who has not signed in."""
    return Browser()


@pytest.fixture
def finished_run() -> Callable[..., Run]:
    """Give a function that makes a run whose pictures are all done."""

    def make(owner: User, **fields: Any) -> Run:
        run = make_planned_run(owner, **fields)
        while claimed := claim_pictures():
            for picture in claimed:
                finish_picture(picture)
        return run

    return make


@pytest.fixture
def finished_picture(designer: Browser, finished_run: Callable[..., Run]) -> Picture:
    """Give a finished picture of the designer."""
    picture = finished_run(designer.user).pictures.order_by("id").first()
    assert picture is not None
    return picture
