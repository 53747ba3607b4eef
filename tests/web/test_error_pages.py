"""What people see when something is wrong: the same look and a way out."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import BadRequest

from tests.web.conftest import Browser


def raises(error: BaseException) -> Any:
    def view(*_args: Any, **_kwargs: Any) -> None:
        raise error

    return view


def test_an_unknown_address_has_a_way_out(designer: Browser) -> None:
    response = designer.get("/nothing-here/")
    assert response.status_code == 404
    assert "There is nothing here" in response.text
    assert 'href="/"' in response.text


def test_somebody_without_an_account_is_led_to_what_is_open_to_them(anonymous: Browser) -> None:
    assert 'href="/boards/"' in anonymous.get("/nothing-here/").text


def test_a_page_of_another_role_says_which_role_it_needs(expert: Browser) -> None:
    response = expert.get("/launch/")
    assert response.status_code == 403
    assert "This needs one of these roles: designer, operator." in response.text


def test_a_fault_of_ours_is_said_without_details(designer: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stockgen.views.home.tiles_of", raises(RuntimeError("a secret detail")))
    designer.raise_request_exception = False
    response = designer.get("/")
    assert response.status_code == 500
    assert "Something went wrong on our side" in response.text
    assert "a secret detail" not in response.text


def test_a_broken_request_is_answered_with_400(designer: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stockgen.views.home.tiles_of", raises(BadRequest("broken")))
    response = designer.get("/")
    assert response.status_code == 400
    assert "That request made no sense" in response.text


def test_every_page_forbids_inline_scripts_and_framing(designer: Browser) -> None:
    response = designer.get("/")
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "script-src" not in policy
    assert "frame-ancestors 'none'" in policy
    assert response.headers["X-Frame-Options"] == "DENY"
