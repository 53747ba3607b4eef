"""What templates need of comparisons."""

from __future__ import annotations

from collections.abc import Mapping

from django import template
from django.contrib.auth.models import AnonymousUser

from accounts.models import Role, User
from review.comparing import has_pairs_for

register = template.Library()


@register.simple_tag
def has_pairs(user: User | AnonymousUser) -> bool:
    """Tell whether a person is an expert who could be given a pair to judge."""
    return isinstance(user, User) and user.has_role(Role.EXPERT) and has_pairs_for(user)


@register.filter
def value_of(values: Mapping[str, str], key: str) -> str:
    """Return what a mapping has under a key, the key itself where it has nothing."""
    return values.get(key, key)
