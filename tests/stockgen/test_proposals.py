"""Proposals: where they are made, and what a designer makes of them."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from accounts.models import Role
from jobs.models import WrongState
from jobs.states import State, worker_name
from stockgen.models import AdditionConflict, PromptAddition, Proposal, Step
from stockgen.models.proposal import BY_ITSELF, Decision
from tests.factories import make_concept, make_reason, make_topic, make_user
from tests.rejecting import make_decided, make_dominated

pytestmark = pytest.mark.django_db

TEXT = "Screens are dark."


@pytest.fixture
def cell() -> dict[str, Any]:
    return {"topic": make_topic(), "concept": make_concept()}


def written(proposal: Proposal, text: str = TEXT) -> Proposal:
    """Do what a worker does."""
    [claimed] = Proposal.objects.claim(worker_name())
    assert claimed == proposal
    assert claimed.succeed(text=text, sentence=text)
    proposal.refresh_from_db()
    return proposal


def proposed(cell: dict[str, Any], **fields: Any) -> Proposal:
    """Have an edit proposed and written."""
    make_dominated(**cell, **fields)
    [proposal] = Proposal.objects.propose_where_needed()
    return written(proposal)


# ------------------------------------------------------------------ where they are made
def test_a_dominating_reason_is_followed_by_one_proposal_with_its_evidence(cell: dict[str, Any]) -> None:
    base = PromptAddition.objects.append(**cell, step=Step.DESCRIPTIONS, text="Wood.")
    make_dominated(**cell)
    [proposal] = Proposal.objects.propose_where_needed()
    assert (proposal.topic, proposal.concept, proposal.step) == (
        cell["topic"],
        cell["concept"],
        Step.DESCRIPTIONS,
    )
    assert (proposal.base, proposal.reason, proposal.person) == (base, "fake-text", BY_ITSELF)
    assert proposal.evidence["decided"] == 25
    assert proposal.evidence["rejected"] == 20
    assert proposal.reasons == [("fake-text", 15), ("composition", 5)]
    assert proposal.evidence["prompts"] == ["a picture of location 0"]
    assert Proposal.objects.propose_where_needed() == []


def test_where_the_topic_is_wrong_the_text_for_locations_is_edited(cell: dict[str, Any]) -> None:
    make_dominated(**cell, reason="off-topic")
    [proposal] = Proposal.objects.propose_where_needed()
    assert (proposal.step, proposal.base) == (Step.LOCATIONS, None)


def test_nothing_is_proposed_where_no_reason_dominates_or_the_cell_is_not_offered(
    cell: dict[str, Any],
) -> None:
    make_decided(10, **cell, reasons=["people"])
    make_decided(10, **cell, reasons=["blurred"])
    withdrawn = {"topic": make_topic(), "concept": make_concept()}
    make_dominated(**withdrawn)
    withdrawn["topic"].is_active = False
    withdrawn["topic"].save()
    assert Proposal.objects.propose_where_needed() == []


def test_what_was_dismissed_is_proposed_again_only_after_twenty_further_rejections(
    cell: dict[str, Any],
) -> None:
    proposal = proposed(cell)
    proposal.dismiss(make_user())
    assert Proposal.objects.propose_where_needed() == []
    make_decided(19, **cell, reasons=["fake-text"])
    assert Proposal.objects.propose_where_needed() == []
    make_decided(1, **cell, reasons=["fake-text"])
    [again] = Proposal.objects.propose_where_needed()
    assert again.evidence["rejected"] == 40
    assert again.base == proposal.base


def test_what_could_not_be_written_is_not_tried_again_every_ten_minutes(cell: dict[str, Any]) -> None:
    make_dominated(**cell)
    [proposal] = Proposal.objects.propose_where_needed()
    [claimed] = Proposal.objects.claim(worker_name())
    claimed.fail("no model", retry=False)
    assert Proposal.objects.propose_where_needed() == []
    make_decided(20, **cell, reasons=["fake-text"])
    [again] = Proposal.objects.propose_where_needed()
    proposal.refresh_from_db()
    assert (proposal.decision, proposal.decided_by) == (Decision.DISMISSED, None)
    assert again.decision == Decision.OPEN


def test_an_older_one_that_nobody_decided_gives_way_to_one_from_the_present_text(
    cell: dict[str, Any],
) -> None:
    older = proposed(cell)
    newer_text = PromptAddition.objects.append(**cell, step=Step.DESCRIPTIONS, text="Concrete.")
    make_dominated(**cell, reason="people")
    [newer] = Proposal.objects.propose_where_needed()
    older.refresh_from_db()
    assert (older.decision, older.decided_by) == (Decision.DISMISSED, None)
    assert (newer.base, newer.reason) == (newer_text, "people")
    # Replaced, not dismissed by anybody: it does not hold back another for the same reason.
    assert list(Proposal.objects.undecided()) == [newer]


# ------------------------------------------------------------------ asking for one
def test_a_designer_need_not_wait_for_twenty(cell: dict[str, Any]) -> None:
    make_decided(3, **cell, reasons=["off-topic"])
    make_decided(5, **cell, reasons=["people"])
    designer = make_user()
    proposal = Proposal.objects.ask(designer, **cell, step=Step.LOCATIONS)
    assert (proposal.reason, proposal.step, proposal.person) == ("off-topic", Step.LOCATIONS, designer.person)
    assert Proposal.objects.ask(make_user(), **cell, step=Step.LOCATIONS) == proposal
    assert Proposal.objects.ask(designer, **cell, step=Step.DESCRIPTIONS).reason == "people"


def test_two_rejections_are_too_few_to_ask(cell: dict[str, Any]) -> None:
    make_decided(2, **cell, reasons=["off-topic"])
    make_decided(9, **cell, reasons=["people"])
    with pytest.raises(ValidationError):
        Proposal.objects.ask(make_user(), **cell, step=Step.LOCATIONS)
    assert not Proposal.objects.exists()


def test_asking_ends_the_wait_after_a_dismissal(cell: dict[str, Any]) -> None:
    proposed(cell).dismiss(make_user())
    assert Proposal.objects.ask(make_user(), **cell, step=Step.DESCRIPTIONS).decision == Decision.OPEN


# ------------------------------------------------------------------ deciding
def test_accepting_appends_a_version_that_names_the_reason(cell: dict[str, Any]) -> None:
    make_reason(key="fake-text", name="Fake text or signs")
    base = PromptAddition.objects.append(**cell, step=Step.DESCRIPTIONS, text="Wood.")
    proposal, designer = proposed(cell), make_user()
    version = proposal.accept(designer)
    assert (version.version, version.text, version.author) == (base.version + 1, TEXT, designer)
    assert version.note == "Proposed because of “Fake text or signs”"
    assert (proposal.decision, proposal.decided_by, proposal.accepted) == (
        Decision.ACCEPTED,
        designer,
        version,
    )
    assert proposal.decided_at is not None


def test_an_edited_proposal_is_accepted_with_its_author_s_words(cell: dict[str, Any]) -> None:
    proposal = proposed(cell)
    version = proposal.accept(make_user(), text="Screens are off.", base=0)
    assert (version.text, version.note) == (
        "Screens are off.",
        "Proposed because of “fake-text”, then edited",
    )
    assert proposal.accepted == version


def test_a_note_of_ones_own_is_kept(cell: dict[str, Any]) -> None:
    assert proposed(cell).accept(make_user(), note="As discussed").note == "As discussed"


def test_a_text_saved_meanwhile_is_a_conflict_and_nothing_is_lost(cell: dict[str, Any]) -> None:
    proposal = proposed(cell)
    theirs = PromptAddition.objects.append(**cell, step=Step.DESCRIPTIONS, text="Theirs.")
    with pytest.raises(AdditionConflict) as raised:
        proposal.accept(make_user())
    assert raised.value.latest == theirs
    proposal.refresh_from_db()
    assert proposal.is_open
    assert PromptAddition.objects.current(**cell)[Step.DESCRIPTIONS] == theirs
    # Somebody looked at both and saves on top of the newer.
    assert proposal.accept(make_user(), text="Theirs. And dark screens.", base=theirs.version).version == 2


def test_what_is_decided_stays_decided(cell: dict[str, Any]) -> None:
    proposal = proposed(cell)
    proposal.accept(make_user())
    for verb in (proposal.accept, proposal.dismiss):
        with pytest.raises(WrongState):
            verb(make_user(Role.OPERATOR))
    with pytest.raises(WrongState):
        proposal.retry()
    assert PromptAddition.objects.filter(**cell).count() == 1


def test_what_is_not_written_yet_cannot_be_accepted_but_dismissed(cell: dict[str, Any]) -> None:
    make_dominated(**cell)
    [proposal] = Proposal.objects.propose_where_needed()
    with pytest.raises(WrongState):
        proposal.accept(make_user())
    [claimed] = Proposal.objects.claim(worker_name())
    proposal.dismiss(make_user())
    assert (proposal.decision, proposal.state) == (Decision.DISMISSED, State.CANCELLED)
    assert not claimed.succeed(text=TEXT)


def test_a_failed_one_is_tried_again_unless_another_took_its_place(cell: dict[str, Any]) -> None:
    make_decided(3, **cell, reasons=["people"])
    proposal = Proposal.objects.ask(make_user(), **cell, step=Step.DESCRIPTIONS)
    [claimed] = Proposal.objects.claim(worker_name())
    claimed.fail("no model", retry=False)
    proposal.refresh_from_db()
    proposal.retry()
    assert proposal.state == State.QUEUED
    [claimed] = Proposal.objects.claim(worker_name())
    claimed.fail("no model", retry=False)
    other = Proposal.objects.ask(make_user(), **cell, step=Step.DESCRIPTIONS)
    proposal.refresh_from_db()
    with pytest.raises(WrongState):
        proposal.retry()
    assert list(Proposal.objects.undecided()) == [other]
