"""What pages show beside the result: a JPEG of it for screens, and the part of the photo that it was made of."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("upscale", "0001_boards")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="photo",
            name="cutout",
            field=models.FileField(blank=True, editable=False, max_length=200, upload_to=""),
        ),
        migrations.AddField(
            model_name="photo",
            name="display",
            field=models.FileField(blank=True, editable=False, max_length=200, upload_to=""),
        ),
    ]
