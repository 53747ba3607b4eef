"""Votes: cast, changed, taken back. Every one of these is a new fact; none is ever deleted."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar, Self
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import Role, User
from jobs.ids import uuid7
from review.errors import AlreadyVoted, Closed, IdTaken, NotHeld, SlotFilled, TakenBack
from review.models.entry import Entry
from review.models.hold import Hold
from stockgen.models import Reason
from stockgen.models.brief import texts_of_cell

LONGEST_NOTE = 500
LONGEST_LOOK = 86_400.0


class Choice(models.TextChoices):
    """What a rater did with a picture. The first two decide, the others leave it to somebody else."""

    APPROVE = "approve", _("approve")
    REJECT = "reject", _("reject")
    SKIP = "skip", _("skip")
    FLAG = "flag", _("flag")


DECISIVE = (Choice.APPROVE, Choice.REJECT)


@contextmanager
def refusing_taken_ids() -> Iterator[None]:
    """Raise ``IdTaken`` where another picture's vote or undo of the same id was stored in the same moment."""
    try:
        yield
    except IntegrityError as error:
        diagnosis = getattr(error.__cause__, "diag", None)
        if diagnosis is None or diagnosis.constraint_name not in {"review_vote_pkey", "review_undo_pkey"}:
            raise
        raise IdTaken from error


@dataclass(frozen=True)
class Ballot:
    """A vote as it comes in. ``id`` is made by whoever sends it: sent again, it is still one vote.

    ``score`` is 1 to 5, ``seconds`` how long the picture was looked at, ``replaces`` the own vote that this one
    takes the place of.
    """

    id: UUID
    picture: UUID
    choice: str
    reasons: Sequence[str] = ()
    score: int | None = None
    note: str = ""
    seconds: float | None = None
    replaces: UUID | None = None

    def check(self) -> None:
        """Raise ``ValidationError`` with a sentence at each field that is out of range."""
        errors: dict[str, Any] = {}
        if self.choice not in Choice.values:
            errors["choice"] = _("There is no such choice.")
        if self.reasons and self.choice != Choice.REJECT:
            errors["reasons"] = _("Only a rejection has reasons.")
        elif len(set(self.reasons)) < len(self.reasons):
            errors["reasons"] = _("Name each reason once.")
        elif self.reasons and Reason.objects.filter(key__in=self.reasons).count() < len(self.reasons):
            errors["reasons"] = _("There is no reason of this key.")
        if self.score is not None and not 1 <= self.score <= 5:
            errors["score"] = _("A score is a whole number from 1 to 5.")
        if len(self.note) > LONGEST_NOTE:
            errors["note"] = _("A note has at most %(most)s characters.") % {"most": LONGEST_NOTE}
        if self.seconds is not None and not 0 <= self.seconds <= LONGEST_LOOK:  # NaN fails, too
            errors["seconds"] = _("Give the seconds that you looked at the picture, up to a day.")
        if errors:
            raise ValidationError(errors)


