"""Checks at a field, in the words of whoever will have to read its value."""

from __future__ import annotations

from django.core.exceptions import ValidationError

from engines.planning.examples import parse_description_examples, parse_location_examples


def readable_location_examples(text: str) -> None:
    """Refuse worked examples for locations that the planner could not parse."""
    try:
        parse_location_examples(text)
    except ValueError as error:
        raise ValidationError(str(error)) from None


def readable_description_examples(text: str) -> None:
    """Refuse worked examples for descriptions that the planner could not parse."""
    try:
        parse_description_examples(text)
    except ValueError as error:
        raise ValidationError(str(error)) from None
