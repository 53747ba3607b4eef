"""Pictures of the stock for tests: approved, described, and embedded by the real encoder."""

from __future__ import annotations

import io
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image

from accounts.models import User
from bench.rooms import room
from stockgen.library.indexing import index_some
from stockgen.models import Cause, Location, Picture, Prompt, StockPicture
from tests.factories import make_pictures

SHOWN = {
    "meeting room": "a glass meeting room with a long table and a whiteboard, a team around it",
    "dental surgery": "a dental surgery with a chair and instruments, bright light",
    "bakery": "a bakery with fresh bread on wooden shelves",
    "warehouse": "a warehouse with high racks and pallets, a forklift",
}


def show(picture: Picture, seed: int) -> None:
    """Put files that can be looked at in the place of a picture's: a drawn room."""
    image = Image.fromarray(room(seed, picture.width))
    for name, kind in ((picture.image.name, "PNG"), (picture.thumbnail.name, "WEBP")):
        file = io.BytesIO()
        image.save(file, kind)
        default_storage.delete(name)
        default_storage.save(name, ContentFile(file.getvalue()))


def stock(
    owner: User | None = None, shown: dict[str, str] | None = None, **fields: Any
) -> dict[str, Picture]:
    """Make one approved picture for each location with its prompt, found by its meaning. Return them by location."""
    shown = shown or SHOWN
    pictures = make_pictures(len(shown), owner, **{"location_count": len(shown)} | fields)
    by_location = {}
    for picture, (place, prompt) in zip(pictures, shown.items(), strict=True):
        location = Location.objects.create(run=picture.run, text=place, position=100)
        row = Prompt.objects.create(run=picture.run, location=location, text=prompt)
        Picture.objects.filter(pk=picture.pk).update(prompt=row)
        picture.refresh_from_db()
        assert picture.approve(Cause.VOTES)
        by_location[place] = picture
    while index_some():
        pass
    assert StockPicture.objects.exclude(vector=None).count() >= len(shown)
    return by_location
