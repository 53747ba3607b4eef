"""Launching a run."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from engines.diffusion.limits import MAX_SEED
from engines.planning import wildcards
from engines.specs import ImageModelSpec
from jobs.models import IdempotencyConflict
from stockgen.models import Concept, Picture, Run, Topic
from stockgen.models.registered import offered_image_models, offered_language_models

USUAL_COUNT = 20

NO_NEGATIVE_PROMPT = "-"
"""What stands in the form for no negative prompt at all, since an empty field means the concept's own."""


class ConceptRadios(forms.RadioSelect):
    """Choices that carry, for each image model, the concept's negative prompt and sizes, the usual one first."""

    specs: Mapping[str, ImageModelSpec]

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option: dict[str, Any] = super().create_option(name, value, *args, **kwargs)
        concept: Concept = value.instance
        own = {row.image_model: row.text for row in concept.negative_prompts.all()}
        usual = {
            key: {
                "sizes": concept.sizes_for(spec),
                "negative_prompt": own.get(key, concept.negative_prompt),
            }
            for key, spec in self.specs.items()
        }
        option["attrs"]["data-usual"] = json.dumps(usual, ensure_ascii=False)
        return option


class ImageModelSelect(forms.Select):
    """Choices that carry what the page needs to know of each model, as data attributes."""

    specs: Mapping[str, ImageModelSpec]

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option: dict[str, Any] = super().create_option(name, value, *args, **kwargs)
        spec = self.specs.get(str(value))
        if spec is not None:
            option["attrs"] |= {
                "data-width": str(spec.default_width),
                "data-height": str(spec.default_height),
                "data-steps": str(spec.default_steps),
                "data-guidance_scale": f"{spec.default_guidance_scale:g}",
                "data-min_side": str(spec.min_side),
                "data-max_side": str(spec.max_side),
                "data-size_multiple": str(spec.size_multiple),
                "data-max_steps": str(spec.max_steps),
                "data-negative_prompt": "yes" if spec.negative_prompt else "no",
                "data-demonstration": "yes" if spec.demonstration else "no",
            }
        return option


