"""The result that a photo had before it was worked on anew: put aside until the new one is there."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models.fields.files import FieldFile
from django.db.models.functions import Now

if TYPE_CHECKING:
    from upscale.models.photo import Photo

MADE_FILES = ("result", "preview", "display", "cutout")
"""What a worker makes of a photo: the fields of the files."""

FIGURES: dict[str, Any] = {
    "result_width": None, "result_height": None, "method": "", "model_revision": "", "before": None, "after": None,
    "candidates": [], "fallen_back": 0, "notes": [], "marks": [], "lines": [], "text": "", "effort": "",
    "work_seconds": None,
}  # fmt: skip
"""What is known of a result, and what stands in its place before there is one."""

ASKED = ("corners", "rotation")
TIMES = ("asked_at", "started_at", "finished_at", "predicted_seconds")


def put_aside(photo: Photo) -> dict[str, Any]:
    """Return a result with its files' names, figures, crop and times as JSON."""
    return {name: _as_json(getattr(photo, name)) for name in (*MADE_FILES, *FIGURES, *ASKED, *TIMES)}


def taken_up(photo: Photo, *, with_times: bool) -> dict[str, Any]:
    """Return the fields of a photo whose earlier result is its result again; without times, those stay as they are."""
    assert photo.previous is not None
    names = (*MADE_FILES, *FIGURES, *ASKED, *(TIMES if with_times else ()))
    fields = {field.name: field for field in photo._meta.concrete_fields}
    return {name: fields[name].to_python(photo.previous[name]) for name in names}


def no_result() -> dict[str, Any]:
    """Return the fields of a photo that has no result, and is asked for now."""
    return {
        **dict.fromkeys(MADE_FILES, ""),
        **FIGURES,
        "started_at": None,
        "finished_at": None,
        "asked_at": Now(),
    }


def _as_json(value: Any) -> Any:
    if isinstance(value, FieldFile):
        return value.name or ""
    return value.isoformat() if isinstance(value, datetime) else value
