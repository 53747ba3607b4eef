"""Results come once, whatever goes wrong between the bot and Telegram."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db.models.functions import Now

from bot.settings import Settings
from tests.api.boards import BOARD
from tests.boards import finish, make_photo
from tests.bot.boards import boards, confirmed, delivered, stored, told
from tests.bot.running import Running, at_work, running
from tests.bot.telegram import Telegram
from tests.bot.waiting import wait_until
from upscale.models import Photo
from upscale.visitors import Visitor

pytestmark = pytest.mark.django_db(transaction=True)

Finish = Callable[..., list[Photo]]
KEPT = {"method": "enhanced", "notes": ["glare", "enlarged"]}


def result_of(telegram: Telegram, finish_all: Finish) -> None:
    """Let person 7 send a photo, and a worker finish it."""
    telegram.send_photo(7, BOARD, as_file=True)
    stored()
    confirmed(telegram)
    finish_all()


def settled(bot: Running) -> None:
    """Wait until nothing is due and no acknowledgement open."""
    wait_until(
        lambda: bot.state.waiting()[0] == 0 and not bot.state.open_acknowledgements(), "the end of all work"
    )


# ---------------------------------------------------------------------- what is said
def test_the_caption_says_what_was_done_and_asks_whether_it_can_be_read(
    bot: Running, telegram: Telegram
) -> None:
    telegram.send_photo(7, BOARD)
    [photo] = stored()
    finish(photo, **KEPT)
    [document] = delivered(telegram, 7)
    assert document.text == (
        "The light was evened out and the writing made stronger. No letter was redrawn.\n"
        "There is glare on the board. What is plain white cannot be brought back; a step to the side helps.\n"
        "Words that our reader made out: 5 → 10.\n\nCould you read it?"
    )
    assert document.labels == ["📝 Text", "Yes", "Partly", "No"]


def test_a_photo_without_writing_has_no_figures(bot: Running, telegram: Telegram) -> None:
    telegram.send_photo(7, BOARD)
    [photo] = stored()
    finish(photo, before=None, after=None)
    [document] = delivered(telegram, 7)
    assert "Words" not in document.text


# ---------------------------------------------------------------------- killed, or away
def test_what_was_finished_while_the_bot_was_away_is_delivered(
    bot_settings: Settings, telegram: Telegram, finish_all: Finish
) -> None:
    with running(bot_settings):
        telegram.send_photo(7, BOARD)
        stored()
        confirmed(telegram)
    finish_all()
    Photo.objects.update(finished_at=Now() - timedelta(hours=2))  # further back than the feed was left
    with running(bot_settings) as bot:
        delivered(telegram, 7)
        settled(bot)
    assert len(telegram.shown(7)) == 2


def test_an_update_that_came_while_the_bot_was_away_is_served(
    bot_settings: Settings, telegram: Telegram
) -> None:
    telegram.send_photo(7, BOARD)
    with running(bot_settings):
        stored()
        confirmed(telegram)


def test_a_bot_that_ends_between_announcing_and_the_document_goes_on_with_the_same_message(
    bot_settings: Settings, telegram: Telegram, finish_all: Finish
) -> None:
    telegram.fail("editMessageMedia", hang=600)
    with running(bot_settings):
        result_of(telegram, finish_all)
        wait_until(lambda: telegram.called("editMessageMedia"), "the first attempt")
    with running(bot_settings) as bot:
        delivered(telegram, 7)
        settled(bot)
    assert len(telegram.shown(7)) == 2


def test_a_bot_that_ends_before_it_knew_that_the_document_was_there_sends_no_second_one(
    bot_settings: Settings, telegram: Telegram, finish_all: Finish
) -> None:
    telegram.fail("editMessageMedia", hang=600, late=True)
    with running(bot_settings):
        result_of(telegram, finish_all)
        delivered(telegram, 7)
    with running(bot_settings) as bot:
        settled(bot)
    assert len(telegram.documents(7)) == 1
    assert len(telegram.shown(7)) == 2


def test_a_bot_that_ends_before_its_job_was_noted_makes_no_second_one(
    bot_settings: Settings, telegram: Telegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bot.state import State

    class Killed(BaseException):
        pass

    def killed(self: State, *values: object) -> None:
        raise Killed

    with monkeypatch.context() as patched, pytest.raises(AssertionError):  # noqa: PT012
        patched.setattr(State, "note_job", killed)
        with running(bot_settings) as bot:
            telegram.send_photo(7, BOARD)
            stored()
            wait_until(lambda: bot.is_over, "the end", seconds=5)
    [photo] = stored()
    finish(photo)
    with running(bot_settings) as bot:
        [document] = delivered(telegram, 7)
        settled(bot)
    assert Photo.objects.count() == 1
    assert len(telegram.shown(7)) == 2
    assert document.id == 3  # behind the photo and its acknowledgement


def test_without_its_state_a_bot_still_delivers_what_ends_from_now_on(
    bot: Running, telegram: Telegram
) -> None:
    photo = finish(make_photo(Visitor("telegram:7")))
    [document] = delivered(telegram, 7)
    assert document.document == photo.result.read()


# ---------------------------------------------------------------------- Telegram's errors
def test_a_lost_answer_makes_no_second_document(bot: Running, telegram: Telegram, finish_all: Finish) -> None:
    telegram.fail("editMessageMedia", late=True)
    result_of(telegram, finish_all)
    settled(bot)
    assert telegram.called("editMessageMedia") == 2
    assert len(telegram.documents(7)) == 1


def test_a_document_that_is_there_already_is_no_error(
    bot: Running, telegram: Telegram, finish_all: Finish
) -> None:
    telegram.fail("editMessageMedia", 400, "Bad Request: message is not modified", late=True)
    result_of(telegram, finish_all)
    settled(bot)
    assert len(telegram.documents(7)) == 1


def test_told_to_wait_the_bot_waits_and_sends_it_then(
    bot: Running, telegram: Telegram, finish_all: Finish
) -> None:
    telegram.fail("editMessageMedia", 429, "Too Many Requests: retry after 1", retry_after=1)
    result_of(telegram, finish_all)
    delivered(telegram, 7)
    settled(bot)
    assert bot.program.metrics.counts["retry_after", ""] == 1
    assert len(telegram.shown(7)) == 2


@pytest.mark.parametrize(
    "fault",
    [{"status": 502, "description": "Bad Gateway"}, {"body": "<html>Bad Gateway</html>"}, {}],
    ids=["an error of Telegram", "a page of a proxy", "no answer"],
)
def test_errors_that_pass_are_waited_out(
    bot: Running, telegram: Telegram, finish_all: Finish, fault: dict[str, object]
) -> None:
    telegram.fail("editMessageMedia", **fault)
    result_of(telegram, finish_all)
    settled(bot)
    assert len(telegram.documents(7)) == 1


def test_an_announcement_that_was_deleted_is_sent_again(
    bot: Running, telegram: Telegram, finish_all: Finish
) -> None:
    telegram.fail("editMessageMedia", 400, "Bad Request: message to edit not found")
    result_of(telegram, finish_all)
    settled(bot)
    assert len(telegram.documents(7)) == 1


def test_where_telegram_refuses_the_edit_the_document_is_sent(
    bot: Running, telegram: Telegram, finish_all: Finish
) -> None:
    telegram.fail("editMessageMedia", 400, "Bad Request: MEDIA_INVALID")
    result_of(telegram, finish_all)
    settled(bot)
    assert len(telegram.documents(7)) == 1
    assert telegram.called("sendDocument") == 1


def test_an_acknowledgement_that_was_deleted_is_left_at_that(
    bot: Running, telegram: Telegram, finish_all: Finish
) -> None:
    telegram.send_photo(7, BOARD)
    stored()
    confirmed(telegram)
    acknowledgement = telegram.shown(7)[0]
    del telegram.messages[7][acknowledgement.id]
    finish_all()
    delivered(telegram, 7)
    settled(bot)
    assert len(telegram.shown(7)) == 1


# ---------------------------------------------------------------------- blocked
def test_who_blocked_the_bot_gets_the_result_once_they_come_back(
    bot: Running, telegram: Telegram, finish_all: Finish
) -> None:
    telegram.send_photo(7, BOARD)
    telegram.send_photo(8, boards(1)[0])
    stored(2)
    confirmed(telegram)
    telegram.block(7)
    confirmed(telegram)
    finish_all()
    delivered(telegram, 8)
    assert telegram.documents(7) == []
    telegram.block(7, is_blocked=False)
    delivered(telegram, 7)


def test_a_block_that_nobody_told_of_is_found_out_and_counted(
    bot: Running, telegram: Telegram, finish_all: Finish
) -> None:
    telegram.send_photo(7, BOARD)
    stored()
    confirmed(telegram)
    telegram.blocked.add(7)
    finish_all()
    wait_until(lambda: bot.program.metrics.counts["blocked", ""] == 1, "that the block is found out")
    telegram.blocked.clear()
    telegram.write(7, "/start")
    delivered(telegram, 7)


# ---------------------------------------------------------------------- no result
def test_a_photo_that_failed_is_told_with_its_reason_and_tried_again_by_a_button(
    bot: Running, telegram: Telegram, finish_all: Finish
) -> None:
    telegram.send_photo(7, BOARD)
    stored()
    confirmed(telegram)
    [claimed] = Photo.objects.claim("worker")
    claimed.fail("The disk is full.", retry=False)
    message = told(telegram, 7, "could not be made readable: The disk is full.")
    telegram.press(7, message.id, message.button("Try again"))
    wait_until(lambda: Photo.objects.queued().exists(), "the second attempt")
    finish_all()
    delivered(telegram, 7)
    settled(bot)
    assert message.buttons == []
    assert telegram.toasts[-1] == "It goes on."


def test_a_photo_that_fails_again_is_told_again(bot: Running, telegram: Telegram) -> None:
    telegram.send_photo(7, BOARD)
    stored()
    confirmed(telegram)
    for attempt in ("first", "second"):
        [claimed] = wait_until(lambda: Photo.objects.claim("worker"), "a photo to claim")
        claimed.fail(f"The {attempt} fault.", retry=False)
        message = told(telegram, 7, f"The {attempt} fault.")
        telegram.press(7, message.id, message.button("Try again"))


def test_a_photo_that_was_deleted_meanwhile_is_not_delivered(
    bot_settings: Settings, telegram: Telegram
) -> None:
    with running(bot_settings):
        telegram.send_photo(7, BOARD)
        [photo] = stored()
        confirmed(telegram)
    finish(photo).remove()
    with running(bot_settings) as bot:
        at_work(telegram)
        settled(bot)
    assert len(telegram.shown(7)) == 1


def test_a_photo_that_was_cancelled_is_told_in_the_acknowledgement_alone(
    bot: Running, telegram: Telegram
) -> None:
    telegram.send_photo(7, BOARD, as_file=True)
    [photo] = stored()
    confirmed(telegram)
    photo.cancel()
    told(telegram, 7, "This was cancelled.")
    settled(bot)
    assert len(telegram.shown(7)) == 1
