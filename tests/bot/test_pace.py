"""Who may send when. The clock is the event loop's own; here it jumps to whatever is due next."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Coroutine
from typing import Any

from bot.pace import Pace, Urgency


class JumpingLoop(asyncio.SelectorEventLoop):
    """A loop whose clock jumps: nobody waits in earnest."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 1000.0

    def time(self) -> float:
        return self.now

    def _run_once(self) -> None:
        if not self._ready and self._scheduled:  # type: ignore[attr-defined]
            self.now = max(self.now, self._scheduled[0]._when)  # type: ignore[attr-defined]
        super()._run_once()  # type: ignore[misc]


def turns(pace: Pace, *asked: tuple[int, Urgency]) -> list[tuple[float, int]]:
    """Ask for all turns at once; returns when each came, and for which chat, in the order in which they came."""
    came: list[tuple[float, int]] = []

    async def one(chat: int, urgency: Urgency) -> None:
        async with pace.turn(chat, urgency):
            came.append((asyncio.get_running_loop().time() - 1000.0, chat))

    async def all_of_them() -> None:
        await asyncio.gather(*(one(chat, urgency) for chat, urgency in asked))

    run(all_of_them())
    return came


async def take(pace: Pace, chat: int, seconds: float = 0.0) -> None:
    """Take a turn for a message that is so long on its way."""
    async with pace.turn(chat, Urgency.RESULT):
        await asyncio.sleep(seconds)


def run(work: Coroutine[Any, Any, None]) -> None:
    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        runner.run(work)


def test_a_chat_gets_about_one_message_a_second() -> None:
    came = turns(Pace(), *[(7, Urgency.RESULT)] * 5)
    gaps = [second - first for (first, _), (second, _) in itertools.pairwise(came)]
    assert min(gaps) >= 1.0
    assert max(gaps) < 1.3


def test_all_chats_together_get_fewer_than_thirty_in_any_second() -> None:
    came = [at for at, _chat in turns(Pace(), *[(chat, Urgency.RESULT) for chat in range(200)])]
    assert max(sum(1 for at in came if start <= at < start + 1) for start in came) < 30
    assert came[-1] < 200 / 20


def test_fifty_acknowledgements_at_once_are_out_within_two_seconds() -> None:
    came = turns(Pace(), *[(chat, Urgency.ACKNOWLEDGEMENT) for chat in range(50)])
    assert max(at for at, _chat in came) < 2


def test_what_is_urgent_goes_before_what_came_earlier() -> None:
    asked = [(chat, Urgency.PROGRESS) for chat in range(40)] + [(99, Urgency.ACKNOWLEDGEMENT)]
    came = [chat for _at, chat in turns(Pace(overall=1), *asked)]
    assert came.index(99) <= 1


def test_a_chat_that_must_wait_holds_up_no_other() -> None:
    pace = Pace()

    async def work() -> None:
        pace.block(7, 60)
        await take(pace, 8)
        assert asyncio.get_running_loop().time() == 1000.0
        await take(pace, 7)
        assert asyncio.get_running_loop().time() >= 1060.0

    run(work())


def test_told_to_wait_in_two_chats_at_once_nobody_sends() -> None:
    pace = Pace()

    async def work() -> None:
        pace.block(7, 30)
        pace.block(8, 30)
        await take(pace, 9)
        assert asyncio.get_running_loop().time() >= 1030.0

    run(work())


def test_who_gives_up_waiting_leaves_their_turn_to_others() -> None:
    pace = Pace()

    async def work() -> None:
        await take(pace, 7)
        waiting = asyncio.create_task(take(pace, 7))
        await asyncio.sleep(0)
        assert pace.waiting(7) == 1
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        assert pace.waiting(7) == 0
        await take(pace, 7)
        assert asyncio.get_running_loop().time() < 1002.0

    run(work())


def test_a_message_that_is_long_on_its_way_brings_none_too_early() -> None:
    pace = Pace(overall=2)

    async def work() -> None:
        slow = asyncio.create_task(take(pace, 7, seconds=5))
        await asyncio.sleep(0)
        assert (await come(pace, 8), await come(pace, 9)) == (0.0, 1.0)
        assert await come(pace, 7) >= 6.0
        await slow

    run(work())


async def come(pace: Pace, chat: int) -> float:
    """Take a turn and return when it came."""
    async with pace.turn(chat, Urgency.RESULT):
        return asyncio.get_running_loop().time() - 1000.0
