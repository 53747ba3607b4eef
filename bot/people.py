"""Who writes: their language, and how fast."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import BaseMiddleware
from aiogram.types import Chat, TelegramObject, Update, User

from bot.api import Asker
from bot.state import State
from bot.words import language_for

MOST_AT_ONCE = 20
"""Updates of one person that may be in work; what they send beyond that, photos excepted, goes unheard."""


class KnowPeople(BaseMiddleware):
    """Give handlers the ``asker`` of an update, and let through only what a person sends in a chat of their own."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._in_work: Counter[int] = Counter()

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        """Handle, or leave it."""
        user: User | None = data.get("event_from_user")
        chat: Chat | None = data.get("event_chat")
        if user is None or user.is_bot or chat is None or chat.type != "private":
            return None  # groups and channels have no result of their own
        assert isinstance(event, Update)
        if event.my_chat_member:
            status = event.my_chat_member.new_chat_member.status
            self._state.set_blocked(user.id, is_blocked=status in {"kicked", "left"})
            return await handler(event, data)
        self._state.meet(user.id, user.language_code or "")
        is_photo = event.message is not None and (event.message.photo or event.message.document)
        if not is_photo and self._in_work[user.id] >= MOST_AT_ONCE:
            return None
        data["asker"] = Asker(user.id, language_for(self._state.language_of(user.id)))
        self._in_work[user.id] += 1
        try:
            return await handler(event, data)
        finally:
            self._in_work[user.id] -= 1
            if not self._in_work[user.id]:
                del self._in_work[user.id]
