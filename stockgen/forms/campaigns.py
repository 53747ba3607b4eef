"""Starting and changing a campaign."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from jobs.models import IdempotencyConflict
from stockgen.forms.shares import LARGEST_WEIGHT, SharesField
from stockgen.models import Campaign, Concept, Topic
from stockgen.models.campaign import MOST_TARGET, USUAL_PER_LOCATION, USUAL_UNRATED
from stockgen.models.quota import problems_with_shares, quotas_of
from stockgen.models.registered import offered_image_models, offered_language_models

USUAL_TARGET = 10_000

SETTINGS = (
    "name", "target", "image_model", "language_model", "unrated_limit", "pictures_per_location", "max_renders",
    "max_gpu_hours", "ends_on",
)  # fmt: skip
NUMBERS = {"target": MOST_TARGET, "unrated_limit": 5000, "pictures_per_location": 1000, "max_renders": None}


class CampaignForm(forms.Form):
    """A campaign, new or to be changed. Budgets and the end date may be left empty."""

    name = forms.CharField(label=_("Name"), max_length=120)
    target = forms.IntegerField(label=_("Approved pictures"), initial=USUAL_TARGET)
    topics = SharesField(
        label=_("Topics"),
        optional=True,
        least=1,
        most=LARGEST_WEIGHT,
        help_text=_("A topic of weight 2 gets twice as many pictures as one of weight 1."),
    )
    concepts = SharesField(label=_("Concepts, shares in per cent"), optional=False, least=0, most=100)
    image_model = forms.ChoiceField(label=_("Image model"))
    language_model = forms.ChoiceField(label=_("Language model"))
    unrated_limit = forms.IntegerField(
        label=_("Unrated pictures in a cell, at most"),
        initial=USUAL_UNRATED,
        help_text=_("No more are rendered until experts have looked at some."),
    )
    pictures_per_location = forms.IntegerField(
        label=_("Pictures of one location, at most"),
        initial=USUAL_PER_LOCATION,
        help_text=_("Then the language model looks for other locations."),
    )
    max_renders = forms.IntegerField(label=_("Pictures rendered, at most"), required=False)
    max_gpu_hours = forms.FloatField(label=_("GPU hours, at most"), required=False)
    ends_on = forms.DateField(
        label=_("Last day"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    idempotency_key = forms.CharField(max_length=200, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, campaign: Campaign | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.campaign = campaign
        given: dict[str, Any] = {}
        topics, concepts = list(Topic.objects.active()), list(Concept.objects.active())
        if campaign is None:
            given |= {
                "topics": dict.fromkeys(topics, 1),
                "concepts": {one: one.share for one in concepts if one.share},
            }
            given |= {"image_model": settings.IMAGE_MODEL, "language_model": settings.LANGUAGE_MODEL}
            given["idempotency_key"] = uuid.uuid4().hex
        else:
            shares = campaign.shares()
            given |= {"topics": shares[0], "concepts": shares[1]}
            given |= {name: getattr(campaign, name) for name in SETTINGS}
            # What is no longer offered may stay in, and be taken out.
            topics += [one for one in shares[0] if one not in topics]
            concepts += [one for one in shares[1] if one not in concepts]
        self.initial = {**given, **self.initial}
        self._fields("topics")[0].offer(sorted(topics, key=lambda one: (one.position, one.name)))
        self._fields("concepts")[0].offer(sorted(concepts, key=lambda one: (one.position, one.name)))
        self._choose("image_model", {key: spec.title for key, spec in offered_image_models().items()})
        self._choose("language_model", {key: spec.title for key, spec in offered_language_models().items()})
        for name, most in NUMBERS.items():
            limits = {"min": 1, "max": most, "inputmode": "numeric"}
            self.fields[name].widget.attrs |= {key: value for key, value in limits.items() if value}
        self.fields["max_gpu_hours"].widget.attrs |= {"min": 0.01, "step": "any", "inputmode": "decimal"}
        for name in ("max_renders", "max_gpu_hours"):
            self.fields[name].widget.attrs["placeholder"] = _("no limit")

    def _fields(self, *names: str) -> list[Any]:
        return [self.fields[name] for name in names]

    def _choose(self, name: str, offered: dict[str, str]) -> None:
        """Offer models; one that a campaign has and that is no longer offered is shown, and refused when saved."""
        mine = str(self.initial.get(name) or "")
        known = offered if mine in offered or not mine else {mine: mine, **offered}
        self._fields(name)[0].choices = list(known.items())

    def clean(self) -> dict[str, Any]:
        """Find every fault at once: what the model refuses, too, beside what could not be read."""
        given = self.cleaned_data
        asked = Campaign(pk=self.campaign.pk if self.campaign else None)
        for name in SETTINGS:
            setattr(asked, name, given.get(name))
        try:
            asked.check_settings(given.get("topics", {}), given.get("concepts", {}))
        except ValidationError as error:
            for name, faults in error.error_dict.items():
                if name in self.fields and name not in self.errors:
                    self.add_error(name, faults)
        return given

    # ------------------------------------------------------------------ verbs
    def start(self, owner: User) -> Campaign | None:
        """Start the campaign; None, with the errors at their fields, where it cannot be."""
        if not self.is_valid():
            return None
        try:
            return Campaign.objects.start(owner, **self.cleaned_data)
        except IdempotencyConflict:
            # Somebody went back and changed the form: another campaign is meant, but only they can say so.
            data: Any = self.data
            self.data = data.copy()
            self.data["idempotency_key"] = uuid.uuid4().hex  # type: ignore[index]
            self.add_error(
                None, _("This form has started a campaign already. Send it again to start another one.")
            )
        except ValidationError as error:
            self.add_error(None, error)
        return None

    def change(self) -> bool:
        """Change the campaign; False, with the errors at their fields, where it cannot be. Raises ``WrongState``."""
        assert self.campaign is not None
        if not self.is_valid():
            return False
        wanted = {name: value for name, value in self.cleaned_data.items() if name != "idempotency_key"}
        try:
            self.campaign.change(**wanted)
        except ValidationError as error:
            self.add_error(None, error)
            return False
        return True

    # ------------------------------------------------------------------ preview
    def preview(self) -> dict[str, Any]:
        """Return the quotas that the shares typed so far give, cell by cell, or what is wrong with them.

        ``rows`` are topics with the quotas of their concepts and the sum; ``sum`` is that of the concepts' shares.
        """
        target = self._value("target") or 0
        topics, concepts = self._value("topics") or {}, self._value("concepts") or {}
        shown: dict[str, Any] = {"sum": sum(concepts.values())}
        if not 1 <= target <= MOST_TARGET or problems_with_shares(topics, concepts):
            return shown
        quotas = quotas_of(target, topics, concepts)
        rows = [(topic, [quotas[topic, concept] for concept in concepts]) for topic in topics]
        return shown | {
            "columns": list(concepts),
            "rows": [(topic, parts, sum(parts)) for topic, parts in rows],
            "sums": [sum(parts[number] for _topic, parts in rows) for number in range(len(concepts))],
            "target": target,
        }

    def _value(self, name: str) -> Any:
        """Return what a field holds, taken by itself; None where it is wrong."""
        if not self.is_bound:
            return self.get_initial_for_field(self.fields[name], name)
        try:
            return self.fields[name].clean(self[name].data)
        except ValidationError:
            return None
