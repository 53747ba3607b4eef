"""The site's REST API, as far as the bot needs it: for one person at a time, or of all its people at once."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from dataclasses import dataclass
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout, FormData

from bot.metrics import Metrics

logger = logging.getLogger(__name__)

Json = Any
"""What an answer holds; docs/openapi.json describes each."""

NETWORK = "telegram"
TRIES = 3
PASSING = frozenset({500, 502, 503, 504})
SOON = 60
"""Seconds: a wait up to this is waited out, a longer one is told to the person."""

FEED_WAIT = 25


@dataclass(frozen=True)
class Asker:
    """For whom something is asked: a person of Telegram, and the language in which they read."""

    person: int
    language: str = "en"

    @property
    def name(self) -> str:
        return f"{NETWORK}:{self.person}"


class ApiUnreachable(Exception):
    """The site did not answer, or not now. The same request may succeed later."""


class ApiError(Exception):
    """The site refused: ``message`` says why in the person's language, ``code`` to a program."""

    def __init__(self, status: int, code: str, message: str, field: str | None, wait: int | None) -> None:
        super().__init__(f"{status} {code}")
        self.status, self.code, self.message, self.field, self.wait = status, code, message, field, wait

    @property
    def is_gone(self) -> bool:
        """True where what was asked for does not exist, or may not be seen by this person."""
        return self.status == 404

    @property
    def may_pass(self) -> bool:
        """True where the same request may succeed within a minute."""
        return self.status in PASSING or (self.status == 429 and self.wait is not None and self.wait <= SOON)

    @property
    def is_outage(self) -> bool:
        """True where the fault is the bot's or the site's, not the person's: whoever runs them must mend it."""
        return self.status in {401, 403, 429} or self.status >= 500


