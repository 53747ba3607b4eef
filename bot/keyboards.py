"""The buttons, and what pressing one sends back: at most 64 bytes, the id of a photo being 32 of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from bot.words import LANGUAGES, PROBLEMS, say

READABLE = ("yes", "partly", "no")
MOST_ROOMS = 3
LONGEST_NAME = 24


class Survey(CallbackData, prefix="s"):
    """Could you read it? ``problem`` is toggled where it is given."""

    photo: str
    readable: str
    problem: str = ""


class Text(CallbackData, prefix="t"):
    """The recognised text."""

    photo: str


class Share(CallbackData, prefix="h"):
    """Show a photo in a room."""

    photo: str
    room: str


class Retry(CallbackData, prefix="r"):
    """Try a photo that failed again."""

    photo: str


class Mute(CallbackData, prefix="m"):
    """Be told of what is shared in a room, or not."""

    room: str
    muted: bool


class Leave(CallbackData, prefix="l"):
    """Leave a room."""

    room: str


class Language(CallbackData, prefix="g"):
    """Speak another language."""

    code: str


def short(photo: str) -> str:
    """Return the id of a photo without its dashes."""
    return photo.replace("-", "")


def button(text: str, data: CallbackData) -> InlineKeyboardButton:
    """Return a button."""
    return InlineKeyboardButton(text=text, callback_data=data.pack())


def of_result(
    language: str,
    photo: str,
    *,
    readable: str = "",
    problems: Collection[str] = (),
    rooms: Sequence[Any] = (),
    muted_room: tuple[str, str] | None = None,
) -> InlineKeyboardMarkup:
    """Return the buttons under a result: its text, the survey with the answer so far, rooms to share it in.

    ``muted_room`` is the code and name of the room that another one's result came from.
    """
    key = short(photo)
    rows = [[button(say(language, "text_button"), Text(photo=key))]]
    rows.append(
        [
            button(("✓ " if readable == answer else "") + say(language, answer), Survey(photo=key, readable=answer))
            for answer in READABLE
        ]
    )  # fmt: skip
    if readable in {"partly", "no"}:
        kinds = [
            button(
                ("✓ " if problem in problems else "") + say(language, problem),
                Survey(photo=key, readable=readable, problem=problem),
            )
            for problem in PROBLEMS
        ]
        rows += [kinds[at : at + 2] for at in range(0, len(kinds), 2)]
    for room in rooms[:MOST_ROOMS]:
        label = say(language, "share_button", room=room["name"][:LONGEST_NAME])
        rows.append([button(label, Share(photo=key, room=room["code"]))])
    if muted_room:
        rows.append([of_room(language, *muted_room, muted=False)])
    return InlineKeyboardMarkup(inline_keyboard=rows)


def of_room(language: str, code: str, name: str, *, muted: bool) -> InlineKeyboardButton:
    """Return the button that mutes a room, or lets it be heard again."""
    label = say(language, "unmute_button" if muted else "mute_button", room=name[:LONGEST_NAME])
    return button(label, Mute(room=code, muted=not muted))


def of_rooms(language: str, rooms: Sequence[Any]) -> InlineKeyboardMarkup:
    """Return the buttons of one's rooms."""
    return InlineKeyboardMarkup(
        inline_keyboard=[[of_room(language, room["code"], room["name"], muted=room["muted"])] for room in rooms]
    )  # fmt: skip


def to_leave(rooms: Sequence[Any]) -> InlineKeyboardMarkup:
    """Return a button for each room that one may leave."""
    return InlineKeyboardMarkup(
        inline_keyboard=[[button(room["name"][:LONGEST_NAME], Leave(room=room["code"]))] for room in rooms]
    )


def of_failure(language: str, photo: str) -> InlineKeyboardMarkup:
    """Return the button under a photo that failed."""
    return InlineKeyboardMarkup(
        inline_keyboard=[[button(say(language, "retry_button"), Retry(photo=short(photo)))]]
    )


def languages() -> InlineKeyboardMarkup:
    """Return a button for each language."""
    return InlineKeyboardMarkup(
        inline_keyboard=[[button(name, Language(code=code)) for code, name in LANGUAGES.items()]]
    )
