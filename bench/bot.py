"""The Telegram bot against a Bot API server of our own that insists on Telegram's rates: album, kills, fifty chats.

The real bot as a process, the real web server, one worker, the real engines. An album of five; forty photos of ten
people while the bot is killed twenty times (SIGKILL, at moments by chance); fifty people who send a photo at the same
moment. Beside ours, the usual way: a bot that sends each result as a document and notes that afterwards. How often it
would have sent one twice is counted from the same kills: each edit that had to be done again, each announcement left
without its document.

    python -m bench.bot [--kills 20] [--photos 40] [--chats 50] [--parts album,kills,crowd] [--check]
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.photos import photo_of_a_board
from bench.report import Promise, conclude, p95, parser, table
from bench.scratch import scratch_database
from bench.serving import environment, web_server, workers
from tests.bot.telegram import TOKEN, Telegram
from tests.bot.telegram_chats import Posted
from tests.bot.waiting import wait_until

PEOPLE = 10
SEED = 11
LONGEST_LIFE = 6.0
"""Seconds that a bot lives at most, from its first call of Telegram, before it is killed."""

PATIENCE = 900.0
PROMISED_SECONDS = 2.0


def main() -> None:
    """Measure and print."""
    arguments = parser(__doc__)
    arguments.add_argument("--kills", type=int, default=20)
    arguments.add_argument("--photos", type=int, default=40, help="during the kills")
    arguments.add_argument("--chats", type=int, default=50)
    arguments.add_argument("--parts", default="album,kills,crowd", help="which of the three")
    options = arguments.parse_args()
    with scratch_database(), web_server(PHOTOS_PER_HOUR="0") as site, workers():
        promises = [
            *(album(site) if "album" in options.parts else ()),
            *(kills(site, options.photos, options.kills) if "kills" in options.parts else ()),
            *(crowd(site, options.chats) if "crowd" in options.parts else ()),
        ]
    conclude(promises, check=options.check)


@contextmanager
def telegram() -> Iterator[Telegram]:
    """Run a Bot API server with Telegram's rates for the block."""
    server = Telegram().begin()
    try:
        yield server
    finally:
        server.end()


