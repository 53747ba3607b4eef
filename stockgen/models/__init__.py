"""The data of stock generation, one subject a file."""

from __future__ import annotations

from stockgen.models.brief import Concept, PromptAddition, Step, Topic
from stockgen.models.picture import Picture
from stockgen.models.plan import Location, Plan, Prompt
from stockgen.models.registered import RegisteredModel
from stockgen.models.run import Run
from stockgen.models.verdict import Cause, Reason, Verdict, VerdictChange

__all__ = [
    "Cause",
    "Concept",
    "Location",
    "Picture",
    "Plan",
    "Prompt",
    "PromptAddition",
    "Reason",
    "RegisteredModel",
    "Run",
    "Step",
    "Topic",
    "Verdict",
    "VerdictChange",
]
