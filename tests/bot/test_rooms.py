"""Rooms: in and out, what others share, and silence."""

from __future__ import annotations

import pytest

from bot.settings import Settings
from tests.api.boards import BOARD
from tests.boards import finish, make_photo, make_room
from tests.bot.boards import confirmed, delivered, stored, told
from tests.bot.running import Running, at_work, running
from tests.bot.telegram import Telegram
from tests.bot.waiting import wait_until
from upscale.models import Photo, Room, SurveyAnswer
from upscale.visitors import Visitor, new_guest

pytestmark = pytest.mark.django_db(transaction=True)


def share_something(room: Room, nickname: str = "Prof. Gauss") -> Photo:
    """Let somebody on the pages share a result in a room."""
    visitor = new_guest()
    room.join(visitor, nickname)
    photo = finish(make_photo(visitor))
    photo.share(room)
    return photo


def join(telegram: Telegram, room: Room, chat: int = 7) -> None:
    """Let somebody join by the command."""
    telegram.write(chat, f"/room {room.code}")
    told(telegram, chat, "You are in “Physics”")


def present(room: Room) -> dict[str, str]:
    return {member.person: member.nickname for member in room.memberships.present()}


# ---------------------------------------------------------------------- in and out
def test_a_room_is_joined_under_telegrams_name(bot: Running, telegram: Telegram) -> None:
    room = make_room()
    join(telegram, room)
    assert present(room)["telegram:7"] == "Ann7"


def test_a_code_may_be_typed_as_people_do(bot: Running, telegram: Telegram) -> None:
    room = make_room()
    telegram.write(7, f"/room {room.code[:3].lower()}-{room.code[3:].lower()} Anna Maria")
    told(telegram, 7, "You are in “Physics” as Anna Maria")


def test_a_name_that_is_taken_gets_a_number(bot: Running, telegram: Telegram) -> None:
    room = make_room(nickname="Ann7")
    join(telegram, room)
    assert present(room)["telegram:7"] == "Ann7 2"


def test_a_nickname_that_was_asked_for_and_is_taken_is_refused(bot: Running, telegram: Telegram) -> None:
    room = make_room(nickname="Gauss")
    telegram.write(7, f"/room {room.code} Gauss")
    told(telegram, 7, "Somebody in the room has this nickname already.")


def test_a_link_leads_into_the_room(bot: Running, telegram: Telegram) -> None:
    room = make_room()
    telegram.write(7, f"/start {room.code}")
    told(telegram, 7, "You are in “Physics”")


@pytest.mark.parametrize("code", ["ZZZZZZ", "../../photos", "%00", "x" * 500])
def test_a_wrong_code_is_said_to_be_wrong(bot: Running, telegram: Telegram, code: str) -> None:
    telegram.write(7, f"/room {code}")
    told(telegram, 7, "There is no room with this code.")


def test_a_closed_room_lets_nobody_in(bot: Running, telegram: Telegram) -> None:
    room = make_room()
    room.close()
    telegram.write(7, f"/room {room.code}")
    told(telegram, 7, "This room is closed.")


def test_without_a_code_ones_rooms_are_listed(bot: Running, telegram: Telegram) -> None:
    telegram.write(7, "/room")
    told(telegram, 7, "You are in no room.")
    room = make_room()
    join(telegram, room)
    telegram.write(7, "/room")
    told(telegram, 7, f"Physics ({room.code}), you are Ann7, 2 in it")


def test_the_only_room_is_left_at_once(bot: Running, telegram: Telegram) -> None:
    room = make_room()
    join(telegram, room)
    telegram.write(7, "/leave")
    told(telegram, 7, "You have left Physics.")
    assert "telegram:7" not in present(room)


