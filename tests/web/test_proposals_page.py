"""The page of proposals, and the proposal on the page of its addition."""

from __future__ import annotations

from typing import Any

import pytest

from jobs.states import worker_name
from stockgen.models import PromptAddition, Proposal, Step
from stockgen.models.proposal import Decision
from tests.factories import make_concept, make_reason, make_topic, make_user, some_uuid
from tests.rejecting import make_decided, make_dominated
from tests.web.conftest import Browser

PAGE = "/proposals/"


@pytest.fixture
def cell(db: None) -> dict[str, Any]:
    make_reason(key="fake-text", name="Fake text")
    return {"topic": make_topic(name="Offices"), "concept": make_concept(name="Interiors")}


@pytest.fixture
def proposal(designer: Browser, cell: dict[str, Any]) -> Proposal:
    """Give a written proposal; the rejected pictures are the designer's."""
    PromptAddition.objects.append(**cell, step=Step.DESCRIPTIONS, text="Wood.")
    make_dominated(**cell, owner=designer.user)
    [proposal] = Proposal.objects.propose_where_needed()
    [claimed] = Proposal.objects.claim(worker_name())
    claimed.succeed(text="Wood. Screens are <dark>.", sentence="Screens are <dark>.")
    proposal.refresh_from_db()
    return proposal


def addition_page(cell: dict[str, Any], step: str = "descriptions") -> str:
    return f"/topics/{cell['topic'].key}/{cell['concept'].key}/{step}/"


def decide(browser: Browser, proposal: Proposal, verb: str, **data: Any) -> Any:
    return browser.post(f"{PAGE}{proposal.pk}/{verb}/", data)


def save_theirs(cell: dict[str, Any]) -> PromptAddition:
    return PromptAddition.objects.append(**cell, step=Step.DESCRIPTIONS, text="Concrete.")


def test_an_empty_page_says_what_will_come(designer: Browser) -> None:
    assert "Nothing is proposed" in designer.get(PAGE).text


def test_only_those_who_steer_see_it(expert: Browser, operator: Browser, proposal: Proposal) -> None:
    assert expert.get(PAGE).status_code == 403
    assert decide(expert, proposal, "accept").status_code == 403
    assert operator.get(PAGE).status_code == 200


def test_a_proposal_shows_its_reason_its_evidence_and_what_it_changes(
    designer: Browser, proposal: Proposal
) -> None:
    page = designer.get(PAGE).text
    assert "Because of “Fake text”: named for 15 of 20 rejected pictures, of 25 decided" in page
    assert "75%" in page
    assert "composition" in page
    assert "Screens are &lt;dark&gt;." in page
    assert page.count("/thumbnail/") == 6


def test_others_see_the_counts_but_no_picture_that_is_not_theirs(
    other_designer: Browser, operator: Browser, proposal: Proposal
) -> None:
    theirs = other_designer.get(PAGE).text
    assert "15 of 20" in theirs
    assert "/thumbnail/" not in theirs
    assert "a picture of location 0" not in theirs  # a prompt of somebody else's
    assert operator.get(PAGE).text.count("/thumbnail/") == 6


def test_a_stock_sentence_says_so(designer: Browser, proposal: Proposal) -> None:
    said = "wrote nothing usable"
    assert said not in designer.get(PAGE).text
    Proposal.objects.update(from_pattern=True)
    assert said in designer.get(PAGE).text


def test_accepting_saves_the_next_version_and_ends_it(
    designer: Browser, proposal: Proposal, cell: dict[str, Any]
) -> None:
    response = decide(designer, proposal, "accept")
    assert response.status_code == 302
    assert response["Location"] == PAGE
    version = PromptAddition.objects.current(**cell)[Step.DESCRIPTIONS]
    assert (version.version, version.text, version.author) == (2, proposal.text, designer.user)
    page = designer.get(PAGE).text
    assert "Nothing is proposed" in page
    assert "Decided lately" in page


