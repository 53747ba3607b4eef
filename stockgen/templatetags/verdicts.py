"""What templates need to show verdicts to those who may know them."""

from __future__ import annotations

from django import template
from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from stockgen.models import Picture, Verdict

register = template.Library()


@register.filter
def verdict_for(picture: Picture, user: User | AnonymousUser) -> Verdict | None:
    """Return a picture's verdict to whom it may be told; None to all others."""
    return picture.verdict_for(user) if isinstance(user, User) else None


@register.filter
def named(keys: list[str], names: dict[str, str]) -> str:
    """Join the names of keys, such as reasons to reject, in their order; a key without a name stays a key."""
    return ", ".join(names.get(key, key) for key in keys)
