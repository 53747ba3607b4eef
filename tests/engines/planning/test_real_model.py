"""The embedded language model plans a cell for real."""

from __future__ import annotations

import pytest

from engines.embedding import TextEmbedder, cosine, nearest
from engines.llm.local import TransformersLanguageModel
from engines.planning.brief import Brief, ConceptBrief, TopicBrief
from engines.planning.choosing import SAME_LOCATION
from engines.planning.descriptions import write_prompts
from engines.planning.examples import parse_description_examples
from engines.planning.locations import propose_locations, topic_text
from engines.planning.wording import copied_share, is_location, is_prompt
from engines.registry import DEFAULT_LANGUAGE_MODEL, LANGUAGE_MODELS


@pytest.mark.slow
def test_the_embedded_model_plans_a_topic(
    embedder: TextEmbedder, concepts: dict[str, ConceptBrief], topics: dict[str, TopicBrief]
) -> None:
    llm = TransformersLanguageModel.load(LANGUAGE_MODELS[DEFAULT_LANGUAGE_MODEL])
    brief = Brief(topics["medicine"], concepts["interior"])
    found = propose_locations(llm, embedder, brief, 4, seed=3)
    assert len(found.locations) == 4
    assert all(is_location(location) for location in found.locations)
    vectors = embedder.embed(found.locations)
    likeness = cosine(vectors, vectors)
    assert all(likeness[i, j] < SAME_LOCATION for i in range(4) for j in range(i))
    anchors = embedder.embed([topic_text(topic) for topic in topics.values()])
    own = list(topics).index("medicine")
    assert (nearest(vectors, anchors) == own).sum() >= 3

    written = list(write_prompts(llm, embedder, brief, found.locations[:2], 2, seed=3))
    assert [entry.location for entry in written] == list(found.locations[:2])
    shown = [turn.answer for turn in parse_description_examples(brief.concept.descriptions_examples).turns]
    for entry in written:
        assert entry.from_pattern or all(is_prompt(prompt) for prompt in entry.prompts)
        assert all(prompt.lower().startswith(entry.location.lower()) for prompt in entry.prompts)
        assert all(copied_share(prompt, shown) < 0.5 for prompt in entry.prompts)
    assert not all(entry.from_pattern for entry in written)
