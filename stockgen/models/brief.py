"""What a designer steers: topics, concepts, and what a topic adds to a concept's system prompts."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import Max
from django.db.models.functions import Now
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from engines.planning.brief import Brief, ConceptBrief, TopicBrief
from stockgen.validators import readable_description_examples, readable_location_examples


def local(text: str, text_ru: str) -> str:
    """Return a text in the reader's language, in English where there is no Russian one."""
    return (text_ru if get_language() == "ru" else "") or text


class Named(models.Model):
    """Something with a stable key and a name in both languages of the interface."""

    key = models.SlugField(_("key"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=80, unique=True)
    name_ru = models.CharField(_("name in Russian"), max_length=80, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("offered"), default=True)

    class Meta:
        abstract = True
        ordering: ClassVar = ["position", "name"]

    def __str__(self) -> str:
        return self.local_name

    @property
    def local_name(self) -> str:
        """Return the name in the reader's language."""
        return local(self.name, self.name_ru)


class ActiveQuerySet(models.QuerySet):  # type: ignore[type-arg]
    def active(self) -> ActiveQuerySet:
        """Offered for new runs."""
        return self.filter(is_active=True)


class Topic(Named):
    """A subject of the stock, such as “Business and office”."""

    description = models.TextField(_("description"), blank=True, max_length=2000)

    objects = ActiveQuerySet.as_manager()

    class Meta(Named.Meta):
        verbose_name = _("topic")
        verbose_name_plural = _("topics")


class Concept(Named):
    """A kind of picture, such as interiors: its share of the stock and the texts the LLM works from."""

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

    objects = ActiveQuerySet.as_manager()

    class Meta(Named.Meta):
        verbose_name = _("concept")
        verbose_name_plural = _("concepts")

    @property
    def local_subject(self) -> str:
        """Return what a picture shows (a location, an object) in the reader's language."""
        return local(self.subject, self.subject_ru)

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


def texts_of_cell(prefix: str = "") -> list[str]:
    """Return the long texts of a topic and a concept, for ``defer`` where only their names are shown."""
    concept = ("locations_system", "locations_examples", "descriptions_system", "descriptions_examples")
    return [f"{prefix}topic__description", *(f"{prefix}concept__{field}" for field in concept)]


class Step(models.TextChoices):
    """A step of the planning that has a system prompt."""

    LOCATIONS = "locations", _("locations")
    DESCRIPTIONS = "descriptions", _("descriptions")


class PromptAdditionQuerySet(models.QuerySet["PromptAddition"]):
    def current(self, topic: Topic, concept: Concept) -> dict[str, PromptAddition]:
        """Return the newest version of each step, by step; a step never edited is missing."""
        versions = self.filter(topic=topic, concept=concept).order_by("step", "-version").distinct("step")
        return {addition.step: addition for addition in versions}

    def append(
        self,
        *,
        topic: Topic,
        concept: Concept,
        step: str,
        text: str,
        note: str = "",
        author: User | None = None,
    ) -> PromptAddition:
        """Save the next version of an addition. Two people saving at once make two versions."""
        with transaction.atomic():
            Topic.objects.select_for_update(of=("self",)).get(pk=topic.pk)
            versions = self.filter(topic=topic, concept=concept, step=step)
            latest = versions.aggregate(Max("version"))["version__max"] or 0
            return self.create(
                topic=topic,
                concept=concept,
                step=step,
                version=latest + 1,
                text=text,
                note=note,
                author=author,
            )


class PromptAddition(models.Model):
    """What a topic adds to one system prompt of a concept. Append-only: an edit is a new version."""

    topic = models.ForeignKey(
        Topic, on_delete=models.CASCADE, related_name="additions", verbose_name=_("topic")
    )
    concept = models.ForeignKey(
        Concept, on_delete=models.CASCADE, related_name="additions", verbose_name=_("concept")
    )
    step = models.CharField(_("step"), max_length=20, choices=Step.choices)
    version = models.PositiveIntegerField(_("version"), default=1)
    text = models.TextField(_("text"), blank=True, max_length=10_000)
    note = models.CharField(_("note"), max_length=200, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, verbose_name=_("author")
    )
    created_at = models.DateTimeField(_("created"), db_default=Now(), editable=False)

    objects = PromptAdditionQuerySet.as_manager()

    class Meta:
        verbose_name = _("addition to a system prompt")
        verbose_name_plural = _("additions to system prompts")
        ordering: ClassVar = ["topic", "concept", "step", "-version"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["topic", "concept", "step", "version"], name="addition_version_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.topic} · {self.concept} · {self.get_step_display()} · v{self.version}"


def compose_brief(topic: Topic, concept: Concept, additions: dict[str, PromptAddition]) -> Brief:
    """Put a cell of the stock together as the engines take it, with the given versions of its additions."""

    def text(step: Step) -> str:
        addition = additions.get(step)
        return addition.text if addition else ""

    return Brief(
        topic=TopicBrief(
            name=topic.name,
            description=topic.description,
            locations_addition=text(Step.LOCATIONS),
            descriptions_addition=text(Step.DESCRIPTIONS),
        ),
        concept=concept.brief(),
    )
