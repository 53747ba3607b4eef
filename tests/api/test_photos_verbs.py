"""What is done with a photo, what is said of it, and what others may do."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from django.db.models.functions import Now

from accounts.models import Role
from jobs.states import State
from tests.api.boards import GuestClient, nothing_is_stored, sent, stored_files
from tests.api.client import ApiClient, assert_problem
from tests.boards import finish, make_photo
from tests.factories import make_user, some_uuid
from upscale.models import Photo, SurveyAnswer

pytestmark = pytest.mark.django_db

SQUARE = [[0.1, 0.1], [0.9, 0.1], [0.9, 0.9], [0.1, 0.9]]
BOX = [[0.1, 0.1], [0.5, 0.1], [0.5, 0.2], [0.1, 0.2]]


@pytest.fixture
def done(guest: GuestClient) -> Photo:
    """Give a photo of the guest that is done."""
    return finish(make_photo(guest.visitor), lines=[{"text": "open", "confidence": 0.9, "box": BOX}])


def ids(response: Any) -> list[UUID]:
    assert response.status_code == 200, response.content
    return [UUID(item["id"]) for item in response.json()["items"]]


# ---------------------------------------------------------------------- verbs
@pytest.mark.django_db(transaction=True)
def test_a_photo_is_worked_on_anew_with_another_crop(guest: GuestClient, done: Photo) -> None:
    body = guest.post(f"/photos/{done.pk}/crop", {"corners": SQUARE, "rotation": 270}).json()
    assert (body["state"], body["corners"], body["rotation"]) == ("queued", SQUARE, 270)
    assert (body["method"], body["method_text"], body["links"]["result"]) == ("", "", None)
    assert set(stored_files()) == {done.original.name, *done.made_files}  # until the new ones are there
    body = guest.post(f"/photos/{done.pk}/crop", {"corners": None}).json()
    assert (body["corners"], body["rotation"]) == (None, 0)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"corners": SQUARE[:3]}, "corners"),
        ({"corners": SQUARE[::-1]}, "corners"),
        ({"corners": [["0", "0"], [1, 0], [1, 1], [0, 1]]}, "corners.0.0"),
        ({"corners": [[2, 0], [1, 0], [1, 1], [0, 1]]}, "corners.0.0"),
        ({"rotation": 45}, "rotation"),
        ({"rotation": "90"}, "rotation"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_crop_that_means_nothing_changes_nothing(
    guest: GuestClient, done: Photo, body: dict[str, Any], field: str
) -> None:
    assert_problem(guest.post(f"/photos/{done.pk}/crop", body), 422, "invalid", field)
    done.refresh_from_db()
    assert done.state == State.DONE


def test_cancelling_twice_and_retrying(guest: GuestClient) -> None:
    photo = sent(guest)
    for _twice in range(2):
        response = guest.post(f"/photos/{photo.pk}/cancel")
        assert (response.status_code, response.json()["state"]) == (200, "cancelled")
    Photo.objects.update(asked_at=Now() - timedelta(hours=1))
    again = guest.post(f"/photos/{photo.pk}/retry").json()
    assert again["state"] == "queued"
    assert again["deadline"] > again["created_at"]  # what is promised counts anew
    assert_problem(guest.post(f"/photos/{photo.pk}/retry"), 409, "wrong_state")


@pytest.mark.parametrize("verb", ["cancel", "retry"])
def test_a_finished_photo_stays_finished(guest: GuestClient, done: Photo, verb: str) -> None:
    assert_problem(guest.post(f"/photos/{done.pk}/{verb}"), 409, "wrong_state")


def test_a_failed_photo_says_why(guest: GuestClient) -> None:
    photo = make_photo(guest.visitor)
    [claimed] = Photo.objects.claim("worker")
    claimed.fail("The worker died on this job again and again.", retry=False)
    body = guest.get(f"/photos/{photo.pk}").json()
    assert (body["state"], body["error"]) == ("failed", "The worker died on this job again and again.")


@pytest.mark.django_db(transaction=True)
def test_deleted_means_deleted(guest: GuestClient, done: Photo) -> None:
    guest.put(f"/photos/{done.pk}/survey", {"readable": "yes"})
    assert guest.delete(f"/photos/{done.pk}").status_code == 204
    assert nothing_is_stored()
    assert not SurveyAnswer.objects.exists()
    for part in ("", "/result", "/original", "/text"):
        assert_problem(guest.get(f"/photos/{done.pk}{part}"), 404, "not_found")
    assert_problem(guest.delete(f"/photos/{done.pk}"), 404, "not_found")


# ---------------------------------------------------------------------- the survey
def test_an_answer_is_kept_and_can_be_changed(guest: GuestClient, done: Photo) -> None:
    address = guest.get(f"/photos/{done.pk}").json()["links"]["survey"]
    answer = {"readable": "partly", "problems": ["letters", "glare"], "note": "the second line"}
    first = guest.put(address, answer)
    assert first.status_code == 200
    assert {name: first.json()[name] for name in answer} == answer
    guest.put(address, {"readable": "yes"})
    assert guest.get(f"/photos/{done.pk}").json()["survey"]["readable"] == "yes"
    assert SurveyAnswer.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "readable"),
        ({"readable": "maybe"}, "readable"),
        ({"readable": 1}, "readable"),
        ({"readable": "no", "problems": ["ugly"]}, "problems"),
        ({"readable": "no", "note": "x" * 501}, "note"),
        ({"readable": "no", "stars": 5}, "stars"),
    ],
)
def test_an_answer_that_does_not_fit_is_refused(
    guest: GuestClient, done: Photo, body: dict[str, Any], field: str
) -> None:
    assert_problem(guest.put(f"/photos/{done.pk}/survey", body), 422, "invalid", field)
    assert not SurveyAnswer.objects.exists()


def test_there_is_nothing_to_answer_before_the_result(guest: GuestClient) -> None:
    photo = make_photo(guest.visitor)
    assert_problem(guest.put(f"/photos/{photo.pk}/survey", {"readable": "yes"}), 409, "wrong_state")


# ---------------------------------------------------------------------- others
CALLS: list[tuple[str, str, Any]] = [
    ("get", "", None), ("get", "/result", None), ("get", "/original", None), ("get", "/preview", None),
    ("get", "/text", None), ("get", "/marks", None), ("post", "/crop", {"rotation": 90}), ("post", "/cancel", None),
    ("post", "/retry", None), ("put", "/survey", {"readable": "yes"}), ("delete", "", None),
    ("post", "/share", {"room": "ABC234"}), ("delete", "/share", None),
]  # fmt: skip


def ask(client: ApiClient, method: str, path: str, body: Any) -> Any:
    arguments = (path,) if body is None else (path, body)
    return getattr(client, method)(*arguments)


@pytest.mark.parametrize(("method", "part", "body"), CALLS)
def test_another_persons_photo_is_not_there(
    done: Photo, designer: Any, method: str, part: str, body: Any
) -> None:
    for stranger in (GuestClient(), ApiClient(designer)):
        for key in (done.pk, some_uuid()):
            assert_problem(ask(stranger, method, f"/photos/{key}{part}", body), 404, "not_found")
    done.refresh_from_db()
    assert (done.state, done.rotation) == (State.DONE, 0)


@pytest.mark.parametrize(("method", "part", "body"), CALLS)
def test_what_others_share_is_seen_and_answered_but_not_changed(
    guest: GuestClient, done: Photo, method: str, part: str, body: Any
) -> None:
    room = guest.post("/rooms", {"name": "Physics", "nickname": "Ann"}).json()["code"]
    guest.post(f"/photos/{done.pk}/share", {"room": room})
    member = GuestClient()
    member.post(f"/rooms/{room}/join", {"nickname": "Ben"})
    response = ask(member, method, f"/photos/{done.pk}{part}", body)
    assert response.status_code == (200 if method in ("get", "put") else 404), response.content
    if not part and method == "get":
        assert (response.json()["is_yours"], response.json()["nickname"]) == (False, "Ann")
    member.post(f"/rooms/{room}/leave")
    assert ask(member, method, f"/photos/{done.pk}{part}", body).status_code == 404


def test_operators_see_and_look_after_all_photos(done: Photo) -> None:
    operator = ApiClient(make_user(Role.OPERATOR))
    assert operator.get(f"/photos/{done.pk}").json()["is_yours"] is False
    assert operator.get(f"/photos/{done.pk}/result").status_code == 200
    assert ids(operator.get("/photos")) == []
    assert operator.delete(f"/photos/{done.pk}").status_code == 204


def test_time_left_falls_while_one_waits(guest: GuestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    photo = make_photo(guest.visitor, predicted_seconds=30.0)
    later = photo.asked_at + timedelta(seconds=10)
    monkeypatch.setattr("upscale.schemas.timezone", SimpleNamespace(now=lambda: later))
    assert guest.get(f"/photos/{photo.pk}").json()["seconds_left"] == pytest.approx(20, abs=1)
