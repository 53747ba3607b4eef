"""What the tests of the deciding pages share."""

from __future__ import annotations

from accounts.models import Role, User
from review.models import GoldPicture, Override, Undo
from stockgen.models import Picture, VerdictChange
from tests.factories import make_user


def make_both() -> User:
    """Make an operator who is an expert, too."""
    both = make_user(Role.OPERATOR)
    both.give_roles(Role.OPERATOR, Role.EXPERT)
    return both


def decisions() -> tuple[int, ...]:
    """Count every fact that a decision leaves behind."""
    return tuple(model.objects.count() for model in (Override, VerdictChange, GoldPicture, Undo))


def verdict_of(picture: Picture) -> str:
    """Read a picture's verdict as it is now."""
    return str(Picture.objects.get(pk=picture.pk).verdict)
