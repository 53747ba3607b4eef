"""The worker's part of a picture: render a batch, store each with its metadata."""

from __future__ import annotations

import hashlib
import io

from engines.diffusion.metadata import encode_thumbnail, write_png
from engines.diffusion.requests import RenderedPicture
from engines.imaging.hashing import perceptual_hash
from jobs.worker import Work
from stockgen.models import Picture
from stockgen.work.models import image_model


def render_pictures(pictures: list[Picture], work: Work) -> None:
    """Render the pictures of one claim together; a cancelled one is not stored, the others are."""
    model = image_model(pictures[0].image_model, work)
    rows = {
        row.pk: row
        for row in Picture.objects.running()
        .filter(token=work.token)
        .select_related(
            "run__plan__locations_addition",
            "run__plan__descriptions_addition",
            "prompt__location",
            "prompt__template",
            "topic",
            "concept",
        )
    }
    pictures = [rows[picture.pk] for picture in pictures if picture.pk in rows]
    if not pictures:
        return
    rendered = model.render(
        [picture.request() for picture in pictures], on_progress=work.beat, is_cancelled=work.is_over
    )
    for picture, result in zip(pictures, rendered, strict=True):
        if not work.is_lost(picture):
            _store(picture, result)
            work.beat(1.0)


def _store(picture: Picture, result: RenderedPicture) -> None:
    """Encode a picture with where it comes from, and put it away."""
    picture.image_model_revision = result.model_revision
    file = io.BytesIO()
    write_png(result, file, lineage=picture.lineage())
    png = file.getvalue()
    picture.store(
        png, encode_thumbnail(result.image),
        sha256=hashlib.sha256(png).hexdigest(), revision=result.model_revision, seconds=result.seconds,
        perceptual_hash=perceptual_hash(result.image),
    )  # fmt: skip
