"""What templates need of comparisons."""

from __future__ import annotations

from collections.abc import Mapping

from django import template
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache

from accounts.models import Role, User
from review.comparing import has_pairs_for
from stockgen.models import Comparison

register = template.Library()

NO_HOLDS_FOR = 30
"""Seconds."""


@register.simple_tag
def has_pairs(user: User | AnonymousUser) -> bool:
    """Tell whether a person is an expert who could be given a pair to judge.

    A no takes a look at every pair, on every page: it is remembered for :data:`NO_HOLDS_FOR`.
    """
    if not (isinstance(user, User) and user.has_role(Role.EXPERT) and Comparison.objects.open().exists()):
        return False
    key = f"review.no-pairs.{user.pk}"
    if cache.get(key):
        return False
    found = has_pairs_for(user)
    if not found:
        cache.set(key, True, NO_HOLDS_FOR)
    return found


@register.filter
def value_of(values: Mapping[str, str], key: str) -> str:
    """Return what a mapping has under a key, the key itself where it has nothing."""
    return values.get(key, key)
