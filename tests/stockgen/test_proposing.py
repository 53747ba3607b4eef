"""The worker writes proposals."""

from __future__ import annotations

from typing import Any

import pytest

from engines.llm.base import TextRequest
from jobs.states import State
from jobs.worker import work_once
from stockgen.models import Concept, Prompt, PromptAddition, Proposal, Step, Topic
from stockgen.seed import seed
from tests.engines.planning.conftest import ScriptedLanguageModel
from tests.factories import make_user
from tests.rejecting import make_decided, make_dominated

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def this_connection_is_the_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jobs.worker.close_old_connections", lambda: None)


@pytest.fixture
def cell() -> dict[str, Any]:
    seed()
    PromptAddition.objects.all().delete()
    return {"topic": Topic.objects.get(key="medicine"), "concept": Concept.objects.get(key="interior")}


def use(monkeypatch: pytest.MonkeyPatch, answer: str) -> ScriptedLanguageModel:
    llm = ScriptedLanguageModel(lambda request, number: answer)
    monkeypatch.setattr("stockgen.work.proposing.language_model", lambda key, work: llm)
    return llm


def work_on(proposal: Proposal) -> Proposal:
    assert work_once()
    proposal.refresh_from_db()
    return proposal


def test_it_is_written_from_the_present_text_the_reason_and_the_rejected_prompts(
    cell: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    llm = use(monkeypatch, " medicine bottles, hospital wall charts, pill boxes")
    PromptAddition.objects.append(**cell, step=Step.DESCRIPTIONS, text="White linen.")
    make_dominated(**cell)
    rejected = Prompt.objects.filter(pictures__verdict="rejected")
    rejected.update(text="Ward, glass pill cabinet, soft light, wide shot")
    [proposal] = Proposal.objects.propose_where_needed()
    work_on(proposal)
    assert proposal.state == State.DONE
    assert proposal.text.startswith("White linen. ")
    assert proposal.text.endswith(proposal.sentence)
    assert "medicine bottles" in proposal.sentence
    assert not proposal.from_pattern

    def asked(request: TextRequest) -> bool:
        return cell["topic"].name in request.question and "glass pill cabinet" in request.question

    assert any(asked(request) for request in llm.requests)


def test_a_model_without_an_idea_gives_the_stock_sentence_and_it_is_said(
    cell: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, " I am sorry.")
    make_dominated(**cell)
    [proposal] = Proposal.objects.propose_where_needed()
    work_on(proposal)
    assert proposal.from_pattern
    assert proposal.sentence == proposal.text != ""


def test_a_full_text_has_no_room_for_another_sentence(
    cell: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, " I am sorry.")
    PromptAddition.objects.append(**cell, step=Step.DESCRIPTIONS, text="x" * 9_990)
    make_decided(3, **cell, reasons=["fake-text"])
    proposal = work_on(Proposal.objects.ask(make_user(), **cell, step=Step.DESCRIPTIONS))
    assert proposal.state == State.FAILED
    assert "no room" in proposal.error


@pytest.mark.slow
def test_the_embedded_model_proposes_an_edit(cell: dict[str, Any]) -> None:
    make_dominated(**cell, reason="off-topic")
    [proposal] = Proposal.objects.propose_where_needed()
    work_on(proposal)
    assert proposal.state == State.DONE, proposal.error
    assert proposal.step == Step.LOCATIONS
    assert "medicine and health" in proposal.sentence
    proposal.accept(make_user())
    assert PromptAddition.objects.current(**cell)[Step.LOCATIONS].text == proposal.text
