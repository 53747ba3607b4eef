"""Changing the prompts of a planned run."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from stockgen.models.run_request import LONGEST_PROMPT


class TextForm(forms.Form):
    """A text, and the one that its author started from. What a text may be is the table's business."""

    text = forms.CharField(required=False, strip=False)
    base = forms.CharField(required=False, strip=False)


class AddForm(TextForm):
    """A prompt for a location, or for none."""

    location = forms.IntegerField(required=False)


class LocationForm(TextForm):
    """A location by its name, with its first prompt."""

    name = forms.CharField(required=False)


class ReplaceForm(forms.Form):
    """What to look for and what to put in its place; ``digest`` where the changes were looked at."""

    needle = forms.CharField(label=_("Find"), required=False, strip=False, max_length=LONGEST_PROMPT)
    replacement = forms.CharField(
        label=_("Replace with"), required=False, strip=False, max_length=LONGEST_PROMPT
    )
    match_case = forms.BooleanField(label=_("Match case"), required=False)
    digest = forms.CharField(required=False, widget=forms.HiddenInput)


class StartForm(forms.Form):
    """How many pictures to render."""

    count = forms.IntegerField(label=_("Pictures"))

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        limits = {"min": 1, "max": settings.RUN_MAX_PICTURES, "inputmode": "numeric"}
        self.fields["count"].widget.attrs |= limits
