"""The data of stock generation, one subject a file."""

from __future__ import annotations

from stockgen.models.addition import AdditionConflict, PromptAddition, Step
from stockgen.models.brief import Concept, NegativePrompt, Topic
from stockgen.models.campaign import Campaign, CampaignCell
from stockgen.models.campaign_stage import PauseReason
from stockgen.models.collection import Collection, CollectionItem
from stockgen.models.comparison import Comparison
from stockgen.models.dry_run import DryRun
from stockgen.models.flag import Examination, Flag
from stockgen.models.match import Match
from stockgen.models.named import EditConflict
from stockgen.models.picture import Picture
from stockgen.models.plan import Location, Plan, Prompt
from stockgen.models.proposal import Proposal
from stockgen.models.registered import RegisteredModel
from stockgen.models.run import Run
from stockgen.models.stock import Orientation, StockPicture
from stockgen.models.verdict import Cause, Reason, Verdict, VerdictChange

__all__ = [
    "AdditionConflict",
    "Campaign",
    "CampaignCell",
    "Cause",
    "Collection",
    "CollectionItem",
    "Comparison",
    "Concept",
    "DryRun",
    "EditConflict",
    "Examination",
    "Flag",
    "Location",
    "Match",
    "NegativePrompt",
    "Orientation",
    "PauseReason",
    "Picture",
    "Plan",
    "Prompt",
    "PromptAddition",
    "Proposal",
    "Reason",
    "RegisteredModel",
    "Run",
    "Step",
    "StockPicture",
    "Topic",
    "Verdict",
    "VerdictChange",
]
