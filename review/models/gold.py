"""Known pictures, mixed in to see how well an expert rates."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from stockgen.models import Verdict

KNOWN = [choice for choice in Verdict.choices if choice[0] != Verdict.PENDING]


class GoldPictureQuerySet(models.QuerySet["GoldPicture"]):
    def active(self) -> GoldPictureQuerySet:
        """Mixed in at present."""
        return self.filter(is_active=True)


class GoldPicture(models.Model):
    """A picture whose right verdict is known. Votes on it measure the rater and decide nothing."""

    entry = models.OneToOneField(
        "review.Entry", on_delete=models.CASCADE, related_name="known", verbose_name=_("picture")
    )
    expected = models.CharField(_("right verdict"), max_length=10, choices=KNOWN)
    note = models.CharField(_("why"), max_length=500, blank=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("added by")
    )
    created_at = models.DateTimeField(_("added"), db_default=Now(), editable=False)
    is_active = models.BooleanField(_("mixed in"), default=True)

    objects = GoldPictureQuerySet.as_manager()

    class Meta:
        verbose_name = _("known picture")
        verbose_name_plural = _("known pictures")

    def __str__(self) -> str:
        return f"{self.entry}: {self.get_expected_display()}"
