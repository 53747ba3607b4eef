"""A campaign: a target in approved pictures, its cells, its budget, and its verbs."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.db.models.functions import Coalesce, Now
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Role, User
from engines.diffusion.limits import MAX_SEED
from jobs.ids import uuid7
from jobs.models import IdempotencyConflict, WrongState
from stockgen.campaigns.waking import lock, wake
from stockgen.models.brief import Concept, Topic
from stockgen.models.campaign_stage import REASONS_OF_CELLS, PauseReason, Stage
from stockgen.models.quota import problems_with_shares, quotas_of
from stockgen.models.registered import offered_image_models, offered_language_models
from stockgen.models.run import Run

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

MOST_TARGET = 1_000_000
MOST_GPU_HOURS = 1_000_000
USUAL_UNRATED = 60
USUAL_PER_LOCATION = 40


class CampaignQuerySet(models.QuerySet["Campaign"]):
    def visible_to(self, user: User) -> CampaignQuerySet:
        """Operators see every campaign, others their own."""
        return self if user.has_role(Role.OPERATOR) else self.filter(owner=user)

    def running(self) -> CampaignQuerySet:
        """Neither paused nor stopped; one that has reached its target may go on if a verdict is taken back."""
        return self.filter(paused_at=None, stopped_at=None)

    def start(
        self,
        owner: User,
        *,
        name: str,
        target: int,
        topics: Mapping[Topic, int],
        concepts: Mapping[Concept, int],
        image_model: str = "",
        language_model: str = "",
        unrated_limit: int = USUAL_UNRATED,
        pictures_per_location: int = USUAL_PER_LOCATION,
        max_renders: int | None = None,
        max_gpu_hours: float | None = None,
        ends_on: date | None = None,
        seed: int | None = None,
        idempotency_key: str = "",
    ) -> Campaign:
        """Store a campaign with its cells, and set it going. Topics and concepts come with their shares, in per cent.

        The target is shared out so that the cells' quotas add up to it exactly. Raises ``ValidationError`` with a
        message at each wrong field; then nothing is stored. The same ``idempotency_key`` of the same owner returns the
        first campaign, or raises :class:`~stockgen.models.run.IdempotencyConflict` if the request differs.
        """
        asked = {name: value for name, value in locals().items() if name not in {"self", "owner"}}
        # By primary keys: the names of topics and concepts depend on the reader's language.
        asked |= {"topics": _by_key(topics), "concepts": _by_key(concepts)}
        digest = hashlib.sha256(json.dumps(asked, sort_keys=True, default=str).encode()).hexdigest()
        if idempotency_key and (earlier := self._started_before(owner, idempotency_key, digest)):
            return earlier
        campaign = Campaign(
            owner=owner,
            name=name.strip(),
            target=target,
            image_model=image_model or settings.IMAGE_MODEL,
            language_model=language_model or settings.LANGUAGE_MODEL,
            unrated_limit=unrated_limit,
            pictures_per_location=pictures_per_location,
            max_renders=max_renders,
            max_gpu_hours=max_gpu_hours,
            ends_on=ends_on,
            seed=secrets.randbelow(MAX_SEED + 1) if seed is None else seed,
            idempotency_key=idempotency_key,
            request_digest=digest,
        )
        campaign.check_settings(topics, concepts)
        try:
            with transaction.atomic():
                campaign.save(force_insert=True)
                campaign.share_out(topics, concepts)
                campaign.refresh_from_db()
                wake([campaign])
        except IntegrityError:
            # Only the idempotency key can collide: the same request, sent twice at once.
            earlier = self._started_before(owner, idempotency_key, digest) if idempotency_key else None
            if earlier is None:
                raise
            return earlier
        return campaign

    def _started_before(self, owner: User, idempotency_key: str, digest: str) -> Campaign | None:
        earlier = self.filter(owner=owner, idempotency_key=idempotency_key).first()
        if earlier is not None and earlier.request_digest != digest:
            raise IdempotencyConflict(_("This idempotency key was used for another request."))
        return earlier


def _by_key(shares: Mapping[Topic, int] | Mapping[Concept, int]) -> dict[str, int]:
    return {str(one.pk): share for one, share in shares.items()}


class Campaign(models.Model):
    """A target of approved pictures over topics and concepts, which tops itself up until it is reached.

    What it does next follows from its rows alone (:func:`stockgen.campaigns.advance`), so it may be woken any number
    of times by any worker. ``pause``, ``resume``, ``stop`` and ``change`` are its verbs.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="campaigns", verbose_name=_("owner")
    )
    name = models.CharField(_("name"), max_length=120)
    target = models.PositiveIntegerField(
        _("approved pictures"), validators=[MinValueValidator(1), MaxValueValidator(MOST_TARGET)]
    )
    language_model = models.CharField(_("language model"), max_length=60)
    image_model = models.CharField(_("image model"), max_length=60)
    unrated_limit = models.PositiveIntegerField(
        _("unrated pictures in a cell, at most"), default=USUAL_UNRATED,
        validators=[MinValueValidator(1), MaxValueValidator(5000)],
    )  # fmt: skip
    pictures_per_location = models.PositiveIntegerField(
        _("pictures of one location, at most"), default=USUAL_PER_LOCATION,
        validators=[MinValueValidator(1), MaxValueValidator(1000)],
    )  # fmt: skip
    max_renders = models.PositiveIntegerField(
        _("budget, pictures"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    max_gpu_hours = models.FloatField(
        _("budget, GPU hours"),
        null=True,
        blank=True,
        validators=[MinValueValidator(0.01), MaxValueValidator(MOST_GPU_HOURS)],
    )
    ends_on = models.DateField(_("end date"), null=True, blank=True)
    seed = models.BigIntegerField(_("seed"), editable=False)
    pause_reason = models.CharField(
        max_length=20, choices=PauseReason.choices, blank=True, default="", editable=False
    )
    paused_at = models.DateTimeField(_("paused"), null=True, editable=False)
    reached_at = models.DateTimeField(_("target reached"), null=True, editable=False)
    stopped_at = models.DateTimeField(_("stopped"), null=True, editable=False)
    woken = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField(_("created"), db_default=Now(), editable=False)
    idempotency_key = models.CharField(max_length=200, default="", blank=True, editable=False)
    request_digest = models.CharField(max_length=64, default="", blank=True, editable=False)

    objects = CampaignQuerySet.as_manager()

    if TYPE_CHECKING:
        cells: RelatedManager[CampaignCell]

    class Meta:
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="campaign_pause_has_a_reason",
                condition=Q(paused_at__isnull=True, pause_reason="")
                | (Q(paused_at__isnull=False) & ~Q(pause_reason="")),
            ),
            models.UniqueConstraint(
                fields=["owner", "idempotency_key"],
                name="campaign_idempotency",
                condition=~Q(idempotency_key=""),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the address of its page."""
        return reverse("campaign", args=[self.pk])

    @property
    def stage(self) -> Stage:
        """Read off where the campaign is."""
        if self.stopped_at:
            return Stage.STOPPED
        if self.paused_at:
            return Stage.PAUSED
        return Stage.REACHED if self.reached_at else Stage.RUNNING

    def check_settings(self, topics: Mapping[Topic, int], concepts: Mapping[Concept, int]) -> None:
        """Raise ``ValidationError`` with a message at each field that cannot be carried out."""
        errors: dict[str, Any] = {}
        try:
            self.full_clean(exclude=["owner"], validate_unique=False, validate_constraints=False)
        except ValidationError as error:
            errors = error.update_error_dict({})
        errors |= problems_with_shares(topics, concepts)
        if self.ends_on and self.ends_on < timezone.localdate() and self._ends_anew():
            errors["ends_on"] = _("This day has passed.")
        if self.image_model not in offered_image_models():
            errors["image_model"] = _("There is no image model of this name.")
        if self.language_model not in offered_language_models():
            errors["language_model"] = _("There is no language model of this name.")
        if errors:
            raise ValidationError(errors)

    def share_out(self, topics: Mapping[Topic, int], concepts: Mapping[Concept, int]) -> None:
        """Make or change the cells so that their quotas add up to the target; cells left out want no more."""
        self.cells.update(quota=0, topic_share=0, concept_share=0)
        for (topic, concept), quota in quotas_of(self.target, topics, concepts).items():
            CampaignCell.objects.update_or_create(
                campaign=self,
                topic=topic,
                concept=concept,
                defaults={
                    "quota": quota,
                    "topic_share": topics[topic],
                    "concept_share": concepts[concept],
                },
            )

    def shares(self) -> tuple[dict[Topic, int], dict[Concept, int]]:
        """Return the shares that the cells were made from, in per cent."""
        cells = list(self.cells.filter(topic_share__gt=0).select_related("topic", "concept"))
        return (
            {cell.topic: cell.topic_share for cell in cells},
            {cell.concept: cell.concept_share for cell in cells},
        )

    # ------------------------------------------------------------------ verbs
    def change(
        self,
        *,
        topics: Mapping[Topic, int] | None = None,
        concepts: Mapping[Concept, int] | None = None,
        **fields: Any,
    ) -> None:
        """Change name, target, limits, budget, end date, models or shares; it goes on from there.

        What is rendered already counts. Raises ``ValidationError`` as :meth:`CampaignQuerySet.start` does, and
        ``WrongState`` for one that was stopped.
        """
        with transaction.atomic():
            lock(self)
            self.refresh_from_db()
            self.refuse_if_stopped()
            before = self.shares()
            topics = before[0] if topics is None else topics
            concepts = before[1] if concepts is None else concepts
            for name, value in fields.items():
                setattr(self, name, value)
            self.check_settings(topics, concepts)
            if self.pause_reason in {PauseReason.RENDERS, PauseReason.HOURS, PauseReason.DATE}:
                self.paused_at, self.pause_reason = None, ""  # judged again by the new limits
            # Not all: ``woken`` changes without the lock.
            self.save(update_fields=[*fields, "paused_at", "pause_reason"])
            self.share_out(topics, concepts)
            wake([self])

    def pause(self, reason: PauseReason = PauseReason.HAND) -> None:
        """Ask for nothing more; by hand, also hold back what waits to be rendered. Again, it changes nothing."""
        with transaction.atomic():
            lock(self)
            self.refuse_if_stopped()
            campaign = Campaign.objects.filter(pk=self.pk)
            if reason != PauseReason.HAND:
                campaign.filter(paused_at=None).update(paused_at=Now(), pause_reason=reason)
            elif campaign.exclude(pause_reason=reason).update(
                paused_at=Coalesce("paused_at", Now()), pause_reason=reason
            ):
                for run in self._open_runs():
                    with suppress(WrongState):  # its last picture ended this moment
                        run.pause()
        self.refresh_from_db()

    def resume(self) -> None:
        """Go on; cells that were paused for their yield are judged anew from here. Again, it changes nothing."""
        with transaction.atomic():
            lock(self)
            self.refuse_if_stopped()
            Campaign.objects.filter(pk=self.pk).update(paused_at=None, pause_reason="")
            for cell in self.cells.exclude(pause_reason=""):
                cell.resume()
            # All that the pause has touched, also those whose last picture ended meanwhile: their prompts are arms.
            for run in Run.objects.filter(cell__campaign=self, paused_at__isnull=False).select_related(
                "plan"
            ):
                run.resume()
            wake([self])
        self.refresh_from_db()

    def stop(self) -> None:
        """Give the campaign up for good: what is not rendered is cancelled, what is done stays."""
        with transaction.atomic():
            lock(self)
            for run in self._open_runs():
                with suppress(WrongState):  # its last picture ended this moment
                    run.cancel()
            Campaign.objects.filter(pk=self.pk, stopped_at=None).update(
                stopped_at=Now(), paused_at=None, pause_reason=""
            )
        self.refresh_from_db()

    def _ends_anew(self) -> bool:
        before = Campaign.objects.filter(pk=self.pk).values_list("ends_on", flat=True).first()
        return before != self.ends_on

    def _open_runs(self) -> list[Run]:
        runs = Run.objects.filter(cell__campaign=self).select_related("plan")
        tallies = Run.tallies(list(runs))
        return [run for run in runs if tallies[run.pk].open or not run.plan.is_final]

    def refuse_if_stopped(self) -> None:
        """Raise ``WrongState`` for a campaign that was stopped."""
        if Campaign.objects.filter(pk=self.pk, stopped_at__isnull=False).exists():
            raise WrongState(_("This campaign was stopped."))


class CampaignCell(models.Model):
    """A topic and a concept of a campaign, with its quota of approved pictures.

    It is judged by what happened since ``resumed_at``, when somebody last said to go on.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="cells")
    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="+", verbose_name=_("topic"))
    concept = models.ForeignKey(
        Concept, on_delete=models.PROTECT, related_name="+", verbose_name=_("concept")
    )
    quota = models.PositiveIntegerField(_("approved pictures wanted"))
    topic_share = models.PositiveSmallIntegerField(default=0)
    concept_share = models.PositiveSmallIntegerField(default=0)
    pause_reason = models.CharField(
        max_length=20, choices=PauseReason.choices, blank=True, default="", editable=False
    )
    resumed_at = models.DateTimeField(null=True, editable=False)

    if TYPE_CHECKING:
        runs: RelatedManager[Any]
        pictures: RelatedManager[Any]

    class Meta:
        verbose_name = _("cell of a campaign")
        verbose_name_plural = _("cells of campaigns")
        ordering: ClassVar = ["topic__position", "topic__name", "concept__position", "concept__name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["campaign", "topic", "concept"], name="campaign_cell_once")
        ]

    def __str__(self) -> str:
        return f"{self.topic} · {self.concept}"

    def pause(self, reason: PauseReason) -> None:
        """Render no more for this cell until somebody says to go on. Raises ``WrongState`` where all was stopped."""
        self.campaign.refuse_if_stopped()
        CampaignCell.objects.filter(pk=self.pk).update(pause_reason=reason)
        self.pause_reason = reason

    def resume(self) -> None:
        """Go on with this cell, and judge it anew. Raises ``WrongState`` where the campaign was stopped.

        A campaign that had paused itself because none of its cells could go on, goes on with this one.
        """
        with transaction.atomic():
            lock(self.campaign)
            self.campaign.refuse_if_stopped()
            CampaignCell.objects.filter(pk=self.pk).update(pause_reason="", resumed_at=Now())
            Campaign.objects.filter(pk=self.campaign_id, pause_reason__in=REASONS_OF_CELLS).update(
                paused_at=None, pause_reason=""
            )
            wake([self.campaign])
        self.refresh_from_db()