def test_it_leads_back_to_the_page_it_was_pressed_on_and_nowhere_else(
    designer: Browser, proposal: Proposal, cell: dict[str, Any]
) -> None:
    response = decide(designer, proposal, "dismiss", next=addition_page(cell))
    assert response["Location"] == addition_page(cell)
    Proposal.objects.update(decision=Decision.OPEN)
    assert decide(designer, proposal, "dismiss", next="https://example.com/")["Location"] == PAGE


def test_what_is_decided_already_is_409(
    designer: Browser, other_designer: Browser, proposal: Proposal
) -> None:
    decide(designer, proposal, "accept")
    for verb in ("accept", "dismiss", "retry"):
        response = decide(other_designer, proposal, verb)
        assert response.status_code == 409
        assert "already accepted" in response.text
    assert PromptAddition.objects.count() == 2


def test_unknown_verbs_and_proposals_are_404(designer: Browser, proposal: Proposal) -> None:
    assert decide(designer, proposal, "delete").status_code == 404
    assert designer.post(f"{PAGE}{some_uuid()}/accept/").status_code == 404
    assert designer.get(f"{PAGE}{proposal.pk}/accept/").status_code == 405


def test_a_text_saved_meanwhile_is_shown_beside_it_and_stays(
    designer: Browser, proposal: Proposal, cell: dict[str, Any]
) -> None:
    theirs = save_theirs(cell)
    response = decide(designer, proposal, "accept")
    assert response.status_code == 409
    assert "Somebody has saved version 2 since this was written." in response.text
    assert "Concrete" in response.text
    assert "Screens are" in response.text
    assert f'action="{PAGE}{proposal.pk}/accept/"' not in response.text
    assert PromptAddition.objects.current(**cell)[Step.DESCRIPTIONS] == theirs
    proposal.refresh_from_db()
    assert proposal.is_open


# ------------------------------------------------------------------ on the page of its addition
def test_the_page_of_the_addition_shows_it(
    designer: Browser, proposal: Proposal, cell: dict[str, Any]
) -> None:
    page = designer.get(addition_page(cell)).text
    assert f"{PAGE}{proposal.pk}/accept/" in page
    assert f"{PAGE}{proposal.pk}/" not in designer.get(addition_page(cell, "locations")).text


def edit(browser: Browser, proposal: Proposal, cell: dict[str, Any]) -> dict[str, str]:
    """Open a proposal in the editor; return what its form would send."""
    form = browser.get(f"{addition_page(cell)}?proposal={proposal.pk}").context["form"]
    return {name: str(form[name].value() or "") for name in ("text", "note", "base", "proposal")}


def test_saving_the_edited_text_accepts_it(
    designer: Browser, proposal: Proposal, cell: dict[str, Any]
) -> None:
    data = edit(designer, proposal, cell)
    assert data["text"] == proposal.text
    assert data["note"] == "Proposed because of “Fake text”"
    response = designer.post(addition_page(cell), data | {"text": "Wood. Screens are off."})
    assert response.status_code == 302
    proposal.refresh_from_db()
    version = PromptAddition.objects.current(**cell)[Step.DESCRIPTIONS]
    assert (version.text, version.note) == ("Wood. Screens are off.", "Proposed because of “Fake text”")
    assert (proposal.decision, proposal.accepted) == (Decision.ACCEPTED, version)


def test_opening_it_in_the_editor_decides_nothing(
    designer: Browser, proposal: Proposal, cell: dict[str, Any]
) -> None:
    edit(designer, proposal, cell)
    proposal.refresh_from_db()
    assert proposal.is_open


def test_over_a_newer_text_the_editor_holds_that_one_and_the_new_sentence(
    designer: Browser, proposal: Proposal, cell: dict[str, Any]
) -> None:
    save_theirs(cell)
    data = edit(designer, proposal, cell)
    assert (data["text"], data["base"]) == ("Concrete. Screens are <dark>.", "2")
    assert designer.post(addition_page(cell), data).status_code == 302
    proposal.refresh_from_db()
    assert proposal.accepted.text == "Concrete. Screens are <dark>."


