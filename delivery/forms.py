"""Asking for an export."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from delivery.models.export import LARGEST_SIDE, SMALLEST_SIDE
from delivery.selecting import Selection
from delivery.targets import offered_targets
from stockgen.models import Campaign, Concept, Topic

SIDES = {side: _("%(side)d px on the longer side") % {"side": side} for side in (1024, 1920, 2560, 3840)}


class ExportForm(forms.Form):
    """Which approved pictures, how they are delivered, and how large."""

    topic = forms.ModelChoiceField(
        label=_("Topic"), queryset=Topic.objects.all(), to_field_name="key", required=False,
        empty_label=_("All topics"),
    )  # fmt: skip
    concept = forms.ModelChoiceField(
        label=_("Concept"), queryset=Concept.objects.all(), to_field_name="key", required=False,
        empty_label=_("All concepts"),
    )  # fmt: skip
    campaign = forms.ModelChoiceField(
        label=_("Campaign"), queryset=Campaign.objects.none(), required=False, empty_label=_("All campaigns")
    )
    target = forms.ChoiceField(label=_("Delivered as"))
    longest_side = forms.TypedChoiceField(
        label=_("Size"), coerce=int, empty_value=0, required=False,
        choices=[("", _("As rendered")), *SIDES.items()],
        help_text=_("Enlarged by a super-resolution network, at most four times: much slower."),
    )  # fmt: skip

    def __init__(self, *args: Any, owner: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["campaign"].queryset = Campaign.objects.visible_to(owner).order_by("-id")  # type: ignore[attr-defined]
        targets = [(target.value, target.label) for target in offered_targets()]
        self.fields["target"].choices = targets  # type: ignore[attr-defined]

    @property
    def selection(self) -> Selection:
        """Return what the pictures are narrowed to; call after ``is_valid``."""
        return Selection(**{name: self.cleaned_data[name] for name in ("topic", "concept", "campaign")})


assert SMALLEST_SIDE <= min(SIDES) <= max(SIDES) <= LARGEST_SIDE
