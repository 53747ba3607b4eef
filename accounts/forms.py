"""The forms of accounts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext_lazy as _


class SignInForm(AuthenticationForm):
    """User name and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("User name")
        self.fields["username"].widget.attrs |= {"autocapitalize": "none", "spellcheck": "false"}


class TokenForm(forms.Form):
    """A new API token: what it is for, and how long it is good."""

    LIFETIMES = (("30", _("30 days")), ("90", _("90 days")), ("365", _("one year")), ("", _("until revoked")))

    name = forms.CharField(
        label=_("What is it for?"),
        max_length=80,
        widget=forms.TextInput(
            attrs={"placeholder": _("Slide builder, nightly export …"), "autocomplete": "off"}
        ),
    )
    days = forms.TypedChoiceField(
        label=_("Good for"), choices=LIFETIMES, coerce=int, empty_value=None, required=False, initial="90"
    )
