"""Filtering the gallery."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Role, User
from engines.specs import ImageModelSpec
from jobs.states import State
from stockgen.models import Concept, Picture, Topic, Verdict
from stockgen.models.picture import PictureQuerySet


class GalleryFilter(forms.Form):
    """Which pictures to show: everything may be left empty; without a state, the finished ones."""

    ANY_STATE = "any"

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
    image_model = forms.ChoiceField(label=_("Image model"), required=False)
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("", _("Finished")),
            (State.QUEUED, _("Waiting")),
            (State.RUNNING, _("In work")),
            (State.FAILED, _("Failed")),
            (State.CANCELLED, _("Cancelled")),
            (ANY_STATE, _("All states")),
        ],
    )
    verdict = forms.ChoiceField(
        label=_("Verdict"), required=False, choices=[("", _("All verdicts")), *Verdict.choices]
    )
    run = forms.UUIDField(required=False, widget=forms.HiddenInput)
    before = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, reader: User, specs: Mapping[str, ImageModelSpec], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reader = reader
        if not reader.has_role(Role.DESIGNER, Role.OPERATOR):
            self.fields["verdict"].choices = [("", _("All verdicts"))]  # type: ignore[attr-defined]
        models = [(key, spec.title) for key, spec in specs.items()]
        self.fields["image_model"].choices = [("", _("All image models")), *models]  # type: ignore[attr-defined]

    def pictures(self) -> PictureQuerySet:
        """Return the pictures that the reader may see and that fit; call after ``is_valid``.

        What was made to compare models is shown only with its run.
        """
        asked = {
            name: self.cleaned_data[name]
            for name in ("topic", "concept", "image_model", "run")
            if self.cleaned_data[name]
        }
        found = Picture.objects.visible_to(self.reader).filter(**asked)
        if "run" not in asked:
            found = found.stock()
        if verdict := self.cleaned_data["verdict"]:
            found = found.with_verdict(verdict, self.reader)
        state = self.cleaned_data["state"] or State.DONE
        return found if state == self.ANY_STATE else found.filter(state=state)
