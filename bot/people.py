"""Who writes: their language, and how fast."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import BaseMiddleware
from aiogram.types import Chat, TelegramObject, Update, User

from bot.api import Asker
from bot.sending import Sender
from bot.state import State
from bot.words import language_for

MOST_WAITING = 20
"""Answers that may wait for one chat; what is asked beyond that, photos excepted, goes unheard."""


class KnowPeople(BaseMiddleware):
    """Give handlers the ``asker`` of an update, and let through only what a person sends in a chat of their own."""

    def __init__(self, state: State, sender: Sender) -> None:
        self._state = state
        self._sender = sender

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
        if not is_photo and self._sender.pace.waiting(chat.id) >= MOST_WAITING:
            return None
        data["asker"] = Asker(user.id, language_for(self._state.language_of(user.id)))
        return await handler(event, data)
