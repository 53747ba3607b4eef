"""From a photo of a board to the most legible picture of it: candidates, the gate between them, and the marks."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import replace
from itertools import chain, islice
from typing import Protocol

from engines.boards import consensus
from engines.boards.blending import resized
from engines.boards.candidates import Version, evened, magnified, softened
from engines.boards.efforts import Effort
from engines.boards.enhancing import enhance
from engines.boards.gate import LineReader, choose_places, keep_lines
from engines.boards.legibility import READ, legibility, stands_up, weight
from engines.boards.marks import departures, unsure_lines
from engines.boards.reading import Place
from engines.boards.results import BoardResult, Candidate, Image, Legibility, Note, ReadLine
from engines.boards.witness import Hearing, Witness
from engines.callbacks import IsCancelled, OnProgress, ignore_progress, never_cancelled, stop_if
from engines.errors import Cancelled, EngineError
from engines.specs import SuperResolutionSpec

logger = logging.getLogger(__name__)

MOST_PIXELS = 16_000_000
"""A result is enlarged less rather than to more pixels than this."""

LEAST_TEXT, LEAST_FOUND_TEXT = 0.5, 2.0
"""Right words that must be expected for a photo, or one whose text only shows when enhanced, to pass for a board."""

LEAST_GAIN, LEAST_SHARE = 1.0, 0.02
"""Words, and words for each point of the photo's score, that a result must gain by the reader where it judges alone.

