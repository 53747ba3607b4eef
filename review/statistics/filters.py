"""What a reader narrows the figures to."""

from __future__ import annotations

from datetime import timedelta

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from review.statistics.scope import Scope
from stockgen.models import Concept, Topic


class StatisticsFilter(forms.Form):
    """A topic, a concept and a period; everything may be left empty."""

    topic = forms.ModelChoiceField(
        label=_("Topic"),
        queryset=Topic.objects.all(),
        to_field_name="key",
        required=False,
        empty_label=_("All topics"),
    )
    concept = forms.ModelChoiceField(
        label=_("Concept"),
        queryset=Concept.objects.all(),
        to_field_name="key",
        required=False,
        empty_label=_("All concepts"),
    )
    period = forms.TypedChoiceField(
        label=_("Period"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[
            ("", _("All of the time")),
            ("7", _("The last 7 days")),
            ("30", _("The last 30 days")),
            ("90", _("The last 90 days")),
            ("365", _("The last year")),
        ],
    )

    def scope(self, owner: User | None) -> Scope:
        """Return the selection; call after ``is_valid``."""
        days = self.cleaned_data["period"]
        return Scope(
            owner=owner,
            topic=self.cleaned_data["topic"],
            concept=self.cleaned_data["concept"],
            since=timezone.now() - timedelta(days=days) if days else None,
        )


class SplitsFilter(StatisticsFilter):
    """The same, and from the how-manieth picture on."""

    start = forms.IntegerField(required=False, min_value=0, max_value=100_000, widget=forms.HiddenInput)
