"""What a reader narrows the figures to."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Role, User
from review.statistics.scope import Scope
from stockgen.models import Campaign, Concept, Topic


class StatisticsFilter(forms.Form):
    """A topic, a concept, a campaign and a period; everything may be left empty.

    Designers choose from their own campaigns, operators from all; where there are none, the field is left out.
    """

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
    campaign = forms.ModelChoiceField(
        label=_("Campaign"),
        queryset=Campaign.objects.none(),
        required=False,
        empty_label=_("In and outside of campaigns"),
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

    def __init__(self, *args: Any, reader: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = Campaign.objects.visible_to(reader).order_by("-pk")
        if reader.has_role(Role.DESIGNER, Role.OPERATOR) and offered.exists():
            self.fields["campaign"].queryset = offered  # type: ignore[attr-defined]
        else:
            del self.fields["campaign"]

    def scope(self, owner: User | None) -> Scope:
        """Return the selection; call after ``is_valid``."""
        days = self.cleaned_data["period"]
        return Scope(
            owner=owner,
            topic=self.cleaned_data["topic"],
            concept=self.cleaned_data["concept"],
            campaign=self.cleaned_data.get("campaign"),
            since=timezone.now() - timedelta(days=days) if days else None,
        )


class SplitsFilter(StatisticsFilter):
    """The same, and from the how-manieth picture on."""

    start = forms.IntegerField(required=False, min_value=0, max_value=100_000, widget=forms.HiddenInput)
