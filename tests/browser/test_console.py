"""Which errors on the console fail a test."""

from __future__ import annotations

from tests.browser.conftest import without_aborted

AFTER, ABORT, SEND = (
    f"htmx:{event}, [object HTMLElement]" for event in ("afterRequest", "sendAbort", "sendError")
)


def test_a_request_that_the_page_gave_up_is_no_error() -> None:
    assert without_aborted(["a", AFTER, ABORT, "b", AFTER, ABORT]) == ["a", "b"]


def test_a_request_that_failed_is_one() -> None:
    assert without_aborted([AFTER, SEND, AFTER, ABORT]) == [AFTER, SEND]


def test_an_answer_that_was_refused_is_one() -> None:
    assert without_aborted([AFTER]) == [AFTER]
    assert without_aborted([ABORT]) == [ABORT]
