"""Are near-duplicates stacked, and only they? Made copies of drawn rooms go through the queue, in a real database.

First the figure that matters: 2,000 different pictures, then 200 copies (recompressed, cropped by 3 %, brightened,
mirrored, 50 each), each put behind what it looks like. Beside ours, what comparing one hash in bits finds. Then the
index: how many of the near-duplicates that a comparison with every row finds does it find, and how fast is it.

    python -m bench.duplicates [--pictures 2000] [--copies 200] [--rows 100000] [--check]
"""

from __future__ import annotations

import io
import random
import time
from argparse import Namespace
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image
from tqdm import tqdm

from bench.report import Promise, conclude, p95, parser, table
from bench.rooms import room
from bench.scratch import scratch_database
from engines.imaging.hashing import (
    CROP,
    HASH_BITS,
    NEAR_DUPLICATE_BITS,
    hash_distance,
    looks_of,
)

if TYPE_CHECKING:
    from review.models import Entry

SIDE = 384
FIRST_SEED = 100_000
"""The seeds from here on are only reported on; settings were chosen on those before."""

LEAST_STACKED = 0.95
MOST_STACKED_WRONGLY = 0.005
QUESTIONS = 100
LOOKS = 22


def recompressed(image: Image.Image, chance: random.Random) -> Image.Image:
    """Store it as a JPEG of a quality from 30 to 80."""
    file = io.BytesIO()
    image.save(file, "JPEG", quality=chance.randint(30, 80))
    return Image.open(file).convert("RGB")


def cropped(image: Image.Image, chance: random.Random) -> Image.Image:
    """Cut 3 % of the width and of the height off, anywhere, and enlarge it to the old size."""
    left, top = (chance.uniform(0, CROP) for _ in "xy")
    right, bottom = 1 - CROP + left, 1 - CROP + top
    width, height = image.size
    box = (round(left * width), round(top * height), round(right * width), round(bottom * height))
    return image.crop(box).resize(image.size, Image.Resampling.LANCZOS)


def brightened(image: Image.Image, chance: random.Random) -> Image.Image:
    """Make it 10 to 30 % brighter; what is too bright is cut off."""
    pixels = np.asarray(image, dtype=np.float32) * chance.uniform(1.1, 1.3)
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


def mirrored(image: Image.Image, chance: random.Random) -> Image.Image:
    """Mirror it."""
    return image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)


CHANGES: dict[str, Callable[[Image.Image, random.Random], Image.Image]] = {
    "recompressed": recompressed,
    "cropped 3 %": cropped,
    "brightened": brightened,
    "mirrored": mirrored,
}


@dataclass(frozen=True)
class Copy:
    """A made copy: what was done, which of the pictures it is one of, and its hashes."""

    change: str
    original: int
    looks: tuple[str, ...]


def main() -> None:
    """Measure and print."""
    arguments = parser(__doc__)
    arguments.add_argument("--pictures", type=int, default=2000, help="different ones")
    arguments.add_argument("--copies", type=int, default=200)
    arguments.add_argument("--rows", type=int, default=100_000, help="for the index; 0: leave it out")
    options = arguments.parse_args()
    with scratch_database():
        promises = measure(options)
    conclude(promises, check=options.check)


def measure(options: Namespace) -> list[Promise]:
    """Put different pictures and copies into the queue, and look who stands behind whom."""
    chance = random.Random(FIRST_SEED)
    seeds = range(FIRST_SEED, FIRST_SEED + options.pictures)
    changes = list(CHANGES)
    originals = chance.sample(range(options.pictures), options.copies)
    known: list[tuple[str, ...]] = []
    copies: list[Copy] = []
    seconds = []
    for place, seed in enumerate(tqdm(seeds, unit="picture")):
        image = Image.fromarray(room(seed, SIDE))
        start = time.perf_counter()
        known.append(looks_of(image))
        seconds.append(time.perf_counter() - start)
        if place in originals:
            change = changes[originals.index(place) % len(changes)]
            copies.append(Copy(change, place, looks_of(CHANGES[change](image, chance))))
    entries = [*queue(known), *queue([copy.looks for copy in copies])]
    different, made = entries[: len(known)], entries[len(known) :]
    wrong = sum(entry.stack != entry.pk for entry in different)
    right = [entry.stack == different[copy.original].stack for entry, copy in zip(made, copies, strict=True)]
    alone = [hash_distance(copy.looks[0], known[copy.original][0]) <= NEAR_DUPLICATE_BITS for copy in copies]
    print(
        f"{len(known)} different pictures, {wrong} of them stacked; {len(copies)} copies; "
        f"looks of one: {np.mean(seconds) * 1e3:.1f} ms"
    )
    rows = []
    for change in changes:
        places = [index for index, copy in enumerate(copies) if copy.change == change]
        rows.append(
            (
                change,
                len(places),
                sum(right[index] for index in places),
                sum(alone[index] for index in places),
            )
        )
    rows.append(("all", len(copies), sum(right), sum(alone)))
    table(("change", "copies", "stacked", "by one hash"), rows)
    promises = [
        Promise("copies stacked", sum(right) / len(copies), LEAST_STACKED, at_least=True),
        Promise("different pictures stacked", wrong / len(known), MOST_STACKED_WRONGLY),
    ]
    if options.rows:
        promises.append(measure_index(options.rows, known))
    return promises


