from __future__ import annotations

from engines.llm.base import TextRequest, Turn
from engines.llm.formatting import as_messages, as_pattern, cut_at_stop

REQUEST = TextRequest(
    system="Be brief.",
    examples=(Turn("Q1", "A1"), Turn("Q2", "A2")),
    question="Q3",
    seed=1,
    answer_prefix="-",
)


def test_worked_examples_become_turns_of_a_conversation() -> None:
    assert as_messages(REQUEST) == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Q1"},
        {"role": "assistant", "content": "A1"},
        {"role": "user", "content": "Q2"},
        {"role": "assistant", "content": "A2"},
        {"role": "user", "content": "Q3"},
    ]


def test_no_empty_system_message_is_sent() -> None:
    request = TextRequest(system=" ", examples=(), question="Q", seed=0)
    assert as_messages(request) == [{"role": "user", "content": "Q"}]
    assert as_pattern(request) == "Q\n"


def test_the_pattern_ends_where_the_answer_has_begun() -> None:
    assert as_pattern(REQUEST) == "Be brief.\n\nQ1\nA1\n\nQ2\nA2\n\nQ3\n-"


def test_a_text_ends_before_the_first_stop_string() -> None:
    assert cut_at_stop("one\ntwo\n\nthree", ("\n\n", "\n")) == "one"
    assert cut_at_stop("one", ("\n",)) == "one"
    assert cut_at_stop("one", ()) == "one"
