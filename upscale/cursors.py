"""Where a list or a feed of photos was left: a moment, and the photo of that moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, NamedTuple
from uuid import UUID

from django.db.models import Q
from ninja import Field
from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Cursor(NamedTuple):
    """A place in rows that are ordered by a moment and their id."""

    at: datetime
    id: UUID = UUID(int=0)

    def __str__(self) -> str:
        return f"{(self.at - _EPOCH) // _MICROSECOND}-{self.id.hex}"

    @classmethod
    def read(cls, text: str) -> Cursor:
        """Read what ``str`` wrote. Raises ``ValueError`` for anything else."""
        moment, _dash, key = text.partition("-")
        try:
            return cls(_EPOCH + int(moment) * _MICROSECOND, UUID(hex=key))
        except OverflowError:
            raise ValueError(f"{moment} is no moment") from None

    def after(self, field: str) -> Q:
        """Return the condition for rows behind this place, the oldest first."""
        return Q(**{f"{field}__gte": self.at}) & (Q(**{f"{field}__gt": self.at}) | Q(id__gt=self.id))

    def before(self, field: str) -> Q:
        """Return the condition for rows before this place, the newest first."""
        return Q(**{f"{field}__lte": self.at}) & (Q(**{f"{field}__lt": self.at}) | Q(id__lt=self.id))


def _is_cursor(text: str) -> str:
    try:
        Cursor.read(text)
    except ValueError:
        raise PydanticCustomError("cursor", "Give a cursor as the API returned it.") from None
    return text


CursorText = Annotated[
    str, Field(pattern=r"^[0-9]{1,17}-[0-9a-f]{32}$", max_length=50), AfterValidator(_is_cursor)
]
"""A cursor as clients keep it."""
