"""What the pages of photos are sent."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class CropForm(forms.Form):
    """Corners of a board as JSON, empty for the whole photo, and a rotation; ``Photo.redo`` judges what they mean."""

    corners = forms.CharField(required=False, max_length=500)
    rotation = forms.IntegerField()

    def clean_corners(self) -> Any:
        """Return the value that was written as JSON, None for an empty text."""
        try:
            return json.loads(self.cleaned_data["corners"] or "null")
        except ValueError:
            raise forms.ValidationError(_("Give four corners, each with x and y from 0 to 1.")) from None


class HistoryFilter(forms.Form):
    """Words to look for in the recognised text, and where the page goes on."""

    q = forms.CharField(
        label=_("Words on the board"),
        required=False,
        max_length=200,
        widget=forms.SearchInput(attrs={"placeholder": _("Such as: entropy"), "autocomplete": "off"}),
    )
    before = forms.UUIDField(required=False)
