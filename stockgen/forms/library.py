"""Searching the library, and gathering what was found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from engines.specs import ImageModelSpec
from stockgen.library.queries import LONGEST_SEARCH
from stockgen.library.searching import MOST_RANKED
from stockgen.library.wanted import UNFLAGGED, Wanted
from stockgen.models import Campaign, Collection, Concept, Orientation, StockPicture, Topic
from stockgen.models.collection import MOST_AT_ONCE
from stockgen.models.flag import Kind

MOST_CAMPAIGNS = 200
"""The latest ones are offered to choose from."""


class Day(forms.DateInput):
    """A day that the browser's own calendar chooses."""

    input_type = "date"


class LibraryFilter(forms.Form):
    """What to show of the library: everything may be left empty."""

    q = forms.CharField(
        label=_("Search"),
        required=False,
        max_length=LONGEST_SEARCH,
        widget=forms.TextInput(
            attrs={"type": "search", "placeholder": _("Team around a whiteboard"), "enterkeyhint": "search"}
        ),
    )
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
    collection = forms.ModelChoiceField(
        label=_("Collection"),
        queryset=Collection.objects.none(),
        required=False,
        empty_label=_("The whole stock"),
    )
    orientation = forms.ChoiceField(
        label=_("Orientation"), required=False, choices=[("", _("Any orientation")), *Orientation.choices]
    )
    location = forms.CharField(
        label=_("Location"),
        required=False,
        max_length=300,
        widget=forms.TextInput(attrs={"placeholder": _("Words of the location")}),
    )
    since = forms.DateField(label=_("Approved from"), required=False, widget=Day)
    until = forms.DateField(label=_("Approved to"), required=False, widget=Day)
    min_width = forms.IntegerField(label=_("Width from, px"), required=False, min_value=1, max_value=100_000)
    min_height = forms.IntegerField(
        label=_("Height from, px"), required=False, min_value=1, max_value=100_000
    )
    campaign = forms.ModelChoiceField(
        label=_("Campaign"), queryset=Campaign.objects.none(), required=False, empty_label=_("Any campaign")
    )
    image_model = forms.ChoiceField(label=_("Image model"), required=False)
    licence = forms.ChoiceField(label=_("Licence"), required=False)
    flag = forms.ChoiceField(
        label=pgettext_lazy("of a picture", "Flag"),
        required=False,
        choices=[("", _("With or without flags")), (UNFLAGGED, _("Without flags")), *Kind.choices],
    )
    run = forms.UUIDField(required=False, widget=forms.HiddenInput)
    like = forms.UUIDField(required=False, widget=forms.HiddenInput)
    before = forms.UUIDField(required=False, widget=forms.HiddenInput)
    after = forms.IntegerField(required=False, min_value=0, max_value=MOST_RANKED, widget=forms.HiddenInput)

    FIRST = ("topic", "concept", "collection", "orientation")
    REST = (
        "location", "campaign", "since", "until", "min_width", "min_height", "image_model", "licence", "flag",
    )  # fmt: skip

    def __init__(self, *args: Any, reader: User, specs: Mapping[str, ImageModelSpec], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: dict[str, Any] = {name: self.fields[name] for name in ("image_model", "licence")}
        models = [(key, spec.title) for key, spec in specs.items()]
        choices["image_model"].choices = [("", _("All image models")), *models]
        licences = sorted({spec.licence for spec in specs.values()})
        choices["licence"].choices = [("", _("Any licence")), *((one, one) for one in licences)]
        self.fields["collection"].queryset = Collection.objects.visible_to(reader)  # type: ignore[attr-defined]
        latest = Campaign.objects.visible_to(reader).order_by("-pk").values("pk")[:MOST_CAMPAIGNS]
        self.fields["campaign"].queryset = Campaign.objects.filter(pk__in=latest)  # type: ignore[attr-defined]

    def clean_like(self) -> StockPicture | None:
        """Return the picture of the stock that others shall be like."""
        key = self.cleaned_data["like"]
        found = StockPicture.objects.for_tiles().filter(pk=key).first() if key else None
        if key and found is None:
            raise forms.ValidationError(_("This picture is no longer in the stock."))
        return found

    def wanted(self) -> Wanted:
        """Return the filters; call after ``is_valid``."""
        names = {*self.FIRST, *self.REST, "run"}
        values = {name: self.cleaned_data[name] for name in names}
        campaign = values.pop("campaign")
        return Wanted(**values, campaign=campaign and campaign.pk)

    @property
    def first_fields(self) -> list[forms.BoundField]:
        """Return the filters that are always in sight."""
        return [self[name] for name in self.FIRST]

    @property
    def more_fields(self) -> list[forms.BoundField]:
        """Return the others."""
        return [self[name] for name in self.REST]

    @property
    def more_are_used(self) -> bool:
        """Whether one of the others narrows."""
        return any(self.data.get(name) for name in self.REST)


class PicturesField(forms.Field):
    """The ids of chosen pictures."""

    widget = forms.MultipleHiddenInput
    default_error_messages: ClassVar = {"required": _("Choose a picture first.")}

    def to_python(self, value: Any) -> list[UUID]:
        """Return the ids. Raises ``ValidationError`` for what is none, and for too many."""
        try:
            keys = [UUID(one) for one in value or ()]
        except ValueError:
            raise forms.ValidationError(_("Choose a picture first."), code="required") from None
        if len(keys) > MOST_AT_ONCE:
            raise forms.ValidationError(_("Name at most %(most)d pictures.") % {"most": MOST_AT_ONCE})
        return keys


class CollectForm(forms.Form):
    """Which pictures shall go where: into a collection of one's own, or into a new one."""

    pictures = PicturesField()
    collection = forms.ModelChoiceField(
        label=_("Collection"),
        queryset=Collection.objects.none(),
        required=False,
        empty_label=_("New collection"),
    )
    name = forms.CharField(label=_("Name of the new collection"), required=False, max_length=80)

    def __init__(self, *args: Any, owner: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.owner = owner
        self.fields["collection"].queryset = Collection.objects.changeable_by(owner)  # type: ignore[attr-defined]

    def target(self) -> Collection:
        """Return the chosen collection, made where it is a new one; call after ``is_valid``.

        Raises ``ValidationError`` at ``name``.
        """
        chosen: Collection | None = self.cleaned_data["collection"]
        return chosen or Collection.objects.start(self.owner, name=self.cleaned_data["name"])