class VoteQuerySet(models.QuerySet["Vote"]):
    # ------------------------------------------------------------------ adjectives
    def live(self) -> Self:
        """Not taken back."""
        return self.filter(live=True)

    def decisive(self) -> Self:
        """Approvals and rejections, of known pictures too."""
        return self.filter(choice__in=DECISIVE)

    def counted(self) -> Self:
        """The live approvals and rejections that verdicts follow from."""
        return self.live().decisive().filter(gold=False)

    def of(self, rater: User) -> Self:
        """Of one rater."""
        return self.filter(rater=rater)

    def page(self, *, before: Vote | None = None, size: int = 50) -> list[Vote]:
        """Return the newest votes older than ``before`` (keyset pagination)."""
        rows = self
        if before is not None:
            rows = rows.filter(
                Q(created_at__lt=before.created_at) | Q(created_at=before.created_at, id__lt=before.pk)
            )
        return list(rows.order_by("-created_at", "-id")[:size])

    # ------------------------------------------------------------------ verbs
    def cast(self, rater: User, ballot: Ballot) -> tuple[Vote, bool]:
        """Take a vote; the verdict follows at once. Returns it, and whether it is new.

        The same ballot again returns the first vote and changes nothing. A vote on a hold that ran out counts while
        the picture has room that no other hold takes. Raises ``PermissionDenied`` without the expert role,
        ``ValidationError`` for values out of range, ``DoesNotExist`` for a picture or vote that is not there, or a
        :class:`review.errors.Refused`; then nothing is stored.
        """
        rater.require_role(Role.EXPERT)
        ballot.check()
        with refusing_taken_ids(), transaction.atomic():
            entry = self._lock(ballot.picture)
            same_id, mine = self._known(rater, ballot)
            if same_id is not None:
                if same_id.rater_id != rater.pk or not same_id.is_cast_by(ballot):
                    raise IdTaken
                same_id.entry = entry
                return same_id, False
            if ballot.replaces is not None:
                self._require_replaceable(rater, ballot, ballot.replaces, mine)
            elif mine is not None:
                raise AlreadyVoted
            hold = self._hold(entry, rater)
            if hold is None and mine is None:
                raise NotHeld
            self._require_room(entry, rater, ballot, mine, hold)
            if mine is not None:
                mine.end(rater)
            vote = self.create(
                id=ballot.id, entry=entry, rater=rater, choice=ballot.choice, reasons=list(ballot.reasons),
                score=ballot.score, note=ballot.note, seconds=ballot.seconds, replaces_id=ballot.replaces,
                gold=entry.gold,
            )  # fmt: skip
            if hold is not None:
                hold.delete()
            entry.settle()
        return vote, True

    def _known(self, rater: User, ballot: Ballot) -> tuple[Vote | None, Vote | None]:
        """Return the vote of the ballot's id, and the rater's live vote on its picture, where there are such."""
        live = Q(entry=ballot.picture, rater=rater, live=True)
        votes = list(self.filter(Q(pk=ballot.id) | live))
        same_id = next((vote for vote in votes if vote.pk == ballot.id), None)
        mine = next((vote for vote in votes if vote.live and vote.is_of(rater, ballot.picture)), None)
        return same_id, mine

    def _require_replaceable(self, rater: User, ballot: Ballot, replaced: UUID, mine: Vote | None) -> None:
        """Raise unless the vote to be replaced is the rater's live one on the picture."""
        if mine is None or mine.pk != replaced:
            self.get(pk=replaced, rater=rater, entry=ballot.picture)
            raise TakenBack

    def _hold(self, entry: Entry, rater: User) -> Hold | None:
        """Return the rater's hold with ``is_live``: whether it lasts, by the database's clock."""
        lasting = models.ExpressionWrapper(Q(expires_at__gt=Now()), output_field=models.BooleanField())
        return Hold.objects.filter(entry=entry, rater=rater).annotate(is_live=lasting).first()

    def _require_room(
        self, entry: Entry, rater: User, ballot: Ballot, mine: Vote | None, hold: Hold | None
    ) -> None:
        """Raise unless the vote has a slot. Skips, flags and votes on known pictures need none."""
        if entry.gold or ballot.choice not in DECISIVE:
            return
        if entry.overridden:
            raise Closed
        if mine is not None and mine.counts:
            return  # it leaves a slot behind
        taken = entry.votes
        if hold is None or not hold.is_live:  # type: ignore[attr-defined]
            taken += entry.holds.live().exclude(rater=rater).count()
        if taken >= entry.slots:
            raise SlotFilled

    def undo(self, rater: User, vote_id: UUID, *, undo_id: UUID, tab: str = "") -> Vote:
        """Take an own vote back; with a ``tab`` the picture is given to it again, unless others fill its slots by now.

        Again: nothing changes. Raises ``DoesNotExist`` for another's vote, ``IdTaken`` for another undo's id.
        """
        rater.require_role(Role.EXPERT)
        vote = self.get(pk=vote_id, rater=rater)
        with refusing_taken_ids(), transaction.atomic():
            vote.entry = entry = self._lock(vote.entry_id)
            vote.refresh_from_db(fields=["live"])
            if not vote.live:
                return vote
            if Undo.objects.filter(pk=undo_id).exists():
                raise IdTaken
            vote.end(rater, undo_id)
            entry.settle()
            if tab and entry.has_room_for(rater):
                Hold.objects.give(rater, tab, [entry.pk])
        return vote

    def _lock(self, picture: UUID) -> Entry:
        """Return a picture's entry, locked, with the names of its cell."""
        rows = Entry.objects.select_related("topic", "concept").defer(*texts_of_cell())
        return rows.select_for_update(of=("self",)).get(pk=picture)

    def return_skipped(self, rater: User) -> int:
        """Take back all of a rater's skips, so that those pictures come again. Return how many."""
        count = 0
        for vote in self.live().of(rater).filter(choice=Choice.SKIP):
            self.undo(rater, vote.pk, undo_id=uuid7())
            count += 1
        return count


