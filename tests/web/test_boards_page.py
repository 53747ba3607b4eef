"""The page of photos: sending them in, their cards, who may."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from tests.boards import as_file, draw_board, finish, make_photo, make_room, make_visitor
from tests.factories import make_user
from tests.web.conftest import Browser
from tests.web.guests import Guest
from upscale.models import Photo, PhotoSource
from upscale.visitors import COOKIE, Visitor, guest_of_token

PAGE = "/boards/"
UPLOAD = "/boards/upload/"


def photo_file(content: bytes | None = None, name: str = "board.jpg") -> SimpleUploadedFile:
    content = as_file(draw_board(size=(320, 200), height=16)) if content is None else content
    return SimpleUploadedFile(name, content, "image/jpeg")


def send(client: Client, *files: SimpleUploadedFile, key: str = "", **fields: Any) -> Any:
    """Send photos as the page's script does."""
    headers = {"HX-Request": "true"} | ({"Idempotency-Key": key} if key else {})
    return client.post(UPLOAD, {"photo": list(files) or [photo_file()], **fields}, headers=headers)


def visitor_of(client: Client) -> Visitor:
    visitor = guest_of_token(client.cookies[COOKIE].value)
    assert visitor is not None
    return visitor


@pytest.fixture
def guest(db: None) -> Guest:
    return Guest()


def test_anybody_may_open_the_page(anonymous: Browser) -> None:
    page = anonymous.get(PAGE)
    assert page.status_code == 200
    assert 'accept="image/*" capture="environment"' in page.text
    assert f'action="{UPLOAD}"' in page.text
    assert 'href="/sign-in/"' in page.text


def test_a_first_visit_gives_the_browser_a_name_and_the_next_keeps_it(anonymous: Browser) -> None:
    anonymous.get(PAGE)
    name = visitor_of(anonymous)
    anonymous.get(PAGE)
    send(anonymous)
    assert Photo.objects.get().person == visitor_of(anonymous).person == name.person


def test_two_first_visits_are_two_people(db: None) -> None:
    browsers = Browser(), Browser()
    for browser in browsers:
        browser.get(PAGE)
    assert len({visitor_of(browser).person for browser in browsers}) == 2


def test_who_is_signed_in_gets_no_name_of_a_guest(expert: Browser) -> None:
    expert.get(PAGE)
    assert COOKIE not in expert.cookies


def test_a_photo_gets_its_card_and_the_browser_a_name(anonymous: Browser) -> None:
    answer = send(anonymous)
    assert answer.status_code == 201
    photo = Photo.objects.get()
    assert f'id="photo-{photo.pk}"' in answer.text
    assert "data-open" in answer.text
    assert "about" in answer.text
    assert (photo.source, photo.person) == (PhotoSource.WEB, visitor_of(anonymous).person)
    assert anonymous.cookies[COOKIE]["httponly"]
    assert f'id="photo-{photo.pk}"' in anonymous.get(PAGE).text


def test_several_photos_of_one_guest_stay_together(anonymous: Browser) -> None:
    for _ in range(3):
        send(anonymous)
    assert Photo.objects.of(visitor_of(anonymous)).count() == 3


def test_a_plain_form_sends_several_at_once_and_shows_the_page(anonymous: Browser) -> None:
    answer = anonymous.post(UPLOAD, {"photo": [photo_file(), photo_file()]})
    assert answer.status_code == 302
    assert answer.url == PAGE
    assert anonymous.get(PAGE).text.count('data-state="queued"') == 2


def test_the_same_key_is_the_same_photo(anonymous: Browser) -> None:
    file = as_file(draw_board())
    first = send(anonymous, photo_file(file), key="one")
    again = send(anonymous, photo_file(file), key="one")
    assert (first.status_code, again.status_code) == (201, 200)
    assert Photo.objects.count() == 1


def test_photos_of_a_browser_that_lost_its_name_stay_together_and_are_not_doubled(anonymous: Browser) -> None:
    anonymous.get(PAGE)
    file = as_file(draw_board())
    for key, status in (("one", 201), ("one", 200), ("two", 201)):
        del anonymous.cookies[COOKIE]
        assert send(anonymous, photo_file(file), key=key).status_code == status
    assert [photo.person for photo in Photo.objects.all()] == 2 * [visitor_of(anonymous).person]


def test_two_browsers_that_lost_their_names_are_two_people(db: None) -> None:
    for browser in (Browser(), Browser()):
        browser.get(PAGE)
        del browser.cookies[COOKIE]
        assert send(browser, key="one").status_code == 201
    assert Photo.objects.values("person").distinct().count() == 2


def test_the_same_key_with_another_photo_is_refused(anonymous: Browser) -> None:
    send(anonymous, key="one")
    answer = send(anonymous, photo_file(as_file(draw_board(["another"]))), key="one")
    assert answer.status_code == 409
    assert Photo.objects.count() == 1


