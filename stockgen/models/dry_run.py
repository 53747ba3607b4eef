"""A dry run: what the language model would write with a text that is not saved yet."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from jobs.models import Job, JobQuerySet
from stockgen.models.brief import Concept, Topic


class DryRun(Job):
    """Locations and prompts from the saved additions and from unsaved ones, side by side; nothing is rendered.

    ``saved`` and ``unsaved`` are the additions' texts by step. ``result`` has under the same two names
    ``{"locations": [{"text": …, "prompts": […]}]}``, filled as it goes; where the texts are the same, only ``saved``.
    """

    kind = "dry-run"

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("owner")
    )
    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="+", verbose_name=_("topic"))
    concept = models.ForeignKey(
        Concept, on_delete=models.CASCADE, related_name="+", verbose_name=_("concept")
    )
    language_model = models.CharField(_("language model"), max_length=60)
    seed = models.BigIntegerField(_("seed"))
    location_count = models.PositiveSmallIntegerField(_("locations"), default=4)
    saved = models.JSONField(default=dict, editable=False)
    unsaved = models.JSONField(default=dict, editable=False)
    result = models.JSONField(default=dict, editable=False)

    objects: ClassVar[JobQuerySet[DryRun]] = JobQuerySet.as_manager()

    class Meta(Job.Meta):
        abstract = False
        verbose_name = _("dry run")
        verbose_name_plural = _("dry runs")

    def __str__(self) -> str:
        return f"{self.topic} · {self.concept}"