class Vote(models.Model):
    """What one rater did with one picture. Append-only: only ``live`` ever changes, when it is taken back."""

    id = models.UUIDField(primary_key=True, editable=False)
    entry = models.ForeignKey(
        Entry, on_delete=models.PROTECT, related_name="ballots", verbose_name=_("picture")
    )
    rater = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("expert")
    )
    choice = models.CharField(_("choice"), max_length=8, choices=Choice.choices)
    reasons = ArrayField(models.CharField(max_length=60), default=list, blank=True, verbose_name=_("reasons"))
    score = models.PositiveSmallIntegerField(_("score"), null=True)
    note = models.CharField(_("note"), max_length=LONGEST_NOTE, blank=True, default="")
    seconds = models.FloatField(_("seconds"), null=True)
    gold = models.BooleanField(_("on a known picture"), default=False)
    live = models.BooleanField(_("counts"), default=True)
    replaces = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("replaces")
    )
    created_at = models.DateTimeField(_("when"), db_default=Now(), editable=False)

    objects = VoteQuerySet.as_manager()

    class Meta:
        verbose_name = _("vote")
        verbose_name_plural = _("votes")
        indexes: ClassVar = [
            models.Index("rater", models.F("created_at").desc(), models.F("id").desc(), name="vote_history"),
            models.Index(fields=["created_at"], name="vote_by_time"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["entry", "rater"], name="one_live_vote", condition=Q(live=True)),
            models.CheckConstraint(
                name="vote_score_in_range", condition=Q(score__isnull=True) | Q(score__range=(1, 5))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rater}: {self.get_choice_display()}"

    @property
    def counts(self) -> bool:
        """Whether a verdict follows from it."""
        return self.live and not self.gold and self.choice in DECISIVE

    def is_of(self, rater: User, picture: UUID) -> bool:
        """Tell whether it is a rater's vote on a picture."""
        return (self.rater_id, self.entry_id) == (rater.pk, picture)

    def is_cast_by(self, ballot: Ballot) -> bool:
        """Tell whether this vote came from the same ballot."""
        same_look = (self.seconds is None) == (ballot.seconds is None) and math.isclose(
            self.seconds or 0, ballot.seconds or 0
        )
        return same_look and (
            self.entry_id, self.choice, self.reasons, self.score, self.note, self.replaces_id
        ) == (
            ballot.picture, ballot.choice, list(ballot.reasons), ballot.score, ballot.note, ballot.replaces
        )  # fmt: skip

    def end(self, rater: User, undo_id: UUID | None = None) -> None:
        """Note that the vote is taken back. The caller has locked the entry and settles it."""
        Undo.objects.create(id=undo_id or uuid7(), vote=self, rater=rater)
        Vote.objects.filter(pk=self.pk).update(live=False)
        self.live = False


class Undo(models.Model):
    """The fact that a vote was taken back."""

    id = models.UUIDField(primary_key=True, editable=False)
    vote = models.OneToOneField(Vote, on_delete=models.PROTECT, related_name="undo")
    rater = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("when"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("vote taken back")
        verbose_name_plural = _("votes taken back")

    def __str__(self) -> str:
        return f"{self.vote} ({self.created_at})"
