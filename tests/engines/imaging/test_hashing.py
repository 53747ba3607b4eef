"""The perceptual hash: what looks alike is near, what does not is far."""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from itertools import combinations

import pytest
from PIL import Image, ImageDraw, ImageEnhance

from engines.imaging.hashing import (
    HASH_BITS,
    NEAR_DUPLICATE_BITS,
    hash_distance,
    looks_of,
    mirrored,
    perceptual_hash,
)

PICTURES = 300


def drawn_room(seed: int) -> Image.Image:
    """Draw a room of its own: walls, a floor, windows, furniture, a lamp, some noise."""
    rng = random.Random(seed)

    def colour(low: int = 0, high: int = 255) -> tuple[int, int, int]:
        return rng.randint(low, high), rng.randint(low, high), rng.randint(low, high)

    image = Image.new("RGB", (256, 256), colour(90, 240))
    draw = ImageDraw.Draw(image)
    horizon = rng.randint(120, 220)
    draw.rectangle((0, horizon, 256, 256), fill=colour(20, 160))
    for _window in range(rng.randint(1, 4)):
        left, top = rng.randint(0, 200), rng.randint(0, 100)
        draw.rectangle(
            (left, top, left + rng.randint(25, 90), top + rng.randint(25, 90)), fill=colour(150, 255)
        )
    for _piece in range(rng.randint(3, 9)):
        left, top = rng.randint(-20, 230), rng.randint(60, 220)
        box = (left, top, left + rng.randint(15, 120), top + rng.randint(15, 90))
        (draw.rectangle if rng.random() < 0.6 else draw.ellipse)(box, fill=colour())
    for _beam in range(rng.randint(0, 4)):
        draw.line([(rng.randint(0, 256), rng.randint(0, 256)) for _point in range(2)], fill=colour(), width=5)
    return image


def recompressed(image: Image.Image) -> Image.Image:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=50)
    return Image.open(file)


CHANGES: dict[str, Callable[[Image.Image], Image.Image]] = {
    "recompressed": recompressed,
    "15 % brighter": lambda image: ImageEnhance.Brightness(image).enhance(1.15),
    "15 % darker": lambda image: ImageEnhance.Brightness(image).enhance(0.85),
    "half as large": lambda image: image.resize((128, 128), Image.Resampling.LANCZOS),
    "twice as large": lambda image: image.resize((512, 512), Image.Resampling.BICUBIC),
    "grey": lambda image: image.convert("L"),
}


@pytest.fixture(scope="module")
def hashes() -> list[str]:
    return [perceptual_hash(drawn_room(seed)) for seed in range(PICTURES)]


@pytest.mark.parametrize("change", CHANGES)
def test_a_picture_that_was_only_processed_stays_a_near_duplicate(change: str, hashes: list[str]) -> None:
    far = {
        seed: distance
        for seed in range(60)
        if (distance := hash_distance(hashes[seed], perceptual_hash(CHANGES[change](drawn_room(seed)))))
        > NEAR_DUPLICATE_BITS
    }
    assert not far


def test_no_two_different_rooms_are_near_duplicates(hashes: list[str]) -> None:
    numbers = [int(value, 2) for value in hashes]
    distances = [(one ^ other).bit_count() for one, other in combinations(numbers, 2)]
    assert min(distances) > NEAR_DUPLICATE_BITS
    assert 100 < sum(distances) / len(distances) < 150


def test_a_hash_has_its_length_and_depends_on_nothing_but_the_picture(hashes: list[str]) -> None:
    assert {len(value) for value in hashes} == {HASH_BITS}
    assert perceptual_hash(drawn_room(7)) == hashes[7]
    assert hash_distance(hashes[7], hashes[7]) == 0


def test_hashes_of_different_lengths_are_not_compared() -> None:
    with pytest.raises(ValueError, match="zip"):
        hash_distance("01", "010")


def test_a_mirrored_hash_is_about_that_of_the_mirrored_picture() -> None:
    for seed in range(30):
        image = drawn_room(seed)
        turned = image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        assert hash_distance(mirrored(perceptual_hash(image)), perceptual_hash(turned)) <= NEAR_DUPLICATE_BITS


def test_the_plain_hash_is_the_first_of_all_looks() -> None:
    image = drawn_room(1)
    looks = looks_of(image)
    assert looks[0] == perceptual_hash(image)
    assert len(looks) == len(set(looks)) == 22
    assert {len(look) for look in looks} == {HASH_BITS}


@pytest.mark.parametrize("corner", [(0, 0), (8, 0), (0, 8), (8, 8)])
def test_a_picture_without_three_percent_at_any_corner_is_among_the_looks(corner: tuple[int, int]) -> None:
    left, top = corner
    distances = []
    for seed in range(20):
        image = drawn_room(seed)
        part = image.crop((left, top, left + 248, top + 248)).resize(image.size)
        for new, stored in ((image, part), (part, image)):
            bits = perceptual_hash(stored)
            distances.append(min(hash_distance(look, bits) for look in looks_of(new)))
    assert sorted(distances)[-2] <= NEAR_DUPLICATE_BITS  # one of forty may be missed


def test_a_blank_picture_has_looks() -> None:
    assert len(looks_of(Image.new("RGB", (64, 48), (9, 9, 9)))) == 22
