"""Signing in and out, the languages and the theme."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import make_user, some_uuid
from tests.web.conftest import Browser

PAGES = ("home", "launch", "runs", "gallery", "tokens")


def test_a_person_signs_in_and_lands_on_the_start_page(anonymous: Browser) -> None:
    user = make_user(username="dana")
    response = anonymous.post("/sign-in/", {"username": "dana", "password": "secret"})
    assert response.status_code == 302
    assert response.url == "/"
    assert anonymous.session["_auth_user_id"] == str(user.pk)


def test_a_wrong_password_is_said_at_the_field(anonymous: Browser) -> None:
    make_user(username="dana")
    response = anonymous.post("/sign-in/", {"username": "dana", "password": "not-it"})
    assert response.status_code == 200
    assert "Please enter a correct username and password" in response.text
    assert 'value="dana"' in response.text
    assert "not-it" not in response.text


def test_after_signing_in_a_person_comes_to_the_page_they_wanted(anonymous: Browser) -> None:
    make_user(username="dana")
    response = anonymous.post("/sign-in/?next=/gallery/", {"username": "dana", "password": "secret"})
    assert response.url == "/gallery/"


def test_signing_in_never_leads_to_another_host(anonymous: Browser) -> None:
    make_user(username="dana")
    address = "/sign-in/?next=https://evil.example/"
    assert anonymous.post(address, {"username": "dana", "password": "secret"}).url == "/"


def test_who_is_signed_in_is_not_asked_again(designer: Browser) -> None:
    assert designer.get("/sign-in/").status_code == 302


def test_signing_out_needs_a_post_and_ends_the_session(designer: Browser) -> None:
    assert designer.get("/sign-out/").status_code == 405
    assert designer.post("/sign-out/").url == "/sign-in/"
    assert designer.get("/").status_code == 302


@pytest.mark.parametrize("page", PAGES)
def test_the_anonymous_are_sent_to_sign_in(anonymous: Browser, page: str) -> None:
    response = anonymous.get(reverse(page))
    assert response.status_code == 302
    assert response.url == f"/sign-in/?next={reverse(page)}"


@pytest.mark.parametrize("page", ["run", "picture", "picture-image", "picture-thumbnail"])
def test_the_anonymous_see_nothing_of_anybody(anonymous: Browser, page: str) -> None:
    response = anonymous.get(reverse(page, args=[some_uuid()]))
    assert response.status_code == 302
    assert response.url.startswith("/sign-in/")


def test_a_form_without_the_csrf_token_is_refused(anonymous: Browser) -> None:
    client = Client(enforce_csrf_checks=True)
    response = client.post("/sign-in/", {"username": "dana", "password": "secret"})
    assert response.status_code == 403
    assert "The page was open too long" in response.text


def test_the_language_of_the_browser_decides_first(anonymous: Browser) -> None:
    response = anonymous.get("/sign-in/", headers={"Accept-Language": "ru-RU,ru;q=0.9"})
    assert '<html lang="ru"' in response.text
    assert "С возвращением" in response.text


def test_the_chosen_language_wins_over_the_browser(anonymous: Browser) -> None:
    response = anonymous.post(reverse("set_language"), {"language": "en", "next": "/sign-in/"})
    assert response.url == "/sign-in/"
    page = anonymous.get("/sign-in/", headers={"Accept-Language": "ru"})
    assert "Welcome back" in page.text


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_chosen_theme_is_kept(anonymous: Browser, theme: str) -> None:
    response = anonymous.post("/theme/", {"theme": theme, "next": "/sign-in/"})
    assert response.url == "/sign-in/"
    assert f'data-theme="{theme}"' in anonymous.get("/sign-in/").text


def test_an_unknown_theme_is_not_kept_and_leads_to_no_other_host(anonymous: Browser) -> None:
    response = anonymous.post("/theme/", {"theme": '"><script>', "next": "//evil.example/"})
    assert response.url == "/"
    assert "theme" not in response.cookies
