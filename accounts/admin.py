"""People with their roles, and API tokens without their secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import UserChangeForm
from django.contrib.auth.models import Group
from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.admin_base import Operated, ReadOnly
from accounts.models import ApiToken, Role, User

if TYPE_CHECKING:
    # Generic to the type checker only.
    AnyUserAdmin = DjangoUserAdmin[User]
    AnyUserChangeForm = UserChangeForm[User]
else:
    AnyUserAdmin, AnyUserChangeForm = DjangoUserAdmin, UserChangeForm

admin.site.unregister(Group)


class RolesForm(AnyUserChangeForm):
    """A person, with the roles as check boxes."""

    chosen_roles = forms.MultipleChoiceField(
        label=_("roles"),
        choices=Role.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Designers launch runs, experts rate pictures, operators also enter this admin."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            held = self.instance.groups.values_list("name", flat=True)
            self.initial["chosen_roles"] = [role for role in Role.values if role in set(held)]

    class Meta:
        model = User
        fields = "__all__"


@admin.register(User)
class UserAdmin(AnyUserAdmin):
    """People. Roles decide what they may do; superusers are made and changed by superusers only."""

    form = RolesForm
    list_display = ("username", "display_name", "roles_held", "is_active", "last_login")
    list_filter = ("is_active", "groups")
    search_fields = ("username", "first_name", "last_name", "email")
    filter_horizontal = ()
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (_("Person"), {"fields": (("first_name", "last_name"), "email")}),
        (_("What they may do"), {"fields": ("chosen_roles", "is_active")}),
        (_("Dates"), {"fields": (("last_login", "date_joined"),)}),
    )
    readonly_fields = ("last_login", "date_joined")

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """Read the roles of a page in one query."""
        return super().get_queryset(request).prefetch_related("groups")

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Keep superusers, and so their passwords, out of an operator's reach."""
        own = super().has_change_permission(request, obj)
        return own and (obj is None or not obj.is_superuser or bool(request.user.is_superuser))

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Give the chosen roles once the person is stored."""
        super().save_related(request, form, formsets, change)
        if "chosen_roles" in form.cleaned_data:
            form.instance.give_roles(*(Role(value) for value in form.cleaned_data["chosen_roles"]))

    @admin.display(description=_("roles"))
    def roles_held(self, user: User) -> str:
        """Name the roles."""
        names = {group.name for group in user.groups.all()}
        held = [str(role.label) for role in Role if role.value in names]
        return ", ".join([*held, *([str(_("superuser"))] if user.is_superuser else [])]) or "—"


class StateFilter(admin.SimpleListFilter):
    """Live tokens, or those of no use any more."""

    title = _("state")
    parameter_name = "live"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Offer the two kinds."""
        return [("1", _("live")), ("0", _("revoked or expired"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[ApiToken]) -> QuerySet[ApiToken]:
        """Narrow to the chosen kind."""
        over = Q(revoked_at__isnull=False) | Q(expires_at__lte=Now())
        if self.value() == "1":
            return queryset.exclude(over)
        return queryset.filter(over) if self.value() == "0" else queryset


@admin.register(ApiToken)
class ApiTokenAdmin(ReadOnly, Operated):
    """Everyone's tokens. A secret is shown only to its person, once; here tokens are only revoked."""

    list_display = (
        "name",
        "prefix",
        "user",
        "acts_for",
        "created_at",
        "last_used_at",
        "expires_at",
        "revoked_at",
    )
    list_filter = (StateFilter,)
    list_select_related = ("user",)
    search_fields = ("name", "prefix", "user__username")
    fields = ("name", "prefix", "user", "acts_for", "created_at", "last_used_at", "expires_at", "revoked_at")
    actions = ("revoke",)

    @admin.action(description=_("Revoke"), permissions=["operate"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiToken]) -> None:
        """Revoke the chosen tokens."""
        tokens = list(queryset)
        for token in tokens:
            token.revoke()
        said = ngettext("%(count)d token is revoked.", "%(count)d tokens are revoked.", len(tokens))
        messages.success(request, said % {"count": len(tokens)})
