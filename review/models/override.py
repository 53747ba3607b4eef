"""Decisions over the votes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from stockgen.models import Reason, Verdict


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


def check_note(note: str) -> None:
    """Raise ``ValidationError`` unless there is a reason in words, of at most 500 characters."""
    if not note.strip():
        raise ValidationError({"note": gettext("Say why.")})
    if len(note) > 500:
        raise ValidationError({"note": gettext("A note has at most %(most)s characters.") % {"most": 500}})


def check_override(verdict: str, note: str, reasons: Sequence[str]) -> None:
    """Raise ``ValidationError`` at what is wrong with a decision over the votes."""
    if verdict not in (Verdict.APPROVED, Verdict.REJECTED):
        raise ValidationError({"verdict": gettext("Decide: approved or rejected.")})
    check_note(note)
    if reasons and verdict != Verdict.REJECTED:
        raise ValidationError({"reasons": gettext("Only a rejection has reasons.")})
    if len(set(reasons)) < len(reasons):
        raise ValidationError({"reasons": gettext("Name each reason once.")})
    if Reason.objects.filter(key__in=reasons).count() < len(reasons):
        raise ValidationError({"reasons": gettext("There is no reason of this key.")})
