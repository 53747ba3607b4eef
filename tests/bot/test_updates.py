"""Updates: handled once, confirmed after that, given up only for faults of our own."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiogram.types import Update

from bot import updates
from bot.api import ApiError, ApiUnreachable
from bot.metrics import Metrics
from bot.state import State
from bot.updates import Ledger, Polling
from tests.api.boards import BOARD
from tests.bot.boards import confirmed, stored, told
from tests.bot.running import Running
from tests.bot.telegram import Telegram
from tests.bot.waiting import wait_until

UPDATE = Update(update_id=5)


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    found = State(tmp_path / "bot")
    yield found
    found.close()


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(updates, "LONGEST_PAUSE", 0.0)
    sleep = asyncio.sleep
    monkeypatch.setattr(updates.asyncio, "sleep", lambda _seconds: sleep(0))


class Handler:
    """Fails with these errors, one after the other, then succeeds."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.calls = 0
        self.given_up = 0

    async def handle(self, update: Update, since: float) -> None:
        self.calls += 1
        if self.errors:
            raise self.errors.pop(0)

    async def give_up(self, update: Update) -> None:
        self.given_up += 1


def take(state: State, handler: Handler, *, times: int = 1) -> None:
    """Give an update to a ledger so many times at once, and wait."""

    async def work() -> None:
        ledger = Ledger(state, Metrics(), handler.handle, handler.give_up)
        tasks = [ledger.take(UPDATE) for _ in range(times)]
        await asyncio.gather(*(task for task in tasks if task))
        assert ledger.take(UPDATE) is None

    asyncio.run(work())


def test_an_update_that_comes_twice_at_once_is_handled_once(state: State) -> None:
    handler = Handler()
    take(state, handler, times=3)
    assert handler.calls == 1
    assert state.is_handled(5)


@pytest.mark.parametrize(
    "error",
    [
        ApiUnreachable("x"),
        ApiError(401, "unauthenticated", "", None, None),
        ApiError(503, "busy", "", None, 5),
    ],
)
def test_an_outage_is_waited_out_however_long(state: State, error: Exception) -> None:
    handler = Handler(*[error] * 40)
    take(state, handler)
    assert (handler.calls, handler.given_up) == (41, 0)


def test_a_fault_of_our_own_holds_nobody_up_for_ever(state: State) -> None:
    handler = Handler(*[RuntimeError("a fault")] * 40)
    take(state, handler)
    assert (handler.calls, handler.given_up) == (updates.ATTEMPTS, 1)
    assert state.is_handled(5)


def test_only_what_is_handled_before_the_first_that_is_not_is_confirmed(state: State) -> None:
    polling = Polling(None, None, state)
    assert polling.confirmable([3, 4, 5, 9]) is None
    for update in (3, 5, 9):
        state.note_handled(update)
    assert polling.confirmable([3, 4, 5, 9]) == 4
    state.note_handled(4)
    assert polling.confirmable([3, 4, 5, 9]) == 10
    assert polling.confirmable([]) is None


# ---------------------------------------------------------------------- with Telegram
@pytest.mark.django_db(transaction=True)
def test_a_person_is_told_where_a_fault_of_ours_ends_it(
    bot: Running, telegram: Telegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*values: Any) -> None:
        raise RuntimeError("a fault")

    monkeypatch.setattr("bot.intake.Intake.take", broken)
    telegram.send_photo(7, BOARD)
    told(telegram, 7, "Something went wrong on our side.")
    confirmed(telegram)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "fault",
    [
        {"status": 409, "description": "Conflict: terminated by other getUpdates request"},
        {"status": 429, "description": "Too Many Requests", "retry_after": 1},
        {"status": 502, "description": "Bad Gateway"},
        {"body": "<html>"},
        {},
    ],
    ids=["another bot", "a rate", "an error", "no json", "no answer"],
)
def test_the_bot_goes_on_asking(bot: Running, telegram: Telegram, fault: dict[str, Any]) -> None:
    telegram.fail("getUpdates", **fault)
    telegram.send_photo(7, BOARD)
    stored()
    wait_until(lambda: telegram.faults[0].times == 0, "the error")
    confirmed(telegram)


@pytest.mark.django_db(transaction=True)
def test_updates_whose_numbers_begin_anew_are_served(bot: Running, telegram: Telegram) -> None:
    telegram.write(7, "/start")
    confirmed(telegram)
    telegram._updates = itertools.count(10)  # as after a week without updates
    telegram.write(7, "/help")
    told(telegram, 7, "/room CODE")
    confirmed(telegram)
