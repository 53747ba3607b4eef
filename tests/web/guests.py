"""The browser of somebody without an account."""

from __future__ import annotations

from tests.web.conftest import Browser
from upscale.visitors import COOKIE, guest_token, new_guest


class Guest(Browser):
    """The browser of a guest whom the site knows."""

    def __init__(self) -> None:
        super().__init__()
        self.visitor = new_guest()
        self.cookies[COOKIE] = guest_token(self.visitor)
