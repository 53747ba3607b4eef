"""Starting a comparison of models."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from engines.diffusion.limits import MAX_SEED
from stockgen.models import Comparison, Concept, Topic
from stockgen.models.comparison import MOST_PICTURES, USUAL_PICTURES
from stockgen.models.registered import offered_image_models, offered_language_models


class ComparisonForm(forms.Form):
    """What is compared, over which topics and concepts.

    Both kinds of models have their own boxes; the page shows those of the kind that is chosen.
    """

    name = forms.CharField(label=_("Name"), max_length=120)
    varies = forms.ChoiceField(
        label=_("What is compared"), choices=Comparison.Varies.choices, widget=forms.RadioSelect,
        initial=Comparison.Varies.IMAGE,
    )  # fmt: skip
    image_contestants = forms.MultipleChoiceField(
        label=_("Image models"), required=False, widget=forms.CheckboxSelectMultiple
    )
    language_contestants = forms.MultipleChoiceField(
        label=_("Language models"), required=False, widget=forms.CheckboxSelectMultiple
    )
    language_model = forms.ChoiceField(
        label=_("Language model"), required=False, help_text=_("It writes the prompts for all.")
    )
    image_model = forms.ChoiceField(
        label=_("Image model"), required=False, help_text=_("It renders the prompts of all.")
    )
    topics = forms.ModelMultipleChoiceField(
        label=_("Topics"), queryset=Topic.objects.none(), to_field_name="key",
        widget=forms.CheckboxSelectMultiple, error_messages={"required": _("Choose at least one topic.")},
    )  # fmt: skip
    concepts = forms.ModelMultipleChoiceField(
        label=_("Concepts"), queryset=Concept.objects.none(), to_field_name="key",
        widget=forms.CheckboxSelectMultiple, error_messages={"required": _("Choose at least one concept.")},
    )  # fmt: skip
    pictures_per_cell = forms.IntegerField(
        label=_("Pictures"), min_value=1, max_value=MOST_PICTURES, initial=USUAL_PICTURES,
        help_text=_("By each model, for each topic and concept."),
    )  # fmt: skip
    seed = forms.IntegerField(label=_("Seed"), required=False, min_value=0, max_value=MAX_SEED)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        images = [(key, spec.title) for key, spec in offered_image_models().items()]
        languages = [(key, spec.title) for key, spec in offered_language_models().items()]
        for name, choices, usual in (
            ("image_contestants", images, None),
            ("image_model", images, settings.IMAGE_MODEL),
            ("language_contestants", languages, None),
            ("language_model", languages, settings.LANGUAGE_MODEL),
        ):
            self.fields[name].choices = choices  # type: ignore[attr-defined]
            self.fields[name].initial = usual
        self.fields["topics"].queryset = Topic.objects.active()  # type: ignore[attr-defined]
        self.fields["concepts"].queryset = Concept.objects.active()  # type: ignore[attr-defined]
        self.fields["seed"].widget.attrs |= {"placeholder": _("a new one"), "inputmode": "numeric"}

    def start(self, owner: User) -> Comparison | None:
        """Start the comparison; None, with the errors at their fields, where it cannot be."""
        if not self.is_valid():
            return None
        values = self.cleaned_data
        kind = values["varies"]
        try:
            return Comparison.objects.start(
                owner, name=values["name"], varies=kind, contestants=values[f"{kind}_contestants"],
                topics=list(values["topics"]), concepts=list(values["concepts"]),
                pictures_per_cell=values["pictures_per_cell"], image_model=values["image_model"],
                language_model=values["language_model"], seed=values["seed"],
            )  # fmt: skip
        except ValidationError as error:
            for field, problems in error.error_dict.items():
                at = f"{kind}_contestants" if field == "contestants" else field
                self.add_error(at if at in self.fields else None, problems)
        return None
