"""What the REST endpoints for deciding over the votes take and give."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from ninja import Field, Schema

from accounts.models import User
from accounts.rest import Body, Filters, Key, Text
from review.models import Choice, Entry
from stockgen.models import Verdict, VerdictChange


class DecisionVote(Schema):
    """A vote, for those who decide."""

    rater: str
    choice: Choice
    reasons: list[str]
    score: int | None
    note: str
    live: bool
    known: bool = Field(description="True: cast while this was a known picture; it decides nothing.")
    created_at: datetime


class DecisionChange(Schema):
    """One change of the verdict."""

    verdict: Verdict
    reasons: list[str]
    cause: str
    by: str | None
    note: str
    created_at: datetime

    @classmethod
    def of(cls, change: VerdictChange) -> DecisionChange:
        """Describe a change."""
        return cls(
            verdict=Verdict(change.verdict), reasons=change.reasons, cause=change.cause,
            by=change.by.username if change.by else None, note=change.note, created_at=change.created_at,
        )  # fmt: skip


class DecisionOut(Schema):
    """How a picture was decided."""

    picture: UUID
    verdict: Verdict
    reasons: list[str]
    wanted: int = Field(description="Votes asked for, before ties.")
    slots: int
    votes: list[DecisionVote]
    votes_hidden: bool = Field(
        description="True: you are an expert who may still rate it, so votes and history are not told."
    )
    overridden: bool
    flagged: bool
    known: bool
    history: list[DecisionChange]

    @classmethod
    def of(cls, entry: Entry, reader: User) -> DecisionOut:
        """Describe the decision on a picture to a person, with everything of what led to it that they may know."""
        hidden = entry.hides_votes_from(reader)
        votes = entry.ballots.select_related("rater").order_by("created_at")
        changes = entry.picture.verdict_changes.select_related("by").order_by("id")
        if hidden:
            votes, changes = votes.none(), changes.none()
        fields: dict[str, Any] = {
            name: getattr(entry, name) for name in ("wanted", "slots", "overridden", "flagged")
        }
        return cls(
            picture=entry.pk,
            verdict=Verdict(entry.picture.verdict),
            reasons=entry.picture.verdict_reasons,
            votes=[
                DecisionVote(
                    rater=vote.rater.username, choice=Choice(vote.choice), reasons=vote.reasons, score=vote.score,
                    note=vote.note, live=vote.live, known=vote.gold, created_at=vote.created_at,
                )
                for vote in votes
            ],
            votes_hidden=hidden,
            known=entry.gold,
            history=[DecisionChange.of(change) for change in changes],
            **fields,
        )  # fmt: skip


class VoteExportFilters(Filters):
    """In which form votes are exported."""

    format: Literal["csv", "jsonl"] = Field("jsonl", description="csv, or jsonl for JSON Lines.")


class OverrideIn(Body):
    """A decision over the votes."""

    verdict: Key = Field(description="approved or rejected.")
    note: Text = Field(description="Why, in words.")
    reasons: list[Key] = Field(default_factory=list, max_length=9)


class ReopenIn(Body):
    """Why a decision is taken back."""

    note: Text


class KnownIn(Body):
    """What the right verdict of a known picture is; null makes it an ordinary one again."""

    expected: Key | None = Field(description="approved, rejected or null.")
    note: Text = ""


class RuleBody(Body):
    """How many votes pictures need. Shares are per cent."""

    votes: int = Field(description="1 to 5. Two ask for a third on a split.")
    calibration_share: int = Field(description="Where one vote is the rule: so many get two, 0 to 100.")
    gold_share: int = Field(description="Known pictures mixed in, 0 to 50.")


class RuleOut(Schema):
    """The rule that holds for a topic or a campaign; with both null, the default."""

    topic: str | None = None
    campaign: UUID | None = None
    own: bool = Field(description="False: the default holds.")
    votes: int
    calibration_share: int
    gold_share: int
