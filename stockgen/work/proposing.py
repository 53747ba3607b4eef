"""The worker's part of a proposal: let the language model write an edit against a reason to reject."""

from __future__ import annotations

from typing import cast

from django.utils.translation import gettext_noop

from engines.planning.files import load_proposal_examples
from engines.planning.proposals import RejectReason, propose_addition
from engines.planning.systems import PlanningStep
from jobs.worker import Work
from stockgen.models import Proposal, Reason
from stockgen.models.dry_run import LONGEST_TEXT
from stockgen.seed import PROMPTS_FOLDER
from stockgen.work.models import language_model, text_embedder
from stockgen.work.planning import STEP_SECONDS

NO_ROOM = gettext_noop("The addition has no room for another sentence. Shorten it first.")


def propose(proposals: list[Proposal], work: Work) -> None:
    """Write a proposal from the prompts that its evidence names."""
    [proposal] = proposals
    work.lease_seconds = max(work.lease_seconds, STEP_SECONDS)
    # The language model is told the English name, whatever the designers read.
    name = Reason.objects.filter(key=proposal.reason).values_list("name", flat=True).first()
    draft = propose_addition(
        language_model(proposal.language_model, work),
        text_embedder(),
        proposal.brief(),
        cast("PlanningStep", proposal.step),
        RejectReason(proposal.reason, name or proposal.reason),
        load_proposal_examples(PROMPTS_FOLDER),
        rejected_prompts=proposal.evidence["prompts"],
        approved_prompts=proposal.evidence["approved_prompts"],
        seed=proposal.seed,
        on_progress=work.beat,
        is_cancelled=work.is_over,
    )
    if len(draft.text) > LONGEST_TEXT:
        proposal.fail(NO_ROOM, retry=False)
        return
    proposal.succeed(text=draft.text, sentence=draft.sentence, from_pattern=draft.from_pattern)
