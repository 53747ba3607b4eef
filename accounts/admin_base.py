"""What the admin pages of every app share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.contrib import admin
from django.contrib.auth.models import AnonymousUser
from django.core.paginator import Paginator
from django.db.models import Model
from django.http import HttpRequest
from django.utils.functional import cached_property

from accounts.models import Role, User

if TYPE_CHECKING:
    # Generic to the type checker only.
    ModelAdmin = admin.ModelAdmin[Any]
    StackedInline = admin.StackedInline[Any, Any]
    TabularInline = admin.TabularInline[Any, Any]
    ModelForm = forms.ModelForm[Any]
    AnyPaginator = Paginator[Any]
else:
    ModelAdmin = admin.ModelAdmin
    StackedInline = admin.StackedInline
    TabularInline = admin.TabularInline
    ModelForm = forms.ModelForm
    AnyPaginator = Paginator


def is_operator(user: User | AnonymousUser) -> bool:
    """Tell whether a person may use the actions of the admin."""
    return isinstance(user, User) and user.has_role(Role.OPERATOR)


def as_uuid(text: str) -> UUID | None:
    """Read an identifier that somebody searches for; None if the text is none."""
    try:
        return UUID(text.strip())
    except ValueError:
        return None


class ReadOnly:
    """Rows that only verbs change: nothing is added, edited or deleted by hand."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class Operated(ModelAdmin):
    """Actions that declare ``permissions=["operate"]`` are an operator's."""

    def has_operate_permission(self, request: HttpRequest) -> bool:
        """Let operators act."""
        return is_operator(request.user)


class NewestPaginator(AnyPaginator):
    """Page through the newest ``MOST`` rows without counting the table.

    The count stops at ``MOST``, so that its cost does not grow with the table; filters and search reach the
    rest.
    """

    MOST = 1000

    @cached_property
    def count(self) -> int:
        """Return how many rows there are, at most ``MOST``."""
        rows: Any = self.object_list
        return int(rows[: self.MOST].count())
