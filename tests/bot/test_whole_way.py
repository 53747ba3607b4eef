"""The whole way, at Telegram's rates: bot, REST server, worker and engine, and the survey at its end."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.settings import Settings
from jobs.worker import work_once
from tests.boards import LINES, as_file, draw_board
from tests.bot.boards import confirmed, delivered, stored
from tests.bot.running import Running, at_work, running
from tests.bot.telegram import Telegram
from tests.bot.waiting import wait_until
from upscale.models import Photo, SurveyAnswer

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def steady(bot_settings: Settings, telegram: Telegram) -> Iterator[Running]:
    """Run a bot at Telegram's rates, which the server insists on."""
    telegram.has_limits = True
    with running(bot_settings, is_quick=False) as found:
        at_work(telegram)
        yield found


def test_an_album_of_five_goes_in_and_five_legible_documents_come_out(
    steady: Running, telegram: Telegram
) -> None:
    contents = [as_file(draw_board(LINES[: number + 1], size=(320, 200), height=20)) for number in range(4)]
    contents.append(as_file(draw_board(("the last board",), size=(320, 200), height=20)))
    telegram.send_album(7, contents)
    stored(5)
    while Photo.objects.open().exists():
        work_once()
    documents = delivered(telegram, 7, 5)
    confirmed(telegram)
    wait_until(lambda: not steady.state.open_acknowledgements(), "the end of the acknowledgement")
    photos = list(Photo.objects.all())
    assert sorted(posted.document or b"" for posted in documents) == sorted(
        photo.result.read() for photo in photos
    )
    assert all(photo.effort for photo in photos)
    [acknowledgement] = [posted for posted in telegram.shown(7) if posted.document is None]
    assert acknowledgement.text.count("done ✓") == 5
    assert len(acknowledgement.history) > 1
    for posted, label in zip(documents, ("Yes", "Yes", "Partly", "No", "Yes"), strict=True):
        telegram.press(7, posted.id, posted.button(label))
    wait_until(lambda: SurveyAnswer.objects.filter(person="telegram:7").count() == 5, "the answers")
    assert sorted(SurveyAnswer.objects.values_list("readable", flat=True)) == [
        "no",
        "partly",
        "yes",
        "yes",
        "yes",
    ]
    assert telegram.floods == 0
