"""Asking for an export."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from delivery.models import Export
from delivery.models.export import LARGEST_SIDE, SMALLEST_SIDE
from delivery.selecting import Selection
from delivery.targets import offered_targets
from jobs.models import IdempotencyConflict
from stockgen.models import Campaign, Collection, Concept, Topic

NARROWED_BY = ("topic", "concept", "campaign", "collection")
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
    collection = forms.ModelChoiceField(
        label=_("Collection"), queryset=Collection.objects.none(), required=False,
        empty_label=_("The whole stock"),
    )  # fmt: skip
    target = forms.ChoiceField(label=_("Delivered as"))
    longest_side = forms.TypedChoiceField(
        label=_("Size"), coerce=int, empty_value=0, required=False,  # type: ignore[arg-type]
        choices=[("", _("As rendered")), *SIDES.items()],
        help_text=_("Enlarged by a super-resolution network, at most four times: much slower."),
    )  # fmt: skip

    idempotency_key = forms.CharField(max_length=200, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, owner: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.owner = owner
        self.initial.setdefault("idempotency_key", uuid.uuid4().hex)
        self.fields["campaign"].queryset = Campaign.objects.visible_to(owner).order_by("-id")  # type: ignore[attr-defined]
        collections = Collection.objects.visible_to(owner)
        self.fields["collection"].queryset = collections  # type: ignore[attr-defined]
        targets = [(target.value, target.label) for target in offered_targets()]
        self.fields["target"].choices = targets  # type: ignore[attr-defined]

    def start(self) -> Export | None:
        """Start the export; None, with the errors at their fields, where it cannot be."""
        if not self.is_valid():
            return None
        values = {name: self.cleaned_data[name] for name in ("target", "longest_side", "idempotency_key")}
        try:
            return Export.objects.start(self.owner, self.selection, **values)
        except ValidationError as error:
            self.add_error(None, error)
        except IdempotencyConflict:
            # Somebody went back and changed the form: another export is meant, but only they can say so.
            self.data = {**self.data.dict(), "idempotency_key": uuid.uuid4().hex}  # type: ignore[attr-defined]
            self.add_error(None, _("This form has started an export already. Start again for another one."))
        return None

    @property
    def selection(self) -> Selection:
        """Return what the pictures are narrowed to; call after ``is_valid``."""
        return Selection(**{name: self.cleaned_data[name] for name in NARROWED_BY})


assert SMALLEST_SIDE <= min(SIDES) <= max(SIDES) <= LARGEST_SIDE