Less than that is chance: a reader changes a word in fifty for noise that nobody sees.
"""

MOST_PUT_BACK = 0.5
"""Where more than this share of the lines had to be put back, the rest is not worth the patchwork."""


class Reader(LineReader, Protocol):
    """What finds lines and reads them: :class:`engines.boards.reading.BoardReader`."""

    def find(self, image: Image) -> tuple[Place, ...]: ...

    def suited_to(self, photo: Image, places: Sequence[Place]) -> Reader:
        """Return what reads this photo, and every picture made of it, by the letters it is written in."""
        ...


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


class BoardPipeline:
    """The whole way of a photo. ``resolver`` None: no network, whatever the effort; ``witness`` None: one reader only.

    ``longest_side`` bounds what goes through the network, in pixels.
    """

    def __init__(
        self,
        *,
        reader: Reader,
        resolver: Enlarger | None,
        longest_side: int,
        witness: Witness | None = None,
    ) -> None:
        self.reader = reader
        self.resolver = resolver
        self.longest_side = longest_side
        self.witness = witness

    def run(
        self,
        image: Image,
        effort: Effort,
        on_progress: OnProgress = ignore_progress,
        is_cancelled: IsCancelled = never_cancelled,
    ) -> BoardResult:
        """Make a board legible with as much as ``effort`` allows.

        What is delivered never reads worse than the photo, both found and read anew as a whole by the same reader;
        where the effort asks a witness, no worse by either of the two, and clearly better by both together
        (:mod:`engines.boards.consensus`). It is never smaller. Where no method helps or may be tried it is the photo
        itself. A network that cannot run is left out, as is a witness that fails. Raises
        :class:`engines.errors.Cancelled`.
        """
        with Hearing(self.witness if effort.asks_witness else None) as hearing:
            return _Run(self, image, effort, hearing, on_progress, is_cancelled).result()


class _Run:
    """One photo on its way."""

    def __init__(
        self,
        pipeline: BoardPipeline,
        photo: Image,
        effort: Effort,
        hearing: Hearing,
        on_progress: OnProgress,
        is_cancelled: IsCancelled,
    ) -> None:
        self.reader = pipeline.reader
        self.resolver = pipeline.resolver if effort.super_resolution else None
        self.longest_side = pipeline.longest_side
        self.hearing = hearing
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
        self.reader = self.reader.suited_to(self.photo, places)
        self._reach(0.1)
        original = self._measured(original, self.reader.read(self.photo, places), None)
        self._reach(0.25)
        if sum(map(weight, original.lines)) < LEAST_TEXT:
            return self._without_text(original)
        if self.effort.most_tries == 0:
            self._note("only-read")
            return self._deliver(original, original)
        return self._deliver_best(self._tried_anew(original, places), original)

    def _without_text(self, original: Version) -> BoardResult:
        """Text may show only once the photo is enhanced. Where there is none: a good picture, and no figures."""
        version = self._read_anew(self._enhanced(), original)
        if sum(map(weight, version.lines)) >= LEAST_FOUND_TEXT:
            return self._deliver_best([version], original)
        self.candidates = [Candidate(one.method, None, one.seconds) for one in self.candidates]
        self._note("no-text")
        versions = [version]
        larger = self._enlarged(version.image)
        if larger is not None and not departures(self.photo, larger.image):
            self.candidates.append(Candidate(larger.method, None, self._seconds()))
            versions.insert(0, larger)
        best = next((one for one in versions if self._is_no_worse(one, original)), original)
        return self._deliver(replace(best, lines=(), legibility=None), None)

    def _tried_anew(self, original: Version, places: Sequence[Place]) -> Iterator[Version]:
        """Make candidates, the boldest first and no more than are asked for, and read each as a whole."""
        gentle = evened(self.photo)
        bold = islice(self._bold(gentle, original, places), self.effort.most_tries - 1)
        for version in chain(bold, (gentle,)):
            yield self._read_anew(version, original)

    def _bold(self, gentle: Version, original: Version, places: Sequence[Place]) -> Iterator[Version]:
        """Make all the candidates but the gentlest, the boldest first."""
        redrawn = self._redrawn(gentle, original, places)
        if redrawn is not None:
            yield redrawn
            yield softened(redrawn, gentle)
        # Twice its size, where the effort enlarges at all.
        larger = magnified(gentle) if self.effort.scale >= 2 else None
        if larger is not None:
            yield larger
        yield self._enhanced()

    def _redrawn(self, gentle: Version, original: Version, places: Sequence[Place]) -> Version | None:
        """Enlarge by the network and put back, line by line, what it made worse.

        Where that is too much, it is all or nothing: the picture as it is for two readers to judge, None for one.
        """
        larger = self._enlarged(gentle.image)
        if larger is None:
            return None
        read = choose_places(places, self.effort.most_lines)
        kept = keep_lines(self.reader, larger.image, gentle.image, original.lines, places, read)
        self._reach(0.65)
        if len(kept.put_back) > MOST_PUT_BACK * len(read):
            if self.hearing.is_on:
                return larger
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
        self._reach(self._reached + 0.02)
        read = self._measured(version, self.reader.read(version.image, places), original)
        self._reach(self._reached + 0.04)
        return read

    def _measured(self, version: Version, lines: tuple[ReadLine, ...], original: Version | None) -> Version:
        measured = legibility(lines, original.lines if original else ())
        self._tried(version.method, measured)
        return replace(version, lines=lines, legibility=measured)

    def _deliver_best(self, versions: Iterable[Version], original: Version) -> BoardResult:
        """Deliver the best of these, or the first that is good enough where the effort seeks no more, or the photo."""
        tried, told = [original], [self.hearing.ask(self.photo)]
        best, judged = 0, tried
        for version in versions:
            tried.append(version)
            told.append(self.hearing.ask(version.image))
            if not self.effort.seeks_best:
                best, judged = self._best(tried, told)
                if best > 0:
                    break
        if self.effort.seeks_best:
            best, judged = self._best(tried, told)
        if best == 0:
            self._note("nothing-helped")
        if judged is not tried:
            figures = {version.method: version.legibility for version in judged}
            self.candidates = [replace(one, legibility=figures.get(one.method)) for one in self.candidates]
        return self._deliver(judged[best], judged[0])

    def _best(
        self, tried: list[Version], told: Sequence[Future[tuple[str, ...] | None]]
    ) -> tuple[int, list[Version]]:
        """Return which version is the best, 0 being the photo, by both readers or by the one that there is.

        And the versions with the figures by which it is: those of both readers, or as they are.
        """
        heard = self._heard(told)
        if len(heard) < len(tried):
            return _best_by_score(
                tried, least=_least_gain(tried[0]) if self.effort.asks_witness else 0.0
            ), tried
        counts = consensus.counted(_readings(tried, heard))
        return consensus.best(counts), [
            _counted(version, count) for version, count in zip(tried, counts, strict=True)
        ]

    def _is_no_worse(self, version: Version, original: Version) -> bool:
        """Tell whether neither reader, where there are two, finds less than in the photo."""
        heard = self._heard([self.hearing.ask(image) for image in (self.photo, version.image)])
        if len(heard) < 2:
            return True
        photo, count = consensus.counted(_readings([original, version], heard))
        return count.is_no_worse(photo)

    def _heard(self, told: Sequence[Future[tuple[str, ...] | None]]) -> list[tuple[str, ...]]:
        """Wait for what the witness reads, and return it without what it did not."""
        heard = []
        for one in told:
            words = one.result()
            self._reach(self._reached + 0.005)
            if words is not None:
                heard.append(words)
        self._seconds()  # what that took counts for no candidate
        return heard

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


def _least_gain(original: Version) -> float:
    """Return from what gain on a version is more than chance by one reader."""
    return LEAST_GAIN + LEAST_SHARE * original.score


def _best_by_score(tried: Sequence[Version], *, least: float) -> int:
    """Return the version with the highest score of those that stand up and gain ``least``; else 0, the photo."""
    photo = tried[0]
    good = [
        place
        for place, one in enumerate(tried[1:], start=1)
        if stands_up(photo.lines, one.lines) and one.score - photo.score >= least
    ]
    return max(good, key=lambda place: tried[place].score, default=0)


def _readings(tried: Sequence[Version], told: Sequence[tuple[str, ...]]) -> list[consensus.Reading]:
    return [consensus.Reading.of(one.lines, words, one.score) for one, words in zip(tried, told, strict=True)]


def _counted(version: Version, count: consensus.Count) -> Version:
    """Put what both readers found in the place of what the first one's confidence promised."""
    assert version.legibility is not None
    return replace(
        version, legibility=replace(version.legibility, score=count.score, words=math.ceil(count.score))
    )
