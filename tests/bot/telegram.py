"""A Bot API server of our own: the methods that the bot uses, people who write, and Telegram's errors.

It runs in a thread with an event loop of its own, so tests and benches call it from outside. It checks what Telegram
checks (lengths, kinds of message, the token, rates) and keeps every message as a person would see it.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import threading
import time
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from tests.bot.telegram_chats import Chats, Posted, Refusal

TOKEN = "123456789:AAtest-token_of-no-real-bot-0123456789x"
MOST_FETCHED = 20 * 1024 * 1024
CHAT_BURST, OVERALL_BURST, OVERALL_RATE = 3.0, 30.0, 30.0
POSTING = {"sendMessage", "sendDocument", "editMessageText", "editMessageMedia", "editMessageReplyMarkup"}


@dataclass
class Fault:
    """An error to answer with.

    ``late``: the call is done first, and its answer is lost; ``hang``: seconds of silence before the answer.
    """

    method: str
    status: int = 0
    description: str = ""
    retry_after: int = 0
    times: int = 1
    late: bool = False
    chat: int | None = None
    hang: float = 0.0
    body: str = ""


class Bucket:
    """So many at once, and so many a second."""

    def __init__(self, burst: float, rate: float) -> None:
        self.burst, self.rate, self.left, self.at = burst, rate, burst, time.monotonic()

    def take(self) -> bool:
        now = time.monotonic()
        self.left = min(self.burst, self.left + (now - self.at) * self.rate)
        self.at = now
        if self.left < 1:
            return False
        self.left -= 1
        return True


class Telegram(Chats):
    """The server. Start it with :meth:`begin`."""

    def __init__(self, token: str = TOKEN) -> None:
        super().__init__()
        self.token = token
        self.url = ""
        self.calls: list[tuple[str, int | None]] = []
        self.toasts: list[str] = []
        self.faults: list[Fault] = []
        self.floods = 0
        self.has_limits = True
        self.blocked: set[int] = set()
        self.webhook: dict[str, Any] = {}
        self.commands: dict[str, list[str]] = {}
        self.last_commands: dict[str, list[str]] = {}
        self.pending: list[dict[str, Any]] = []
        self.confirmed: list[int] = []
        self.sent_at: dict[int, float] = {}
        self.files: dict[str, tuple[bytes, int]] = {}
        self.languages: defaultdict[int, str] = defaultdict(lambda: "en")
        self._updates = itertools.count(1000)
        self._chats: defaultdict[int, Bucket] = defaultdict(lambda: Bucket(CHAT_BURST, 1.0))
        self._overall = Bucket(OVERALL_BURST, OVERALL_RATE)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._runner: web.AppRunner | None = None

    # ------------------------------------------------------------------ being a server
    def begin(self) -> Telegram:
        """Listen."""
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._begin(), self._loop).result(30)
        return self

    async def _begin(self) -> None:
        application = web.Application(client_max_size=60 * 1024 * 1024)
        application.router.add_route("*", "/file/bot{token}/{path:.*}", self._file)
        application.router.add_route("*", "/bot{token}/{method}", self._call)
        self._runner = web.AppRunner(
            application, access_log=None, handler_cancellation=True, shutdown_timeout=0.1
        )
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    def end(self) -> None:
        """Listen no more."""
        if self._runner:
            asyncio.run_coroutine_threadsafe(self._runner.cleanup(), self._loop).result(30)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(30)
        self._loop.close()

    # ------------------------------------------------------------------ being people
    def _person(self, chat: int) -> dict[str, Any]:
        return {
            "id": chat, "is_bot": False, "first_name": f"Ann{chat}", "language_code": self.languages[chat],
        }  # fmt: skip

    def _message(self, chat: int, **content: Any) -> dict[str, Any]:
        return {
            "message_id": next(self.message_ids[chat]), "date": 1_700_000_000, "from": self._person(chat),
            "chat": {"id": chat, "type": "private", "first_name": f"Ann{chat}"}, **content,
        }  # fmt: skip

    def happen(self, **event: Any) -> dict[str, Any]:
        """Let an update come to the bot; returns it."""
        update = {"update_id": next(self._updates), **event}
        self.sent_at[update["update_id"]] = time.monotonic()
        self.pending.append(update)
        return update

    def photo_message(
        self, chat: int, content: bytes, *, album: str = "", as_file: bool = False, size: int | None = None,
        name: str = "board.jpg",
    ) -> dict[str, Any]:  # fmt: skip
        """Return a message with a photo, or with a picture as a file."""
        number = next(self.numbers)
        size = len(content) if size is None else size
        self.files[f"file{number}"] = content, size
        named = {"file_id": f"file{number}", "file_unique_id": f"unique{number}", "file_size": size}
        small = {
            "file_id": f"small{number}",
            "file_unique_id": f"smallunique{number}",
            "width": 90,
            "height": 60,
        }
        if as_file:
            attached: dict[str, Any] = {"document": named | {"file_name": name, "mime_type": "image/jpeg"}}
        else:
            attached = {"photo": [small, named | {"width": 1280, "height": 900}]}
        if album:
            attached["media_group_id"] = album
        return self._message(chat, **attached)

    def send_photo(self, chat: int, content: bytes, **how: Any) -> int:
        """Let somebody send a photo; returns the id of their message."""
        message = self.photo_message(chat, content, **how)
        self.happen(message=message)
        return int(message["message_id"])

    def send_album(self, chat: int, contents: list[bytes], album: str = "album") -> None:
        """Let somebody send an album; its photos come as messages of their own."""
        for content in contents:
            self.send_photo(chat, content, album=album)

    def write(self, chat: int, text: str, **more: Any) -> None:
        """Let somebody write."""
        entities = []
        if text.startswith("/"):
            entities = [{"type": "bot_command", "offset": 0, "length": len(text.split()[0])}]
        self.happen(message=self._message(chat, text=text, entities=entities, **more))

    def press(self, chat: int, message: int, data: str) -> None:
        """Let somebody press a button of a message."""
        posted = self.messages[chat].get(message) or Posted(message)
        self.happen(
            callback_query={
                "id": str(next(self.numbers)), "from": self._person(chat), "chat_instance": "1", "data": data,
                "message": self._shown(chat, posted),
            }
        )  # fmt: skip

    def block(self, chat: int, *, is_blocked: bool = True) -> None:
        """Let somebody block the bot, or unblock it."""
        if is_blocked:
            self.blocked.add(chat)
        else:
            self.blocked.discard(chat)
        status = {
            "status": "kicked" if is_blocked else "member",
            "user": {"id": 1, "is_bot": True, "first_name": "Bot"},
        }
        member = {"status": "member", "user": status["user"]}
        self.happen(
            my_chat_member={
                "chat": {"id": chat, "type": "private"}, "from": self._person(chat), "date": 1_700_000_000,
                "old_chat_member": member, "new_chat_member": status | ({"until_date": 0} if is_blocked else {}),
            }
        )  # fmt: skip

    def fail(self, method: str, status: int = 0, description: str = "", **how: Any) -> None:
        """Let the next call of a method (``file``: a download; ``*``: any) go wrong."""
        self.faults.append(Fault(method, status, description, **how))

    def called(self, method: str) -> int:
        """Return how often a method was called."""
        return sum(1 for name, _chat in self.calls if name == method)

    # ------------------------------------------------------------------ answering
    async def _call(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        form: dict[str, Any] = dict(await request.post())
        chat = int(str(form["chat_id"])) if "chat_id" in form else None
        if method != "getUpdates":
            self.calls.append((method, chat))
        fault = self._fault(method, chat)
        try:
            if request.match_info["token"] != self.token:
                raise Refusal(401, "Unauthorized")
            if fault and not fault.late:
                await self._go_wrong(fault, request)
            if method in POSTING and chat is not None:
                self._limit(chat)
            answer = getattr(self, f"_{method}")
            result = await answer(form) if method == "getUpdates" else answer(form)
            if fault:
                await self._go_wrong(fault, request)
        except Refusal as refusal:
            told: dict[str, Any] = {
                "ok": False,
                "error_code": refusal.status,
                "description": refusal.description,
            }
            if refusal.parameters:
                told["parameters"] = refusal.parameters
            return web.json_response(told, status=refusal.status)
        except Broken as broken:
            return web.Response(status=502, text=str(broken), content_type="text/html")
        return web.json_response({"ok": True, "result": result})

    def _fault(self, method: str, chat: int | None) -> Fault | None:
        for fault in self.faults:
            if fault.method in {method, "*"} and fault.chat in {None, chat} and fault.times > 0:
                fault.times -= 1
                return fault
        return None

    async def _go_wrong(self, fault: Fault, request: web.Request) -> None:
        if fault.hang:
            await asyncio.sleep(fault.hang)
        if fault.body:
            raise Broken(fault.body)
        if not fault.status:
            if request.transport:
                request.transport.close()  # no answer at all
            raise Refusal(500, "Internal Server Error")
        parameters = {"retry_after": fault.retry_after} if fault.retry_after else {}
        raise Refusal(fault.status, fault.description or "Bad Request: a fault", **parameters)

    def _limit(self, chat: int) -> None:
        if chat in self.blocked:
            raise Refusal(403, "Forbidden: bot was blocked by the user")
        if self.has_limits and not (self._chats[chat].take() and self._overall.take()):
            self.floods += 1
            raise Refusal(429, "Too Many Requests: retry after 2", retry_after=2)

    async def _getUpdates(self, form: dict[str, Any]) -> list[dict[str, Any]]:  # noqa: N802
        offset = int(form.get("offset", 0))
        self.confirmed += [update["update_id"] for update in self.pending if update["update_id"] < offset]
        self.pending = [update for update in self.pending if update["update_id"] >= offset]
        end = time.monotonic() + int(form.get("timeout", 0))
        while not self.pending and time.monotonic() < end:  # noqa: ASYNC110 (tests add to it from outside)
            await asyncio.sleep(0.02)
        return self.pending[: int(form.get("limit", 100))]

    def _deleteWebhook(self, form: dict[str, Any]) -> bool:  # noqa: N802
        self.webhook = {}
        return True

    def _setWebhook(self, form: dict[str, Any]) -> bool:  # noqa: N802
        self.webhook = form
        return True

    def _setMyCommands(self, form: dict[str, Any]) -> bool:  # noqa: N802
        listed = json.loads(form["commands"])
        self.commands[form.get("language_code", "")] = [one["command"] for one in listed]
        return True

    def _getFile(self, form: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        found = self.files.get(form["file_id"])
        if found is None:
            raise Refusal(400, "Bad Request: wrong file_id or the file is temporarily unavailable")
        if found[1] > MOST_FETCHED:
            raise Refusal(400, "Bad Request: file is too big")
        return {
            "file_id": form["file_id"], "file_unique_id": "u", "file_size": found[1],
            "file_path": f"photos/{form['file_id']}.jpg",
        }  # fmt: skip

    async def _file(self, request: web.Request) -> web.StreamResponse:
        fault = self._fault("file", None)
        if fault and fault.status:
            return web.Response(status=fault.status)
        if fault and request.transport:
            request.transport.close()
        if request.match_info["token"] != self.token:
            return web.Response(status=401)
        name = request.match_info["path"].removeprefix("photos/").removesuffix(".jpg")
        return web.Response(body=self.files[name][0])

    def _answerCallbackQuery(self, form: dict[str, Any]) -> bool:  # noqa: N802
        assert len(form.get("text", "")) <= 200
        self.toasts.append(form.get("text", ""))
        return True


class Broken(Exception):
    """An answer that is no JSON, as of a proxy."""
