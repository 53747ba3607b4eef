"""The pages of lecture videos."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django import Settings

from jobs.states import State
from tests.boards import make_room, make_visitor
from tests.upscale.test_clips import MP4, files, keys, make_clip
from tests.web.conftest import Browser
from tests.web.guests import Guest
from upscale import intake
from upscale.clips import MOST_OPEN, take_in_clip
from upscale.models import Clip, Photo
from upscale.visitors import COOKIE

pytestmark = pytest.mark.django_db

PAGE = "/boards/videos/"
SCRIPT = {"X-Requested-With": "XMLHttpRequest"}


@pytest.fixture
def guest(db: None) -> Guest:
    return Guest()


def video(content: bytes = MP4, name: str = "lecture.mp4") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "video/mp4")


def test_somebody_without_an_account_sends_a_video_and_is_known_from_then_on(anonymous: Browser) -> None:
    response = anonymous.post(f"{PAGE}upload/", {"video": video()})
    clip = Clip.objects.get()
    assert response.url == f"{PAGE}{clip.pk}/"
    assert COOKIE in anonymous.cookies
    page = anonymous.get(response.url)
    assert page.status_code == 200
    assert "Waiting for a worker" in page.content.decode()
    assert str(clip.pk) in anonymous.get(PAGE).content.decode()


def test_the_pages_script_is_told_where_to_go(guest: Guest) -> None:
    response = guest.post(f"{PAGE}upload/", {"video": video()}, headers=SCRIPT)
    assert response.status_code == 201
    assert response.headers["Location"] == f"{PAGE}{Clip.objects.get().pk}/"


@pytest.mark.parametrize("name", ["../../x", "a\0b.mp4", "x" * 5000, "\u202egnp.mp4", "shell.php.mp4", ""])
def test_names_of_files_are_ignored(guest: Guest, media_root: Path, name: str) -> None:
    guest.post(f"{PAGE}upload/", {"video": video(name=name or "x")})
    assert files(media_root) == [f"{Clip.objects.get().folder}/video.mp4"]


@pytest.mark.parametrize(("content", "status"), [(b"", 415), (b"plain text", 415), (b"<html>" * 50, 415)])
def test_what_is_no_video_is_refused_with_a_sentence(
    guest: Guest, media_root: Path, content: bytes, status: int
) -> None:
    for headers in ({}, SCRIPT):
        response = guest.post(f"{PAGE}upload/", {"video": video(content)}, headers=headers)
        assert response.status_code == status
        assert b"This" in response.content
    assert not Clip.objects.exists()
    assert files(media_root) == []


def test_no_file_and_two_files_are_refused(guest: Guest) -> None:
    assert guest.post(f"{PAGE}upload/", {}).status_code == 422
    assert guest.post(f"{PAGE}upload/", {"video": [video(), video()]}, headers=SCRIPT).status_code == 422
    assert not Clip.objects.exists()


def test_a_file_over_the_limit_is_413(guest: Guest, media_root: Path, settings: Settings) -> None:
    settings.CLIP_MAX_MIB = 1
    for size in (1024 * 1024, 2 * 1024 * 1024):
        response = guest.post(f"{PAGE}upload/", {"video": video(MP4 + b"\0" * size)}, headers=SCRIPT)
        assert response.status_code == 413
        assert response.content == b"This file is too large. Send a smaller one."
    assert not Clip.objects.exists()
    assert files(media_root) == []


def test_too_many_waiting_videos_are_429(guest: Guest) -> None:
    for _ in range(MOST_OPEN):
        assert guest.post(f"{PAGE}upload/", {"video": video()}, headers=SCRIPT).status_code == 201
    response = guest.post(f"{PAGE}upload/", {"video": video()}, headers=SCRIPT)
    assert response.status_code == 429
    assert int(response.headers["Retry-After"]) > 0


def test_an_account_can_be_asked_for(guest: Guest, designer: Browser, settings: Settings) -> None:
    settings.PHOTOS_NEED_ACCOUNT = True
    assert guest.post(f"{PAGE}upload/", {"video": video()}, headers=SCRIPT).status_code == 403
    assert 'type="file"' not in guest.get(PAGE).content.decode()
    assert designer.post(f"{PAGE}upload/", {"video": video()}, headers=SCRIPT).status_code == 201


def test_a_form_without_its_token_is_refused(media_root: Path) -> None:
    browser = Browser(enforce_csrf_checks=True)
    assert browser.post(f"{PAGE}upload/", {"video": video()}).status_code == 403
    assert not Clip.objects.exists()
    assert files(media_root) == []


@pytest.mark.django_db(transaction=True)
def test_the_frames_are_a_contact_sheet_with_all_chosen(guest: Guest) -> None:
    clip = make_clip(guest.visitor)
    response = guest.htmx(f"{PAGE}{clip.pk}/")
    assert response.status_code == 286
    page = guest.get(f"{PAGE}{clip.pk}/").content.decode()
    assert page.count('name="frame"') == page.count(" checked>") == 3
    assert "1.5 s" in page
    frame = guest.get(f"{PAGE}{clip.pk}/frames/{keys(clip)[0]}/")
    assert frame.headers["Content-Type"] == "image/jpeg"
    assert frame.headers["X-Content-Type-Options"] == "nosniff"
    again = guest.get(
        f"{PAGE}{clip.pk}/frames/{keys(clip)[0]}/", headers={"If-None-Match": frame.headers["ETag"]}
    )
    assert again.status_code == 304


@pytest.mark.django_db(transaction=True)
def test_chosen_frames_become_photos_and_twice_makes_nothing_twice(guest: Guest) -> None:
    clip = make_clip(guest.visitor)
    room = make_room(guest.visitor)
    chosen = keys(clip)[:2]
    for _ in range(2):
        response = guest.post(f"{PAGE}{clip.pk}/take/", {"frame": chosen, "room": room.code})
        assert response.url == "/boards/"
    assert Photo.objects.count() == room.photos.count() == 2
    page = guest.get(f"{PAGE}{clip.pk}/").content.decode()
    assert page.count('name="frame"') == 1
    assert f'href="/boards/{Photo.objects.first().pk}/"' in page  # type: ignore[union-attr]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("data", [{}, {"frame": "x"}, {"frame": "-1"}, {"frame": "9" * 5000}, {"frame": "²"}])
def test_no_frame_chosen_makes_nothing(guest: Guest, data: dict[str, str]) -> None:
    clip = make_clip(guest.visitor, frames=1)
    assert guest.post(f"{PAGE}{clip.pk}/take/", data).url == f"{PAGE}{clip.pk}/"
    assert not Photo.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_room_that_one_is_not_in_gets_nothing(guest: Guest) -> None:
    clip = make_clip(guest.visitor, frames=1)
    room = make_room(make_visitor())
    response = guest.post(f"{PAGE}{clip.pk}/take/", {"frame": keys(clip), "room": room.code})
    assert response.url == f"{PAGE}{clip.pk}/"
    assert not Photo.objects.exists()


def test_no_frames_and_a_failure_are_said(guest: Guest) -> None:
    clip = make_clip(guest.visitor, frames=0)
    assert "No board was found" in guest.get(f"{PAGE}{clip.pk}/").content.decode()
    clip = take_in_clip(guest.visitor, ContentFile(MP4))
    [claimed] = Clip.objects.claim("worker")
    claimed.fail("This video is damaged: no picture of it could be read.", retry=False)
    page = guest.get(f"{PAGE}{clip.pk}/").content.decode()
    assert "This video is damaged" in page
    assert guest.post(f"{PAGE}{clip.pk}/retry/").url == f"{PAGE}{clip.pk}/"
    clip.refresh_from_db()
    assert clip.state == State.QUEUED


@pytest.mark.django_db(transaction=True)
def test_anothers_video_is_404_in_every_way(guest: Guest, anonymous: Browser) -> None:
    clip = make_clip(make_visitor(), frames=1)
    frame = keys(clip)[0]
    for browser in (guest, anonymous):
        for path in ("", f"frames/{frame}/"):
            assert browser.get(f"{PAGE}{clip.pk}/{path}").status_code == 404
        for path in ("take/", "retry/", "remove/"):
            assert browser.post(f"{PAGE}{clip.pk}/{path}", {"frame": frame}).status_code == 404
    assert Clip.objects.filter(pk=clip.pk).exists()
    assert not Photo.objects.exists()
    mine = make_clip(guest.visitor, frames=1)
    assert guest.get(f"{PAGE}{mine.pk}/frames/{frame}/").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_an_operator_looks_at_anothers_video_and_takes_nothing_from_it(operator: Browser) -> None:
    clip = make_clip(make_visitor(), frames=1)
    page = operator.get(f"{PAGE}{clip.pk}/").text
    assert "/frames/" in page
    assert 'name="frame"' not in page
    assert operator.post(f"{PAGE}{clip.pk}/take/", {"frame": keys(clip)}).status_code == 404
    assert not Photo.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_video_deleted_while_its_frames_are_taken_is_said(
    guest: Guest, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip = make_clip(guest.visitor)
    decode = intake.decode_photo

    def deleting(*arguments: Any) -> Any:
        clip.remove()
        return decode(*arguments)

    monkeypatch.setattr(intake, "decode_photo", deleting)
    answer = guest.post(f"{PAGE}{clip.pk}/take/", {"frame": keys(clip)}, follow=True)
    assert answer.redirect_chain == [(PAGE, 302)]
    assert "not there any more" in answer.text


def test_a_number_of_a_frame_that_is_no_number_of_one_is_404(guest: Guest) -> None:
    clip = take_in_clip(guest.visitor, ContentFile(MP4))
    for number in ("9" * 40, "9" * 1000):
        assert guest.get(f"{PAGE}{clip.pk}/frames/{number}/").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_a_video_is_deleted_with_its_files(guest: Guest, media_root: Path) -> None:
    clip = make_clip(guest.visitor)
    assert guest.post(f"{PAGE}{clip.pk}/remove/").url == PAGE
    assert files(media_root) == []
    assert guest.get(f"{PAGE}{clip.pk}/").status_code == 404
