"""The page of API tokens."""

from __future__ import annotations

from accounts.models import ApiToken
from tests.web.conftest import Browser


def test_a_new_token_shows_its_secret_once_and_works(designer: Browser) -> None:
    response = designer.post("/tokens/", {"name": "Slides", "days": "30"})
    secret = response.context["secret"]
    assert f'value="{secret}"' in response.text
    assert ApiToken.objects.authenticate(secret) == designer.user
    assert secret not in designer.get("/tokens/").text
    assert secret[: ApiToken.PREFIX_LENGTH] in designer.get("/tokens/").text
    assert response.headers["Cache-Control"].find("no-store") >= 0


def test_a_token_may_be_good_until_it_is_revoked(designer: Browser) -> None:
    designer.post("/tokens/", {"name": "Slides", "days": ""})
    assert ApiToken.objects.get().expires_at is None


def test_a_token_needs_a_name_and_a_known_lifetime(designer: Browser) -> None:
    for wrong in ({"name": "", "days": "30"}, {"name": "x" * 81, "days": "30"}, {"name": "x", "days": "31"}):
        assert designer.post("/tokens/", wrong).status_code == 422
    assert not ApiToken.objects.exists()


def test_a_revoked_token_no_longer_works_and_is_off_the_list(designer: Browser) -> None:
    token, secret = ApiToken.objects.issue(designer.user, "Slides")
    assert designer.post(f"/tokens/{token.pk}/revoke/").url == "/tokens/"
    assert ApiToken.objects.authenticate(secret) is None
    assert not designer.get("/tokens/").context["tokens"]


def test_another_persons_token_is_not_there(designer: Browser, other_designer: Browser) -> None:
    token, secret = ApiToken.objects.issue(designer.user, "Slides")
    assert other_designer.post(f"/tokens/{token.pk}/revoke/").status_code == 404
    assert (
        "Slides" not in other_designer.get("/tokens/").text.split("Your tokens")[-1].split("placeholder")[0]
    )
    assert ApiToken.objects.authenticate(secret) == designer.user


def test_revoking_needs_a_post(designer: Browser) -> None:
    token, _secret = ApiToken.objects.issue(designer.user, "Slides")
    assert designer.get(f"/tokens/{token.pk}/revoke/").status_code == 405


def test_a_token_named_with_markup_is_shown_as_text(designer: Browser) -> None:
    ApiToken.objects.issue(designer.user, "<script>alert(1)</script>")
    assert "<script>alert" not in designer.get("/tokens/").text
