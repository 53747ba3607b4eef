"""Boards that people send, and waiting for what becomes of them."""

from __future__ import annotations

from tests.boards import as_file, draw_board
from tests.bot.telegram import Telegram
from tests.bot.telegram_chats import Posted
from tests.bot.waiting import wait_until
from upscale.models import Photo


def boards(count: int) -> list[bytes]:
    """Draw small boards that differ."""
    return [as_file(draw_board((f"board {number}",), size=(200, 120), height=14)) for number in range(count)]


def stored(count: int = 1) -> list[Photo]:
    """Wait until so many jobs are stored, and return them, the oldest first."""
    wait_until(lambda: Photo.objects.count() >= count, f"{count} jobs")
    return list(Photo.objects.order_by("id"))


def delivered(telegram: Telegram, chat: int, count: int = 1) -> list[Posted]:
    """Wait until so many documents are in a chat, and return them."""
    wait_until(lambda: len(telegram.documents(chat)) >= count, f"{count} results")
    return telegram.documents(chat)


def told(telegram: Telegram, chat: int, words: str) -> Posted:
    """Wait until a message of a chat has these words, and return it."""

    def found() -> Posted | None:
        return next((posted for posted in telegram.shown(chat) if words in posted.text), None)

    posted: Posted = wait_until(found, f"“{words}” among {telegram.texts(chat)}")
    return posted


def confirmed(telegram: Telegram) -> None:
    """Wait until every update is confirmed."""
    wait_until(lambda: not telegram.pending, "the confirmation of all updates")
