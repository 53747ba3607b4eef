"""What the REST endpoints of rating and of judging share."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Schema

from accounts.models import Role, User
from review.errors import Refused

Fact = TypeVar("Fact")


class Refusal(Schema):
    """Why one fact of a batch was not taken."""

    code: str
    message: str
    field: str | None = None


def expert_of(request: HttpRequest) -> User:
    """Return the expert who asks. Raises ``PermissionDenied`` for anybody else."""
    assert isinstance(request.user, User)
    request.user.require_role(Role.EXPERT)
    return request.user


def attempt(cast: Callable[[], tuple[Fact, bool]]) -> tuple[int, Fact | None, Refusal | None]:
    """Take one fact of a batch; return the status that it would have had alone, with it or why it was refused."""
    try:
        made, is_new = cast()
    except Refused as refused:
        return 409, None, Refusal(code=refused.code, message=str(refused))
    except ObjectDoesNotExist:
        message = _("There is nothing here that you may see.")
        return 404, None, Refusal(code="not_found", message=message)
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        return 422, None, Refusal(code="invalid", message=messages[0], field=field)
    return (201 if is_new else 200), made, None
