"""What the experts' votes come to: a picture's verdict, the reasons, and every change of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import connection, models, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from stockgen.models.named import local
from stockgen.models.stock_rows import keep_in_step
from stockgen.signals import verdicts_changed


class Verdict(models.TextChoices):
    """Whether a picture goes into the stock."""

    PENDING = "pending", _("not decided")
    APPROVED = "approved", _("approved")
    REJECTED = "rejected", _("rejected")


class Cause(models.TextChoices):
    """What changed a verdict."""

    VOTES = "votes", _("votes")
    OVERRIDE = "override", _("decided over the votes")
    REOPENED = "reopened", _("reopened")
    RULE = "rule", _("another rule for votes")


class ReasonQuerySet(models.QuerySet["Reason"]):
    def active(self) -> ReasonQuerySet:
        """Offered for new votes."""
        return self.filter(is_active=True)

    def names(self) -> dict[str, str]:
        """Return the names of all reasons by key, in the reader's language."""
        return {reason.key: reason.local_name for reason in self}

    def named(self, keys: list[str]) -> list[Reason]:
        """Return the reasons of these keys, in the order of the keys; a key without a row is left out."""
        found = {reason.key: reason for reason in self.filter(key__in=keys)}
        return [found[key] for key in keys if key in found]


class Reason(models.Model):
    """Why a picture is rejected. Its position is the digit that chooses it on the keyboard."""

    key = models.SlugField(_("key"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=80, unique=True)
    name_ru = models.CharField(_("name in Russian"), max_length=80, blank=True)
    position = models.PositiveSmallIntegerField(
        _("digit"), validators=[MinValueValidator(1), MaxValueValidator(9)]
    )
    is_active = models.BooleanField(_("offered"), default=True)

    objects = ReasonQuerySet.as_manager()

    class Meta:
        verbose_name = _("reason to reject")
        verbose_name_plural = _("reasons to reject")
        ordering: ClassVar = ["position", "key"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["position"], name="one_reason_a_digit", condition=models.Q(is_active=True)
            ),
            models.CheckConstraint(name="reason_has_a_digit", condition=models.Q(position__range=(1, 9))),
        ]

    def __str__(self) -> str:
        return self.local_name

    @property
    def local_name(self) -> str:
        """Return the name in the reader's language."""
        return local(self.name, self.name_ru)


class VerdictChange(models.Model):
    """One change of a picture's verdict or of its reasons. Append-only."""

    picture = models.ForeignKey(
        "stockgen.Picture",
        on_delete=models.CASCADE,
        related_name="verdict_changes",
        verbose_name=_("picture"),
    )
    verdict = models.CharField(_("verdict"), max_length=10, choices=Verdict.choices)
    reasons = ArrayField(models.CharField(max_length=60), default=list, blank=True, verbose_name=_("reasons"))
    cause = models.CharField(_("cause"), max_length=10, choices=Cause.choices)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("by")
    )
    note = models.CharField(_("note"), max_length=500, blank=True, default="")
    created_at = models.DateTimeField(_("when"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("change of a verdict")
        verbose_name_plural = _("changes of verdicts")
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return f"{self.get_verdict_display()} ({self.get_cause_display()})"


def decide(
    pictures: Sequence[UUID],
    verdict: Verdict,
    cause: Cause,
    *,
    reasons: Sequence[str] = (),
    by: User | None = None,
    note: str = "",
) -> int:
    """Give pictures a verdict and keep each change; the stock keeps in step. Return how many changed.

    Pictures that are not done, or have the very verdict and reasons already, are left as they are.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            """
            WITH changed AS (
                UPDATE stockgen_picture
                SET verdict = %(verdict)s, verdict_reasons = %(reasons)s,
                    verdict_at = CASE WHEN %(verdict)s = 'pending' THEN NULL ELSE statement_timestamp() END
                WHERE id = ANY(%(pictures)s) AND state = 'done'
                  AND (verdict <> %(verdict)s OR verdict_reasons <> %(reasons)s::varchar[])
                RETURNING id, cell_id
            ), kept AS (
            INSERT INTO stockgen_verdictchange (picture_id, verdict, reasons, cause, by_id, note)
            SELECT id, %(verdict)s, %(reasons)s, %(cause)s, %(by)s, %(note)s FROM changed
            )
            SELECT array_agg(id), array_agg(DISTINCT cell_id) FILTER (WHERE cell_id IS NOT NULL) FROM changed
            """,
            {
                "pictures": list(pictures), "verdict": str(verdict), "reasons": list(reasons), "cause": str(cause),
                "by": by.pk if by else None, "note": note,
            },
        )  # fmt: skip
        changed, cells = cursor.fetchone() or (None, None)
        if changed:
            keep_in_step(changed)
    if cells:
        verdicts_changed.send(VerdictChange, cells=cells)
    return len(changed or ())
