from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from engines.embedding import TextEmbedder, cosine
from engines.errors import Cancelled
from engines.llm.base import TextRequest
from engines.planning.brief import Brief, ConceptBrief, TopicBrief, details_of
from engines.planning.choosing import SAME_LOCATION
from engines.planning.examples import parse_location_examples
from engines.planning.locations import MAX_ATTEMPTS, propose_locations

ROOMS = (
    "hospital ward with white beds", "dental treatment room", "pharmacy hall with medicine shelves",
    "operating theatre with surgical lamps", "waiting room of a clinic", "laboratory room with blood samples",
    "x-ray room with a scanner", "intensive care room with monitors", "maternity ward with cradles",
    "physiotherapy room of a hospital",
)  # fmt: skip


def list_of(rooms: tuple[str, ...]) -> str:
    return " " + "\n- ".join(rooms)


def test_enough_locations_are_found_in_one_attempt(
    medicine: Brief, embedder: TextEmbedder, scripted: Any
) -> None:
    llm = scripted(lambda request, number: list_of(ROOMS[number % 4 * 3 :][:3]))
    found = propose_locations(llm, embedder, medicine, 6, seed=1)
    assert len(found.locations) == 6
    assert found.is_complete
    assert found.attempts == 1
    assert set(found.locations) <= set(ROOMS)


def test_it_asks_again_for_what_is_missing(medicine: Brief, embedder: TextEmbedder, scripted: Any) -> None:
    def answer(request: TextRequest, number: int) -> str:
        return list_of(ROOMS[:2]) if number < 16 else list_of(ROOMS[2:5])

    llm = scripted(answer)
    found = propose_locations(llm, embedder, medicine, 5, seed=1)
    assert set(found.locations) == set(ROOMS[:5])
    assert found.attempts == 2
    told = llm.batches[1][0].examples[-1].answer
    assert set(told.splitlines()) == {f"- {room}" for room in ROOMS[:2]}


def test_it_gives_up_after_a_bounded_number_of_attempts_and_says_so(
    medicine: Brief, embedder: TextEmbedder, scripted: Any
) -> None:
    llm = scripted(lambda request, number: list_of(ROOMS[:2]))
    found = propose_locations(llm, embedder, medicine, 5, seed=1)
    assert set(found.locations) == set(ROOMS[:2])
    assert (found.asked, found.attempts, found.is_complete) == (5, MAX_ATTEMPTS, False)
    assert len(llm.batches) == MAX_ATTEMPTS


def test_covered_locations_are_told_and_avoided(
    medicine: Brief, embedder: TextEmbedder, scripted: Any
) -> None:
    def answer(request: TextRequest, number: int) -> str:
        return list_of(ROOMS[number % 4 * 3 :][:3])

    free = propose_locations(scripted(answer), embedder, medicine, 10, seed=1)
    llm = scripted(answer)
    covered = [ROOMS[0], "room for dental treatment"]
    found = propose_locations(llm, embedder, medicine, 10, covered=covered, seed=1)
    told = llm.requests[0].examples[-1]
    assert told.answer == f"- {ROOMS[0]}\n- room for dental treatment"
    assert "Medicine and health" in told.question
    assert {ROOMS[0], "dental treatment room"} < set(free.locations)
    assert set(found.locations) == set(free.locations) - {ROOMS[0], "dental treatment room"}


def test_the_newest_covered_locations_that_fit_the_context_are_told(
    medicine: Brief, embedder: TextEmbedder, scripted: Any
) -> None:
    llm = scripted(lambda request, number: "", context_tokens=2048)
    covered = [f"hospital room {'x' * 40} {number}" for number in range(500)]
    propose_locations(llm, embedder, medicine, 1, covered=covered, seed=1)
    told = llm.requests[0].examples[-1].answer.splitlines()
    assert told[-1] == f"- {covered[-1]}"
    assert told == [f"- {location}" for location in covered[-len(told) :]]
    assert 5 < len(told) < 100


def test_locations_of_another_topic_are_refused(
    medicine: Brief, embedder: TextEmbedder, scripted: Any
) -> None:
    llm = scripted(lambda request, number: list_of(("car repair garage", "bank vault with gold", ROOMS[1])))
    assert propose_locations(llm, embedder, medicine, 3, seed=1).locations == (ROOMS[1],)


@pytest.mark.parametrize(
    ("concept", "good", "bad"),
    [
        ("interior", "hospital ward with white beds", "hospital building with a garden"),
        ("exterior", "hospital building with a garden", "hospital ward with white beds"),
        ("item", "steel surgical scissors", "operating theatre with surgical lamps"),
    ],
)
def test_only_the_concepts_kind_of_subject_is_taken(
    concepts: dict[str, ConceptBrief], medicine: Brief, embedder: TextEmbedder, scripted: Any,
    concept: str, good: str, bad: str,
) -> None:  # fmt: skip
    llm = scripted(lambda request, number: list_of((bad, good)))
    found = propose_locations(llm, embedder, Brief(medicine.topic, concepts[concept]), 2, seed=1)
    assert found.locations == (good,)


