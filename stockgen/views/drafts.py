"""Texts that are not saved yet and open in the editor of an addition: a proposal, or what a dry run tried."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404
from django.shortcuts import get_object_or_404

from accounts.decorators import SignedInRequest
from stockgen.forms.studio import AdditionForm
from stockgen.models import DryRun, PromptAddition, Proposal
from stockgen.views.studio.cells import Cell


def draft_of(request: SignedInRequest, cell: Cell) -> AdditionForm | None:
    """Return the form with the text that ``?proposal=`` or ``?dry_run=`` names; None where neither is there.

    Saving it accepts the proposal. Raises ``Http404`` for what is of another addition, decided, or not one's own.
    """
    if "proposal" in request.GET:
        return _of_proposal(_uuid(request.GET["proposal"]), cell)
    if "dry_run" in request.GET:
        return _of_dry_run(_uuid(request.GET["dry_run"]), cell, request)
    return None


def _of_proposal(pk: UUID, cell: Cell) -> AdditionForm:
    rows = Proposal.objects.with_names().undecided().of(cell.topic, cell.concept, cell.step).done()
    proposal = get_object_or_404(rows, pk=pk)
    text, base = proposal.text_for_now()
    return AdditionForm({"text": text, "base": str(base), "note": proposal.note(), "proposal": str(pk)})


def _of_dry_run(pk: UUID, cell: Cell, request: SignedInRequest) -> AdditionForm:
    rows = DryRun.objects.visible_to(request.user).of(cell.topic, cell.concept, cell.step)
    dry_run = get_object_or_404(rows, pk=pk)
    now = PromptAddition.objects.current(cell.topic, cell.concept).get(cell.step)
    base = now.version if now else 0
    if not dry_run.starts_from(now):
        base = max(0, base - 1)  # any older one: saving shows both texts
    return AdditionForm({"text": dry_run.unsaved[cell.step], "base": str(base)})


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None
