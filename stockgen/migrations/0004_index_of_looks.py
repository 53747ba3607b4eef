from django.db import migrations
from pgvector.django import HnswIndex, VectorExtension


class Migration(migrations.Migration):
    dependencies = [
        ("stockgen", "0003_studio"),
    ]

    operations = [
        VectorExtension(),
        migrations.AddIndex(
            model_name="picture",
            index=HnswIndex(
                fields=["perceptual_hash"], name="picture_by_looks", opclasses=["bit_hamming_ops"]
            ),
        ),
    ]
