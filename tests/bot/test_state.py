"""The state survives whatever happens to the bot."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.state import DAY, KEPT_DAYS, State, StateInUse


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    found = State(tmp_path / "bot")
    yield found
    found.close()


def test_two_bots_cannot_have_the_same_folder(state: State, tmp_path: Path) -> None:
    with pytest.raises(StateInUse, match="Another bot works with"):
        State(tmp_path / "bot")


def test_the_folder_is_for_its_owner_alone(state: State, tmp_path: Path) -> None:
    assert (tmp_path / "bot").stat().st_mode & 0o777 == 0o700


def test_what_was_noted_is_there_for_the_next_bot(state: State, tmp_path: Path) -> None:
    acknowledgement = state.acknowledgement(7, "a")
    state.note_acknowledged(acknowledgement.id, text="Got it.", message=3)
    part = state.take_part(7, 2, acknowledgement.id, "telegram")
    state.note_job(part, "p", "telegram")
    state.end(7, "p", "done")
    state.note_announced(state.due_deliveries()[0], 4)
    state.set_cursor("f", "1-0")
    state.note_handled(11)
    state.close()
    again = State(tmp_path / "bot")
    assert again.acknowledgement(7, "a").message == 3
    assert again.take_part(7, 2, acknowledgement.id, "").photo == "p"
    [delivery] = again.due_deliveries()
    assert (delivery.announced, delivery.reply_to) == (4, 2)
    assert (again.cursor("f"), again.is_handled(11)) == ("1-0", True)
    again.close()


def test_a_result_is_due_once_however_often_its_end_is_told(state: State) -> None:
    assert state.end(7, "p", "done")
    assert not state.end(7, "p", "done")
    state.note_delivered(state.due_deliveries()[0], "done")
    assert not state.end(7, "p", "done")
    assert state.due_deliveries() == []


def test_a_photo_that_failed_and_then_was_done_is_told_anew_in_a_message_of_its_own(state: State) -> None:
    state.end(7, "p", "failed")
    [delivery] = state.due_deliveries()
    state.note_announced(delivery, 4)
    state.note_delivered(delivery, "failed")
    assert state.end(7, "p", "done")
    assert state.due_deliveries()[0].announced is None


def test_what_is_shared_comes_to_each_once(state: State) -> None:
    assert state.share(7, "p", "ABC234", "Physics")
    assert not state.share(7, "p", "ABC234", "Physics")
    assert state.share(8, "p", "ABC234", "Physics")


def test_what_is_due_to_somebody_who_blocked_the_bot_waits(state: State) -> None:
    state.end(7, "p", "done")
    assert state.set_blocked(7, is_blocked=True)
    assert not state.set_blocked(7, is_blocked=True)
    assert (state.due_deliveries(), state.waiting()[0]) == ([], 0)
    state.meet(7, "ru")
    assert len(state.due_deliveries()) == 1


def test_the_chosen_language_goes_before_telegrams(state: State) -> None:
    assert state.language_of(7) == ""
    state.meet(7, "ru")
    assert state.language_of(7) == "ru"
    state.choose_language(7, "en")
    state.meet(7, "ru")
    assert state.language_of(7) == "en"


def test_changes_of_a_block_that_fails_are_undone(state: State) -> None:
    with pytest.raises(RuntimeError), state.at_once():  # noqa: PT012
        state.set_cursor("f", "1-0")
        raise RuntimeError
    assert state.cursor("f") == ""


def test_what_is_too_old_to_matter_is_forgotten(state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    state.note_handled(1)
    state.end(7, "p", "done")
    state.note_file("p", "file")
    state.choose_language(7, "ru")
    state.tidy()
    assert state.is_handled(1)
    import time

    now = time.time()
    monkeypatch.setattr("bot.state.time.time", lambda: now + (KEPT_DAYS + 1) * DAY)
    state.tidy()
    assert not state.is_handled(1)
    assert (state.due_deliveries(), state.file_of("p")) == ([], "")
    assert state.language_of(7) == "ru"
