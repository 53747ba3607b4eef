"""What is pictured for the text of a slide."""

from __future__ import annotations

from dataclasses import replace

from engines.embedding import TextEmbedder
from engines.planning.brief import Brief
from engines.planning.slides import location_for_slide
from tests.engines.planning.conftest import ScriptedLanguageModel


def following(*answers: str) -> ScriptedLanguageModel:
    """Return a model that follows instructions and gives these answers."""
    model = ScriptedLanguageModel(lambda request, number: answers[number])
    model.spec = replace(model.spec, style="chat")
    return model


def silent() -> ScriptedLanguageModel:
    """Return a model that only continues patterns; asking it is a mistake."""

    def answer(request: object, number: int) -> str:
        raise AssertionError("it was asked")

    return ScriptedLanguageModel(answer)


SLIDE = "Зубы: осмотр раз в полгода"
ENGLISH = "teeth: examination once in half-year, dentist"


def test_a_model_that_follows_instructions_is_asked_with_the_slide_as_it_is(
    embedder: TextEmbedder, medicine: Brief
) -> None:
    model = following("A dental surgery with a chair.", "x", "x")
    assert location_for_slide(model, embedder, medicine, SLIDE, "", seed=1) == "dental surgery with a chair"
    assert model.requests[0].question == SLIDE
    assert medicine.topic.name in model.requests[0].system


def test_answers_that_are_no_location_are_passed_over(embedder: TextEmbedder, medicine: Brief) -> None:
    model = following("Sure! Here is an image of a dentist", "", "waiting room of a clinic")
    assert location_for_slide(model, embedder, medicine, SLIDE, ENGLISH, seed=1) == "waiting room of a clinic"


def test_without_a_usable_answer_the_nearest_part_of_the_topic_is_taken(
    embedder: TextEmbedder, medicine: Brief
) -> None:
    model = following("1.", "2.", "3.")
    assert location_for_slide(model, embedder, medicine, SLIDE, ENGLISH, seed=1) == "dental surgeries"


def test_a_model_that_only_continues_is_not_asked(embedder: TextEmbedder, medicine: Brief) -> None:
    found = location_for_slide(silent(), embedder, medicine, SLIDE, ENGLISH, seed=1)
    assert found == "dental surgeries"


def test_a_location_of_the_stock_that_is_nearer_goes_before_the_topics_parts(
    embedder: TextEmbedder, medicine: Brief
) -> None:
    known = ["dentist’s examination room with teeth charts", "steel mill"]
    assert location_for_slide(silent(), embedder, medicine, SLIDE, ENGLISH, known=known, seed=1) == known[0]


def test_a_long_slide_is_read_to_its_end(embedder: TextEmbedder, medicine: Brief) -> None:
    slide = "pharmacy, pills. " * 20 + "the dentist examines the teeth of children. " * 60
    assert location_for_slide(silent(), embedder, medicine, "", slide, seed=1) == "dental surgeries"


def test_things_are_no_interiors(embedder: TextEmbedder, medicine: Brief) -> None:
    found = location_for_slide(silent(), embedder, medicine, "", "pills and medicines for patients", seed=1)
    assert found in {"pharmacies", "hospitals", "clinics"}


def test_nothing_is_pictured_for_a_slide_that_nobody_understands(
    embedder: TextEmbedder, medicine: Brief
) -> None:
    assert location_for_slide(silent(), embedder, medicine, "глокая куздра", "", seed=1) is None