class Api:
    """The REST API at an address, with the token of a client that speaks for Telegram's people."""

    def __init__(self, address: str, token: str, http: ClientSession, metrics: Metrics) -> None:
        self._address = address
        self._token = token
        self._http = http
        self._metrics = metrics

    # ------------------------------------------------------------------ photos
    async def send_photo(self, asker: Asker, content: bytes, *, key: str, name: str) -> Json:
        """Store a photo as a job; the same key never makes two."""

        def form() -> FormData:
            data = FormData()
            data.add_field("file", content, filename=name, content_type="application/octet-stream")
            return data

        return await self._ask("POST", "/photos", asker, form=form, headers={"Idempotency-Key": key})

    async def photo(self, asker: Asker, photo: str) -> Json:
        """Return a photo as it is now."""
        return await self._ask("GET", f"/photos/{photo}", asker)

    async def file(self, asker: Asker, photo: str, which: str) -> bytes:
        """Return the bytes of ``result`` or ``preview``."""
        content = await self._ask("GET", f"/photos/{photo}/{which}", asker, binary=True)
        assert isinstance(content, bytes)
        return content

    async def text(self, asker: Asker, photo: str) -> str:
        """Return the recognised text."""
        return str((await self._ask("GET", f"/photos/{photo}/text", asker))["text"])

    async def open_photos(self, asker: Asker) -> list[Json]:
        """Return a person's photos that wait or are being worked on, newest first."""
        found = await asyncio.gather(
            *(
                self._ask("GET", "/photos", asker, query={"state": state, "limit": 100})
                for state in ("running", "queued")
            )
        )
        return [photo for page in found for photo in page["items"]]

    async def retry(self, asker: Asker, photo: str) -> None:
        """Queue a photo that failed again."""
        await self._ask("POST", f"/photos/{photo}/retry", asker)

    async def answer(self, asker: Asker, photo: str, readable: str, problems: list[str]) -> Json:
        """Store somebody's answer to the survey."""
        body = {"readable": readable, "problems": problems}
        return await self._ask("PUT", f"/photos/{photo}/survey", asker, body=body)

    # ------------------------------------------------------------------ rooms
    async def rooms(self, asker: Asker) -> list[Json]:
        """Return the live rooms that a person is in, newest first."""
        page = await self._ask("GET", "/rooms", asker)
        return [room for room in page["items"] if room["is_live"] and room["is_member"]]

    async def join(self, asker: Asker, code: str, nickname: str) -> Json:
        """Come into a room."""
        return await self._ask("POST", f"/rooms/{code}/join", asker, body={"nickname": nickname})

    async def leave(self, asker: Asker, code: str) -> None:
        """Go out of a room."""
        await self._ask("POST", f"/rooms/{code}/leave", asker)

    async def mute(self, asker: Asker, code: str, *, muted: bool) -> Json:
        """Be told of what others share there, or not."""
        return await self._ask("POST", f"/rooms/{code}/mute", asker, body={"muted": muted})

    async def share(self, asker: Asker, photo: str, code: str) -> None:
        """Show a photo in a room."""
        await self._ask("POST", f"/photos/{photo}/share", asker, body={"room": code})

    # ------------------------------------------------------------------ of all people at once
    async def working(self) -> list[Json]:
        """Return all open photos of Telegram's people, with place and progress."""
        items: list[Json] = (await self._ask("GET", "/photos/working"))["items"]
        return items

    async def feed(self, path: str, after: str) -> Json:
        """Return what is new in a feed behind ``after``; waits a little for something to come."""
        query = {"after": after, "wait": FEED_WAIT} if after else {}
        return await self._ask("GET", path, query=query, seconds=FEED_WAIT + 20)

    # ------------------------------------------------------------------ asking
    async def _ask(
        self,
        method: str,
        path: str,
        asker: Asker | None = None,
        *,
        query: dict[str, Any] | None = None,
        body: Json = None,
        form: Any = None,
        headers: dict[str, str] | None = None,
        binary: bool = False,
        seconds: float = 60,
    ) -> Any:
        """Ask, again after what passes. Every request here may be sent twice. Raises the errors of this module."""
        sent = {"Authorization": f"Bearer {self._token}", "X-Request-ID": secrets.token_hex(8)} | (
            headers or {}
        )
        if asker:
            sent |= {"On-Behalf-Of": asker.name, "Accept-Language": asker.language}
        for attempt in range(1, TRIES + 1):
            try:
                async with self._http.request(
                    method, self._address + path, params=query, json=body, data=form() if form else None,
                    headers=sent, timeout=ClientTimeout(total=seconds, connect=10), allow_redirects=False,
                ) as response:  # fmt: skip
                    if response.status != 401 and response.status < 500:
                        self._metrics.api_at = time.monotonic()
                    if 200 <= response.status < 300:
                        if binary:
                            return await response.read()
                        return await response.json() if response.status != 204 else None
                    error = await _error(response)
            except (ClientError, TimeoutError, ValueError) as failure:
                self._metrics.count("api_errors", type(failure).__name__)
                logger.warning("%s %s: %s", method, path, type(failure).__name__)
                wait = 0
            else:
                self._metrics.count("api_errors", error.code)
                logger.warning("%s %s: %s (request %s)", method, path, error, sent["X-Request-ID"])
                if not error.may_pass:
                    raise error
                wait = error.wait or 0
            if attempt < TRIES:
                await asyncio.sleep(max(0.5 * 2**attempt, wait))
        raise ApiUnreachable(f"{method} {path}")


async def _error(response: Any) -> ApiError:
    """Read an error of the API's shape, or of a proxy before it."""
    try:
        told = await response.json(content_type=None)
        code, message, field = str(told["code"]), str(told["message"]), told.get("field")
    except (ValueError, KeyError, TypeError, AttributeError):
        code, message, field = "no_answer", "", None
    wait = response.headers.get("Retry-After", "")
    return ApiError(response.status, code, message, field, int(wait) if wait.isdecimal() else None)
