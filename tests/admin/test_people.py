from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import ApiToken, Role, User
from tests.admin.actions import act
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def change(as_operator: Client, user: User, **fields: object) -> int:
    form = {"username": user.username, "first_name": "", "last_name": "", "email": "", "is_active": "on"}
    return as_operator.post(f"/admin/accounts/user/{user.pk}/change/", form | fields).status_code


def test_an_operator_gives_and_takes_roles(as_operator: Client) -> None:
    user = make_user(Role.DESIGNER)
    assert change(as_operator, user, chosen_roles=["expert", "operator"]) == 302
    user = User.objects.get(pk=user.pk)
    assert user.roles == {"expert", "operator"}
    assert user.is_staff
    assert change(as_operator, user) == 302
    user = User.objects.get(pk=user.pk)
    assert (user.roles, user.is_staff) == (frozenset(), False)


def test_the_form_shows_the_roles_held(as_operator: Client) -> None:
    page = as_operator.get(f"/admin/accounts/user/{make_user(Role.EXPERT).pk}/change/").content.decode()
    assert page.count("checked") == 2  # expert, and active


def test_an_operator_makes_nobody_a_superuser(as_operator: Client) -> None:
    user = make_user(Role.DESIGNER)
    change(as_operator, user, is_superuser="on", is_staff="on", chosen_roles=["designer"])
    user.refresh_from_db()
    assert not user.is_superuser
    assert not user.is_staff


def test_an_operator_cannot_take_over_a_superuser(as_operator: Client) -> None:
    root = User.objects.create_superuser("root", password="a good password")
    assert change(as_operator, root, username="mine") == 403
    new = {"password1": "another good one", "password2": "another good one", "usable_password": "true"}
    assert as_operator.post(f"/admin/accounts/user/{root.pk}/password/", new).status_code == 403
    root.refresh_from_db()
    assert root.username == "root"
    assert root.check_password("a good password")


def test_a_person_added_in_the_admin_can_be_given_roles_next(as_operator: Client) -> None:
    form = {
        "username": "nina", "usable_password": "true", "password1": "a rather good one",
        "password2": "a rather good one",
    }  # fmt: skip
    response = as_operator.post("/admin/accounts/user/add/", form)
    user = User.objects.get(username="nina")
    assert response.headers["Location"] == f"/admin/accounts/user/{user.pk}/change/"


def test_nobody_is_deleted(as_operator: Client) -> None:
    user = make_user()
    assert as_operator.post(f"/admin/accounts/user/{user.pk}/delete/", {"post": "yes"}).status_code == 403


def test_tokens_are_revoked_and_show_no_secret(as_operator: Client) -> None:
    token, secret = ApiToken.objects.issue(make_user(), "slides")
    page = as_operator.get(f"/admin/accounts/apitoken/{token.pk}/change/").content.decode()
    assert secret not in page
    assert token.digest not in page
    assert "1 token is revoked." in act(as_operator, "accounts/apitoken", "revoke", token.pk)
    assert ApiToken.objects.authenticate(secret) is None


@pytest.mark.parametrize("path", ["add/", "{pk}/delete/", "{pk}/change/"])
def test_tokens_are_not_edited(as_operator: Client, path: str) -> None:
    token, _secret = ApiToken.objects.issue(make_user(), "slides")
    address = f"/admin/accounts/apitoken/{path.format(pk=token.pk)}"
    assert as_operator.post(address, {"post": "yes", "name": "mine"}).status_code == 403


def test_live_tokens_are_told_from_those_of_no_use(as_operator: Client) -> None:
    ApiToken.objects.issue(make_user(), "living")
    dead, _secret = ApiToken.objects.issue(make_user(), "ended")
    dead.revoke()
    live = as_operator.get("/admin/accounts/apitoken/", {"live": "1"}).content.decode()
    over = as_operator.get("/admin/accounts/apitoken/", {"live": "0"}).content.decode()
    assert ("living" in live, "ended" in live) == (True, False)
    assert ("living" in over, "ended" in over) == (False, True)
