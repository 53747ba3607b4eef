"""How many votes a picture needs, and what votes come to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from stockgen.models import Topic, Verdict

MOST_VOTES = 5
_PARTS = 10_000


def outcome(approvals: int, rejections: int, wanted: int) -> tuple[int, Verdict]:
    """Return how many votes a picture has room for, and its verdict, from its live votes.

    Fewer votes than ``wanted``: nothing is decided. A tie asks for one vote more. Else the majority decides. There
    is always room for the votes that are there.
    """
    votes = approvals + rejections
    if votes < wanted:
        return wanted, Verdict.PENDING
    if approvals == rejections:
        return votes + 1, Verdict.PENDING
    return votes, Verdict.APPROVED if approvals > rejections else Verdict.REJECTED


def ranked(reasons: Iterable[Sequence[str]]) -> tuple[str, ...]:
    """Return the reasons that several votes name, the most frequent first."""
    counts = Counter(reason for named in reasons for reason in named)
    return tuple(sorted(counts, key=lambda reason: (-counts[reason], reason)))


@dataclass(frozen=True)
class Rule:
    """What a policy asks for, detached from its row. Shares are per cent."""

    votes: int = 1
    calibration_share: int = 5
    gold_share: int = 2

    def wanted(self, picture: UUID) -> int:
        """Return how many votes a picture is asked, before ties.

        Where one vote is the rule, the calibration share of pictures gets two. Which ones hangs on their id alone,
        so that asking again gives the same.
        """
        drawn = (picture.int & 0xFFFFFFF) % _PARTS
        return 2 if self.votes == 1 and drawn < self.calibration_share * _PARTS // 100 else self.votes


class PolicyQuerySet(models.QuerySet["Policy"]):
    def rules(self) -> dict[int | None, Rule]:
        """Return the rules by topic; under None the default, which is there even without a row."""
        rows = self.values_list("topic", "votes", "calibration_share", "gold_share")
        return {None: Rule(), **{topic: Rule(*values) for topic, *values in rows}}

    def rule_for(self, topic: int) -> Rule:
        """Return the rule for a topic: its own, or the default."""
        rules = self.rules()
        return rules.get(topic, rules[None])

    def set(self, topic: Topic | None, rule: Rule) -> Policy:
        """Make this the rule for a topic (None: the default), then apply it to what is not decided.

        Raises ``ValidationError`` at a value out of range; then nothing changes. Applying takes some seconds where
        tens of thousands wait; interrupted, the rest keeps the rule before until the rule is set again.
        """
        from review.models.entry import Entry

        values = {**vars(rule), "changed_at": Now()}
        Policy(topic=topic, **vars(rule)).full_clean(validate_unique=False, validate_constraints=False)
        policy, _made = self.update_or_create(topic=topic, defaults=values)
        own = self.filter(topic__isnull=False).values("topic")
        entries = Entry.objects.filter(topic=topic) if topic else Entry.objects.exclude(topic__in=own)
        entries.apply(rule)
        return policy

    def follow_default(self, topic: Topic) -> None:
        """Take a topic's own rule away: the default holds for it again."""
        from review.models.entry import Entry

        if self.filter(topic=topic).delete()[0]:
            Entry.objects.filter(topic=topic).apply(self.rules()[None])


class Policy(models.Model):
    """The rule for a topic, or, without one, for all topics that have none of their own.

    One vote; two votes, and a third on a split; or more. ``calibration_share``: of the pictures that need one vote,
    so many per cent get two, to see how well experts agree. ``gold_share``: so many known pictures are mixed in for
    each hundred given out.
    """

    topic = models.OneToOneField(
        Topic, on_delete=models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("topic")
    )
    votes = models.PositiveSmallIntegerField(
        _("votes per picture"), default=1, validators=[MinValueValidator(1), MaxValueValidator(MOST_VOTES)]
    )
    calibration_share = models.PositiveSmallIntegerField(
        _("rated twice, %"), default=5, validators=[MaxValueValidator(100)]
    )
    gold_share = models.PositiveSmallIntegerField(
        _("known pictures, %"), default=2, validators=[MaxValueValidator(50)]
    )
    changed_at = models.DateTimeField(_("changed"), db_default=Now(), editable=False)

    objects = PolicyQuerySet.as_manager()

    class Meta:
        verbose_name = _("rule for votes")
        verbose_name_plural = _("rules for votes")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["topic"], name="one_policy_a_topic", nulls_distinct=False)
        ]

    def __str__(self) -> str:
        return str(self.topic or _("all other topics"))
