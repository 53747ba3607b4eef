"""From a photo of a board to the most legible picture of it: candidates, the gate between them, and the marks."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np

from engines.boards.blending import resized
from engines.boards.efforts import Effort
from engines.boards.enhancing import enhance, even_out
from engines.boards.gate import LineReader, choose_places, keep_lines
from engines.boards.legibility import READ, legibility, stands_up, weight
from engines.boards.marks import departures, unsure_lines
from engines.boards.reading import Place
from engines.boards.results import BoardResult, Candidate, Image, Legibility, Note, ReadLine
from engines.callbacks import IsCancelled, OnProgress, ignore_progress, never_cancelled, stop_if
from engines.errors import Cancelled, EngineError
from engines.specs import SuperResolutionSpec

logger = logging.getLogger(__name__)

MOST_PIXELS = 16_000_000
"""A result is enlarged less rather than to more pixels than this."""

SMALL_SIDE = 1000
"""Pixels: a photo whose longest side is under this is enlarged even where there is no network."""

LEAST_TEXT, LEAST_FOUND_TEXT = 0.5, 2.0
"""Right words that must be expected for a photo, or one whose text only shows when enhanced, to pass for a board."""

MOST_PUT_BACK = 0.5
"""Where more than this share of the lines had to be put back, the rest is not worth the patchwork."""


EVENED = 0.5
"""How far the light is evened out in the gentlest candidate: all the way, readers lose words that they had."""


class Reader(LineReader, Protocol):
    """What finds lines and reads them: :class:`engines.boards.reading.BoardReader`."""

    def find(self, image: Image) -> tuple[Place, ...]: ...


class Enlarger(Protocol):
    """What enlarges by a network: :class:`engines.superres.model.SuperResolver`."""

    @property
    def spec(self) -> SuperResolutionSpec: ...

    def enlarge(
        self,
        image: Image,
        *,
        tile: int | None = None,
        on_progress: OnProgress = ignore_progress,
        is_cancelled: IsCancelled = never_cancelled,
    ) -> Image: ...


@dataclass(frozen=True)
class Version:
    """A picture of the board; ``lines`` and ``legibility`` once it was found and read as a whole."""

    method: str
    image: Image
    lines: tuple[ReadLine, ...] = ()
    legibility: Legibility | None = None
    fallen_back: int = 0
    is_redrawn: bool = False

    @property
    def score(self) -> float:
        return self.legibility.score if self.legibility else 0.0


class BoardPipeline:
    """The whole way of a photo. ``resolver`` None: no network, whatever the effort.

    ``longest_side`` bounds what goes through the network, in pixels.
    """

    def __init__(self, *, reader: Reader, resolver: Enlarger | None, longest_side: int) -> None:
        self.reader = reader
        self.resolver = resolver
        self.longest_side = longest_side

    def run(
        self,
        image: Image,
        effort: Effort,
        on_progress: OnProgress = ignore_progress,
        is_cancelled: IsCancelled = never_cancelled,
    ) -> BoardResult:
        """Make a board legible with as much as ``effort`` allows.

        What is delivered never reads worse than the photo, both found and read anew as a whole by the same reader,
        and is never smaller; where no method helps or may be tried it is the photo itself. A network that cannot run
        is left out. Raises :class:`engines.errors.Cancelled`.
        """
        return _Run(self, image, effort, on_progress, is_cancelled).result()


class _Run:
    """One photo on its way."""

    def __init__(
        self,
        pipeline: BoardPipeline,
        photo: Image,
        effort: Effort,
        on_progress: OnProgress,
        is_cancelled: IsCancelled,
    ) -> None:
        self.reader = pipeline.reader
        self.resolver = pipeline.resolver if effort.super_resolution else None
        self.longest_side = pipeline.longest_side
        self.photo = photo
        self.effort = effort
        self.is_cancelled = is_cancelled
        self._on_progress = on_progress
        self._reached = 0.0
        self._begun = self._lap = time.monotonic()
        self.notes: list[Note] = []
        self.candidates: list[Candidate] = []

    def result(self) -> BoardResult:
        """Take the way that the effort and the photo ask for."""
        original = Version("original", self.photo)
        if self.effort.most_lines == 0:
            self._note("not-read")
            return self._deliver(original, None)
        places = self.reader.find(self.photo)
        self._reach(0.1)
        original = self._measured(original, self.reader.read(self.photo, places), None)
        self._reach(0.25)
        if sum(map(weight, original.lines)) < LEAST_TEXT:
            return self._without_text(original)
        if self.effort.most_tries == 0:
            self._note("only-read")
            return self._deliver(original, original)
        best: Version | None = None
        for version in self._versions(original, places):
            tried = self._read_anew(version, original)
            if stands_up(original.lines, tried.lines) and (best is None or tried.score > best.score):
                best = tried
            if best is not None and not self.effort.seeks_best:
                break
        if best is None:
            self._note("nothing-helped")
        return self._deliver(best or original, original)

    def _without_text(self, original: Version) -> BoardResult:
        """Text may show only once the photo is enhanced. Where there is none: a good picture, and no figures."""
        version = self._read_anew(self._enhanced(), original)
        if sum(map(weight, version.lines)) >= LEAST_FOUND_TEXT:
            return self._deliver(version, original)
        self.candidates = [Candidate(one.method, None, one.seconds) for one in self.candidates]
        self._note("no-text")
        larger = self._enlarged(version.image)
        if larger is not None and not departures(self.photo, larger.image):
            self.candidates.append(Candidate(larger.method, None, self._seconds()))
            version = larger
        return self._deliver(Version(version.method, version.image, is_redrawn=version.is_redrawn), None)

    def _versions(self, original: Version, places: Sequence[Place]) -> Iterator[Version]:
        """Make the candidates, the boldest first, as many as may be tried; the gentlest is always among them."""
        evened = Version("evened", _evened(self.photo))
        bold: list[Callable[[], Version | None]] = [
            lambda: self._redrawn(evened, original, places),
            lambda: self._magnified(evened),
            self._enhanced,
        ]
        left = self.effort.most_tries
        for make in bold:
            if left > 1 and (version := make()) is not None:
                left -= 1
                yield version
        if left:
            yield evened

    def _redrawn(self, evened: Version, original: Version, places: Sequence[Place]) -> Version | None:
        """Enlarge by the network and put back, line by line, what it made worse; None where that is too much."""
        larger = self._enlarged(evened.image)
        if larger is None:
            return None
        read = choose_places(places, self.effort.most_lines)
        kept = keep_lines(self.reader, larger.image, evened.image, original.lines, places, read)
        self._reach(0.65)
        if len(kept.put_back) > MOST_PUT_BACK * len(read):
            self._tried(larger.method, legibility(kept.lines, [original.lines[n] for n in read]))
            return None
        if len(read) < len(places):
            self._note("read-partly")
        return Version(larger.method, kept.image, fallen_back=len(kept.put_back), is_redrawn=True)

    def _enhanced(self) -> Version:
        """Return the photo after all the classical methods."""
        stop_if(self.is_cancelled)
        enhanced = enhance(self.photo)
        if enhanced.is_chalkboard:
            self._note("chalkboard")
        if enhanced.glare > 0:
            self._note("glare")
        return Version("enhanced", enhanced.image)

    def _magnified(self, evened: Version) -> Version | None:
        """Return a small photo enlarged by cubics, where the effort enlarges at all."""
        height, width = self.photo.shape[:2]
        if self.effort.scale < 2 or max(height, width) >= SMALL_SIDE:
            return None
        return Version("bicubic", resized(evened.image, 2 * width, 2 * height))

    def _enlarged(self, image: Image) -> Version | None:
        """Return a picture enlarged by the network; None without one.

        Also where it may see so little of a large photo that its output would be smaller than that.
        """
        stop_if(self.is_cancelled)
        if self.resolver is None:
            return None
        height, width = image.shape[:2]
        most = min(float(self.effort.scale), (MOST_PIXELS / (width * height)) ** 0.5)
        share = min(1.0, self.longest_side / max(height, width))
        grown = share * self.resolver.spec.scale
        if grown < 1:
            return None
        small = resized(image, max(1, round(width * share)), max(1, round(height * share)))
        start, room = self._reached, 0.5 - self._reached
        try:
            large = self.resolver.enlarge(
                small,
                on_progress=lambda done: self._reach(start + room * done),
                is_cancelled=self.is_cancelled,
            )
        except Cancelled:
            raise
        except EngineError:
            logger.exception("The network is left out.")
            self._note("no-network")
            self.resolver = None
            return None
        scale = max(1.0, min(grown, most))
        return Version(
            self.resolver.spec.key,
            resized(large, round(width * scale), round(height * scale)),
            is_redrawn=True,
        )

    def _read_anew(self, version: Version, original: Version) -> Version:
        """Find and read a version as a whole, as nobody had looked at it before, and compare it with the photo."""
        places = self.reader.find(version.image)
        self._reach(self._reached + 0.04)
        read = self._measured(version, self.reader.read(version.image, places), original)
        self._reach(self._reached + 0.06)
        return read

    def _measured(self, version: Version, lines: tuple[ReadLine, ...], original: Version | None) -> Version:
        measured = legibility(lines, original.lines if original else ())
        self._tried(version.method, measured)
        return Version(
            version.method, version.image, lines, measured, version.fallen_back, version.is_redrawn
        )

    def _deliver(self, version: Version, original: Version | None) -> BoardResult:
        """Put the result together, with its marks. ``original`` None: without figures."""
        stop_if(self.is_cancelled)
        marks = departures(self.photo, version.image) if version.image is not self.photo else ()
        if original is not None:
            marks += unsure_lines(original.lines, version.lines, is_redrawn=version.is_redrawn)
        if version.fallen_back:
            self._note("lines-kept")
        if version.image.size > self.photo.size:
            self._note("enlarged")
        if version.is_redrawn and max(self.photo.shape) > self.longest_side:
            self._note("reduced")
        elif not version.is_redrawn and "read-partly" in self.notes:
            self.notes.remove("read-partly")
        self._reach(1.0)
        return BoardResult(
            image=version.image,
            method=version.method,
            before=original.legibility if original is not None else None,
            after=version.legibility if original is not None else None,
            lines=tuple(line for line in version.lines if line.text and line.confidence >= READ),
            candidates=tuple(self.candidates),
            fallen_back=version.fallen_back,
            notes=tuple(self.notes),
            marks=marks,
            seconds=time.monotonic() - self._begun,
        )

    def _tried(self, method: str, measured: Legibility | None) -> None:
        self.candidates.append(Candidate(method, measured, self._seconds()))

    def _note(self, note: Note) -> None:
        if note not in self.notes:
            self.notes.append(note)

    def _reach(self, share: float) -> None:
        """Report progress, which never falls, and stop where the work is no longer wanted."""
        self._reached = max(self._reached, min(share, 1.0))
        self._on_progress(self._reached)
        stop_if(self.is_cancelled)

    def _seconds(self) -> float:
        """Return the seconds since this was last asked."""
        now = time.monotonic()
        passed, self._lap = now - self._lap, now
        return passed


def _evened(photo: Image) -> Image:
    """Even the light out by ``EVENED``: the gentlest method, and what the network is given."""
    return np.asarray(cv2.addWeighted(even_out(photo), EVENED, photo, 1 - EVENED, 0), dtype=np.uint8)
