"""A match: the text of a slide, the pictures of the stock that are nearest to it, and the one made where none was."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, ClassVar
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from jobs.ids import uuid7
from jobs.models import IdempotencyConflict
from jobs.states import State
from stockgen.models.brief import Concept, Topic
from stockgen.models.picture import Picture
from stockgen.models.run import Run

KEPT = timedelta(days=30)
"""How long the text of a slide is kept."""

MOST_PICTURES = 48


class MatchQuerySet(models.QuerySet["Match"]):
    def visible_to(self, user: User) -> MatchQuerySet:
        """Everyone's own, operators' too: what stands on somebody's slides is nobody else's business."""
        return self.filter(owner=user)

    def asked_before(self, owner: User, idempotency_key: str, digest: str) -> Match | None:
        """Return the match that was asked for under a key; None for none. Raises :class:`IdempotencyConflict`."""
        earlier = (
            self.filter(owner=owner, idempotency_key=idempotency_key).first() if idempotency_key else None
        )
        if earlier is not None and earlier.request_digest != digest:
            raise IdempotencyConflict(_("This idempotency key was used for another request."))
        return earlier

    def forget_old(self) -> int:
        """Delete what is older than 30 days, and its text in the runs; pictures made for it stay. Return how many."""
        with transaction.atomic():
            Run.objects.filter(created_at__lt=Now() - KEPT).forget_slides()
            return self.filter(created_at__lt=Now() - KEPT).delete()[0]


class Match(models.Model):
    """What was asked for a slide, and the answer.

    ``found`` has the nearest pictures with their similarities, as they were when it was asked:
    ``[{"picture": …, "similarity": …}]``. Where none of them was near enough and it was wished for, ``run`` makes one.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("owner")
    )
    concept = models.ForeignKey(
        Concept, on_delete=models.CASCADE, related_name="+", verbose_name=_("concept")
    )
    topic = models.ForeignKey(
        Topic, on_delete=models.CASCADE, null=True, related_name="+", verbose_name=_("topic")
    )
    text = models.TextField(_("text of the slide"))
    searched_for = models.TextField(_("searched for"), blank=True)
    is_translated = models.BooleanField(default=False)
    unknown = ArrayField(models.TextField(), default=list)
    threshold = models.FloatField(_("near enough from"))
    found = models.JSONField(default=list)
    run = models.OneToOneField(
        Run, on_delete=models.SET_NULL, null=True, related_name="match", verbose_name=_("run")
    )
    created_at = models.DateTimeField(_("created"), db_default=Now(), editable=False)
    idempotency_key = models.CharField(max_length=200, default="", blank=True, editable=False)
    request_digest = models.CharField(max_length=64, default="", blank=True, editable=False)

    objects: ClassVar[MatchQuerySet] = MatchQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("match")
        verbose_name_plural = _("matches")
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [models.Index(fields=["created_at"], name="match_by_age")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["owner", "idempotency_key"],
                name="match_idempotency",
                condition=~Q(idempotency_key=""),
            )
        ]

    def __str__(self) -> str:
        return self.text[:80]

    def get_absolute_url(self) -> str:
        """Return the address of its page."""
        return reverse("match-result", args=[self.pk])

    # ------------------------------------------------------------------ reading
    @property
    def similarities(self) -> dict[UUID, float]:
        """Return the pictures found with their similarities, the nearest first."""
        return {UUID(one["picture"]): one["similarity"] for one in self.found}

    @property
    def is_near_enough(self) -> bool:
        """Whether the stock had a picture for the slide."""
        return any(one["similarity"] >= self.threshold for one in self.found)

    @property
    def made(self) -> Picture | None:
        """Return the picture that is made for the slide; None before there is one."""
        return self.run.pictures.select_related("topic", "concept", "prompt").first() if self.run else None

    @property
    def error(self) -> str:
        """Return, in the reader's language, why no picture could be made; empty while that is open."""
        if self.run is None:
            return ""
        made = self.made
        job = made or self.run.plan
        return job.error_text if job.state == State.FAILED else ""

    @property
    def is_waiting(self) -> bool:
        """Whether a picture is still being made."""
        if self.run is None or self.run.cancelled_at:
            return False
        made = self.made
        return not made.is_final if made else not self.run.plan.is_final


def digest_of(**asked: Any) -> str:
    """Return what tells one request from another."""
    return hashlib.sha256(json.dumps(asked, sort_keys=True, default=str).encode()).hexdigest()


def store(match: Match, found: Sequence[tuple[UUID, float]], launch: dict[str, Any] | None) -> Match:
    """Store a match with what was found; ``launch`` are the values of the run that makes a picture, None for none.

    The same request twice at once is stored once. Raises ``ValidationError`` from the run; then nothing is stored.
    """
    match.found = [{"picture": str(key), "similarity": round(similarity, 4)} for key, similarity in found]
    try:
        with transaction.atomic():
            match.save(force_insert=True)
            if launch is not None:
                match.run = Run.objects.launch(match.owner, **launch)
                match.save(update_fields=["run"])
    except IntegrityError:
        earlier = Match.objects.asked_before(match.owner, match.idempotency_key, match.request_digest)
        if earlier is None:
            raise
        return earlier
    match.refresh_from_db()
    return match


def check_size(size: int) -> None:
    """Raise ``ValidationError`` at ``count`` for a number of pictures that cannot be asked for."""
    if not 1 <= size <= MOST_PICTURES:
        raise ValidationError({"count": _("Ask for 1 to %(most)d pictures.") % {"most": MOST_PICTURES}})