def test_worked_examples_are_not_handed_out_as_answers(
    concepts: dict[str, ConceptBrief], embedder: TextEmbedder, scripted: Any
) -> None:
    examples = parse_location_examples(concepts["interior"].locations_examples).shown
    llm = scripted(lambda request, number: list_of(examples[number % 9 * 3 :][:3]))
    music = Brief(
        TopicBrief(name="Music", description="recording studios, concert halls"), concepts["interior"]
    )
    assert propose_locations(llm, embedder, music, 3, seed=1).locations == ()


def test_nothing_alike_is_taken_twice(medicine: Brief, embedder: TextEmbedder, scripted: Any) -> None:
    alike = (
        "hospital ward with white beds",
        "hospital ward with a white bed",
        "Hospital Ward with White Beds",
    )
    llm = scripted(lambda request, number: list_of(alike))
    assert len(propose_locations(llm, embedder, medicine, 3, seed=1).locations) == 1


def test_a_topic_without_a_description_is_asked_about_by_its_name(
    concepts: dict[str, ConceptBrief], embedder: TextEmbedder, scripted: Any
) -> None:
    llm = scripted(lambda request, number: list_of(ROOMS[:3]))
    found = propose_locations(
        llm, embedder, Brief(TopicBrief(name="Hospitals"), concepts["interior"]), 1, seed=1
    )
    assert llm.requests[0].question.startswith("Topic: Hospitals — Hospitals\n")
    assert len(found.locations) == 1


def test_the_additions_of_a_topic_reach_the_system_prompt(
    medicine: Brief, embedder: TextEmbedder, scripted: Any
) -> None:
    llm = scripted(lambda request, number: list_of(ROOMS[:3]))
    topic = replace(medicine.topic, locations_addition="Only rooms that a patient sees.")
    propose_locations(llm, embedder, replace(medicine, topic=topic), 1, seed=1)
    assert llm.requests[0].system == f"{medicine.concept.locations_system}\nOnly rooms that a patient sees."


def test_every_question_has_a_seed_of_its_own_that_depends_on_the_runs_seed(
    medicine: Brief, embedder: TextEmbedder, scripted: Any
) -> None:
    seeds = []
    for seed in (1, 1, 2):
        llm = scripted(lambda request, number: "")
        propose_locations(llm, embedder, medicine, 1, seed=seed)
        seeds.append([request.seed for request in llm.requests])
    assert seeds[0] == seeds[1]
    assert len(set(seeds[0])) == len(seeds[0])
    assert not set(seeds[0]) & set(seeds[2])


def test_progress_never_falls_and_a_cancelled_search_stops(
    medicine: Brief, embedder: TextEmbedder, scripted: Any
) -> None:
    shares: list[float] = []
    llm = scripted(lambda request, number: "")
    propose_locations(llm, embedder, medicine, 1, seed=1, on_progress=shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    with pytest.raises(Cancelled):
        propose_locations(llm, embedder, medicine, 1, seed=1, is_cancelled=lambda: True)


def test_no_location_at_all_cannot_be_asked_for(
    medicine: Brief, embedder: TextEmbedder, scripted: Any
) -> None:
    with pytest.raises(ValueError, match="at least one"):
        propose_locations(scripted(lambda *_: ""), embedder, medicine, 0, seed=1)


def test_a_description_is_split_at_commas_sentences_and_lines() -> None:
    topic = TopicBrief(name="T", description="banks, vaults; coins.\nCash desks, banks, a, " + "x" * 90)
    assert details_of(topic) == ["banks", "vaults", "coins", "Cash desks"]


def test_the_threshold_of_likeness_parts_rewordings_from_different_places(embedder: TextEmbedder) -> None:
    same = [
        ("construction site with cranes", "construction site with a crane"),
        ("meeting room with a desk", "meeting room with a conference desk"),
        ("hospital ward with beds", "ward of a hospital with beds"),
        ("greenhouse with tomatoes", "tomato greenhouse"),
    ]
    different = [
        ("dental treatment room", "operating theatre"),
        ("bank vault with safe boxes", "bank counter hall"),
        ("steel mill with a blast furnace", "car factory assembly line"),
        ("hotel lobby with sofas", "hotel room with a double bed"),
        ("tennis court with a net", "football pitch with goals"),
        ("apple orchard in bloom", "wheat field at harvest"),
    ]

    def likeness(left: str, right: str) -> float:
        return float(cosine(embedder.embed([left]), embedder.embed([right]))[0, 0])

    assert min(likeness(*pair) for pair in same) >= SAME_LOCATION
    assert max(likeness(*pair) for pair in different) < SAME_LOCATION
