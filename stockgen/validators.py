"""Checks at a field, in the words of whoever will have to read its value."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

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


def parse_size(text: str) -> tuple[int, int]:
    """Read “1024×768” (or with an x): width and height in pixels. Raises ``ValueError`` for anything else."""
    width, cross, height = text.replace("x", "×").partition("×")
    if not cross or not (width.strip().isdecimal() and height.strip().isdecimal()):
        raise ValueError(text)
    return int(width), int(height)


def readable_size(text: str) -> None:
    """Refuse what is no size in pixels from 64 to 8192."""
    try:
        sides = parse_size(text)
    except ValueError:
        raise ValidationError(_("Write a size as width × height, such as 1024×768.")) from None
    if not all(64 <= side <= 8192 for side in sides):
        raise ValidationError(_("Use sides from 64 to 8192 pixels."))
