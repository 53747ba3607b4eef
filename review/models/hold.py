"""Who has which picture in front of them."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar, Self
from uuid import UUID

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import User

KEPT = timedelta(days=7)
"""How long a hold that ran out is remembered: a vote that was on its way may still come."""


def hold_time() -> timedelta:
    """Return how long a hold lasts from when it is given or renewed."""
    return timedelta(seconds=settings.REVIEW_HOLD_SECONDS)


class HoldQuerySet(models.QuerySet["Hold"]):
    def live(self) -> Self:
        """Not run out, by the database's clock."""
        return self.filter(expires_at__gt=Now())

    def of_tab(self, rater: User, tab: str) -> Self:
        """What one browser tab of a rater was given."""
        return self.filter(rater=rater, tab=tab)

    def renew(self, rater: User, tab: str) -> list[Hold]:
        """Make a tab's live holds last again, those of pictures still to be rated; return them in their order.

        Runs in the caller's transaction."""
        mine = self.of_tab(rater, tab).live().filter(Q(entry__is_open=True) | Q(entry__gold=True))
        rows = list(mine.select_for_update(of=("self",)).order_by("pk"))
        if rows:
            self.filter(pk__in=[hold.pk for hold in rows]).update(expires_at=Now() + hold_time())
        return rows

    def give(self, rater: User, tab: str, entries: list[UUID]) -> list[Hold]:
        """Give pictures to a tab. The caller has locked their entries."""
        expires = Now() + hold_time()
        return self.bulk_create(
            [Hold(entry_id=entry, rater=rater, tab=tab, expires_at=expires) for entry in entries],
            update_conflicts=True,
            unique_fields=["entry", "rater"],
            update_fields=["tab", "expires_at"],
        )

    def release(self, rater: User, tab: str, *, keep: list[UUID] | None = None) -> int:
        """Let a tab's pictures go to others, but for those to ``keep``. A vote on its way still counts if it can."""
        going = self.of_tab(rater, tab).live().exclude(entry__in=keep or [])
        with transaction.atomic():
            rows = list(going.select_for_update().order_by("pk").values_list("pk", flat=True))
            return self.filter(pk__in=rows).update(expires_at=Now())

    def sweep(self) -> int:
        """Forget holds that ran out long ago. Return how many."""
        return self.filter(expires_at__lt=Now() - KEPT).delete()[0]


class Hold(models.Model):
    """A picture given to a rater: while it lasts it takes one of the picture's free slots.

    It ends by a vote (the row goes) or by running out (the row stays a while: a late vote counts if there is
    still room).
    """

    entry = models.ForeignKey("review.Entry", on_delete=models.CASCADE, related_name="holds")
    rater = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    tab = models.CharField(max_length=64)
    expires_at = models.DateTimeField()
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = HoldQuerySet.as_manager()

    class Meta:
        verbose_name = _("hold")
        verbose_name_plural = _("holds")
        constraints: ClassVar = [models.UniqueConstraint(fields=["entry", "rater"], name="one_hold_a_rater")]
        indexes: ClassVar = [
            models.Index(fields=["rater", "tab"], name="hold_of_tab"),
            models.Index(fields=["expires_at"], name="hold_by_expiry"),
        ]

    def __str__(self) -> str:
        return f"{self.rater}: {self.entry_id}"
