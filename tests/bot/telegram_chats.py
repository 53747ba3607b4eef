"""The chats of our own Bot API server: the bot's messages as people see them, and what posts and edits them."""

from __future__ import annotations

import io
import itertools
import json
import time
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from PIL import Image

from tests.bot.waiting import wait_until


@dataclass
class Posted:
    """A message of the bot as it stands in a chat now, with all that it was before."""

    id: int
    text: str = ""
    document: bytes | None = None
    file_id: str = ""
    file_name: str = ""
    thumbnail: bytes | None = None
    buttons: list[list[dict[str, str]]] = field(default_factory=list)
    reply_to: int | None = None
    silent: bool = False
    history: list[str] = field(default_factory=list)
    at: float = 0.0

    def button(self, words: str) -> str:
        """Return what the first button with these words sends, once it is there: an edit may bring it."""

        def found() -> str | None:
            buttons = (one for row in self.buttons for one in row)
            return next((one["callback_data"] for one in buttons if words in one["text"]), None)

        data: str = wait_until(found, f"a button “{words}”")
        return data

    @property
    def labels(self) -> list[str]:
        return [one["text"] for row in self.buttons for one in row]


class Refusal(Exception):
    """What the Bot API refuses."""

    def __init__(self, status: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.status, self.description, self.parameters = status, description, parameters


class Chats:
    """All messages of the bot. A method is called as in the Bot API, with the fields of its form."""

    def __init__(self) -> None:
        self.messages: defaultdict[int, dict[int, Posted]] = defaultdict(dict)
        self.uploads: dict[str, bytes] = {}
        self.message_ids: defaultdict[int, itertools.count[int]] = defaultdict(lambda: itertools.count(1))
        self.numbers = itertools.count(1)

    # ------------------------------------------------------------------ what people see
    def shown(self, chat: int) -> list[Posted]:
        """Return the bot's messages of a chat, the oldest first."""
        return [posted for _id, posted in sorted(self.messages[chat].items())]

    def documents(self, chat: int) -> list[Posted]:
        """Return the messages of a chat that are documents."""
        return [posted for posted in self.shown(chat) if posted.document is not None]

    def texts(self, chat: int) -> list[str]:
        """Return the texts of a chat's messages that are no documents."""
        return [posted.text for posted in self.shown(chat) if posted.document is None]

    # ------------------------------------------------------------------ the methods
    def _sendMessage(self, form: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        if not 1 <= len(form.get("text", "")) <= 4096:
            raise Refusal(400, "Bad Request: message text is empty or too long")
        chat = int(form["chat_id"])
        posted = self._post(chat, form)
        posted.text = form["text"]
        posted.history.append(posted.text)
        return self._shown(chat, posted)

    def _sendDocument(self, form: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        chat = int(form["chat_id"])
        posted = self._post(chat, form)
        self._attach(posted, form, form["document"], form.get("thumbnail"), form.get("caption", ""))
        return self._shown(chat, posted)

    def _editMessageText(self, form: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        chat, posted = self._found(form)
        if posted.document is not None:
            raise Refusal(400, "Bad Request: there is no text in the message to edit")
        buttons = _buttons(form)
        if posted.text == form["text"] and posted.buttons == buttons:
            raise Refusal(
                400, "Bad Request: message is not modified: specified new message content is the same"
            )
        posted.text, posted.buttons = form["text"], buttons
        posted.history.append(posted.text)
        return self._shown(chat, posted)

    def _editMessageMedia(self, form: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        chat, posted = self._found(form)
        media = json.loads(form["media"])
        assert media["type"] == "document"
        posted.buttons = _buttons(form)
        self._attach(posted, form, media["media"], media.get("thumbnail"), media.get("caption", ""))
        return self._shown(chat, posted)

    def _editMessageReplyMarkup(self, form: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        chat, posted = self._found(form)
        buttons = _buttons(form)
        if posted.buttons == buttons:
            raise Refusal(
                400, "Bad Request: message is not modified: specified new message content is the same"
            )
        posted.buttons = buttons
        return self._shown(chat, posted)

    def _post(self, chat: int, form: dict[str, Any]) -> Posted:
        reply = json.loads(form["reply_parameters"])["message_id"] if "reply_parameters" in form else None
        posted = Posted(
            next(self.message_ids[chat]), buttons=_buttons(form), reply_to=reply, at=time.monotonic(),
            silent=form.get("disable_notification") == "true",
        )  # fmt: skip
        self.messages[chat][posted.id] = posted
        return posted

    def _found(self, form: dict[str, Any]) -> tuple[int, Posted]:
        chat = int(form["chat_id"])
        posted = self.messages[chat].get(int(form["message_id"]))
        if posted is None:
            raise Refusal(400, "Bad Request: message to edit not found")
        return chat, posted

    def _attach(
        self, posted: Posted, form: dict[str, Any], media: str, thumbnail: str | None, caption: str
    ) -> None:
        if len(caption) > 1024:
            raise Refusal(400, "Bad Request: message caption is too long")
        if media.startswith("attach://"):
            upload = form[media.removeprefix("attach://")]
            content, name = upload.file.read(), upload.filename
            file_id = f"document{next(self.numbers)}"
            self.uploads[file_id] = content
        else:
            file_id, name = media, posted.file_name
            if file_id not in self.uploads:
                raise Refusal(400, "Bad Request: wrong file identifier/HTTP URL specified")
            content = self.uploads[file_id]
        if thumbnail:
            small = form[thumbnail.removeprefix("attach://")].file.read()
            with Image.open(io.BytesIO(small)) as image:
                assert image.format == "JPEG"
                assert max(image.size) <= 320
            assert len(small) <= 200 * 1024
            posted.thumbnail = small
        posted.document, posted.file_id, posted.file_name = content, file_id, name
        posted.text = caption
        posted.history.append(f"document {file_id}")

    def _shown(self, chat: int, posted: Posted) -> dict[str, Any]:
        shown: dict[str, Any] = {
            "message_id": posted.id, "date": 1_700_000_000, "chat": {"id": chat, "type": "private"},
            "from": {"id": 1, "is_bot": True, "first_name": "Bot"},
        }  # fmt: skip
        if posted.document is None:
            shown["text"] = posted.text
        else:
            shown["caption"] = posted.text
            shown["document"] = {
                "file_id": posted.file_id,
                "file_unique_id": posted.file_id,
                "file_name": "board.png",
            }
        if posted.buttons:
            shown["reply_markup"] = {"inline_keyboard": posted.buttons}
        return shown


def _buttons(form: dict[str, Any]) -> list[list[dict[str, str]]]:
    rows: list[list[dict[str, str]]] = json.loads(form.get("reply_markup", "{}")).get("inline_keyboard", [])
    for row in rows:
        for one in row:
            assert 1 <= len(one["callback_data"].encode()) <= 64, one
            assert one["text"]
    return rows
