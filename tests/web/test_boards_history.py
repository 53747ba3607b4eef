"""All of one's own photos: search, pages, several in one file, deleting several."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from PIL import Image
from PIL.PdfParser import PdfParser

from tests.boards import finish, make_photo
from tests.web.conftest import Browser
from tests.web.guests import Guest
from upscale.models import Photo
from upscale.views import boards_history
from upscale.visitors import Visitor, new_guest

PAGE = "/boards/history/"


@pytest.fixture
def guest(db: None) -> Guest:
    return Guest()


def done(visitor: Visitor, text: str = "entropy grows") -> Photo:
    return finish(make_photo(visitor), text=text)


def test_the_history_shows_ones_own_newest_first(guest: Guest) -> None:
    older, newer = done(guest.visitor, "first lesson"), done(guest.visitor, "second lesson")
    theirs = done(new_guest(), "another lesson")
    page = guest.get(PAGE).text
    assert page.index(str(newer.pk)) < page.index(str(older.pk))
    assert str(theirs.pk) not in page


def test_a_stranger_is_told_how_to_begin(anonymous: Browser) -> None:
    assert "No photos yet" in anonymous.get(PAGE).text


def test_words_find_photos_by_their_text_whatever_the_case(guest: Guest) -> None:
    found, other = done(guest.visitor, "Entropy of a gas"), done(guest.visitor, "linear maps")
    page = guest.get(PAGE, {"q": "GAS entropy"}).text
    assert str(found.pk) in page
    assert str(other.pk) not in page


def test_words_that_are_nowhere_say_so(guest: Guest) -> None:
    done(guest.visitor)
    for words in ("nothing like this", "%", "_", "a\0b"):
        answer = guest.htmx(PAGE, q=words)
        assert "No photo with these words" in answer.text or answer.status_code == 422
        assert "<html" not in answer.text


def test_pages_go_on_where_they_ended(guest: Guest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boards_history, "PAGE", 2)
    photos = [done(guest.visitor) for _ in range(5)]
    first = guest.get(PAGE, {"q": "entropy"}).text
    assert f"before={photos[3].pk}" in first
    assert "q=entropy" in first
    rest = guest.htmx(PAGE, q="entropy", before=str(photos[3].pk)).text
    assert [str(photo.pk) in rest for photo in photos] == [False, True, True, False, False]
    assert "<form" not in rest


def test_the_chosen_are_downloaded_as_a_zip_of_png(guest: Guest) -> None:
    photos = [done(guest.visitor) for _ in range(3)]
    theirs, still_open = done(new_guest()), make_photo(guest.visitor)
    keys = [photos[0].pk, photos[2].pk, theirs.pk, still_open.pk, "no-id"]
    answer = guest.post("/boards/download/", {"photo": keys, "as": "zip"})
    assert answer.headers["Content-Type"] == "application/zip"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="boards-')
    archive = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    assert archive.testzip() is None
    assert len(archive.namelist()) == len(set(archive.namelist())) == 2
    for name in archive.namelist():
        image = Image.open(io.BytesIO(archive.read(name)))
        assert (image.format, image.size) == ("PNG", (320, 200))


def test_the_chosen_are_downloaded_as_a_pdf_of_one_page_each(guest: Guest) -> None:
    photos = [done(guest.visitor) for _ in range(3)]
    answer = guest.post("/boards/download/", {"photo": [photo.pk for photo in photos], "as": "pdf"})
    content = b"".join(answer.streaming_content)
    assert answer.headers["Content-Type"] == "application/pdf"
    pages = PdfParser(buf=content)
    assert len(pages.pages) == 3
    boxes = [pages.read_indirect(page)[b"MediaBox"] for page in pages.pages]
    assert all(round(max(box)) == 842 for box in boxes)  # points: A4 on its longer side


def test_a_file_that_is_gone_is_left_out_of_a_download(guest: Guest) -> None:
    photos = [done(guest.visitor) for _ in range(2)]
    photos[0].result.storage.delete(photos[0].result.name)
    for kind in ("zip", "pdf"):
        answer = guest.post("/boards/download/", {"photo": [photo.pk for photo in photos], "as": kind})
        content = b"".join(answer.streaming_content)
        assert content
    archive = guest.post("/boards/download/", {"photo": [photo.pk for photo in photos], "as": "zip"})
    assert len(zipfile.ZipFile(io.BytesIO(b"".join(archive.streaming_content))).namelist()) == 1


def test_nothing_chosen_is_said(guest: Guest) -> None:
    done(guest.visitor)
    assert "Choose photos that have a result first." in guest.post("/boards/download/", follow=True).text
    assert "Choose photos first." in guest.post("/boards/history/remove/", follow=True).text
    answer = guest.press("/boards/download/")
    assert (answer.status_code, answer.headers["Content-Type"]) == (422, "text/plain; charset=utf-8")
    assert answer.text == "Choose photos that have a result first."


def test_the_chosen_are_deleted_and_no_others(guest: Guest) -> None:
    photos = [done(guest.visitor) for _ in range(3)]
    theirs = done(new_guest())
    answer: Any = guest.post(
        "/boards/history/remove/", {"photo": [photos[0].pk, photos[1].pk, theirs.pk]}, follow=True
    )
    assert "2 photos are deleted." in answer.text
    assert set(Photo.objects.values_list("pk", flat=True)) == {photos[2].pk, theirs.pk}