@contextmanager
def bot(server: Telegram, site: str, folder: Path) -> Iterator[None]:
    """Run the bot for the block, and kill it at its end."""
    variables = environment(
        ENV_FILE=os.devnull, TELEGRAM_TOKEN=TOKEN, TELEGRAM_API=server.url, STOCK_API=f"{site}/api/v1",
        STOCK_API_TOKEN=api_token(), BOT_STATE=str(folder), BOT_LISTEN="127.0.0.1:0",
    )  # fmt: skip
    calls = len(server.calls)
    process = subprocess.Popen(
        [sys.executable, "-m", "bot"], env=variables, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        wait_until(lambda: len(server.calls) > calls + 2, "the start of the bot", 120)
        yield
    finally:
        process.kill()
        process.wait()


def api_token() -> str:
    """Make a token of a client that speaks for Telegram's people."""
    from accounts.models import ApiToken, User

    user, _made = User.objects.get_or_create(username="bot")
    _token, secret = ApiToken.objects.issue(user, "telegram bot", acts_for="telegram")
    return str(secret)


def documents(server: Telegram) -> list[tuple[int, Posted]]:
    """Return all documents with their chats."""
    return [(chat, posted) for chat in list(server.messages) for posted in server.documents(chat)]


# ---------------------------------------------------------------------- an album
def album(site: str, size: int = 5) -> list[Promise]:
    """Send an album, and answer the survey under each result."""
    from upscale.models import SurveyAnswer

    with telegram() as server, tempfile.TemporaryDirectory() as folder, bot(server, site, Path(folder)):
        begun = time.monotonic()
        server.send_album(7, [photo_of_a_board(number) for number in range(size)])
        wait_until(lambda: len(server.documents(7)) == size, "the album", PATIENCE)
        seconds = time.monotonic() - begun
        for posted in server.documents(7):
            server.press(7, posted.id, posted.button("Yes"))
        answers = SurveyAnswer.objects.filter(person="telegram:7")
        wait_until(lambda: answers.count() == size, "the answers", PATIENCE)
        texts = [posted for posted in server.shown(7) if posted.document is None]
        edits = len(texts[0].history) - 1
        print(
            f"\nAn album of {size}: {seconds:.0f} s to the last document, {edits} edits of the acknowledgement\n"
        )
        return [
            Promise("documents of the album", len(server.documents(7)), size, at_least=True),
            Promise("acknowledgements of the album", len(texts), 1),
            Promise("answers stored", answers.count(), size, at_least=True),
            Promise("rates broken by the album", server.floods, 0),
        ]


# ---------------------------------------------------------------------- kills
def kills(site: str, photos: int, times: int) -> list[Promise]:
    """Send photos while the bot is killed again and again, and count what came back."""
    from upscale.models import Photo

    dice = random.Random(SEED)
    before = Photo.objects.count()
    with telegram() as server, tempfile.TemporaryDirectory() as folder:
        wanted: list[tuple[int, int]] = []
        for kill in range(times):
            with bot(server, site, Path(folder)):
                for _ in range(photos * (kill + 1) // times - photos * kill // times):
                    chat = 100 + len(wanted) % PEOPLE
                    wanted.append((chat, server.send_photo(chat, photo_of_a_board(1000 + len(wanted)))))
                if kill % 2:
                    kill_while_posting(server, dice)
                else:
                    time.sleep(dice.uniform(0, LONGEST_LIFE))
        with bot(server, site, Path(folder)):
            wait_until(
                lambda: len(documents(server)) >= photos and not server.pending, "all results", PATIENCE
            )
            time.sleep(10)  # whatever might still come twice
        came = Counter((chat, posted.reply_to) for chat, posted in documents(server))
        jobs = Photo.objects.count() - before
        strays = sum(
            posted.document is None and posted.text.startswith("Your board is ready")
            for chat in server.messages for posted in server.shown(chat)
        )  # fmt: skip
        acknowledged = sum(
            posted.document is None and not posted.text.startswith("Your board is ready")
            for chat in server.messages for posted in server.shown(chat)
        )  # fmt: skip
        floods = server.floods
    again = sum(
        sum(one.startswith("document") for one in posted.history) - 1 for _chat, posted in documents(server)
    )
    missing, twice = sum(key not in came for key in wanted), sum(one > 1 for one in came.values())
    print()
    table(
        (f"{photos} photos, {times} kills", "documents", "missing", "twice"),
        [
            ("ours", sum(came.values()), missing, twice),
            ("usual, the same kills", photos + again + strays, 0, again + strays),
        ],
    )
    print(
        f"\nAlso seen: {acknowledged - photos} acknowledgements too many, {strays} announcements left alone\n"
    )
    return [
        Promise("results after the kills", sum(came.values()), photos, at_least=True),
        Promise("missing after the kills", missing, 0),
        Promise("twice after the kills", twice, 0),
        Promise("jobs too many or too few after the kills", abs(jobs - photos), 0),
        Promise("rates broken during the kills", floods, 0),
    ]


def kill_while_posting(server: Telegram, dice: random.Random) -> None:
    """Wait, a while at most, until a result is on its way to Telegram, and a moment more: then the bot is killed."""
    calls, end = server.called("editMessageMedia"), time.monotonic() + 3 * LONGEST_LIFE
    while server.called("editMessageMedia") == calls and time.monotonic() < end:
        time.sleep(0.002)
    time.sleep(dice.uniform(0, 0.03))


# ---------------------------------------------------------------------- a crowd
def crowd(site: str, chats: int) -> list[Promise]:
    """Let so many people send a photo at the same moment, and look when each was answered."""
    from upscale.models import Photo

    contents = [photo_of_a_board(2000 + number) for number in range(chats)]
    with telegram() as server, tempfile.TemporaryDirectory() as folder, bot(server, site, Path(folder)):
        time.sleep(2)
        begun = time.monotonic()
        for number, content in enumerate(contents):
            server.send_photo(1000 + number, content)
        people = [1000 + number for number in range(chats)]
        wait_until(lambda: all(server.messages[chat] for chat in people), "all acknowledgements", PATIENCE)
        seconds = sorted(server.shown(chat)[0].at - begun for chat in people)
        wait_until(lambda: not server.pending, "all jobs", PATIENCE)
        stored = time.monotonic() - begun
        floods = server.floods
        Photo.objects.filter(person__startswith="telegram:1").cancel()
    print(
        f"\n{chats} chats at once: acknowledged after {seconds[0]:.2f} … {p95(seconds):.2f} (p95) … "
        f"{seconds[-1]:.2f} s; all jobs stored after {stored:.0f} s\n"
    )
    return [
        Promise(f"longest wait for an acknowledgement of {chats}", seconds[-1], PROMISED_SECONDS, unit=" s"),
        Promise("rates broken by the crowd", floods, 0),
    ]


if __name__ == "__main__":
    main()
