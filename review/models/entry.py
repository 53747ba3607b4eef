"""A picture's entry in the rating queue: how many votes it wants and has, and what they come to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar, Self
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import Count, F, OuterRef, Q, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Role, User
from engines.imaging.hashing import mirrored
from review.models.gold import GoldPicture
from review.models.override import Override, check_note, check_override
from review.models.policy import Policy, Rule, outcome, ranked
from review.ordering import Quotas
from review.stacking import Head, nearest, wait_for_turn
from stockgen.models import Campaign, Cause, Concept, Picture, Topic, Verdict, VerdictChange
from stockgen.models.verdict import decide

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from review.models.hold import HoldQuerySet
    from review.models.vote import VoteQuerySet

CHUNK = 500


class EntryQuerySet(models.QuerySet["Entry"]):
    # ------------------------------------------------------------------ adjectives
    def open(self) -> Self:
        """Waiting for votes that nobody has cast yet."""
        return self.filter(is_open=True)

    def flagged(self) -> Self:
        """With an expert's flag that nobody has dealt with."""
        return self.filter(flagged=True, overridden=False)

    def decidable_by(self, user: User) -> Self:
        """Those whose verdict a person may set over the votes: operators all, designers those of their own."""
        if user.has_role(Role.OPERATOR):
            return self
        return self.filter(picture__owner=user) if user.has_role(Role.DESIGNER) else self.none()

    # ------------------------------------------------------------------ verbs
    def take_in(self, pictures: Iterable[Picture] | None = None) -> int:
        """Put pictures that are done into the queue: these, or all that are not in it. Return how many.

        Doing it again changes nothing. What was made to compare models is never taken in.
        """
        if pictures is None:
            missing = Picture.objects.done().stock().filter(entry__isnull=True)
            missing = missing.select_related("run", "cell__campaign")
            pictures = missing.order_by("id").iterator(chunk_size=CHUNK)
        rules, quotas = Policy.objects.rules(), Quotas()
        made = 0
        for picture in pictures:
            if picture.run.comparison_id is not None or self.filter(pk=picture.pk).exists():
                continue
            rule = rules.of(picture.topic_id, picture.cell.campaign_id if picture.cell else None)
            entry = Entry.of(picture, rule, _head_of(picture))
            entry.surplus = quotas.are_met_for(picture)
            entry.doubtful = picture.flags.exists()
            self.bulk_create([entry], ignore_conflicts=True)
            made += 1
        return made

    def apply(self, rule: Rule) -> None:
        """Let a changed rule hold for what is not decided yet, :data:`CHUNK` entries at a time.

        A rule of fewer votes decides what has enough of them; what a reopening asked for is not taken away. Only one
        chunk is locked at a time, and what the rule leaves as it is, is not written.
        """
        undecided = self.filter(picture__verdict=Verdict.PENDING, gold=False, overridden=False)
        had = undecided.order_by("pk").values_list("pk", "wanted")
        keys = [pk for pk, wanted in had if wanted != rule.wanted(pk)]
        for first in range(0, len(keys), CHUNK):
            with transaction.atomic():
                chunk = Entry.objects.filter(pk__in=keys[first : first + CHUNK])
                locked = list(chunk.select_for_update().order_by("pk").values_list("pk", flat=True))
                # Read behind the lock: a vote that it waited for may have decided one.
                undecided.filter(pk__in=locked).apply_locked(rule)

    def apply_locked(self, rule: Rule) -> None:
        """Let a rule hold for these, which are not decided. The caller has locked their rows."""
        counted = Q(ballots__live=True, ballots__gold=False)
        latest = VerdictChange.objects.filter(picture=OuterRef("pk")).order_by("-id").values("cause")[:1]
        rows = self.annotate(
            approvals=Count("ballots", filter=counted & Q(ballots__choice="approve")),
            rejections=Count("ballots", filter=counted & Q(ballots__choice="reject")),
            latest_cause=Subquery(latest),
        ).values_list("pk", "wanted", "slots", "approvals", "rejections", "latest_cause")
        waiting: dict[tuple[int, int], list[UUID]] = {}
        decided: dict[tuple[int, int, Verdict], list[UUID]] = {}
        for pk, had, room, approvals, rejections, cause in rows:
            wanted = max(rule.wanted(pk), had if cause == Cause.REOPENED else 0)
            slots, verdict = outcome(approvals, rejections, wanted)
            if verdict != Verdict.PENDING:
                decided.setdefault((wanted, slots, verdict), []).append(pk)
            elif (wanted, slots) != (had, room):
                waiting.setdefault((wanted, slots), []).append(pk)
        for (wanted, slots), keys in waiting.items():
            Entry.objects.filter(pk__in=keys).update(wanted=wanted, slots=slots)
        for (wanted, slots, verdict), keys in decided.items():
            Entry.objects.filter(pk__in=keys).update(wanted=wanted, slots=slots, is_open=False)
            if verdict == Verdict.APPROVED:
                decide(keys, verdict, Cause.RULE)
        rejected = [
            key for (*_, verdict), keys in decided.items() if verdict == Verdict.REJECTED for key in keys
        ]
        for reasons, keys in Entry.objects.filter(pk__in=rejected).by_reasons().items():
            decide(keys, Verdict.REJECTED, Cause.RULE, reasons=reasons)

    def by_reasons(self) -> dict[tuple[str, ...], list[UUID]]:
        """Return these, which have votes to reject that count, by the reasons of those, the most frequent first."""
        rejections = self.filter(ballots__live=True, ballots__gold=False, ballots__choice="reject")
        named: dict[UUID, list[list[str]]] = {}
        for pk, reasons in rejections.values_list("pk", "ballots__reasons"):
            named.setdefault(pk, []).append(reasons)
        alike: dict[tuple[str, ...], list[UUID]] = {}
        for pk, reasons_of_votes in named.items():
            alike.setdefault(ranked(reasons_of_votes), []).append(pk)
        return alike