def queue(looks: list[tuple[str, ...]]) -> list[Entry]:
    """Put pictures with these hashes into the queue as a worker does: taken in by the first, then by all."""
    from review.models import Entry
    from stockgen.models import Picture, Topic
    from tests.factories import make_concept, make_pictures, make_topic

    topic = Topic.objects.first() or make_topic()
    pictures = make_pictures(len(looks), topic=topic, concept=make_concept())
    Entry.objects.filter(picture__in=pictures).delete()
    entries = []
    for picture, seen in zip(tqdm(pictures, unit="entry"), looks, strict=True):
        Picture.objects.filter(pk=picture.pk).update(perceptual_hash=seen[0])
        Entry.objects.take_in(Picture.objects.select_related("run").filter(pk=picture.pk))
        entry = Entry.objects.get(pk=picture.pk)
        entry.restack(seen)
        entries.append(entry)
    return entries


def measure_index(rows: int, known: list[tuple[str, ...]]) -> Promise:
    """Ask for near-duplicates among many more rows, by the index and by comparing with every row."""
    from django.db import connection

    from bench.gallery import fill
    from review.stacking import nearest
    from stockgen.models import Picture
    from tests.factories import make_concept, make_pictures

    chance = random.Random(1)
    like = Picture.objects.exclude(perceptual_hash=None).first()
    assert like is not None
    [base] = make_pictures(1, topic=like.topic, concept=make_concept())
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX picture_by_looks")
    fill([base], rows)
    with connection.cursor() as cursor:
        # Random bits would be evenly far from each other: rooms' own hashes with a quarter of the bits turned.
        cursor.execute("CREATE TEMPORARY TABLE known (n serial, bits bit(256))")
        cursor.executemany(
            "INSERT INTO known (bits) VALUES (%s::text::bit(256))", [(one[0],) for one in known]
        )
        cursor.execute(
            "SELECT id FROM stockgen_picture WHERE seed > 1000 AND prompt_id = %s", [base.prompt_id]
        )
        keys = [row[0] for row in cursor.fetchall()]
        made = ["".join(varied(chance.choice(known)[0], 64, chance)) for _ in keys]
        cursor.execute(
            "UPDATE stockgen_picture p SET perceptual_hash = made.bits::bit(256) "
            "FROM (SELECT unnest(%s::uuid[]) id, unnest(%s::text[]) bits) made WHERE made.id = p.id",
            [keys, made],
        )
        start = time.perf_counter()
        cursor.execute(
            "CREATE INDEX picture_by_looks ON stockgen_picture USING hnsw (perceptual_hash bit_hamming_ops)"
        )
        built = time.perf_counter() - start
        cursor.execute("SELECT pg_relation_size('picture_by_looks')")
        size = cursor.fetchone()[0]
        cursor.execute("ANALYZE stockgen_picture")
        cursor.execute(
            "INSERT INTO review_entry (picture_id, topic_id, concept_id, stack, queue_at, wanted, slots, votes, "
            "flagged, doubtful, surplus, gold, overridden, is_open) SELECT id, topic_id, concept_id, id, now(), "
            "1, 1, 0, false, false, false, false, false, true FROM stockgen_picture ON CONFLICT DO NOTHING"
        )
    found, ours, passed_over, plain = 0, [], [], []
    picked = chance.sample(range(len(keys)), QUESTIONS)
    for place in picked:
        asked = "".join(varied(made[place], chance.randint(4, NEAR_DUPLICATE_BITS), chance))
        looks = (asked, *("".join(varied(asked, 40, chance)) for _look in range(LOOKS - 1)))
        start = time.perf_counter()
        head = nearest(base.pk, base.topic_id, looks)
        ours.append(1e3 * (time.perf_counter() - start))
        start = time.perf_counter()
        assert nearest(base.pk, 0, looks) is None
        passed_over.append(1e3 * (time.perf_counter() - start))
        start = time.perf_counter()
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT id FROM stockgen_picture WHERE bit_count(perceptual_hash # %s::text::bit(256)) <= %s",
                [asked, NEAR_DUPLICATE_BITS],
            )
            cursor.fetchall()
        plain.append(1e3 * (time.perf_counter() - start))
        found += head is not None and head.stack == keys[place]
    print(f"\n{len(keys)} rows: the index is built in {built:.0f} s and takes {size / 2**20:.0f} MiB")
    table(
        ("way", "median ms", "p95 ms"),
        [
            (f"the index, {LOOKS} looks", f"{np.median(ours):.1f}", f"{p95(ours):.1f}"),
            (
                "the same in a topic without pictures",
                f"{np.median(passed_over):.1f}",
                f"{p95(passed_over):.1f}",
            ),
            ("every row, one look", f"{np.median(plain):.1f}", f"{p95(plain):.1f}"),
        ],
    )
    return Promise("near-duplicates that the index finds", found / QUESTIONS, LEAST_STACKED, at_least=True)


def varied(bits: str, turned: int, chance: random.Random) -> list[str]:
    """Turn some bits of a hash."""
    made = list(bits)
    for place in chance.sample(range(HASH_BITS), turned):
        made[place] = "10"[int(made[place])]
    return made


if __name__ == "__main__":
    main()
