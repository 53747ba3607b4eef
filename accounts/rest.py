"""What the REST endpoints of every app share: strict schemas, the shape of an error, pages, rates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from ninja import Field, Schema
from ninja.throttling import BaseThrottle
from pydantic import AfterValidator, ConfigDict, ValidationInfo, model_validator
from pydantic_core import PydanticCustomError

from accounts.rates import is_within, seconds_left


def _storable(text: str) -> str:
    if "\0" in text:
        raise PydanticCustomError("string_nul", "A text cannot hold the character NUL.")
    if any("\ud800" <= character <= "\udfff" for character in text):  # JSON can name half a pair
        raise PydanticCustomError("string_unicode", "Give a text of valid characters.")
    return text


Text = Annotated[str, AfterValidator(_storable)]
"""A text that the database can store."""

Key = Annotated[str, Field(pattern=r"^[-a-zA-Z0-9_]+$", max_length=60)]
"""The stable key of a topic, a concept or a model."""


class Body(Schema):
    """A JSON body: values keep their JSON types ("12" is no number), an unknown field is an error."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


class Filters(Schema):
    """The query of a list; an unknown parameter is an error, so that no typing mistake goes unseen."""

    @model_validator(mode="before")
    @classmethod
    def _know_every_parameter(cls, values: Any, info: ValidationInfo) -> Any:
        request: HttpRequest | None = (info.context or {}).get("request")
        for name in request.GET if request else ():
            if name not in cls.model_fields:
                raise PydanticCustomError(
                    "unknown_parameter", "There is no parameter {name}.", {"name": name}
                )
        return values


class FieldProblem(Schema):
    """What is wrong with one field of the request."""

    field: str | None
    message: str


class Problem(Schema):
    """Every error of this API. Show `message` to people; let programs look at `code` and `field`."""

    code: str
    message: str
    field: str | None = None
    request_id: str
    errors: list[FieldProblem] = Field(default_factory=list)


def answers(success: Mapping[int, Any], *problems: int) -> dict[Any, Any]:
    """Put an operation's ``response`` together: its success, and which errors it may answer."""
    return {**success, frozenset({401, 429, *problems}): Problem}


class Page(Schema):
    """What pages have in common: `next` is the address of the next page, null on the last."""

    next: str | None


def next_page(request: HttpRequest, filters: Filters, before: object) -> str:
    """Return the address of the page behind ``before``, with the same filters."""
    query = {**filters.model_dump(mode="json", exclude_none=True), "before": str(before)}
    return f"{request.path}?{urlencode(query)}"


class PerMinute(BaseThrottle):
    """Let each person ask so many times in a minute, counted by the clock's minutes and per web process.

    ``setting`` names the setting with the limit; 0 is no limit. Whoever ``request.auth`` is must have a ``person``.
    """

    def __init__(self, setting: str) -> None:
        self.setting = setting

    def allow_request(self, request: HttpRequest) -> bool:
        """Count the request and tell whether it is within the limit."""
        return is_within(getattr(settings, self.setting), f"{self.setting}:{self.asker(request)}")

    def asker(self, request: HttpRequest) -> str:
        """Return the name of whoever is counted."""
        return str(request.auth.person)  # type: ignore[attr-defined]

    def wait(self) -> float:
        """Return the seconds until the next minute."""
        return seconds_left()