class Entry(models.Model):
    """A picture in the rating queue.

    ``wanted`` votes are asked for before ties, ``slots`` is the room for live votes at present, ``votes`` how many
    there are. It ``is_open`` while somebody may still be given it. ``stack`` is the id of the first of its
    near-duplicates, ``queue_at`` the time that orders the queue: when its run, or its ``campaign``, was started.
    Those that an expert ``flagged``, the ``doubtful`` ones (a detector found a defect) and the ``surplus`` of cells
    that have their quota wait behind the others. Whoever changes an entry locks its row first: that is what keeps two
    votes from one slot.
    """

    picture = models.OneToOneField(Picture, on_delete=models.CASCADE, primary_key=True, related_name="entry")
    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="+")
    concept = models.ForeignKey(Concept, on_delete=models.PROTECT, related_name="+")
    campaign = models.ForeignKey(
        Campaign, on_delete=models.PROTECT, null=True, db_index=False, related_name="+", editable=False
    )
    stack = models.UUIDField(editable=False)
    queue_at = models.DateTimeField(editable=False)
    wanted = models.PositiveSmallIntegerField(gettext_lazy("votes wanted"))
    slots = models.PositiveSmallIntegerField(gettext_lazy("room for votes"))
    votes = models.PositiveSmallIntegerField(gettext_lazy("votes"), default=0)
    flagged = models.BooleanField(gettext_lazy("flagged"), default=False)
    doubtful = models.BooleanField(gettext_lazy("doubtful"), default=False)
    surplus = models.BooleanField(gettext_lazy("beyond the quota"), default=False)
    gold = models.BooleanField(gettext_lazy("known"), default=False)
    overridden = models.BooleanField(gettext_lazy("decided over the votes"), default=False)
    is_open = models.BooleanField(default=True)

    objects = EntryQuerySet.as_manager()

    if TYPE_CHECKING:
        holds: HoldQuerySet
        ballots: VoteQuerySet
        overrides: RelatedManager[Override]

    class Meta:
        verbose_name = gettext_lazy("picture in the queue")
        verbose_name_plural = gettext_lazy("pictures in the queue")
        indexes: ClassVar = [
            models.Index(
                fields=["flagged", "doubtful", "surplus", "queue_at", "stack", "picture"],
                name="entry_in_order",
                condition=Q(is_open=True),
            ),
            models.Index(fields=["stack"], name="entry_of_stack"),
            models.Index(fields=["topic", "concept"], name="entry_of_cell"),
            models.Index(
                fields=["campaign", "topic"], name="entry_of_campaign", condition=Q(campaign__isnull=False)
            ),
            models.Index(fields=["picture"], name="entry_flagged", condition=Q(flagged=True)),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(name="entry_votes_have_slots", condition=Q(votes__lte=F("slots"))),
        ]

    def __str__(self) -> str:
        return str(self.picture_id)

    @classmethod
    def of(cls, picture: Picture, rule: Rule, like: Head | None) -> Entry:
        """Make the (unsaved) entry of a picture, behind the near-duplicate it is ``like``."""
        wanted = rule.wanted(picture.pk)
        pending = picture.verdict == Verdict.PENDING
        campaign = picture.cell.campaign if picture.cell else None
        asked_at = campaign.created_at if campaign else picture.run.created_at
        return cls(
            picture=picture, topic_id=picture.topic_id, concept_id=picture.concept_id, campaign=campaign,
            wanted=wanted, slots=wanted, stack=like.stack if like else picture.pk, is_open=pending,
            queue_at=like.queue_at if like and like.is_open else asked_at,
        )  # fmt: skip

    # ------------------------------------------------------------------ reading
    def hides_votes_from(self, user: User) -> bool:
        """Tell whether a person may still be given the picture to rate, and so must not know the others' votes."""
        return (
            user.has_role(Role.EXPERT)
            and (self.is_open or self.gold)
            and not self.ballots.live().decisive().of(user).exists()
        )

    def has_room_for(self, rater: User) -> bool:
        """Tell whether it may be put into a rater's hand: votes and others' holds leave a slot, or it is known."""
        held = self.holds.live().exclude(rater=rater).count()
        return self.gold or (self.is_open and self.votes + held < self.slots)

    # ------------------------------------------------------------------ verbs
    def doubt(self, is_doubtful: bool) -> None:
        """Put it behind the others, or back among them: as a whole, however many flags it has."""
        with transaction.atomic():
            Entry.objects.select_for_update().get(pk=self.pk)
            Entry.objects.filter(pk=self.pk).update(doubtful=is_doubtful)
        self.doubtful = is_doubtful

    def restack(self, looks: Sequence[str]) -> bool:
        """Put it behind the picture that it is a near-duplicate of, by all its looks. False if it stays where it is.

        Only a picture that stands alone moves: behind whatever stands behind it nobody loses their place, and no two
        can stand behind each other.
        """
        with transaction.atomic():
            wait_for_turn()
            entry = Entry.objects.select_for_update().get(pk=self.pk)
            if Entry.objects.filter(stack=entry.stack).exclude(pk=entry.pk).exists():
                return False
            like = nearest(entry.pk, entry.topic_id, looks)
            if like is None:
                return False
            entry.stack, entry.queue_at = like.stack, like.queue_at if like.is_open else entry.queue_at
            entry.save(update_fields=["stack", "queue_at"])
        self.refresh_from_db()
        return True

    def settle(self) -> None:
        """Count the live votes again and let the verdict follow. The caller has locked the row."""
        was_open = self.is_open
        tally = self.ballots.live().aggregate(
            approvals=Count("pk", filter=Q(choice="approve", gold=False)),
            rejections=Count("pk", filter=Q(choice="reject", gold=False)),
            flags=Count("pk", filter=Q(choice="flag")),
        )
        self.votes = tally["approvals"] + tally["rejections"]
        self.slots, verdict = outcome(tally["approvals"], tally["rejections"], self.wanted)
        self.flagged = tally["flags"] > 0
        self.is_open = verdict == Verdict.PENDING and not self.gold and not self.overridden
        self.save(update_fields=["wanted", "votes", "slots", "flagged", "overridden", "gold", "is_open"])
        if not self.gold and not self.overridden and not (was_open and self.is_open):
            self._decide(verdict)

    def _decide(self, verdict: Verdict) -> None:
        picture = Picture(pk=self.pk)
        if verdict == Verdict.APPROVED:
            picture.approve(Cause.VOTES)
        elif verdict == Verdict.REJECTED:
            picture.reject(Cause.VOTES, reasons=self.counted_reasons())
        else:
            picture.reopen(Cause.VOTES)

    def counted_reasons(self) -> tuple[str, ...]:
        """Return the reasons of the votes to reject that count, the most frequent first."""
        return ranked(self.ballots.counted().filter(choice="reject").values_list("reasons", flat=True))

    def override(self, by: User, verdict: Verdict, *, note: str, reasons: Sequence[str] = ()) -> Override:
        """Decide over the votes, with a reason; it holds until :meth:`reopen`. Votes stay as they are.

        Raises ``PermissionDenied`` for whoever may not, ``ValidationError`` without a reason in ``note`` and on a
        known picture, whose verdict is what it is known for.
        """
        self._require_may_decide(by)
        check_override(verdict, note, reasons)
        with transaction.atomic():
            entry = Entry.objects.select_for_update().get(pk=self.pk)
            if entry.gold:
                raise ValidationError(_("This is a known picture; take that mark away first."))
            made = entry.overrule(by, verdict, note, reasons)
        self.refresh_from_db()
        return made

    def overrule(self, by: User, verdict: Verdict, note: str, reasons: Sequence[str] = ()) -> Override:
        """Decide over the votes. The caller has locked the row and checked the rest."""
        self.overrides.filter(live=True).update(live=False)
        made = Override.objects.create(
            entry=self, verdict=verdict, reasons=list(reasons), by=by, note=note.strip()
        )
        self.overridden, self.is_open = True, False
        self.save(update_fields=["overridden", "is_open"])
        picture = Picture(pk=self.pk)
        if verdict == Verdict.APPROVED:
            picture.approve(Cause.OVERRIDE, by=by, note=note.strip())
        else:
            picture.reject(Cause.OVERRIDE, reasons=reasons, by=by, note=note.strip())
        return made

    def reopen(self, by: User, *, note: str) -> None:
        """Take the verdict back and ask for one vote more than there are; a decision over the votes is lifted.

        Raises ``PermissionDenied`` for whoever may not, ``ValidationError`` without a reason or where nothing is
        decided.
        """
        self._require_may_decide(by)
        check_note(note)
        with transaction.atomic():
            entry = Entry.objects.select_for_update().get(pk=self.pk)
            picture = Picture.objects.get(pk=self.pk)
            if entry.gold:
                raise ValidationError(_("This is a known picture; take that mark away first."))
            if picture.verdict == Verdict.PENDING:
                raise ValidationError(_("This picture is not decided."))
            entry.overrides.filter(live=True).update(live=False)
            entry.overridden = False
            entry.wanted = max(entry.wanted, entry.votes + 1)
            picture.reopen(Cause.REOPENED, by=by, note=note.strip())
            entry.settle()
        self.refresh_from_db()

    def clear_flags(self, by: User) -> int:
        """Take back the flags of all experts: somebody has looked, and it is fine. Return how many."""
        self._require_may_decide(by)
        with transaction.atomic():
            entry = Entry.objects.select_for_update().get(pk=self.pk)
            flags = list(entry.ballots.live().filter(choice="flag"))
            for flag in flags:
                flag.end(by)
            entry.settle()
        self.refresh_from_db()
        return len(flags)

    def mark_known(self, by: User, expected: Verdict, *, note: str = "") -> GoldPicture:
        """Make this a known picture, which is mixed in to measure experts and needs no votes any more.

        Its verdict becomes the known one. Votes on it from now on decide nothing.
        """
        self._require_may_decide(by)
        why = note.strip() or _("known picture")
        check_override(expected, why, ())
        with transaction.atomic():
            entry = Entry.objects.select_for_update().get(pk=self.pk)
            entry.overrule(by, expected, why)
            known, _made = GoldPicture.objects.update_or_create(
                entry=entry,
                defaults={"expected": expected, "note": note.strip(), "added_by": by, "is_active": True},
            )
            entry.gold = True
            entry.save(update_fields=["gold"])
        self.refresh_from_db()
        return known

    def forget_known(self, by: User) -> None:
        """Mix it in no longer. Its verdict stays until it is reopened."""
        self._require_may_decide(by)
        with transaction.atomic():
            entry = Entry.objects.select_for_update().get(pk=self.pk)
            GoldPicture.objects.filter(entry=entry).update(is_active=False)
            entry.gold = False
            entry.save(update_fields=["gold"])
        self.refresh_from_db()

    def _require_may_decide(self, by: User) -> None:
        if not Entry.objects.decidable_by(by).filter(pk=self.pk).exists():
            raise PermissionDenied(_("Only operators, and designers for their own pictures, may do this."))


def _head_of(picture: Picture) -> Head | None:
    """Return the stack of what a picture looks like, or what its mirror image looks like, by its stored hash."""
    bits = picture.perceptual_hash
    return nearest(picture.pk, picture.topic_id, (bits, mirrored(bits))) if bits is not None else None
