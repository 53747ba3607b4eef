"""How many votes a picture needs, and what votes come to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from stockgen.models import Campaign, Topic, Verdict

if TYPE_CHECKING:
    from review.models.entry import EntryQuerySet

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


class Rules(dict["int | UUID | None", Rule]):
    """The rules that hold: under a campaign's id, a topic's primary key, and None for the default."""

    def of(self, topic: int, campaign: UUID | None = None) -> Rule:
        """Return the rule for a picture: its campaign's, else its topic's, else the default."""
        own = self.get(campaign) if campaign else None
        return own or self.get(topic) or self[None]


class PolicyQuerySet(models.QuerySet["Policy"]):
    def rules(self) -> Rules:
        """Return all rules; the default is there even without a row."""
        rows = self.values_list("campaign", "topic", "votes", "calibration_share", "gold_share")
        own = {campaign or topic: Rule(*values) for campaign, topic, *values in rows}
        return Rules({None: Rule()} | own)

    def rule_for(self, topic: int, campaign: UUID | None = None) -> Rule:
        """Return the rule for pictures of a topic, in a campaign or outside of any."""
        return self.rules().of(topic, campaign)

    def set(self, scope: Topic | Campaign | None, rule: Rule) -> Policy:
        """Make this the rule for a topic or a campaign (None: the default), then apply it to what is not decided.

        Raises ``ValidationError`` at a value out of range; then nothing changes. Applying takes some seconds where
        tens of thousands wait; interrupted, the rest keeps the rule before until the rule is set again.
        """
        of = _fields(scope)
        Policy(**of, **vars(rule)).full_clean(validate_unique=False, validate_constraints=False)
        policy, _made = self.update_or_create(**of, defaults={**vars(rule), "changed_at": Now()})
        policy.entries().apply(rule)
        return policy

    def follow_default(self, scope: Topic | Campaign) -> None:
        """Take the own rule of a topic or a campaign away: a campaign's topics' rules, or the default, hold again."""
        policy = self.filter(**_fields(scope)).first()
        if policy is None:
            return
        entries = policy.entries()
        policy.delete()
        rules = self.rules()
        if isinstance(scope, Topic):
            entries.apply(rules[None])
            return
        for topic in entries.order_by().values_list("topic", flat=True).distinct():
            entries.filter(topic=topic).apply(rules.of(topic))


def _fields(scope: Topic | Campaign | None) -> dict[str, Any]:
    return {
        "topic": scope if isinstance(scope, Topic) else None,
        "campaign": scope if isinstance(scope, Campaign) else None,
    }


class Policy(models.Model):
    """The rule for a topic or a campaign, or, without either, for all that have none of their own.

    One vote; two votes, and a third on a split; or more. ``calibration_share``: of the pictures that need one vote,
    so many per cent get two, to see how well experts agree. ``gold_share``: so many known pictures are mixed in for
    each hundred given out.
    """

    topic = models.OneToOneField(
        Topic, on_delete=models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("topic")
    )
    campaign = models.OneToOneField(
        Campaign,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("campaign"),
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
            models.UniqueConstraint(
                fields=["topic", "campaign"], name="one_policy_a_scope", nulls_distinct=False
            ),
            models.CheckConstraint(
                name="policy_of_topic_or_campaign",
                condition=models.Q(topic__isnull=True) | models.Q(campaign__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return str(self.campaign or self.topic or _("all other topics"))

    def entries(self) -> EntryQuerySet:
        """Return the pictures in the queue that this rule holds for."""
        from review.models.entry import Entry

        if self.campaign_id:
            return Entry.objects.filter(campaign=self.campaign_id)
        own = Policy.objects.exclude(pk=self.pk)
        others = Entry.objects.exclude(campaign__in=own.filter(campaign__isnull=False).values("campaign"))
        if self.topic_id:
            return others.filter(topic=self.topic_id)
        return others.exclude(topic__in=own.filter(topic__isnull=False).values("topic"))
