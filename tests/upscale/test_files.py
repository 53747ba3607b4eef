"""How long photos are kept, and what is swept."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import transaction
from django.db.models.functions import Now
from pytest_django import Settings

from jobs.models import WrongState
from tests.boards import as_file, draw_board, finish, make_photo, make_room, make_visitor
from upscale import intake
from upscale.files import forget_outdated
from upscale.intake import Wish, take_in
from upscale.models import Photo, PhotoSource

pytestmark = pytest.mark.django_db(transaction=True)


def files(root: Path) -> set[str]:
    return {str(path.relative_to(root)) for path in root.rglob("*")} if root.exists() else set()


def test_photos_are_forgotten_after_their_time_with_their_files(settings: Settings, media_root: Path) -> None:
    settings.PHOTO_RETENTION_DAYS = 30
    old, recent = finish(make_photo()), make_photo()
    Photo.objects.filter(pk=old.pk).update(created_at=Now() - timedelta(days=31))
    assert forget_outdated() == 1
    assert list(Photo.objects.all()) == [recent]
    assert not any(str(old.pk) in name for name in files(media_root))


def test_where_the_setting_is_nought_they_are_kept(settings: Settings) -> None:
    settings.PHOTO_RETENTION_DAYS = 0
    photo = make_photo()
    Photo.objects.update(created_at=Now() - timedelta(days=5000))
    assert forget_outdated() == 0
    assert list(Photo.objects.all()) == [photo]


def test_a_room_that_closes_while_a_photo_comes_in_leaves_nothing(
    media_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = make_visitor()
    room = make_room(visitor)
    decode = intake.decode_photo

    def closing(*arguments: object) -> object:
        room.close()
        return decode(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(intake, "decode_photo", closing)
    with pytest.raises(WrongState), transaction.atomic():
        take_in(visitor, as_file(draw_board()), PhotoSource.WEB, Wish(room=room))
    assert not Photo.objects.exists()
    assert not {name for name in files(media_root) if "original" in name or name.count("/") > 1}
