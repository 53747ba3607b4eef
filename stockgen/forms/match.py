"""Pictures for a slide."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from stockgen.library.queries import LONGEST_SLIDE
from stockgen.models import Concept, Topic


class MatchForm(forms.Form):
    """The text of a slide, and what kind of picture it wants."""

    text = forms.CharField(
        label=_("Text of the slide"),
        max_length=LONGEST_SLIDE,
        widget=forms.Textarea(
            attrs={"rows": 7, "placeholder": _("Paste what stands on the slide, in Russian or English.")}
        ),
        error_messages={"required": _("Say what you are looking for.")},
    )
    concept = forms.ModelChoiceField(
        label=_("Concept"), queryset=Concept.objects.active(), to_field_name="key", empty_label=None
    )
    topic = forms.ModelChoiceField(
        label=_("Topic"),
        queryset=Topic.objects.active(),
        to_field_name="key",
        required=False,
        empty_label=_("All topics"),
    )
    generate = forms.BooleanField(
        label=_("Make a picture where none is near enough"), required=False, initial=True
    )
