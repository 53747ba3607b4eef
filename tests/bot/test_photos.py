"""Photos that people send: acknowledged, stored as jobs, or refused with a friendly word."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from bot.intake import MOST_BYTES
from tests.api.boards import BOARD
from tests.bot.boards import boards, confirmed, delivered, stored, told
from tests.bot.running import Running
from tests.bot.telegram import Telegram
from tests.bot.waiting import wait_until
from upscale.models import Photo, PhotoSource

pytestmark = pytest.mark.django_db(transaction=True)

Finish = Callable[..., list[Photo]]


def test_a_photo_comes_back_as_a_document(bot: Running, telegram: Telegram, finish_all: Finish) -> None:
    sent = telegram.send_photo(7, BOARD)
    stored()
    [photo] = finish_all()
    [document] = delivered(telegram, 7)
    assert (photo.person, photo.source) == ("telegram:7", PhotoSource.BOT)
    assert document.document == photo.result.read()
    assert document.file_name.endswith(".png")
    assert document.thumbnail
    assert document.reply_to == sent


def test_a_photo_is_acknowledged_at_once_and_that_message_edited(
    bot: Running, telegram: Telegram, finish_all: Finish
) -> None:
    sent = telegram.send_photo(7, BOARD, as_file=True)
    first = told(telegram, 7, "Got it.")
    assert (first.reply_to, first.silent) == (sent, True)
    stored()
    finish_all()
    delivered(telegram, 7)
    wait_until(lambda: first.text == "Done ✓", "the end of the acknowledgement")
    assert len(telegram.shown(7)) == 2


def test_a_result_rings_and_becomes_the_document_in_the_same_message(
    bot: Running, telegram: Telegram, finish_all: Finish
) -> None:
    telegram.send_photo(7, BOARD)
    stored()
    finish_all()
    [document] = delivered(telegram, 7)
    assert document.history == ["Your board is ready…", f"document {document.file_id}"]
    assert not document.silent


def test_an_album_is_acknowledged_once_and_each_photo_comes_back(
    bot: Running, telegram: Telegram, finish_all: Finish
) -> None:
    telegram.send_album(7, boards(5))
    stored(5)
    finish_all()
    documents = delivered(telegram, 7, 5)
    assert len({posted.reply_to for posted in documents}) == 5
    done = "Photos: 5.\n" + "\n".join(f"Photo {number}: done ✓" for number in range(1, 6))
    [acknowledgement] = wait_until(
        lambda: [posted for posted in telegram.shown(7) if posted.text.startswith(done)], "all five done"
    )
    assert acknowledgement.history[0].startswith("Got them.")
    assert len(telegram.shown(7)) == 6


def test_parts_of_an_album_in_another_order_make_one_acknowledgement_in_theirs(
    bot: Running, telegram: Telegram
) -> None:
    first, second, third = (telegram.photo_message(7, content, album="a") for content in boards(3))
    for message in (third, first, second):
        telegram.happen(message=message)
    stored(3)
    confirmed(telegram)
    assert len(telegram.shown(7)) == 1
    assert [part.message for part in bot.state.parts_of(1)] == [
        message["message_id"] for message in (first, second, third)
    ]


def test_an_update_seen_twice_makes_one_job_and_one_acknowledgement(bot: Running, telegram: Telegram) -> None:
    message = telegram.photo_message(7, BOARD)
    update = telegram.happen(message=message)
    telegram.pending.append(update)
    telegram.happen(message=message)
    stored()
    confirmed(telegram)
    assert Photo.objects.count() == 1
    assert len(telegram.shown(7)) == 1


def test_the_place_in_the_queue_is_told(bot: Running, telegram: Telegram) -> None:
    telegram.send_photo(7, BOARD)
    told(telegram, 7, "Yours is next.")


def test_the_progress_is_told_at_milestones(bot: Running, telegram: Telegram) -> None:
    telegram.send_photo(7, BOARD)
    stored()
    Photo.objects.claim("worker")
    Photo.objects.update(progress=0.6)
    told(telegram, 7, "Working on it: 50 %.")


# ---------------------------------------------------------------------- what Telegram made smaller
def test_a_photo_that_telegram_recompressed_is_named_as_such(bot: Running, telegram: Telegram) -> None:
    telegram.send_photo(7, BOARD)
    told(telegram, 7, "Send it as a file for a better result.")


def test_a_picture_sent_as_a_file_is_not(bot: Running, telegram: Telegram) -> None:
    telegram.send_photo(7, BOARD, as_file=True)
    stored()
    confirmed(telegram)
    assert "file" not in telegram.shown(7)[0].text


# ---------------------------------------------------------------------- refused
def test_another_kind_of_file_is_not_taken(bot: Running, telegram: Telegram) -> None:
    message = telegram.photo_message(7, b"%PDF-", as_file=True, name="notes.pdf")
    message["document"]["mime_type"] = "application/pdf"
    telegram.happen(message=message)
    told(telegram, 7, "I read photos of boards only")
    confirmed(telegram)
    assert telegram.called("getFile") == 0


def test_a_file_over_20_mb_is_not_even_asked_for(bot: Running, telegram: Telegram) -> None:
    telegram.send_photo(7, BOARD, as_file=True, size=MOST_BYTES + 1)
    told(telegram, 7, "over 20 MB")
    confirmed(telegram)
    assert telegram.called("getFile") == 0


def test_a_file_whose_size_was_not_said_is_too_large_all_the_same(bot: Running, telegram: Telegram) -> None:
    message = telegram.photo_message(7, BOARD, as_file=True, size=MOST_BYTES + 1)
    del message["document"]["file_size"]
    telegram.happen(message=message)
    told(telegram, 7, "over 20 MB")
    assert telegram.called("getFile") == 1


def test_what_the_site_refuses_is_said_in_the_persons_language(bot: Running, telegram: Telegram) -> None:
    telegram.languages[7] = "ru"
    telegram.send_photo(7, b"no picture at all", as_file=True)
    told(telegram, 7, "Это не фотография")
    confirmed(telegram)
    assert not Photo.objects.exists()


def test_who_sends_too_many_is_told_when_to_go_on(bot: Running, telegram: Telegram, settings: Any) -> None:
    settings.PHOTOS_PER_HOUR = 1
    telegram.send_photo(7, BOARD)
    stored()
    confirmed(telegram)
    telegram.send_photo(7, boards(1)[0])
    told(telegram, 7, "many photos within an hour. Please send this one again in 60 min.")
    confirmed(telegram)
    assert Photo.objects.count() == 1


def test_of_an_album_the_refused_photo_is_named(bot: Running, telegram: Telegram) -> None:
    telegram.send_album(7, [BOARD, b"no picture"])
    told(telegram, 7, "Photo 2: This is not a photo that can be read.")
    stored()


# ---------------------------------------------------------------------- faults on the way in
def test_a_file_that_does_not_come_is_fetched_again(bot: Running, telegram: Telegram) -> None:
    telegram.fail("file", 502)
    telegram.send_photo(7, BOARD)
    stored()
    confirmed(telegram)


def test_a_file_that_telegram_does_not_give_is_asked_for_again_by_the_bot(
    bot: Running, telegram: Telegram
) -> None:
    message = telegram.photo_message(7, BOARD)
    telegram.files.clear()
    telegram.happen(message=message)
    told(telegram, 7, "Please send it again.")
    confirmed(telegram)


def test_an_update_is_not_confirmed_before_its_job_is_stored(
    bot: Running, telegram: Telegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    from upscale import api

    take_in, asked = api.take_in, []

    def broken(*values: Any) -> Any:
        asked.append(1)
        assert telegram.pending, "the update was confirmed before its job was stored"
        if len(asked) <= 4:  # more often than the client tries by itself
            raise RuntimeError("out of order")
        return take_in(*values)

    monkeypatch.setattr(api, "take_in", broken)
    telegram.send_photo(7, BOARD)
    stored()
    confirmed(telegram)
    assert len(asked) == 5
    assert len(telegram.shown(7)) == 1


def test_a_photo_that_waits_holds_up_nobody_else(
    bot: Running, telegram: Telegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    telegram.fail("getFile", 502, times=1000)
    telegram.send_photo(7, BOARD)
    told(telegram, 7, "Got it.")
    telegram.write(8, "/help")
    told(telegram, 8, "Send a photo of a board")
    telegram.faults.clear()
    stored()
    confirmed(telegram)


def test_a_message_in_a_group_is_left_alone(bot: Running, telegram: Telegram) -> None:
    message = telegram.photo_message(7, BOARD)
    message["chat"] = {"id": -5, "type": "group", "title": "Students"}
    telegram.happen(message=message)
    confirmed(telegram)
    assert not Photo.objects.exists()
    assert telegram.called("sendMessage") == 0
