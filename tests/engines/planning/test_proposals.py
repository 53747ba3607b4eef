"""Proposed additions: what becomes of a model's answers, and what the embedded model really writes."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from engines.callbacks import Cancelled
from engines.embedding import TextEmbedder
from engines.llm.local import TransformersLanguageModel
from engines.planning.brief import Brief
from engines.planning.examples import ProposalExamples
from engines.planning.files import load_proposal_examples, load_reasons
from engines.planning.proposals import MAX_ATTEMPTS, AdditionDraft, RejectReason, propose_addition
from engines.planning.systems import PlanningStep
from engines.planning.wording import names_people
from engines.registry import DEFAULT_LANGUAGE_MODEL, LANGUAGE_MODELS
from tests.engines.planning.conftest import PROMPTS, ScriptedLanguageModel

Propose = Callable[..., AdditionDraft]

FAKE_TEXT = RejectReason("fake-text", "Fake text or signs")
OFF_TOPIC = RejectReason("off-topic", "Not the topic")
DARK = RejectReason("too-dark", "Too dark")
PHARMACY = (
    "Pharmacy counter with shelves, rows of medicine boxes, glass jars, white drawers, bright light, frontal view, "
    "realistic interior photograph, sharp detail"
)


@pytest.fixture(scope="module")
def examples() -> dict[str, ProposalExamples]:
    return load_proposal_examples(PROMPTS)


def answering(*answers: str) -> ScriptedLanguageModel:
    """Give these answers in turn."""
    return ScriptedLanguageModel(lambda _request, number: answers[number % len(answers)])


def with_addition(brief: Brief, text: str, step: PlanningStep = "descriptions") -> Brief:
    return replace(brief, topic=replace(brief.topic, **{f"{step}_addition": text}))


@pytest.fixture
def propose(embedder: TextEmbedder, medicine: Brief, examples: dict[str, ProposalExamples]) -> Propose:
    """Propose an addition to medicine and health, interiors."""

    def ask(
        llm: ScriptedLanguageModel,
        reason: RejectReason = FAKE_TEXT,
        *,
        present: str = "",
        step: PlanningStep = "descriptions",
        **options: Any,
    ) -> AdditionDraft:
        brief = with_addition(medicine, present, step)
        return propose_addition(
            llm,
            embedder,
            brief,
            step,
            reason,
            examples,
            **{"rejected_prompts": [PHARMACY], "seed": 1, **options},
        )

    return ask


def test_what_is_named_most_becomes_one_sentence_against_the_reason(propose: Propose) -> None:
    draft = propose(
        answering("medicine boxes, pill bottles", "medicine boxes, patient charts", "hospital bed signs")
    )
    assert draft.sentence.startswith("Show medicine boxes, ")
    assert draft.sentence.endswith(" plain and blank, without letters or numbers.")
    assert draft.text == draft.sentence
    assert (draft.attempts, draft.from_pattern) == (1, False)


def test_the_present_text_stays_and_the_sentence_comes_behind_it(propose: Propose) -> None:
    present = "Rooms have pale walls. Lamps hang on jointed arms."
    draft = propose(answering("medicine boxes, pill bottles, glass jars"), present=present)
    assert draft.text == f"{present} {draft.sentence}"


def test_a_sentence_of_the_same_pattern_gives_way_and_its_things_are_not_named_again(
    propose: Propose,
) -> None:
    old = "Show medicine boxes and glass jars plain and blank, without letters or numbers."
    present = f"Rooms have pale walls. {old}\nLamps hang low."
    draft = propose(answering("medicine boxes, pill bottles, wall charts"), present=present)
    assert "medicine boxes" not in draft.sentence
    assert draft.text == f"Rooms have pale walls. {draft.sentence}\nLamps hang low."


def test_a_sentence_that_says_the_same_in_other_words_gives_way(propose: Propose) -> None:
    old = "Show pill bottles and medicine boxes blank, without any letters or numbers on them."
    draft = propose(
        answering("wall charts, pill bottle caps, medicine box lids"), present=f"Walls are pale. {old}"
    )
    assert draft.text == f"Walls are pale. {draft.sentence}"


def test_the_model_is_shown_the_topic_and_details_that_rejected_prompts_have_more_often(
    propose: Propose,
) -> None:
    llm = answering("medicine boxes, pill bottles")
    approved = PHARMACY.replace("rows of medicine boxes, ", "")
    propose(llm, rejected_prompts=[PHARMACY], approved_prompts=[approved])
    assert {request.question for request in llm.requests} == {
        "Topic: Medicine and health\nRejected: rows of medicine boxes"
    }
    assert llm.requests[0].answer_prefix == "Labelled:"
    assert len({request.seed for request in llm.requests}) == len(llm.requests) == 16


def test_what_the_concept_adds_to_every_prompt_is_no_detail(propose: Propose) -> None:
    llm = answering("medicine boxes, pill bottles")
    propose(llm)
    asked = {request.question.splitlines()[1].removeprefix("Rejected: ") for request in llm.requests}
    assert asked == {"pharmacy counter with shelves", "rows of medicine boxes", "glass jars", "white drawers"}


def test_without_rejected_prompts_the_parts_of_the_topic_are_shown(propose: Propose) -> None:
    llm = answering("medicine boxes, pill bottles")
    propose(llm, rejected_prompts=[])
    assert "Topic: Medicine and health\nRejected: dental surgeries" in {r.question for r in llm.requests}


@pytest.mark.parametrize(
    "answer",
    [
        "nurses, doctors, patients",
        "record covers, concert posters, mixing consoles",
        "hospital rooms, medical libraries, wards with beds",
        "logos, please, list of words",
        "medicine, health",
        "bright light, camera view",
        "boxes and jars, bottles or pills",
        "steam locomotives, garden gnomes, football goals",
        "",
    ],
)
def test_people_examples_places_instructions_and_other_topics_are_not_named(
    propose: Propose, answer: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    draft = propose(answering(answer))
    assert draft.from_pattern
    assert draft.attempts == MAX_ATTEMPTS
    assert (
        draft.sentence
        == "Show every cover, screen, label and board plain and blank, without letters or numbers."
    )
    assert "named nothing usable against “Fake text or signs” (Medicine and health)" in caplog.text


def test_an_answer_that_is_good_at_the_second_attempt_is_taken(propose: Propose) -> None:
    llm = ScriptedLanguageModel(
        lambda _r, number: "doctors" if number < 16 else "medicine boxes, pill bottles"
    )
    draft = propose(llm)
    assert (draft.attempts, draft.from_pattern) == (2, False)


def test_what_is_not_the_topic_is_answered_with_places_of_the_concepts_kind(propose: Propose) -> None:
    llm = answering("hospital wards, operating theatres, hospital gardens, stethoscopes")
    draft = propose(llm, OFF_TOPIC, step="locations")
    assert draft.sentence.startswith(
        "Choose only what anyone connects with medicine and health at once, such as "
    )
    assert "hospital wards" in draft.sentence
    assert "gardens" not in draft.sentence


def test_what_was_rejected_as_not_the_topic_is_not_named_for_it(propose: Propose) -> None:
    llm = answering("pharmacy counters with shelves, hospital wards, operating theatres")
    draft = propose(llm, OFF_TOPIC, step="locations")
    assert "pharmacy" not in draft.sentence
    assert "hospital wards" in draft.sentence


def test_a_reason_of_its_own_is_named_in_question_and_sentence(propose: Propose) -> None:
    llm = answering("surgical lamps, white hospital beds")
    draft = propose(llm, DARK)
    assert "Fault: Too dark" in llm.requests[0].question
    assert draft.sentence.startswith("Against “too dark”, show ")


def test_cancelling_stops_it(propose: Propose) -> None:
    with pytest.raises(Cancelled):
        propose(answering("medicine boxes"), is_cancelled=lambda: True)


def test_progress_only_rises_and_ends_at_one(propose: Propose) -> None:
    seen: list[float] = []
    propose(answering("doctors"), on_progress=seen.append)
    assert seen == sorted(seen)
    assert seen[-1] == 1.0


@pytest.mark.slow
def test_the_embedded_model_answers_every_reason(
    embedder: TextEmbedder, medicine: Brief, examples: dict[str, ProposalExamples]
) -> None:
    llm = TransformersLanguageModel.load(LANGUAGE_MODELS[DEFAULT_LANGUAGE_MODEL])
    drafts = {
        reason.key: propose_addition(
            llm,
            embedder,
            medicine,
            "locations" if reason.key == "off-topic" else "descriptions",
            RejectReason(reason.key, reason.name),
            examples,
            rejected_prompts=[PHARMACY],
            seed=2,
        )
        for reason in load_reasons(PROMPTS)
    }
    written = {key: draft for key, draft in drafts.items() if not draft.from_pattern}
    assert len(written) >= 7
    assert len({draft.sentence for draft in drafts.values()}) == 9
    for draft in written.values():
        assert draft.sentence.endswith(".")
        assert not names_people(draft.sentence)
    assert "plain and blank" in drafts["fake-text"].sentence


def test_the_seeds_of_two_reasons_differ(propose: Propose) -> None:
    seeds: list[set[int]] = []
    for reason in (FAKE_TEXT, DARK):
        llm = answering("medicine boxes, pill bottles")
        propose(llm, reason)
        seeds.append({request.seed for request in llm.requests})
    assert not seeds[0] & seeds[1]
