"""The rating queue over REST, for experts: next, vote, undo, history."""

from __future__ import annotations

from dataclasses import asdict
from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Status

from accounts.models import User
from accounts.rest import answers, next_page
from review.models import Hold, Preferences, Vote
from review.queue import take
from review.rest import attempt, expert_of
from review.schemas import (
    BatchIn,
    Card,
    CardsOut,
    NextIn,
    PreferencesIn,
    PreferencesOut,
    ReasonOut,
    ReleasedOut,
    ReleaseIn,
    ResultOut,
    ResultsOut,
    ReturnedOut,
    SessionFilters,
    SessionOut,
    UndoIn,
    UndoOut,
    VoteFilters,
    VoteIn,
    VoteOut,
    VotePage,
)
from review.session import session_of
from stockgen.models import Reason

router = Router(tags=["rating"])


@router.post("/next", response=answers({200: CardsOut}, 400, 403, 422))
def next_pictures(request: HttpRequest, body: NextIn) -> CardsOut:
    """Take pictures to rate: first those that this tab holds, then new ones.

    Nobody else is given them while they are held. Ask again to hold them longer. Near-duplicates come together,
    so there may be a few more than asked.
    """
    cards = Card.of(take(expert_of(request), body.tab, body.count))
    return CardsOut(cards=cards, empty=len(cards) < body.count)


@router.post("/votes", response=answers({201: VoteOut, 200: VoteOut}, 400, 403, 404, 409, 422))
def vote(request: HttpRequest, body: VoteIn) -> Status[VoteOut]:
    """Rate a picture that you hold. The same request again answers 200 with the first one's vote.

    409 says by its `code` why a vote does not fit: `not_held`, `slot_filled`, `already_voted`, `closed`,
    `taken_back` or `id_taken`.
    """
    made, is_new = Vote.objects.cast(expert_of(request), body.ballot())
    return Status(201 if is_new else 200, VoteOut.of(made))


@router.post("/votes/batch", response=answers({200: ResultsOut}, 400, 403, 422))
def vote_on_several(request: HttpRequest, body: BatchIn) -> ResultsOut:
    """Rate several pictures. Each vote is taken or refused on its own, with the status it would have alone."""
    rater = expert_of(request)
    return ResultsOut(results=[_result(rater, item) for item in body.votes])


def _result(rater: User, item: VoteIn) -> ResultOut:
    status, made, problem = attempt(lambda: Vote.objects.cast(rater, item.ballot()))
    return ResultOut(id=item.id, status=status, vote=VoteOut.of(made) if made else None, problem=problem)


@router.post("/votes/{uuid:vote_id}/undo", response=answers({200: UndoOut}, 400, 403, 404, 409, 422))
def undo_vote(request: HttpRequest, vote_id: UUID, body: UndoIn) -> UndoOut:
    """Take back a vote of your own; the picture is in your hand again. Doing it twice changes nothing more."""
    rater = expert_of(request)
    undone = Vote.objects.undo(rater, vote_id, undo_id=body.id, tab=body.tab)
    held = Hold.objects.of_tab(rater, body.tab).live().filter(entry=undone.entry_id)
    return UndoOut(vote=VoteOut.of(undone), card=next(iter(Card.of(list(held))), None))


@router.get("/votes", response=answers({200: VotePage}, 403, 404, 422))
def list_votes(request: HttpRequest, filters: Query[VoteFilters]) -> VotePage:
    """List your own votes, newest first, also those taken back."""
    mine = Vote.objects.of(expert_of(request))
    before = get_object_or_404(mine, pk=filters.before) if filters.before else None
    rows = mine.select_related("entry__topic", "entry__concept")
    found = rows.page(before=before, size=filters.limit + 1)
    votes = found[: filters.limit]
    return VotePage(
        items=[VoteOut.of(item) for item in votes],
        next=next_page(request, filters, votes[-1].pk) if len(found) > len(votes) else None,
    )


@router.post("/release", response=answers({200: ReleasedOut}, 400, 403, 422))
def release(request: HttpRequest, body: ReleaseIn) -> ReleasedOut:
    """Let others have what this tab holds: it closes. A vote that is still on its way counts if there is room."""
    released = Hold.objects.release(expert_of(request), body.tab, keep=body.keep)
    return ReleasedOut(released=released)


@router.post("/skipped", response=answers({200: ReturnedOut}, 400, 403))
def return_skipped(request: HttpRequest) -> ReturnedOut:
    """Take back all your skips, so that those pictures come again."""
    return ReturnedOut(returned=Vote.objects.return_skipped(expert_of(request)))


@router.get("/session", response=answers({200: SessionOut}, 403, 422))
def session(request: HttpRequest, filters: Query[SessionFilters]) -> SessionOut:
    """Count your session: votes, pace, streak, what is left, agreement with others."""
    return SessionOut(**asdict(session_of(expert_of(request), filters.since)))


@router.get("/reasons", response=answers({200: list[ReasonOut]}))
def list_reasons(request: HttpRequest) -> list[ReasonOut]:
    """List the reasons to reject, with the digit that chooses each."""
    return [ReasonOut.of(reason) for reason in Reason.objects.active()]


@router.get("/preferences", response=answers({200: PreferencesOut}, 403))
def get_preferences(request: HttpRequest) -> PreferencesOut:
    """Return how your rating page is set up."""
    return PreferencesOut.of(Preferences.of(expert_of(request)))


@router.put("/preferences", response=answers({200: PreferencesOut}, 400, 403, 422))
def put_preferences(request: HttpRequest, body: PreferencesIn) -> PreferencesOut:
    """Set up your rating page. Keys that are not named keep their usual action."""
    preferences = Preferences.of(expert_of(request))
    preferences.change(**body.model_dump())
    return PreferencesOut.of(preferences)
