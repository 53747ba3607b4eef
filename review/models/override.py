"""Decisions over the votes."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from stockgen.models import Verdict


class Override(models.Model):
    """A designer's or operator's decision over the votes, with its reason; it holds until it is lifted."""

    entry = models.ForeignKey(
        "review.Entry", on_delete=models.CASCADE, related_name="overrides", verbose_name=_("picture")
    )
    verdict = models.CharField(_("verdict"), max_length=10, choices=Verdict.choices)
    reasons = ArrayField(models.CharField(max_length=60), default=list, blank=True, verbose_name=_("reasons"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("by")
    )
    note = models.CharField(_("why"), max_length=500)
    live = models.BooleanField(default=True, editable=False)
    created_at = models.DateTimeField(_("when"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("decision over the votes")
        verbose_name_plural = _("decisions over the votes")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["entry"], name="one_live_override", condition=Q(live=True))
        ]

    def __str__(self) -> str:
        return f"{self.entry}: {self.get_verdict_display()}"
