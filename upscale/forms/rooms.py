"""Opening a room, and coming into one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

NICKNAME = {"autocomplete": "nickname", "maxlength": 40, "enterkeyhint": "go"}
HOURS = (1, 2, 4, 8, 12)
DAYS = (1, 2, 7, 14)


def lifetimes() -> list[tuple[int, str]]:
    """Return how long a room may last, in hours and in words; the usual time is among them."""
    words = {
        hours: ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours} for hours in HOURS
    }
    words |= {24 * days: ngettext("%(count)d day", "%(count)d days", days) % {"count": days} for days in DAYS}
    usual = settings.ROOM_HOURS
    words.setdefault(usual, ngettext("%(count)d hour", "%(count)d hours", usual) % {"count": usual})
    return sorted(words.items())


class RoomForm(forms.Form):
    """A new room. What it may be, :meth:`upscale.models.Room.objects.open_room` knows."""

    name = forms.CharField(
        label=_("Name of the room"),
        widget=forms.TextInput(
            attrs={"placeholder": _("Linear algebra, lecture 7"), "maxlength": 80, "autocomplete": "off"}
        ),
    )
    hours = forms.TypedChoiceField(label=_("How long"), coerce=int)
    nickname = forms.CharField(label=_("Your nickname"), widget=forms.TextInput(attrs=NICKNAME))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        hours = self.fields["hours"]
        assert isinstance(hours, forms.TypedChoiceField)
        hours.choices = lifetimes()
        hours.initial = settings.ROOM_HOURS


class JoinForm(forms.Form):
    """A nickname to come in under."""

    nickname = forms.CharField(label=_("Your nickname"), widget=forms.TextInput(attrs=NICKNAME))


class CodeForm(forms.Form):
    """The code of a room, as it stands on the wall."""

    code = forms.CharField(
        label=_("Code of the room"),
        max_length=100,
        widget=forms.TextInput(
            attrs={
                "placeholder": "ABC 234", "autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false",
                "enterkeyhint": "go", "class": "code-input",
            }
        ),
    )  # fmt: skip
