"""Approved pictures with real files, and a worker for exports that runs in the test."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import random
import zipfile
from pathlib import Path
from typing import Any

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from accounts.models import User
from delivery.archive import stream
from delivery.models import Export
from delivery.work.exporting import export_pictures
from jobs.states import State, worker_name
from jobs.worker import Work
from stockgen.models import Cause, Picture, Verdict
from stockgen.models.verdict import decide
from tests.factories import claim_pictures, make_planned_run


def png_of(number: int, side: int = 16) -> bytes:
    """Draw a small PNG that no other number gives, with what made it inside."""
    colours = Image.frombytes("RGB", (4, 4), random.Random(number).randbytes(48))
    image = colours.resize((side, side), Image.Resampling.BICUBIC)
    chunks = PngInfo()
    chunks.add_itxt("lineage", json.dumps({"seed": number}))
    buffer = io.BytesIO()
    image.save(buffer, "PNG", pnginfo=chunks)
    return buffer.getvalue()


def make_approved(
    count: int = 1, owner: User | None = None, *, side: int = 16, **fields: Any
) -> list[Picture]:
    """Make approved pictures whose rows agree with their files."""
    run = make_planned_run(owner, count=count, **fields)
    waiting = {picture.pk for picture in run.pictures.all()}
    Picture.objects.filter(pk__in=waiting).update(priority=100)
    while waiting:
        for picture in claim_pictures():
            png = png_of(picture.seed, side)
            sha256 = hashlib.sha256(png).hexdigest()
            assert picture.store(png, b"webp", sha256=sha256, revision="test", seconds=0.1)
            waiting.discard(picture.pk)
    pictures = list(run.pictures.order_by("id"))
    decide([picture.pk for picture in pictures], Verdict.APPROVED, Cause.VOTES)
    return list(run.pictures.order_by("id"))


def work_on(export: Export, *, claims: int = 50) -> Export:
    """Do what a worker does until the export is over."""
    for _number in range(claims):
        if not work_once():
            break
    export.refresh_from_db()
    return export


def work_once() -> bool:
    """Take one claim, whichever export's it is; False if none was due."""
    jobs = Export.objects.claim(worker_name())
    if jobs:
        work = Work(jobs)
        try:
            export_pictures(jobs, work)
        finally:
            Export.objects.release(work.token)
    return bool(jobs)


def zip_of(export: Export) -> zipfile.ZipFile:
    """Open the ZIP of an export."""
    assert export.state == State.DONE, (export.state, export.error, export.detail)
    content = b"".join(stream(export))
    assert len(content) == export.archive_size
    return zipfile.ZipFile(io.BytesIO(content))


def files_in(folder: Path) -> dict[str, bytes]:
    """Read everything under a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def assert_agrees(files: dict[str, bytes], count: int) -> list[dict[str, Any]]:
    """Check the files of an export against its manifest, each way; return the rows."""
    rows = [json.loads(line) for line in files["manifest.jsonl"].decode().splitlines()]
    as_csv = list(csv.DictReader(io.StringIO(files["manifest.csv"].decode("utf-8-sig"))))
    assert [row["picture"] for row in as_csv] == [row["picture"] for row in rows]
    added = {row["file"]: row for row in rows if row["change"] == "added"}
    assert len(added) == count
    assert set(files) - set(added) == {"manifest.jsonl", "manifest.csv", "SHA256SUMS"}
    for name, row in added.items():
        assert hashlib.sha256(files[name]).hexdigest() == row["sha256"]
        assert len(files[name]) == row["bytes"]
    for line in files["SHA256SUMS"].decode().splitlines():
        digest, name = line.split("  ", 1)
        assert hashlib.sha256(files[name]).hexdigest() == digest
    return rows
