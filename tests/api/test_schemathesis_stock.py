"""Throw what the OpenAPI document allows, and what it forbids, at every operation of the stock and of exports."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from accounts.models import Role, User
from delivery.models import Export
from stockgen.library.matching import ask
from stockgen.models import Collection
from tests.api.client import ApiClient
from tests.api.documented import document, hold, operations
from tests.exporting import make_approved, work_on
from tests.factories import make_user

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def schema(db: None) -> Iterator[Any]:
    with document() as schema:
        yield schema


@dataclass
class Stock:
    """Things of one designer, and of another one."""

    owner: User
    other: User

    def __post_init__(self) -> None:
        self.pictures = make_approved(2, self.owner)

    def aim(self, case: Any, at: int) -> None:
        """Let a request mean a thing that is there: of one's own, finished or not, or of somebody else."""
        owner = self.owner if at else self.other
        picture = self.pictures[0]
        parts = case.path_parameters
        if "picture_id" in parts:
            parts["picture_id"] = str(picture.pk)
        if "collection_id" in parts:
            collection, _ = Collection.objects.get_or_create(owner=owner, name="Offices")
            parts["collection_id"] = str(collection.pk)
        if "export_id" in parts:
            export = Export.objects.start(owner)
            parts["export_id"] = str((work_on(export) if at > 1 else export).pk)
        if "match_id" in parts:
            parts["match_id"] = str(ask(owner, text="A bakery", concept=picture.concept).pk)
        if isinstance(case.body, dict) and at > 1:
            self.fill(case.body)

    def fill(self, body: dict[str, Any]) -> None:
        """Put keys that exist into a body."""
        picture = self.pictures[0]
        known = {"topic": picture.topic.key, "concept": picture.concept.key, "pictures": [str(picture.pk)]}
        body |= {name: value for name, value in known.items() if name in body}


@pytest.mark.parametrize(("method", "path"), operations("stock", "exports"))
def test_every_answer_is_as_the_document_says(schema: Any, settings: Any, method: str, path: str) -> None:
    settings.API_REQUESTS_PER_MINUTE = settings.API_LAUNCHES_PER_MINUTE = 0
    stock = Stock(make_user(Role.DESIGNER), make_user(Role.DESIGNER))
    hold(schema, ApiClient(stock.owner), method, path, stock.aim)
