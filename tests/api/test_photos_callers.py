"""Who asks for photos: people, guests, and those for whom a trusted client speaks."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import ApiToken, User
from tests.api.boards import BOARD, BotClient, GuestClient, nothing_is_stored, send, sent
from tests.api.client import ApiClient, assert_problem
from tests.boards import make_photo
from tests.factories import make_user
from upscale.models import Photo
from upscale.visitors import COOKIE, Visitor, guest_token, new_guest

pytestmark = pytest.mark.django_db


# ---------------------------------------------------------------------- people and guests
def test_a_person_of_no_role_may_send_photos() -> None:
    user = make_user(None)
    assert sent(ApiClient(user)).person == user.person


def test_anybody_becomes_a_guest_whose_photos_are_found_again() -> None:
    response = ApiClient().post("/photos/guests")
    assert response.status_code == 201
    token = response.json()["token"]
    guest = ApiClient(Authorization=f"Bearer {token}")
    photo = sent(guest)
    assert photo.person.startswith("guest:")
    assert [item["id"] for item in guest.get("/photos").json()["items"]] == [str(photo.pk)]
    other = ApiClient(Authorization=f"Bearer {ApiClient().post('/photos/guests').json()['token']}")
    assert other.get("/photos").json()["items"] == []


@pytest.mark.parametrize(
    "token", ["gst_", "gst_" + "0" * 32, "gst_" + "0" * 32 + ":forged", "gst_\N{SNOWMAN}"]
)
def test_a_forged_guest_is_401(token: str) -> None:
    assert_problem(ApiClient(Authorization=f"Bearer {token}").get("/photos"), 401, "unauthenticated")


def test_a_guests_token_opens_nothing_else() -> None:
    guest = GuestClient()
    for path in ("/me", "/runs", "/pictures", "/tokens"):
        assert_problem(guest.get(path), 401, "unauthenticated")


def test_where_an_account_is_needed_a_guest_sends_nothing(settings: Any) -> None:
    guest = GuestClient()
    photo = make_photo(guest.visitor)
    settings.PHOTOS_NEED_ACCOUNT = True
    assert_problem(send(guest), 401, "unauthenticated")
    assert_problem(guest.post("/rooms", {"name": "Physics"}), 401, "unauthenticated")
    assert Photo.objects.get() == photo
    assert guest.get(f"/photos/{photo.pk}").status_code == 200
    assert send(ApiClient(make_user(None))).status_code == 201
    assert send(BotClient("telegram:7")).status_code == 201


def test_a_token_speaks_for_its_person_whoever_is_signed_in() -> None:
    client = Client()
    client.force_login(make_user(None))
    visitor = new_guest()
    photo = make_photo(visitor)
    headers = {"Authorization": f"Bearer {guest_token(visitor)}"}
    assert client.get(f"/api/v1/photos/{photo.pk}", headers=headers).status_code == 200
    assert client.get(f"/api/v1/photos/{photo.pk}").status_code == 404


# ---------------------------------------------------------------------- browsers
def browser(user: User | None, guest: Visitor) -> Client:
    client = Client(enforce_csrf_checks=True)
    if user:
        client.force_login(user)
    client.cookies[COOKIE] = guest_token(guest)
    return client


@pytest.mark.parametrize("signed_in", [True, False])
def test_a_browser_reads_without_and_writes_with_the_csrf_token(signed_in: bool) -> None:
    user, guest = make_user(None) if signed_in else None, new_guest()
    client = browser(user, guest)
    photo = make_photo(Visitor(user.person) if user else guest)
    address = f"/api/v1/photos/{photo.pk}"
    assert client.get(address).status_code == 200
    assert_problem(client.delete(address), 403, "forbidden")
    assert_problem(client.post("/api/v1/photos", {"file": "x"}), 403, "forbidden")
    client.cookies["csrftoken"] = "a" * 32
    assert client.delete(address, headers={"X-CSRFToken": "a" * 32}).status_code == 204


def test_a_photo_sent_by_a_script_of_our_pages_came_by_the_web() -> None:
    visitor = new_guest()
    client = Client()
    client.cookies[COOKIE] = guest_token(visitor)
    response = client.post("/api/v1/photos", {"file": SimpleUploadedFile("a.jpg", BOARD)})
    assert response.status_code == 201
    assert (Photo.objects.get().source, Photo.objects.get().person) == ("web", visitor.person)


def test_a_forged_cookie_is_nobody() -> None:
    client = Client()
    client.cookies[COOKIE] = "gst_" + "0" * 32 + ":forged"
    assert_problem(client.get("/api/v1/photos"), 401, "unauthenticated")


# ---------------------------------------------------------------------- on behalf of others
def test_a_trusted_client_speaks_for_each_of_its_people() -> None:
    bot = BotClient()
    photo = sent(ApiClient(Authorization=bot.headers["Authorization"], **{"On-Behalf-Of": "telegram:123"}))
    assert (photo.person, photo.source) == ("telegram:123", "bot")
    for person, status in (("telegram:123", 200), ("telegram:124", 404)):
        response = bot.get(f"/photos/{photo.pk}", On_Behalf_Of=person)
        assert response.status_code == status, person
    assert bot.get(f"/photos/{photo.pk}").status_code == 404
    assert BotClient("telegram:123").get(f"/photos/{photo.pk}").status_code == 200


def test_an_operators_token_is_no_operator_on_behalf_of_others(operator: User) -> None:
    _token, secret = ApiToken.objects.issue(operator, "bot", acts_for="telegram")
    photo = make_photo()
    client = ApiClient(Authorization=f"Bearer {secret}")
    assert client.get(f"/photos/{photo.pk}").status_code == 200
    assert client.get(f"/photos/{photo.pk}", On_Behalf_Of="telegram:1").status_code == 404


@pytest.mark.parametrize("person", ["telegram:1", "user:1", "guest:" + "0" * 32, "matrix:1"])
def test_who_is_not_trusted_speaks_for_nobody(designer: User, person: str) -> None:
    visitor = new_guest()
    signed_in = browser(designer, visitor)
    unknown = browser(None, visitor)
    for response in (
        ApiClient(designer).get("/photos", On_Behalf_Of=person),
        GuestClient().get("/photos", On_Behalf_Of=person),
        signed_in.get("/api/v1/photos", headers={"On-Behalf-Of": person}),
        unknown.get("/api/v1/photos", headers={"On-Behalf-Of": person}),
    ):
        assert_problem(response, 403, "forbidden")


def test_a_trusted_client_speaks_for_its_own_network_only() -> None:
    assert_problem(BotClient("matrix:1").get("/photos"), 403, "forbidden")


@pytest.mark.parametrize(
    "person", ["telegram", "telegram:", "telegram:1 2", "user:1", "guest:00", "telegram:" + "1" * 65]
)
def test_a_malformed_name_is_refused(person: str) -> None:
    assert_problem(send(BotClient(person)), 422, "invalid", "On-Behalf-Of")
    assert nothing_is_stored()


def test_nobody_is_spoken_for_outside_photos_and_rooms() -> None:
    bot = BotClient("telegram:1")
    for path in ("/me", "/runs", "/tokens"):
        assert_problem(bot.get(path), 403, "forbidden")


def test_rates_are_counted_for_each_person_apart(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accounts.rates.time", lambda: 1_000_000_000.5)
    settings.API_REQUESTS_PER_MINUTE = 2
    bot, guest = BotClient(), GuestClient()
    for client, headers in (
        (bot, {"On_Behalf_Of": "telegram:1"}),
        (bot, {"On_Behalf_Of": "telegram:2"}),
        (guest, {}),
    ):
        assert [client.get("/photos", **headers).status_code for _ in range(3)] == [200, 200, 429]
    statuses = [ApiClient().post("/photos/guests").status_code for _ in range(3)]
    assert statuses == [201, 201, 429]


# ---------------------------------------------------------------------- such tokens
def test_the_command_makes_a_trusted_token(designer: User, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("create_token", "bot", "--user", designer.username, "--acts-for", "telegram")
    secret = capsys.readouterr().out.strip()
    client = ApiClient(Authorization=f"Bearer {secret}")
    assert client.get("/photos", On_Behalf_Of="telegram:1").status_code == 200
    assert client.get("/tokens").json()[0]["acts_for"] == "telegram"


@pytest.mark.parametrize("network", ["user", "guest", "Telegram", "t", "tele gram", "x" * 21])
def test_nobody_is_trusted_to_speak_for_our_own_people(designer: User, network: str) -> None:
    with pytest.raises(CommandError, match="acts-for"):
        call_command("create_token", "bot", "--user", designer.username, "--acts-for", network)
    with pytest.raises(ValidationError):
        ApiToken.objects.issue(designer, "bot", acts_for=network)
    assert not ApiToken.objects.exists()


def test_nobody_makes_themselves_trusted(api: ApiClient, designer: User) -> None:
    assert_problem(api.post("/tokens", {"name": "bot", "acts_for": "telegram"}), 422, "invalid", "acts_for")
    client = Client()
    client.force_login(designer)
    client.post("/tokens/", {"name": "bot", "days": "30", "acts_for": "telegram"})
    assert set(ApiToken.objects.values_list("acts_for", flat=True)) == {""}
