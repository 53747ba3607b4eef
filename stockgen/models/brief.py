"""What a designer steers: topics and concepts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from engines.planning.brief import ConceptBrief
from engines.specs import ImageModelSpec
from stockgen.models.named import Named, NamedQuerySet, local
from stockgen.validators import (
    parse_size,
    readable_description_examples,
    readable_location_examples,
    readable_size,
)

CONCEPT_TEXTS = ("locations_system", "locations_examples", "descriptions_system", "descriptions_examples")
"""The long texts of a concept, for ``defer`` where only its name is shown."""


class Topic(Named):
    """A subject of the stock, such as “Business and office”."""

    description = models.TextField(_("description"), blank=True, max_length=2000)

    objects = NamedQuerySet.as_manager()

    class Meta(Named.Meta):
        verbose_name = _("topic")
        verbose_name_plural = _("topics")


class ConceptQuerySet(NamedQuerySet):
    def total_share(self) -> int:
        """Return what the shares of the offered concepts add up to, in per cent."""
        return int(self.active().aggregate(total=Sum("share"))["total"] or 0)


class Concept(Named):
    """A kind of picture, such as interiors: its share of the stock and the texts the LLM works from.

    :meth:`edit` and ``objects.add`` also take ``own_negative_prompts``, the texts by image model.
    """

    subject = models.CharField(_("what it pictures"), max_length=40, default="location")
    subject_ru = models.CharField(_("what it pictures, in Russian"), max_length=40, blank=True)
    share = models.PositiveSmallIntegerField(
        _("share, %"), default=0, validators=[MinValueValidator(0), MaxValueValidator(100)]
    )
    locations_system = models.TextField(_("system prompt for locations"), max_length=10_000)
    locations_examples = models.TextField(
        _("worked examples for locations"), max_length=50_000, validators=[readable_location_examples]
    )
    descriptions_system = models.TextField(_("system prompt for descriptions"), max_length=10_000)
    descriptions_examples = models.TextField(
        _("worked examples for descriptions"), max_length=50_000, validators=[readable_description_examples]
    )
    negative_prompt = models.TextField(_("negative prompt"), blank=True, max_length=2000)
    sizes = ArrayField(
        models.CharField(max_length=11, validators=[readable_size]),
        default=list,
        blank=True,
        size=8,
        verbose_name=_("picture sizes, px"),
        help_text=_("Width × height, the usual one first; empty: the image model's own."),
    )

    objects = ConceptQuerySet.as_manager()

    class Meta(Named.Meta):
        verbose_name = _("concept")
        verbose_name_plural = _("concepts")

    _changed_negative_prompts: Mapping[str, str] | None = None

    @property
    def local_subject(self) -> str:
        """Return what a picture shows (a location, an object) in the reader's language."""
        return local(self.subject, self.subject_ru)

    def own_negative_prompts(self) -> dict[str, str]:
        """Return the negative prompts written for one image model each, by its key."""
        if not self.pk:
            return {}
        return dict(self.negative_prompts.values_list("image_model", "text"))

    def value_of(self, name: str) -> Any:
        """Return what is stored under a name, the negative prompts of models among it."""
        return self.own_negative_prompts() if name == "own_negative_prompts" else super().value_of(name)

    def change(self, values: Mapping[str, Any]) -> None:
        """Take values over without saving them, the negative prompts of models among them."""
        rest = dict(values)
        self._changed_negative_prompts = rest.pop("own_negative_prompts", None)
        for model, text in (self._changed_negative_prompts or {}).items():
            NegativePrompt(image_model=model, text=text).clean_fields(exclude=["concept"])
        super().change(rest)

    def keep_changed(self) -> None:
        """Save the negative prompts of models that :meth:`change` took over; a model that is missing loses its own."""
        texts = self._changed_negative_prompts
        if texts is None:
            return
        self.negative_prompts.exclude(image_model__in=texts).delete()
        for model, text in texts.items():
            self.negative_prompts.update_or_create(image_model=model, defaults={"text": text})

    def negative_prompt_for(self, image_model: str) -> str:
        """Return the negative prompt for an image model, by its key: the one written for it, or the concept's own."""
        own = self.negative_prompts.filter(image_model=image_model).first() if self.pk else None
        return own.text if own else self.negative_prompt

    def sizes_for(self, spec: ImageModelSpec) -> list[tuple[int, int]]:
        """Return the concept's sizes, width and height in pixels, that a model can render; its own if it can none."""
        sizes = [parse_size(size) for size in self.sizes]
        fitting = [
            size
            for size in sizes
            if all(spec.min_side <= side <= spec.max_side and side % spec.size_multiple == 0 for side in size)
        ]
        return fitting or [(spec.default_width, spec.default_height)]

    def size_for(self, spec: ImageModelSpec) -> tuple[int, int]:
        """Return the usual width and height, in pixels, for a model."""
        return self.sizes_for(spec)[0]

    def brief(self) -> ConceptBrief:
        """Return the texts as the engines take them."""
        return ConceptBrief(
            key=self.key,
            name=self.name,
            locations_system=self.locations_system,
            locations_examples=self.locations_examples,
            descriptions_system=self.descriptions_system,
            descriptions_examples=self.descriptions_examples,
            negative_prompt=self.negative_prompt,
        )


class NegativePrompt(models.Model):
    """What an image model should not show in pictures of a concept, where it needs other words than the rest."""

    concept = models.ForeignKey(
        Concept, on_delete=models.CASCADE, related_name="negative_prompts", verbose_name=_("concept")
    )
    image_model = models.CharField(_("image model"), max_length=60)
    text = models.TextField(_("negative prompt"), blank=True, max_length=2000)

    class Meta:
        verbose_name = _("negative prompt for a model")
        verbose_name_plural = _("negative prompts for models")
        ordering: ClassVar = ["concept", "image_model"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["concept", "image_model"], name="one_negative_prompt_a_model")
        ]

    def __str__(self) -> str:
        return f"{self.concept} · {self.image_model}"


def texts_of_cell(prefix: str = "") -> list[str]:
    """Return the long texts of a topic and a concept, for ``defer`` where only their names are shown."""
    return [f"{prefix}topic__description", *(f"{prefix}concept__{field}" for field in CONCEPT_TEXTS)]
