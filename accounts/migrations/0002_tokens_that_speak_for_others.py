"""Tokens of clients that are trusted to speak for the people of an outside network."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("accounts", "0001_initial")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="apitoken",
            name="acts_for",
            field=models.CharField(
                blank=True, default="", editable=False, max_length=20, verbose_name="speaks for"
            ),
        ),
    ]