@pytest.mark.parametrize(
    ("content", "status", "words"),
    [
        (b"", 415, "This file is empty."),
        (b"GIF89a" + bytes(100), 415, "This is not a photo"),
        (as_file(draw_board())[:3000], 422, "This photo is damaged"),
        (b"x" * (1024 * 1024 + 1), 413, "too large"),
    ],
    ids=["empty", "no photo", "cut off", "too large"],
)
def test_what_is_no_photo_is_refused_in_a_sentence_and_leaves_nothing(
    anonymous: Browser, settings: Any, content: bytes, status: int, words: str
) -> None:
    settings.PHOTO_MAX_MIB = 1
    answer = send(anonymous, photo_file(content))
    assert answer.status_code == status
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert words in answer.text
    assert not Photo.objects.exists()


def test_a_refused_photo_is_said_on_the_page_without_a_script(anonymous: Browser) -> None:
    answer = anonymous.post(UPLOAD, {"photo": photo_file(b"hello")}, follow=True)
    assert answer.redirect_chain == [(PAGE, 302)]
    assert "This is not a photo that can be read." in answer.text


def test_nothing_chosen_is_said(anonymous: Browser) -> None:
    answer = anonymous.post(UPLOAD, {}, headers={"HX-Request": "true"})
    assert answer.status_code == 422
    assert "Choose a photo first." in answer.text


def test_too_many_files_at_once_are_refused(anonymous: Browser) -> None:
    answer = send(anonymous, *[photo_file(b"x") for _ in range(11)])
    assert answer.status_code == 422
    assert "at most 10 photos" in answer.text


def test_over_the_rate_one_is_told_when(anonymous: Browser, settings: Any) -> None:
    settings.PHOTOS_PER_HOUR = 1
    send(anonymous)
    answer = send(anonymous, photo_file(as_file(draw_board(["second"]))))
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 3600
    assert "wait" in answer.text


def test_a_photo_without_the_token_of_the_page_is_refused() -> None:
    client = Browser(enforce_csrf_checks=True)
    assert send(client).status_code == 403


@pytest.mark.django_db
def test_a_photo_with_the_token_of_the_page_is_taken() -> None:
    client = Browser(enforce_csrf_checks=True)
    client.get(PAGE)
    token = client.cookies["csrftoken"].value
    assert send(client, csrfmiddlewaretoken=token).status_code == 201


def test_where_an_account_is_needed_the_page_says_so_and_takes_nothing(
    anonymous: Browser, settings: Any
) -> None:
    settings.PHOTOS_NEED_ACCOUNT = True
    page = anonymous.get(PAGE).text
    assert "/sign-in/?next=/boards/" in page
    assert "data-pick" not in page
    answer = send(anonymous)
    assert answer.status_code == 403
    assert "Sign in" in answer.text
    assert not Photo.objects.exists()


def test_where_an_account_is_needed_one_who_has_it_sends(db: None, settings: Any) -> None:
    settings.PHOTOS_NEED_ACCOUNT = True
    browser = Browser(make_user(role=None))
    assert "data-pick" in browser.get(PAGE).text
    assert send(browser).status_code == 201
    assert Photo.objects.get().person == browser.user.person  # type: ignore[union-attr]


def test_a_photo_is_shared_in_a_room_as_it_is_sent(guest: Guest) -> None:
    room = make_room(guest.visitor, nickname="Ada")
    assert room.name in guest.get(PAGE).text
    send(guest, room=room.code)
    photo = Photo.objects.get()
    assert (photo.room, photo.nickname) == (room, "Ada")


def test_a_photo_is_not_sent_into_a_room_of_others(guest: Guest) -> None:
    answer = send(guest, room=make_room().code)
    assert answer.status_code == 409
    assert not Photo.objects.exists()


def test_a_photo_that_reached_its_room_is_not_refused_when_its_answer_was_lost(guest: Guest) -> None:
    room = make_room(guest.visitor, nickname="Ada")
    file = as_file(draw_board())
    assert send(guest, photo_file(file), key="one", room=room.code).status_code == 201
    room.close()
    assert send(guest, photo_file(file), key="one", room=room.code).status_code == 200
    assert send(guest, photo_file(file), key="two", room=room.code).status_code == 409
    assert Photo.objects.count() == 1


def test_the_page_shows_ones_own_photos_only(guest: Guest) -> None:
    mine, theirs = make_photo(guest.visitor), make_photo()
    page = guest.get(PAGE).text
    assert str(mine.pk) in page
    assert str(theirs.pk) not in page


# --- Cards -------------------------------------------------------------------------------------------------------
def test_the_cards_asked_for_say_how_far_they_are(guest: Guest) -> None:
    first, second = (make_photo(guest.visitor) for _ in range(2))
    done = finish(make_photo(guest.visitor))
    text = guest.htmx("/boards/parts/", photo=[first.pk, second.pk, done.pk]).text
    assert "Next in line" in text
    assert "1 photo before it" in text
    assert "Words read: 5 before, 10 now" in text
    assert "energy equals mass" in text
    assert text.count("data-open") == 2