class LaunchForm(forms.Form):
    """A new run. Whatever is left empty takes the default of the image model or the concept."""

    topic = forms.ModelChoiceField(
        label=_("Topic"), queryset=Topic.objects.none(), to_field_name="key", empty_label=_("Choose a topic")
    )
    concept = forms.ModelChoiceField(
        label=_("Concept"),
        queryset=Concept.objects.none(),
        to_field_name="key",
        widget=ConceptRadios,
        empty_label=None,
    )
    count = forms.IntegerField(label=_("How many pictures"), initial=USUAL_COUNT)
    image_model = forms.ChoiceField(label=_("Image model"), required=False, widget=ImageModelSelect)
    language_model = forms.ChoiceField(label=_("Language model"), required=False)
    width = forms.IntegerField(label=_("Width, px"), required=False)
    height = forms.IntegerField(label=_("Height, px"), required=False)
    steps = forms.IntegerField(label=_("Steps"), required=False)
    guidance_scale = forms.FloatField(label=_("Guidance scale"), required=False)
    seed = forms.IntegerField(label=_("Seed"), required=False)
    location_count = forms.IntegerField(label=_("Locations"), required=False)
    negative_prompt = forms.CharField(
        label=_("Negative prompt"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Empty: the concept's own for this image model. A hyphen alone: none."),
    )
    prompt = forms.CharField(
        label=_("Prompt"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(
            attrs={"rows": 3, "placeholder": _("Leave empty to let the language model write the prompts.")}
        ),
        help_text=_("{morning|evening} light stands for two prompts, one for each."),
    )
    stops_after_planning = forms.BooleanField(
        label=_("Look at the prompts first"),
        required=False,
        help_text=_("The run stops once they are written; you change them and start the rendering."),
    )
    idempotency_key = forms.CharField(max_length=200, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        specs, languages = offered_image_models(), offered_language_models()
        self.fields["topic"].queryset = Topic.objects.active()  # type: ignore[attr-defined]
        self.fields["concept"].queryset = Concept.objects.active().prefetch_related("negative_prompts")  # type: ignore[attr-defined]
        self.fields["concept"].widget.specs = specs
        self.fields["image_model"].choices = [(key, spec.title) for key, spec in specs.items()]  # type: ignore[attr-defined]
        self.fields["image_model"].widget.specs = specs
        self.fields["language_model"].choices = [(key, spec.title) for key, spec in languages.items()]  # type: ignore[attr-defined]
        self.initial = {  # whoever opens the form may have brought some
            "image_model": settings.IMAGE_MODEL,
            "language_model": settings.LANGUAGE_MODEL,
            "idempotency_key": uuid.uuid4().hex,
            **self.initial,
        }
        limits = {
            "count": (1, settings.RUN_MAX_PICTURES),
            "seed": (0, MAX_SEED),
            "location_count": (1, None),
        }
        for name in ("count", "seed", "location_count", "width", "height", "steps"):
            least, most = limits.get(name, (1, None))
            attributes = {"inputmode": "numeric", "min": least, "max": most}
            self.fields[name].widget.attrs |= {
                key: value for key, value in attributes.items() if value is not None
            }
        self.fields["guidance_scale"].widget.attrs |= {
            "step": "any",
            "min": 0,
            "max": 30,
            "inputmode": "decimal",
        }
        chosen = specs.get(str(self["image_model"].value()))
        if chosen is not None:
            usual = {
                "steps": str(chosen.default_steps),
                "guidance_scale": f"{chosen.default_guidance_scale:g}",
            }
            concept = Concept.objects.active().filter(key=str(self["concept"].value())).first()
            width, height = (
                concept.size_for(chosen) if concept else (chosen.default_width, chosen.default_height)
            )
            usual |= {"width": str(width), "height": str(height)}
            if concept is not None:
                usual["negative_prompt"] = concept.negative_prompt_for(chosen.key)
            for name, value in usual.items():
                self.fields[name].widget.attrs["placeholder"] = value
        self.fields["seed"].widget.attrs["placeholder"] = _("a new one")
        self.fields["location_count"].widget.attrs["placeholder"] = _("as many as fit")
        self.is_stock_model = not (chosen and chosen.demonstration)

    def launch(self, owner: User) -> Run | None:
        """Start the run; None, with the errors at their fields, where it cannot be."""
        if not self.is_valid():
            return None
        wanted = {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}
        if wanted.get("negative_prompt") == NO_NEGATIVE_PROMPT:
            wanted["negative_prompt"] = ""
        try:
            return Run.objects.launch(owner, **wanted)
        except IdempotencyConflict:
            # Somebody went back and changed the form: another run is meant, but only they can say so.
            self.data = {**self.data, "idempotency_key": uuid.uuid4().hex}
            self.add_error(
                None,
                _("This form has started a run already. Launch again to start another with these settings."),
            )
        except ValidationError as error:
            self.add_error(None, error)
        return None


def settings_of(picture: Picture, *, prompt: bool, seed: bool) -> dict[str, Any]:
    """Return the initial values of a launch form that repeats how a picture was made."""
    run = picture.run
    values: dict[str, Any] = {
        "topic": picture.topic.key, "concept": picture.concept.key, "image_model": picture.image_model,
        "language_model": run.language_model, "width": picture.width, "height": picture.height,
        "steps": picture.steps, "guidance_scale": picture.guidance_scale,
        "negative_prompt": run.negative_prompt or NO_NEGATIVE_PROMPT,
    }  # fmt: skip
    if prompt:
        # What was rendered, not a template: a brace in it is a plain one.
        values["prompt"] = wildcards.escape(picture.prompt.text)
    if seed:
        values["seed"] = picture.seed
    if prompt and seed:
        values["count"] = 1
    return values
