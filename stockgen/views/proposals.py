"""Proposed edits of additions: see what speaks for them, accept, edit or dismiss."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from accounts.decorators import SignedInRequest
from accounts.models import User
from engines.statistics.intervals import Share
from jobs.models import Worker, WrongState
from stockgen.models import AdditionConflict, Picture, PromptAddition, Proposal, Reason, Step, Verdict
from stockgen.models.proposal import LEAST_TO_ASK, Decision
from stockgen.views.runs import STOP_POLLING
from stockgen.views.shared import render_part
from stockgen.views.studio.cells import Cell, cell_or_404
from stockgen.views.studio.named import steers
from stockgen.word_diff import Piece, diff_words
from stockgen.wording import percent, percent_range

THUMBNAILS = 6
DECIDED = 10
VERBS = frozenset({"accept", "dismiss", "retry"})


@dataclass(frozen=True)
class Bar:
    """A reason's part of the rejected pictures, with its 95 % interval in words."""

    name: str
    count: int
    text: str
    range_text: str
    percent: int
    is_the_one: bool


@dataclass(frozen=True)
class ProposalCard:
    """A proposal as a page shows it.

    ``newer`` is the text that somebody saved since it was written; it cannot be accepted as it is then.
    """

    proposal: Proposal
    cell: Cell
    reason: str
    bars: list[Bar]
    pieces: list[Piece]
    pictures: list[Picture]
    newer: PromptAddition | None
    is_outdated: bool

    @property
    def count(self) -> int:
        """Return how many rejected pictures name the reason."""
        return int(self.proposal.evidence["reasons"].get(self.proposal.reason, 0))

    @property
    def is_moving(self) -> bool:
        return not self.proposal.is_final and self.proposal.decision == Decision.OPEN

    @property
    def newer_text(self) -> str:
        return self.newer.text if self.newer else ""

    @property
    def newer_pieces(self) -> list[Piece]:
        """Return what accepting it would do to the newer text."""
        return diff_words(self.newer_text, self.proposal.text)


@steers
@require_safe
@vary_on_headers("HX-Request")
def proposals(request: SignedInRequest) -> HttpResponse:
    """List the undecided proposals, and the last decided ones; to htmx only the list, 286 once nothing moves."""
    return _list(request)


@steers
@require_POST
def decide_proposal(request: SignedInRequest, pk: UUID, verb: str) -> HttpResponse:
    """Accept, dismiss or retry a proposal; 409 where its state, or a newer text, does not allow that."""
    proposal = get_object_or_404(Proposal.objects.with_names(), pk=pk)
    if verb not in VERBS:
        raise Http404
    status = 200
    try:
        said = _do(request.user, proposal, verb)
    except WrongState as error:
        messages.warning(request, str(error))
        status = 409
    except AdditionConflict:
        messages.warning(
            request, _("Somebody has saved another text since. Look at both, then edit or dismiss.")
        )
        status = 409
    else:
        messages.success(request, said)
    return redirect(_back(request)) if status == 200 else _list(request, status=status)


@steers
@require_safe
def proposal_part(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Show one proposal to the page of its addition, with status 286 once nothing moves."""
    proposal = get_object_or_404(Proposal.objects.with_names(), pk=pk)
    [card] = cards_of([proposal], request.user)
    status = 200 if card.is_moving else STOP_POLLING
    context = {"card": card, "next": card.cell.url}
    return render_part(request, "stockgen/studio/_proposal_card.html", context, status=status)


@steers
@require_POST
def ask_proposal(request: SignedInRequest, slug: str, concept: str, step: str) -> HttpResponse:
    """Have an edit of an addition proposed now, without waiting until a reason dominates."""
    cell = cell_or_404(slug, concept, step)
    try:
        Proposal.objects.ask(request.user, cell.topic, cell.concept, cell.step)
    except ValidationError as error:
        messages.warning(request, error.messages[0])
    else:
        messages.success(request, _("The language model is writing a proposal. It appears here."))
    return redirect(f"{cell.url}#proposal")


def cards_of(proposals: Iterable[Proposal], user: User) -> list[ProposalCard]:
    """Lay proposals out; of the rejected pictures, those whose verdict the person may know."""
    names = Reason.objects.names()
    return [_card(proposal, user, names) for proposal in proposals]


def _card(proposal: Proposal, user: User, names: dict[str, str]) -> ProposalCard:
    newer = proposal.current()
    is_outdated = (newer.pk if newer else None) != proposal.base_id
    return ProposalCard(
        proposal=proposal,
        cell=Cell(proposal.topic, proposal.concept, Step(proposal.step)),
        reason=names.get(proposal.reason, proposal.reason),
        bars=_bars(proposal, names),
        pieces=diff_words(proposal.base_text, proposal.text) if proposal.text else [],
        pictures=list(_pictures(proposal, user)),
        newer=newer,
        is_outdated=is_outdated and proposal.decision == Decision.OPEN,
    )


def _bars(proposal: Proposal, names: dict[str, str]) -> list[Bar]:
    rejected = proposal.evidence["rejected"]
    bars = []
    for key, count in proposal.reasons:
        share = Share(count, rejected)
        bars.append(
            Bar(
                name=names.get(key, key),
                count=count,
                text=percent(share.value),
                range_text=percent_range(share.interval),
                percent=round(100 * (share.value or 0)),
                is_the_one=key == proposal.reason,
            )
        )
    return bars


def _pictures(proposal: Proposal, user: User) -> list[Picture]:
    known = Picture.objects.visible_to(user).with_verdict(Verdict.REJECTED, user)
    of_cell = known.filter(
        topic=proposal.topic, concept=proposal.concept, verdict_reasons__contains=[proposal.reason]
    )
    return list(of_cell.order_by("-id")[:THUMBNAILS])


def _do(user: User, proposal: Proposal, verb: str) -> str:
    if verb == "accept":
        version = proposal.accept(user)
        return _("Version %(version)d is saved. New runs use it.") % {"version": version.version}
    if verb == "dismiss":
        proposal.dismiss(user)
        return _("Dismissed. It is proposed again only after many further rejections.")
    proposal.retry()
    return _("It is tried again.")


def _back(request: SignedInRequest) -> str:
    """Return the page that the button was pressed on, of our own."""
    address = request.POST.get("next", "")
    return address if url_has_allowed_host_and_scheme(address, allowed_hosts=None) else "proposals"


def _list(request: SignedInRequest, *, status: int = 200) -> HttpResponse:
    rows = Proposal.objects.with_names()
    cards = cards_of(rows.undecided().order_by("-id"), request.user)
    is_moving = any(card.is_moving for card in cards)
    decided = rows.exclude(decision=Decision.OPEN).exclude(decided_by=None)
    context = {
        "cards": cards,
        "decided": decided.order_by("-decided_at")[:DECIDED],
        "is_moving": is_moving,
        "no_worker": is_moving and not Worker.objects.alive().exists(),
        "least": LEAST_TO_ASK,
    }
    if not request.htmx:
        return render(request, "stockgen/studio/proposals.html", context, status=status)
    if status == 200 and request.method == "GET" and not is_moving:
        status = STOP_POLLING
    return render_part(request, "stockgen/studio/_proposals.html", context, status=status)
