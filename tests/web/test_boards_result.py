"""The page of one photo: the result, cropping, the survey, sharing, deleting, and its files."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from accounts.models import Role
from tests.boards import as_file, draw_board, finish, make_photo, make_room
from tests.factories import make_user
from tests.web.conftest import Browser
from tests.web.guests import Guest
from upscale import promise
from upscale.models import Photo, Readable, SurveyAnswer
from upscale.visitors import Visitor

CORNERS = [[0.1, 0.1], [0.9, 0.12], [0.88, 0.9], [0.12, 0.86]]
NOBODYS = "00000000-0000-0000-0000-000000000000"


@pytest.fixture
def guest(db: None) -> Guest:
    return Guest()


@pytest.fixture
def stranger(db: None) -> Guest:
    return Guest()


@pytest.fixture
def photo(guest: Guest) -> Photo:
    return finish(make_photo(guest.visitor))


def test_a_result_shows_the_picture_the_figures_and_the_text(guest: Guest, photo: Photo) -> None:
    page = guest.get(f"/boards/{photo.pk}/").text
    assert f"/boards/{photo.pk}/display/?v=" in page
    assert f'data-before="/boards/{photo.pk}/before/?v=' in page
    assert 'Your photo</dt><dd class="figure">5<' in page
    assert 'Result</dt><dd class="figure">10<' in page
    assert "No letter was redrawn." in page
    assert "light has a speed" in page
    assert f"/boards/{photo.pk}/result/?download" in page


def test_without_text_there_is_no_figure(guest: Guest) -> None:
    photo = finish(make_photo(guest.visitor), before=None, after=None, text="", notes=["no-text"])
    page = guest.get(f"/boards/{photo.pk}/").text
    assert "made-figures" not in page
    assert "We found no writing that we could read" in page
    assert "board-text" not in page


def test_every_note_is_said_in_words(guest: Guest) -> None:
    notes = [
        "chalkboard",
        "glare",
        "nothing-helped",
        "read-partly",
        "only-read",
        "no-network",
        "reduced",
        "enlarged",
    ]
    photo = finish(
        make_photo(guest.visitor), notes=[*notes, "lines-kept"], fallen_back=3, method="some-network"
    )
    page = guest.get(f"/boards/{photo.pk}/").text
    assert page.count("<li><svg") == len(notes) + 1
    assert "3 lines would have read worse than in your photo" in page
    assert "a neural network" in page


def test_a_hurried_result_can_be_made_anew_by_its_owner_alone(guest: Guest) -> None:
    photo = finish(make_photo(guest.visitor), effort="swift", notes=["only-read"])
    page = guest.get(f"/boards/{photo.pk}/").text
    assert "yours was read but nothing was tried" in page
    assert f'action="/boards/{photo.pk}/retry/"' in page
    guest.post(f"/boards/{photo.pk}/retry/")
    photo.refresh_from_db()
    assert photo.state == "queued"


def test_where_many_are_waiting_a_hurried_result_is_not_offered_more_time_and_not_made_anew(
    guest: Guest, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo = finish(make_photo(guest.visitor), effort="swift", notes=["only-read"])
    monkeypatch.setattr(promise, "workers", lambda: 1)
    make_many_photos()
    assert f"/boards/{photo.pk}/retry/" not in guest.get(f"/boards/{photo.pk}/").text
    answer = guest.post(f"/boards/{photo.pk}/retry/", follow=True)
    assert "Many photos are waiting now" in answer.text
    photo.refresh_from_db()
    assert photo.state == "done"


def make_many_photos() -> None:
    """Let 400 people wait with a large photo each."""
    Photo.objects.submit(
        [
            Photo(
                person=f"guest:{number:032x}", source="web", original="photos/a.jpg",
                original_width=4000, original_height=3000,
            )
            for number in range(400)
        ]
    )  # fmt: skip


def test_after_an_attempt_in_vain_the_earlier_result_is_shown_and_that_is_said(
    guest: Guest, photo: Photo
) -> None:
    photo.redo(rotation=90)
    [claimed] = Photo.objects.claim("worker")
    claimed.fail("The reader is not there.", retry=False)
    page = guest.get(f"/boards/{photo.pk}/").text
    assert "Working on it anew did not work. This is the earlier result." in page
    assert "The reader is not there." in page
    assert "Ready after" not in page
    assert f"/boards/{photo.pk}/display/?v=" in page
    assert "the earlier result" in guest.get("/boards/").text


def test_a_result_of_the_whole_effort_is_not_made_anew(guest: Guest, photo: Photo) -> None:
    assert f"/boards/{photo.pk}/retry/" not in guest.get(f"/boards/{photo.pk}/").text
    guest.post(f"/boards/{photo.pk}/retry/")
    photo.refresh_from_db()
    assert photo.state == "done"


def test_places_to_look_at_twice_are_drawn_on_demand(guest: Guest) -> None:
    box = [[0.1, 0.2], [0.4, 0.2], [0.4, 0.3], [0.1, 0.3]]
    photo = finish(make_photo(guest.visitor), marks=[{"kind": "departs", "box": box}])
    page = guest.get(f"/boards/{photo.pk}/").text
    assert 'points="10.00,20.00 40.00,20.00 40.00,30.00 10.00,30.00"' in page
    assert "Show 1 place to look at twice" in page


def test_an_open_photo_shows_how_far_it_is_and_asks_again(guest: Guest) -> None:
    photo = make_photo(guest.visitor)
    page = guest.get(f"/boards/{photo.pk}/").text
    assert "Next in line" in page
    assert f'hx-get="/boards/{photo.pk}/part/"' in page
    finish(photo)
    part = guest.htmx(f"/boards/{photo.pk}/part/").text
    assert 'data-state="done"' in part
    assert 'hx-trigger="every' not in part
    assert "<html" not in part


def test_the_neighbours_are_ones_own(guest: Guest) -> None:
    first = make_photo(guest.visitor)
    make_photo()
    second = make_photo(guest.visitor)
    page = guest.get(f"/boards/{first.pk}/").text
    assert f'rel="prev" href="/boards/{second.pk}/"' in page
    assert 'rel="next"' not in page


@pytest.mark.parametrize(
    "part", ["", "part/", "original/", "photo/", "before/", "result/", "display/", "preview/"]
)
def test_nobody_else_sees_a_photo(stranger: Guest, anonymous: Browser, photo: Photo, part: str) -> None:
    for browser in (stranger, anonymous, Browser(make_user(Role.DESIGNER))):
        assert browser.get(f"/boards/{photo.pk}/{part}").status_code == 404


def test_an_operator_sees_it_but_changes_nothing(operator: Browser, photo: Photo) -> None:
    page = operator.get(f"/boards/{photo.pk}/").text
    assert "data-crop=" not in page
    assert "Delete this photo" not in page
    assert operator.post(f"/boards/{photo.pk}/remove/").status_code == 404


def test_members_of_a_room_see_what_is_shared_in_it(guest: Guest, stranger: Guest, photo: Photo) -> None:
    room = make_room(guest.visitor, nickname="Ada")
    room.join(stranger.visitor, "Ben")
    photo.share(room)
    page = stranger.get(f"/boards/{photo.pk}/").text
    assert "shared by Ada" in page
    assert "data-crop=" not in page
    assert stranger.get(f"/boards/{photo.pk}/display/").status_code == 200
    for verb in ("crop", "retry", "remove", "share"):
        assert stranger.post(f"/boards/{photo.pk}/{verb}/").status_code == 404


# --- Files -------------------------------------------------------------------------------------------------------
def size_of(answer: Any) -> tuple[int, int]:
    return Image.open(io.BytesIO(b"".join(answer) if answer.streaming else answer.content)).size


def test_the_result_is_downloaded_as_png(guest: Guest, photo: Photo) -> None:
    answer = guest.get(f"/boards/{photo.pk}/result/?download")
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert size_of(answer) == (320, 200)


def test_before_is_the_photo_or_the_part_that_was_cut_out(guest: Guest) -> None:
    whole = finish(make_photo(guest.visitor))
    assert size_of(guest.get(f"/boards/{whole.pk}/before/")) == (160, 100)
    cutout = as_file(draw_board(size=(90, 60), height=8))
    part = finish(make_photo(guest.visitor, corners=CORNERS), cutout=cutout)
    assert size_of(guest.get(f"/boards/{part.pk}/before/")) == (90, 60)


def test_until_there_is_a_result_its_preview_is_the_photo(guest: Guest) -> None:
    photo = make_photo(guest.visitor, image=draw_board(size=(2400, 1500), height=100))
    answer = guest.get(f"/boards/{photo.pk}/preview/")
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert size_of(answer) == (720, 450)
    assert guest.get(f"/boards/{photo.pk}/result/").status_code == 404


def test_the_photo_to_crop_is_small_enough_for_a_phone_and_kept_by_the_browser(guest: Guest) -> None:
    photo = make_photo(guest.visitor, image=draw_board(size=(2400, 1500), height=100))
    answer = guest.get(f"/boards/{photo.pk}/photo/")
    assert size_of(answer) == (1600, 1000)
    again = guest.get(f"/boards/{photo.pk}/photo/", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


# --- Cropping ----------------------------------------------------------------------------------------------------
def crop(browser: Browser, photo: Photo, corners: Any = "", rotation: Any = 0) -> Any:
    data = {"corners": corners if isinstance(corners, str) else json.dumps(corners), "rotation": rotation}
    return browser.post(f"/boards/{photo.pk}/crop/", data, headers={"HX-Request": "true"})


def test_a_cropped_photo_is_worked_on_again(guest: Guest, photo: Photo) -> None:
    answer = crop(guest, photo, CORNERS, 90)
    assert answer.status_code == 200
    assert "data-open" in answer.text
    photo.refresh_from_db()
    assert (photo.corners, photo.rotation, photo.state) == (CORNERS, 90, "queued")
    assert photo.predicted_seconds != 5.0  # it is promised anew


def test_the_dialog_starts_with_the_present_corners_and_knows_the_suggested(guest: Guest) -> None:
    photo = finish(
        make_photo(guest.visitor, corners=CORNERS, suggested_corners=[[0, 0], [1, 0], [1, 1], [0, 1]])
    )
    page = guest.get(f"/boards/{photo.pk}/").text
    assert 'data-corners="0.10000,0.10000,0.90000,0.12000,0.88000,0.90000,0.12000,0.86000"' in page
    assert 'data-suggested="0.00000,0.00000,1.00000,' in page


@pytest.mark.parametrize(
    ("corners", "rotation"),
    [
        ([[0, 0], [1, 0], [0, 1], [1, 1]], 0), ([[0, 0], [2, 0], [1, 1], [0, 1]], 0), ("[[[", 0), ("[" * 400, 0),
        ("{}", 0), (CORNERS, 45), (CORNERS, "x"), ([[float("nan")] * 2] * 4, 0),
    ],
)  # fmt: skip
def test_corners_that_mean_nothing_are_refused_and_change_nothing(
    guest: Guest, photo: Photo, corners: Any, rotation: Any
) -> None:
    answer = crop(guest, photo, corners, rotation)
    assert answer.status_code == 422
    assert answer.headers["Content-Type"].startswith("text/plain")
    photo.refresh_from_db()
    assert (photo.corners, photo.state) == (None, "done")


# --- The survey --------------------------------------------------------------------------------------------------
def say(browser: Browser, photo: Photo, **data: Any) -> Any:
    return browser.post(f"/boards/{photo.pk}/answer/", data, headers={"HX-Request": "true"})


def test_an_answer_is_kept_and_may_be_changed(guest: Guest, photo: Photo) -> None:
    first = say(guest, photo, readable="partly")
    assert "What is wrong?" in first.text
    say(guest, photo, readable="partly", problems=["letters", "glare"], note="the third line")
    answer = SurveyAnswer.objects.get()
    assert (answer.readable, answer.problems, answer.note) == (
        Readable.PARTLY, ["letters", "glare"], "the third line",
    )  # fmt: skip
    changed = say(guest, photo, readable="yes", problems=["letters"])
    assert "What is wrong?" not in changed.text
    answer.refresh_from_db()
    assert (answer.readable, answer.problems) == (Readable.YES, [])
    assert 'value="yes" checked' in guest.get(f"/boards/{photo.pk}/").text


def test_an_answer_works_without_a_script(guest: Guest, photo: Photo) -> None:
    answer = guest.post(f"/boards/{photo.pk}/answer/", {"readable": "no"}, follow=True)
    assert answer.redirect_chain == [(f"/boards/{photo.pk}/", 302)]
    assert 'value="no" checked' in answer.text


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"readable": "maybe"},
        {"readable": "no", "problems": ["ugly"]},
        {"readable": "no", "note": "x" * 501},
    ],
)
def test_an_answer_that_is_none_is_refused(guest: Guest, photo: Photo, data: dict[str, Any]) -> None:
    answer = say(guest, photo, **data)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert data.get("note", "") in answer.text
    assert not SurveyAnswer.objects.exists()


def test_there_is_no_answer_before_the_result(guest: Guest) -> None:
    photo = make_photo(guest.visitor)
    answer = say(guest, photo, readable="yes")
    assert answer.status_code == 422
    assert "There is no result yet." in answer.text


def test_a_stranger_answers_nothing(stranger: Guest, photo: Photo) -> None:
    assert say(stranger, photo, readable="yes").status_code == 404


# --- Sharing and deleting ----------------------------------------------------------------------------------------
def test_a_photo_is_shared_and_taken_back(guest: Guest, photo: Photo) -> None:
    room = make_room(guest.visitor, nickname="Ada")
    answer = guest.post(f"/boards/{photo.pk}/share/", {"room": room.code}, headers={"HX-Request": "true"})
    assert "Everybody in “Physics” sees it" in answer.text
    photo.refresh_from_db()
    assert (photo.room, photo.nickname) == (room, "Ada")
    guest.post(f"/boards/{photo.pk}/share/", {"room": ""})
    photo.refresh_from_db()
    assert photo.room is None


@pytest.mark.parametrize("which", ["closed", "of others"])
def test_a_photo_is_not_shared_in_a_room_that_is_closed_or_of_others(
    guest: Guest, photo: Photo, which: str
) -> None:
    room = make_room(guest.visitor) if which == "closed" else make_room(Visitor("guest:" + "0" * 32))
    if which == "closed":
        room.close()
    guest.post(f"/boards/{photo.pk}/share/", {"room": room.code})
    photo.refresh_from_db()
    assert photo.room is None


def test_a_deleted_photo_is_gone_with_its_files(
    guest: Guest, photo: Photo, media_root: Path, django_capture_on_commit_callbacks: Any
) -> None:
    say(guest, photo, readable="yes")
    with django_capture_on_commit_callbacks(execute=True):
        answer = guest.press(f"/boards/{photo.pk}/remove/")
    assert answer.status_code == 200
    assert answer.text == ""
    assert not Photo.objects.exists()
    assert not SurveyAnswer.objects.exists()
    assert not [path for path in media_root.rglob("*") if path.is_file()]


def test_deleting_from_its_own_page_leads_back_to_the_others(guest: Guest, photo: Photo) -> None:
    answer = guest.post(f"/boards/{photo.pk}/remove/")
    assert (answer.status_code, answer.url) == (302, "/boards/")
    assert guest.get(f"/boards/{photo.pk}/").status_code == 404


def test_an_unknown_photo_is_404(guest: Guest) -> None:
    assert guest.get(f"/boards/{NOBODYS}/").status_code == 404
    assert guest.post(f"/boards/{NOBODYS}/remove/").status_code == 404
