"""An edit to an addition that the language model proposes, because one reason to reject dominates."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from jobs.models import Job, JobQuerySet
from stockgen.models.addition import PromptAddition, Step
from stockgen.models.brief import Concept, Topic


class Decision(models.TextChoices):
    """What a designer made of a proposal."""

    OPEN = "open", _("open")
    ACCEPTED = "accepted", _("accepted")
    DISMISSED = "dismissed", _("dismissed")


class Proposal(Job):
    """A proposed text for an addition, written from the reasons and the rejected prompts.

    ``base`` is the version it starts from (None: there was none), ``evidence`` what spoke for it:
    ``{"decided": …, "rejected": …, "reasons": {key: count}, "prompts": […]}``. ``accepted`` is the version that came of
    it, edited or not.
    """

    kind = "proposal"

    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="+", verbose_name=_("topic"))
    concept = models.ForeignKey(
        Concept, on_delete=models.CASCADE, related_name="+", verbose_name=_("concept")
    )
    step = models.CharField(_("step"), max_length=20, choices=Step.choices)
    base = models.ForeignKey(
        PromptAddition, on_delete=models.CASCADE, null=True, editable=False, related_name="+"
    )
    language_model = models.CharField(_("language model"), max_length=60)
    seed = models.BigIntegerField(_("seed"))
    reason = models.CharField(_("reason"), max_length=60)
    evidence = models.JSONField(default=dict, editable=False)
    text = models.TextField(_("proposed text"), blank=True, default="", editable=False)
    sentence = models.TextField(_("what is new"), blank=True, default="", editable=False)
    from_pattern = models.BooleanField(default=False, editable=False)
    decision = models.CharField(
        _("decision"), max_length=10, choices=Decision.choices, default=Decision.OPEN, editable=False
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    decided_at = models.DateTimeField(_("decided"), null=True, editable=False)
    accepted = models.ForeignKey(
        PromptAddition, on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )

    objects: ClassVar[JobQuerySet[Proposal]] = JobQuerySet.as_manager()

    class Meta(Job.Meta):
        abstract = False
        verbose_name = _("proposed addition")
        verbose_name_plural = _("proposed additions")
        constraints: ClassVar = [
            *Job.Meta.constraints,
            models.UniqueConstraint(
                fields=["topic", "concept", "step"],
                name="one_open_proposal",
                condition=Q(decision="open") & ~Q(state__in=["failed", "cancelled"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.topic} · {self.concept} · {self.get_step_display()}"