@pytest.mark.parametrize(
    ("seconds_ago", "words"),
    [(0, "about 25 s"), (18, "about 7 s"), (26, "any moment now"), (60, "takes longer than predicted")],
)
def test_a_card_says_how_long_it_will_take_and_does_not_pretend(
    guest: Guest, seconds_ago: float, words: str
) -> None:
    asked_at = timezone.now() - timedelta(seconds=seconds_ago)
    photo = make_photo(guest.visitor, predicted_seconds=25.4, asked_at=asked_at)
    assert words in guest.htmx("/boards/parts/", photo=photo.pk).text


def test_cards_of_others_and_of_nothing_are_left_out(guest: Guest) -> None:
    theirs = make_photo()
    answer = guest.htmx("/boards/parts/", photo=[theirs.pk, "no-id", ""])
    assert answer.status_code == 200
    assert answer.text.strip() == ""


def test_cards_are_not_said_to_be_gone_to_a_browser_without_a_name(anonymous: Browser, guest: Guest) -> None:
    photo = make_photo(guest.visitor)
    assert anonymous.get(f"/boards/parts/?photo={photo.pk}").status_code == 403


def test_many_cards_cost_as_many_statements_as_one(guest: Guest, django_assert_max_num_queries: Any) -> None:
    photos = [make_photo(guest.visitor).pk for _ in range(6)]
    with django_assert_max_num_queries(3):
        guest.htmx("/boards/parts/", photo=photos)


def test_a_card_without_text_shows_no_figure(guest: Guest) -> None:
    photo = finish(make_photo(guest.visitor), before=None, after=None, text="", notes=["no-text"])
    text = guest.htmx("/boards/parts/", photo=photo.pk).text
    assert "Words read" not in text
    assert "Ready" in text


def test_a_failed_photo_says_why_and_can_be_tried_again(guest: Guest) -> None:
    photo = make_photo(guest.visitor)
    [claimed] = Photo.objects.claim("test")
    claimed.fail("There is no memory.", retry=False)
    text = guest.htmx("/boards/parts/", photo=photo.pk).text
    assert "There is no memory." in text
    assert f"/boards/{photo.pk}/retry/" in text
    again = guest.press(f"/boards/{photo.pk}/retry/")
    assert "data-open" in again.text
    photo.refresh_from_db()
    assert photo.state == "queued"


@pytest.mark.parametrize("state", ["queued", "running", "failed", "cancelled", "done"])
def test_a_photo_in_any_state_can_be_cropped_and_deleted(guest: Guest, state: str) -> None:
    photo = in_state(make_photo(guest.visitor), state)
    for address in (PAGE, f"/boards/{photo.pk}/"):
        page = guest.get(address).text
        assert f'data-crop="/boards/{photo.pk}/crop/"' in page
        assert f'action="/boards/{photo.pk}/remove/"' in page


def in_state(photo: Photo, state: str) -> Photo:
    if state == "done":
        return finish(photo)
    if state == "cancelled":
        Photo.objects.filter(pk=photo.pk).cancel()
    elif state != "queued":
        [claimed] = Photo.objects.claim("test")
        if state == "failed":
            claimed.fail("There is no memory.", retry=False)
    photo.refresh_from_db()
    assert photo.state == state
    return photo


@pytest.mark.parametrize("state", ["queued", "running", "failed"])
def test_a_photo_without_a_result_is_taken_back_from_its_room_on_its_card(guest: Guest, state: str) -> None:
    room = make_room(guest.visitor, nickname="Ada")
    photo = make_photo(guest.visitor)
    photo.share(room)
    in_state(photo, state)
    address = f"/boards/{photo.pk}/share/"
    assert f'hx-post="{address}"' in guest.get(PAGE).text
    headers = {"HX-Request": "true", "HX-Target": f"photo-{photo.pk}"}
    card = guest.post(address, {"room": ""}, headers=headers)
    assert f'id="photo-{photo.pk}"' in card.text
    assert room.name not in card.text
    assert "shared no longer" in card.headers["HX-Trigger"]
    photo.refresh_from_db()
    assert (photo.room, photo.state) == (None, state)


def test_a_photo_of_others_is_neither_cropped_nor_deleted_on_its_page(guest: Guest) -> None:
    host = make_visitor()
    room = make_room(host)
    photo = make_photo(host)
    photo.share(room)
    room.join(guest.visitor, "Bob")
    page = guest.get(f"/boards/{photo.pk}/")
    assert page.status_code == 200
    assert "data-crop=" not in page.text
    assert f"/boards/{photo.pk}/remove/" not in page.text


def test_recognised_text_is_shown_as_text(guest: Guest) -> None:
    photo = finish(make_photo(guest.visitor), text="<script>alert(1)</script>")
    for address in (PAGE, f"/boards/{photo.pk}/", "/boards/history/"):
        page = guest.get(address).text
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)" in page


def test_the_start_page_leads_to_the_photos(expert: Browser) -> None:
    assert 'href="/boards/"' in expert.get("/").text


def test_the_sign_in_page_leads_to_the_photos(anonymous: Browser) -> None:
    assert 'href="/boards/"' in anonymous.get("/sign-in/").text
