"""What a topic adds to a concept's system prompts, version by version."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from engines.planning.brief import Brief, TopicBrief
from stockgen.models.brief import Concept, Topic


class Step(models.TextChoices):
    """A step of the planning that has a system prompt."""

    LOCATIONS = "locations", _("locations")
    DESCRIPTIONS = "descriptions", _("descriptions")


class AdditionConflict(Exception):
    """Somebody saved another version since; ``latest`` is theirs."""

    def __init__(self, latest: PromptAddition | None) -> None:
        super().__init__("Another version was saved since.")
        self.latest = latest


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
        base: int | None = None,
    ) -> PromptAddition:
        """Save the next version of an addition; the text as it stands already makes no new one.

        ``base`` is the version that the author started from, 0 where there was none. Raises :class:`AdditionConflict`
        if somebody has saved another text since, and stores nothing; without a base, none is looked for.
        """
        with transaction.atomic():
            Topic.objects.select_for_update(of=("self",), no_key=True).get(pk=topic.pk)
            versions = self.filter(topic=topic, concept=concept, step=step)
            latest = versions.order_by("-version").first()
            if latest is not None and latest.text == text:
                return latest
            if base is not None and base != (latest.version if latest else 0):
                raise AdditionConflict(latest)
            return self.create(
                topic=topic,
                concept=concept,
                step=step,
                version=latest.version + 1 if latest else 1,
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
