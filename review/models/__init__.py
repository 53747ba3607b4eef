"""The data of the rating queue, one subject a file."""

from __future__ import annotations

from review.models.entry import Entry
from review.models.experts import Competence, Preferences
from review.models.gold import GoldPicture
from review.models.hold import Hold
from review.models.judgement import Judgement, JudgementUndo, Opinion, Pair, Preferred
from review.models.override import Override
from review.models.policy import Policy, Rule, outcome
from review.models.vote import Ballot, Choice, Undo, Vote

__all__ = [
    "Ballot",
    "Choice",
    "Competence",
    "Entry",
    "GoldPicture",
    "Hold",
    "Judgement",
    "JudgementUndo",
    "Opinion",
    "Override",
    "Pair",
    "Policy",
    "Preferences",
    "Preferred",
    "Rule",
    "Undo",
    "Vote",
    "outcome",
]
