"""When the next message may go out: about one a second in a chat, under thirty a second in all.

Telegram's documents name these rates (core.telegram.org/bots/faq#broadcasting-to-users). What is most urgent goes
first; a chat that must wait holds up no other one.
"""

from __future__ import annotations

import asyncio
import contextlib
import heapq
import itertools
from collections import deque
from collections.abc import AsyncIterator
from enum import IntEnum

CHAT_GAP = 1.1
"""Seconds from the end of one message of a chat to its next."""

OVERALL = 26
"""Messages within any second, in all chats: a few under Telegram's thirty."""

SECOND = 1.0
FLOOD_MEMORY = 10.0
MOST_CHATS = 10_000


class Urgency(IntEnum):
    """What goes first when messages must wait."""

    ACKNOWLEDGEMENT = 0
    ANSWER = 1
    RESULT = 2
    SHARED = 3
    PROGRESS = 4


class Pace:
    """Whose turn it is. All within one event loop."""

    def __init__(self, *, chat_gap: float = CHAT_GAP, overall: int = OVERALL) -> None:
        self._chat_gap = chat_gap
        self._overall = overall
        self._waiting: list[tuple[int, int, int, asyncio.Future[None]]] = []
        self._numbers = itertools.count()
        self._going: set[int] = set()
        self._ended: deque[float] = deque()
        self._free_at: dict[int, float] = {}
        self._all_free_at = 0.0
        self._flooded: dict[int, float] = {}
        self._timer: asyncio.TimerHandle | None = None

    @contextlib.asynccontextmanager
    async def turn(self, chat: int, urgency: Urgency) -> AsyncIterator[None]:
        """Wait until a message may go to a chat; it is sent within the block.

        Gaps are counted from the end of the block: however long a message takes to arrive, none comes too early.
        """
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (urgency, next(self._numbers), chat, turn))
        self._let_go()
        try:
            await turn
            yield
        finally:
            if turn.done() and not turn.cancelled():
                self._end(chat)

    def _end(self, chat: int) -> None:
        now = asyncio.get_running_loop().time()
        self._going.discard(chat)
        self._ended.append(now)
        self._free_at[chat] = max(self._free_at.get(chat, 0.0), now + self._chat_gap)
        self._let_go()

    def waiting(self, chat: int) -> int:
        """Return how many messages wait for a chat."""
        return sum(1 for _urgency, _number, of, turn in self._waiting if of == chat and not turn.done())

    def block(self, chat: int, seconds: float) -> None:
        """Send a chat nothing for so long, as Telegram asked; nobody, where it asked so for two chats at once."""
        now = asyncio.get_running_loop().time()
        self._free_at[chat] = max(self._free_at.get(chat, 0.0), now + seconds)
        self._flooded = {of: at for of, at in self._flooded.items() if now - at < FLOOD_MEMORY} | {chat: now}
        if len(self._flooded) > 1:
            self._all_free_at = max(self._all_free_at, now + seconds)

    def _let_go(self) -> None:
        """Grant every turn that is due, and look again when the next one is."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        while self._ended and self._ended[0] <= now - SECOND:
            self._ended.popleft()
        kept = []
        soonest = now + 60
        while self._waiting:
            entry = heapq.heappop(self._waiting)
            _urgency, _number, chat, turn = entry
            if turn.done():  # whoever waited was cancelled
                continue
            due = max(self._free_at.get(chat, 0.0), self._all_free_at, self._room_at())
            if chat in self._going:
                kept.append(entry)  # looked at again when that one ends
                continue
            if due > now:
                kept.append(entry)
                soonest = min(soonest, due)
                continue
            turn.set_result(None)
            self._going.add(chat)
        self._waiting = kept  # popped in order, so it is a heap
        if len(self._free_at) > MOST_CHATS:
            self._free_at = {of: at for of, at in self._free_at.items() if at > now}
        if self._timer:
            self._timer.cancel()
            self._timer = None
        if kept:
            self._timer = loop.call_at(soonest, self._let_go)

    def _room_at(self) -> float:
        """Return when there is room for one more among all chats; in a minute, where that is when another one ends."""
        if len(self._going) + len(self._ended) < self._overall:
            return 0.0
        return self._ended[0] + SECOND if self._ended else asyncio.get_running_loop().time() + 60
