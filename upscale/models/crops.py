"""Which part of a photo is the board, and how it is turned."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


def check_crop(corners: Any, rotation: Any) -> None:
    """Raise ``ValidationError`` unless corners are four points of a convex shape and the rotation is a quarter turn."""
    if rotation not in (0, 90, 180, 270) or isinstance(rotation, bool):
        raise ValidationError({"rotation": _("Turn by 0, 90, 180 or 270 degrees.")})
    if corners is None:
        return
    try:
        points = [(float(x), float(y)) for x, y in corners]
    except (TypeError, ValueError):
        raise ValidationError({"corners": _("Give four corners, each with x and y from 0 to 1.")}) from None
    if len(points) != 4 or not all(0 <= value <= 1 for point in points for value in point):
        raise ValidationError({"corners": _("Give four corners, each with x and y from 0 to 1.")})
    turns = []
    for index, (x, y) in enumerate(points):
        (x1, y1), (x2, y2) = points[(index + 1) % 4], points[(index + 2) % 4]
        turns.append((x1 - x) * (y2 - y1) - (y1 - y) * (x2 - x1))
    # The cross products are those of clockwise turns, and each triangle has a hundredth of a per cent of the photo.
    if min(turns) < 2e-4:
        raise ValidationError(
            {"corners": _("The corners must go round the board clockwise, from the top left.")}
        )
