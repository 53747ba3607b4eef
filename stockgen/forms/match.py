"""Pictures for a slide."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from jobs.models import IdempotencyConflict
from stockgen.library.matching import ask
from stockgen.library.queries import LONGEST_SLIDE
from stockgen.models import Concept, Match, Topic


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
    idempotency_key = forms.CharField(max_length=200, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {"idempotency_key": uuid.uuid4().hex, **self.initial}

    def ask(self, owner: User) -> Match | None:
        """Find the pictures; None, with the errors at their fields, where it cannot be asked. Twice is once."""
        if not self.is_valid():
            return None
        try:
            return ask(owner, **self.cleaned_data)
        except IdempotencyConflict:
            # Somebody went back and changed the form: another slide is meant, but only they can say so.
            self.data = {**self.data, "idempotency_key": uuid.uuid4().hex}
            self.add_error(None, _("This form has been sent already. Send it again to ask for this slide."))
        except ValidationError as error:
            self.add_error(None, error)
        return None
