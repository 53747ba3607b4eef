"""Nothing worse passes: places that read worse than in the photo get back the pixels of a gentler method."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from engines.boards.blending import keep_places, touched
from engines.boards.legibility import reads_worse
from engines.boards.reading import Place
from engines.boards.results import Image, ReadLine

ROUNDS = 2
"""How often lines are put back: a place put back can reach into its neighbour."""


class LineReader(Protocol):
    """What recognises the text at given places."""

    def read(self, image: Image, places: Sequence[Place]) -> tuple[ReadLine, ...]: ...


@dataclass(frozen=True)
class Kept:
    """A picture composed line by line. ``lines`` are its readings at the places; ``put_back`` indices among them."""

    image: Image
    lines: tuple[ReadLine, ...]
    put_back: frozenset[int]


def choose_places(places: Sequence[Place], most: int | None) -> tuple[int, ...]:
    """Return the indices of at most ``most`` of the places, ascending; of all where that is None.

    They are spread over the sizes of the writing, small lines more densely: those are the ones that a method can
    make or break.
    """
    if most is None or len(places) <= most:
        return tuple(range(len(places)))
    by_size = sorted(range(len(places)), key=lambda index: (places[index].height, index))
    ranks: list[int] = []
    for step in range(most):
        wanted = int(len(places) * ((step + 0.5) / most) ** 1.5)
        after_last = ranks[-1] + 1 if ranks else 0
        ranks.append(min(max(wanted, after_last), len(places) - most + step))  # leaves room for those to come
    return tuple(sorted(by_size[rank] for rank in ranks))


def keep_lines(
    reader: LineReader,
    bold: Image,
    gentle: Image,
    photo: Sequence[ReadLine],
    places: Sequence[Place],
    read: Sequence[int],
) -> Kept:
    """Return ``bold`` with the pixels of ``gentle`` where its text reads worse than the photo's.

    ``photo`` is the reading of all ``places``, ``read`` are the indices of those that may be read here. The others get
    the pixels of ``gentle`` unasked: what nobody read is not redrawn. A place put back, and those into which it
    reaches, are read again.
    """
    boxes = [place.box for place in places]
    aspect = bold.shape[1] / bold.shape[0]
    lines = dict(zip(read, reader.read(bold, [places[n] for n in read]), strict=True))
    image = keep_places(bold, gentle, [boxes[n] for n in range(len(places)) if n not in lines])
    put_back: set[int] = set()
    for _ in range(ROUNDS):
        worse = [n for n in read if n not in put_back and reads_worse(photo[n], lines[n])]
        if not worse:
            break
        put_back.update(worse)
        image = keep_places(image, gentle, [boxes[n] for n in worse])
        changed = [n for n in touched(boxes, [boxes[n] for n in worse], aspect) if n in lines]
        lines.update(zip(changed, reader.read(image, [places[n] for n in changed]), strict=True))
    return Kept(image, tuple(lines[n] for n in read), frozenset(put_back))
