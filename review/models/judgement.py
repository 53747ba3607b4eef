"""Judging pairs of pictures, of two models each. Every judgement is a new fact; none is ever deleted."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import ClassVar, Self
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.db.models.functions import Greatest, Least, Now
from django.utils.translation import gettext_lazy as _

from accounts.models import Role, User
from review.errors import ComparisonClosed, IdTaken, PairJudged
from review.models.vote import LONGEST_LOOK
from stockgen.models import Comparison, Picture


class Preferred(models.TextChoices):
    """What a rater made of a pair. The first three count, a skip leaves it to somebody else."""

    LEFT = "left", _("the left one")
    RIGHT = "right", _("the right one")
    SAME = "same", _("no difference")
    SKIP = "skip", _("skipped")


COUNTED = (Preferred.LEFT, Preferred.RIGHT, Preferred.SAME)


def left_comes_first(rater: User, one: UUID, other: UUID) -> bool:
    """Tell whether the one of two pictures with the smaller id is shown on the left.

    By a hash of rater and pair: the same rater always sees a pair the same way round, and over many pairs and raters
    each side has either model equally often.
    """
    first, second = sorted((one, other))
    return hashlib.sha256(b"%d %s %s" % (rater.pk, first.bytes, second.bytes)).digest()[0] % 2 == 0


class PairQuerySet(models.QuerySet["Pair"]):
    def of(self, rater: User) -> Self:
        """Given to one rater."""
        return self.filter(rater=rater)

    def unjudged(self) -> Self:
        """Without a judgement that stands."""
        return self.exclude(judgements__live=True)

    def give(self, comparison: Comparison, rater: User, pictures: list[tuple[UUID, UUID]]) -> list[Pair]:
        """Give a rater pairs of pictures that they have not had, sides shuffled; return them in their order.

        The order of their random ids is theirs, too.
        """
        pairs = []
        ids = sorted(uuid.uuid4() for _pair in pictures)
        for pk, (one, other) in zip(ids, pictures, strict=True):
            first, second = sorted((one, other))
            if not left_comes_first(rater, first, second):
                first, second = second, first
            pairs.append(Pair(id=pk, comparison=comparison, rater=rater, left_id=first, right_id=second))
        return self.bulk_create(pairs)


class Pair(models.Model):
    """Two pictures of one item, of different models, given to one rater. Its random id says nothing of the models."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    comparison = models.ForeignKey(
        Comparison, on_delete=models.PROTECT, related_name="pairs", verbose_name=_("comparison")
    )
    rater = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("expert")
    )
    left = models.ForeignKey(Picture, on_delete=models.PROTECT, related_name="+", verbose_name=_("left"))
    right = models.ForeignKey(Picture, on_delete=models.PROTECT, related_name="+", verbose_name=_("right"))
    created_at = models.DateTimeField(_("given"), db_default=Now(), editable=False)

    objects = PairQuerySet.as_manager()

    class Meta:
        verbose_name = _("pair of pictures")
        verbose_name_plural = _("pairs of pictures")
        indexes: ClassVar = [models.Index(fields=["comparison", "rater"], name="pair_of_rater")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                "rater", Least("left", "right"), Greatest("left", "right"), name="pair_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.left_id} | {self.right_id}"

    def picture(self, side: str) -> Picture:
        """Return the picture of a side, ``left`` or ``right``."""
        return self.left if side == "left" else self.right


@dataclass(frozen=True)
class Opinion:
    """A judgement as it comes in. ``id`` is made by whoever sends it: sent again, it is still one judgement."""

    id: UUID
    pair: UUID
    choice: str
    seconds: float | None = None

    def check(self) -> None:
        """Raise ``ValidationError`` with a sentence at each field that is out of range."""
        errors = {}
        if self.choice not in Preferred.values:
            errors["choice"] = _("There is no such choice.")
        if self.seconds is not None and not 0 <= self.seconds <= LONGEST_LOOK:  # NaN fails, too
            errors["seconds"] = _("Give the seconds that you looked at the pictures, up to a day.")
        if errors:
            raise ValidationError(errors)


@contextmanager
def refusing_taken_ids() -> Iterator[None]:
    """Raise ``IdTaken`` where another pair's judgement or undo of the same id was stored in the same moment."""
    try:
        yield
    except IntegrityError as error:
        diagnosis = getattr(error.__cause__, "diag", None)
        keys = {"review_judgement_pkey", "review_judgementundo_pkey"}
        if diagnosis is None or diagnosis.constraint_name not in keys:
            raise
        raise IdTaken from error


class JudgementQuerySet(models.QuerySet["Judgement"]):
    # ------------------------------------------------------------------ adjectives
    def live(self) -> Self:
        """Not taken back."""
        return self.filter(live=True)

    def counted(self) -> Self:
        """Those that the ranking is made of: live, and no skips."""
        return self.live().filter(choice__in=COUNTED)

    def of(self, rater: User) -> Self:
        """Of one rater."""
        return self.filter(pair__rater=rater)

    # ------------------------------------------------------------------ verbs
    def cast(self, rater: User, opinion: Opinion) -> tuple[Judgement, bool]:
        """Take a judgement on a pair that the rater was given, however long ago. Returns it, and whether it is new.

        The same opinion again returns the first judgement and changes nothing. Raises ``PermissionDenied`` without
        the expert role, ``ValidationError`` for values out of range, ``DoesNotExist`` for a pair that the rater was
        not given, or a :class:`review.errors.Refused`; then nothing is stored.
        """
        rater.require_role(Role.EXPERT)
        opinion.check()
        with refusing_taken_ids(), transaction.atomic():
            pair = self._lock(rater, opinion.pair)
            known = list(self.filter(Q(pk=opinion.id) | Q(pair=pair, live=True)).select_related("pair"))
            if same_id := next((one for one in known if one.pk == opinion.id), None):
                if not same_id.is_cast_by(rater, opinion):
                    raise IdTaken
                return same_id, False
            if known:
                raise PairJudged
            if pair.comparison.is_closed:
                raise ComparisonClosed
            judgement = self.create(id=opinion.id, pair=pair, choice=opinion.choice, seconds=opinion.seconds)
        return judgement, True

    def undo(self, rater: User, judgement_id: UUID, *, undo_id: UUID) -> Judgement:
        """Take an own judgement back; the pair is the rater's to judge again. Again: nothing changes.

        Raises ``DoesNotExist`` for another's judgement, ``IdTaken`` for another undo's id, ``ComparisonClosed`` where
        nothing is judged any more.
        """
        rater.require_role(Role.EXPERT)
        judgement = self.get(pk=judgement_id, pair__rater=rater)
        with refusing_taken_ids(), transaction.atomic():
            judgement.pair = pair = self._lock(rater, judgement.pair_id)
            judgement.refresh_from_db(fields=["live"])
            if not judgement.live:
                return judgement
            if pair.comparison.is_closed:
                raise ComparisonClosed
            if JudgementUndo.objects.filter(pk=undo_id).exists():
                raise IdTaken
            JudgementUndo.objects.create(id=undo_id, judgement=judgement)
            self.filter(pk=judgement.pk).update(live=False)
            judgement.live = False
        return judgement

    def _lock(self, rater: User, pair: UUID) -> Pair:
        """Return a rater's pair, locked, with its comparison."""
        rows = Pair.objects.of(rater).select_related("comparison")
        return rows.select_for_update(of=("self",)).get(pk=pair)


class Judgement(models.Model):
    """What one rater made of one pair. Append-only: only ``live`` ever changes, when it is taken back."""

    id = models.UUIDField(primary_key=True, editable=False)
    pair = models.ForeignKey(
        Pair, on_delete=models.PROTECT, related_name="judgements", verbose_name=_("pair of pictures")
    )
    choice = models.CharField(_("choice"), max_length=8, choices=Preferred.choices)
    seconds = models.FloatField(_("seconds"), null=True)
    live = models.BooleanField(_("counts"), default=True)
    created_at = models.DateTimeField(_("when"), db_default=Now(), editable=False)

    objects = JudgementQuerySet.as_manager()

    class Meta:
        verbose_name = _("judgement")
        verbose_name_plural = _("judgements")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["pair"], name="one_live_judgement", condition=Q(live=True))
        ]

    def __str__(self) -> str:
        return f"{self.pair}: {self.get_choice_display()}"

    def is_cast_by(self, rater: User, opinion: Opinion) -> bool:
        """Tell whether an opinion says what this judgement says, so that it is the same, sent again."""
        # Seconds go through the database as they came: a double each.
        said = (opinion.pair, opinion.choice, opinion.seconds)
        return self.pair.rater_id == rater.pk and (self.pair_id, self.choice, self.seconds) == said


class JudgementUndo(models.Model):
    """The fact that a judgement was taken back."""

    id = models.UUIDField(primary_key=True, editable=False)
    judgement = models.OneToOneField(Judgement, on_delete=models.PROTECT, related_name="undo")
    created_at = models.DateTimeField(_("when"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("judgement taken back")
        verbose_name_plural = _("judgements taken back")

    def __str__(self) -> str:
        return f"{self.judgement} ({self.created_at})"