def test_a_conflict_while_editing_keeps_the_text_and_still_accepts_on_saving_on_top(
    designer: Browser, proposal: Proposal, cell: dict[str, Any]
) -> None:
    data = edit(designer, proposal, cell) | {"text": "Mine."}
    save_theirs(cell)
    response = designer.post(addition_page(cell), data)
    assert response.status_code == 409
    form = response.context["form"]
    again = {name: str(form[name].value() or "") for name in data}
    assert again["text"] == "Mine."
    assert designer.post(addition_page(cell), again).status_code == 302
    proposal.refresh_from_db()
    assert proposal.accepted.text == "Mine."
    assert proposal.accepted.version == 3


def test_a_text_is_saved_even_if_the_proposal_was_decided_meanwhile_or_never_was(
    designer: Browser, proposal: Proposal, cell: dict[str, Any]
) -> None:
    data = edit(designer, proposal, cell)
    proposal.dismiss(make_user())
    assert designer.post(addition_page(cell), data | {"text": "Mine."}).status_code == 302
    for wrong in ("nonsense", str(some_uuid())):
        sent = data | {"text": f"Mine {wrong}.", "proposal": wrong, "base": "2"}
        assert designer.post(addition_page(cell), sent).status_code in {302, 409}
    proposal.refresh_from_db()
    assert proposal.decision == Decision.DISMISSED
    assert PromptAddition.objects.filter(text="Mine.").exists()


def test_a_decided_or_foreign_proposal_cannot_be_opened(
    designer: Browser, proposal: Proposal, cell: dict[str, Any]
) -> None:
    assert designer.get(f"{addition_page(cell, 'locations')}?proposal={proposal.pk}").status_code == 404
    assert designer.get(f"{addition_page(cell)}?proposal=nonsense").status_code == 404
    proposal.dismiss(make_user())
    assert designer.get(f"{addition_page(cell)}?proposal={proposal.pk}").status_code == 404


# ------------------------------------------------------------------ asking, waiting, failing
def test_asking_is_offered_where_enough_was_rejected(designer: Browser, cell: dict[str, Any]) -> None:
    ask = f"{addition_page(cell)}propose/"
    make_decided(2, **cell, reasons=["fake-text"])
    assert ask not in designer.get(addition_page(cell)).text
    refused = designer.post(ask, follow=True)
    assert "At least 3 pictures" in refused.text
    make_decided(1, **cell, reasons=["fake-text"])
    assert ask in designer.get(addition_page(cell)).text
    assert "locations/propose/" not in designer.get(addition_page(cell, "locations")).text
    response = designer.post(ask)
    assert response.status_code == 302
    assert Proposal.objects.get().person == designer.user.person


def test_asking_needs_a_role(expert: Browser, cell: dict[str, Any]) -> None:
    assert expert.post(f"{addition_page(cell)}propose/").status_code == 403


def test_one_that_is_being_written_is_polled_until_it_is_there(
    designer: Browser, cell: dict[str, Any]
) -> None:
    make_dominated(**cell)
    [proposal] = Proposal.objects.propose_where_needed()
    part = f"{PAGE}{proposal.pk}/"
    assert f'hx-get="{part}"' in designer.get(addition_page(cell)).text
    assert "No worker is running." in designer.get(PAGE).text
    assert designer.htmx(PAGE).status_code == 200
    assert designer.htmx(part).status_code == 200
    [claimed] = Proposal.objects.claim(worker_name())
    claimed.succeed(text="Screens are dark.", sentence="Screens are dark.")
    done = designer.htmx(part)
    assert done.status_code == 286
    assert "Screens are dark." in done.text
    assert "hx-get" not in done.text
    assert designer.htmx(PAGE).status_code == 286


def test_one_that_failed_says_why_and_is_tried_again(designer: Browser, cell: dict[str, Any]) -> None:
    make_dominated(**cell)
    [proposal] = Proposal.objects.propose_where_needed()
    [claimed] = Proposal.objects.claim(worker_name())
    claimed.fail("<no model>", retry=False)
    for page in (PAGE, addition_page(cell)):
        assert "&lt;no model&gt;" in designer.get(page).text
    assert decide(designer, proposal, "accept").status_code == 409
    assert decide(designer, proposal, "retry", next=addition_page(cell)).status_code == 302
    assert Proposal.objects.queued().get() == proposal