def test_of_several_rooms_a_button_says_which_is_left(bot: Running, telegram: Telegram) -> None:
    rooms = [make_room(), make_room()]
    for room in rooms:
        room.join(Visitor("telegram:7"), "Ann")
    telegram.write(7, "/leave")
    message = told(telegram, 7, "Which one?")
    telegram.press(7, message.id, f"l:{rooms[0].code}")
    wait_until(lambda: "telegram:7" not in present(rooms[0]), "the leave")
    confirmed(telegram)
    assert "telegram:7" in present(rooms[1])
    assert len(message.labels) == 1


def test_who_is_in_no_room_leaves_none(bot: Running, telegram: Telegram) -> None:
    telegram.write(7, "/leave")
    told(telegram, 7, "You are in no room.")


# ---------------------------------------------------------------------- what others share
def test_members_get_what_others_share_with_the_sharers_nickname(bot: Running, telegram: Telegram) -> None:
    room = make_room()
    join(telegram, room)
    photo = share_something(room)
    [document] = delivered(telegram, 7)
    assert document.text.startswith("Prof. Gauss · Physics\n")
    assert document.document == photo.result.read()
    assert document.history[0] == "Something new in Physics…"
    telegram.press(7, document.id, document.button("Yes"))
    wait_until(lambda: SurveyAnswer.objects.filter(person="telegram:7").exists(), "the answer")


def test_one_upload_serves_all_members(bot: Running, telegram: Telegram) -> None:
    room = make_room()
    for chat in (7, 8, 9):
        room.join(Visitor(f"telegram:{chat}"), f"Ann{chat}")
    share_something(room)
    for chat in (7, 8, 9):
        delivered(telegram, chat)
    assert len(telegram.uploads) == 1
    telegram.uploads.clear()
    room.join(Visitor("telegram:10"), "Ann10")
    share_something(room, "Euler")
    for chat in (7, 8, 9, 10):
        delivered(telegram, chat, 2 if chat != 10 else 1)
    assert len(telegram.messages[10]) == 1


def test_who_shared_it_is_not_told(bot: Running, telegram: Telegram) -> None:
    room = make_room()
    join(telegram, room, 7)
    join(telegram, room, 8)
    telegram.send_photo(7, BOARD)
    [photo] = stored()
    confirmed(telegram)
    finish(photo)
    [document] = delivered(telegram, 7)
    telegram.press(7, document.id, document.button("Share in Physics"))
    [theirs] = delivered(telegram, 8)
    assert theirs.text.startswith("Ann7 · Physics\n")
    assert len(telegram.documents(7)) == 1
    assert "Share in Physics" not in document.labels
    assert telegram.toasts == ["Shared in Physics."]


def test_a_muted_room_is_silent_until_it_is_heard_again(bot: Running, telegram: Telegram) -> None:
    room = make_room()
    join(telegram, room)
    message = told(telegram, 7, "You are in “Physics”")
    telegram.press(7, message.id, message.button("Mute Physics"))
    wait_until(lambda: telegram.toasts, "the answer to the press")
    assert telegram.toasts == ["Physics is muted: nothing comes from there."]
    confirmed(telegram)
    share_something(room)
    room.join(Visitor("telegram:8"), "Bob")
    heard = share_something(room, "Euler")
    delivered(telegram, 8)
    telegram.press(7, message.id, message.button("Unmute Physics"))
    wait_until(lambda: len(telegram.toasts) == 2, "the answer to the press")
    confirmed(telegram)
    assert telegram.documents(7) == []
    share_something(room, "Noether")
    [document] = delivered(telegram, 7)
    assert document.text.startswith("Noether")
    assert heard.pk


def test_who_is_in_no_room_is_told_of_nothing(bot: Running, telegram: Telegram) -> None:
    room = make_room()
    join(telegram, room, 8)
    share_something(room)
    delivered(telegram, 8)
    assert telegram.shown(7) == []


def test_what_was_shared_while_the_bot_was_away_comes_later(
    bot_settings: Settings, telegram: Telegram
) -> None:
    room = make_room()
    room.join(Visitor("telegram:7"), "Ann")
    with running(bot_settings):
        at_work(telegram)
    share_something(room)
    with running(bot_settings):
        delivered(telegram, 7)
