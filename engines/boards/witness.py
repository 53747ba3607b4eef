"""A second reader, of another make, that reads the photo and all that was made of it, each as a whole.

What its words and the first reader's say of the pictures together is told by ``consensus``.
"""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Protocol, Self

import cv2

from engines.boards.blending import resized
from engines.boards.confined import kill_group
from engines.boards.results import Image
from engines.errors import EngineError, ModelUnavailable

logger = logging.getLogger(__name__)

WISHES = ("auto", "none", "tesseract")
"""What may be wished for: whatever is installed, nobody, or a certain program."""

PROGRAM = "tesseract"
LANGUAGES = ("eng", "rus")
"""The languages wanted; those of them that are installed are used."""

ANYWHERE = "11"
"""tesseract's page mode for text somewhere on a picture, in no order, as it stands on boards."""

LONGEST_SIDE = 2500
"""Pixels: a larger picture is reduced before it is read."""

SECONDS = 30.0
"""The most that one reading may take by the clock."""

KEPT_VARIABLES = ("PATH", "LD_LIBRARY_PATH", "TESSDATA_PREFIX")
"""All that the program sees of the environment: where it, its libraries and its languages are."""


class Witness(Protocol):
    """What reads a whole picture, RGB uint8, and returns its lines of text. May raise whatever goes wrong."""

    @property
    def name(self) -> str: ...

    def read(self, image: Image) -> tuple[str, ...]: ...


class Hearing:
    """Has a witness read pictures beside other work, one after the other, for as long as the block of ``with`` takes.

    A witness that fails is asked no more, and the log says so. None: there is no witness.
    """

    def __init__(self, witness: Witness | None) -> None:
        self._witness = witness
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="witness")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    @property
    def is_on(self) -> bool:
        """Tell whether there is a witness that has not failed yet."""
        return self._witness is not None

    def ask(self, image: Image) -> Future[tuple[str, ...] | None]:
        """Have a picture read; the result is None where nobody could."""
        if self._witness is None:
            nothing: Future[tuple[str, ...] | None] = Future()
            nothing.set_result(None)
            return nothing
        return self._pool.submit(self._read, image)

    def _read(self, image: Image) -> tuple[str, ...] | None:
        if self._witness is None:
            return None
        try:
            return self._witness.read(image)
        except Exception:
            logger.exception("The second reader, %s, is left out.", self._witness.name)
            self._witness = None
            return None


class WitnessFailed(EngineError):
    """A second reader gave no answer: it could not be run, broke down, or took too long."""


class TesseractWitness:
    """The program tesseract (https://github.com/tesseract-ocr/tesseract), a process for each reading, on one core.

    ``languages`` are its own names of languages, ``seconds`` the most that a reading may take. The same picture always
    reads the same.
    """

    name = PROGRAM

    def __init__(self, program: str, languages: Sequence[str], *, seconds: float = SECONDS) -> None:
        self.languages = tuple(languages)
        self._program = program
        self._seconds = seconds

    @classmethod
    def find(cls) -> TesseractWitness:
        """Return it with those of ``LANGUAGES`` that are installed.

        Raises :class:`ModelUnavailable` where the program is not on the PATH, does not start, or has none of them.
        """
        program = shutil.which(PROGRAM)
        if program is None:
            raise ModelUnavailable(PROGRAM, "the PATH", _INSTALL)
        try:
            listed = _run([program, "--list-langs"], SECONDS)
        except WitnessFailed as error:
            raise ModelUnavailable(PROGRAM, program, f"{error} {_INSTALL}") from error
        languages = [language for language in LANGUAGES if language in listed.split()]
        if not languages:
            raise ModelUnavailable(PROGRAM, program, f"It has none of {', '.join(LANGUAGES)}. {_INSTALL}")
        return cls(program, languages)

    def read(self, image: Image) -> tuple[str, ...]:
        """Return the lines of a picture, RGB uint8 of any size, in no particular order.

        Takes about a second for a board. Raises :class:`WitnessFailed`.
        """
        height, width = image.shape[:2]
        share = min(1.0, LONGEST_SIDE / max(height, width))
        small = resized(image, max(1, round(width * share)), max(1, round(height * share)))
        _, png = cv2.imencode(
            ".png", cv2.cvtColor(small, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_PNG_COMPRESSION, 1]
        )
        with tempfile.TemporaryDirectory(prefix="board-") as folder:
            file = Path(folder, "board.png")
            file.write_bytes(png.tobytes())
            command = [
                *(self._program, str(file), "stdout"),
                *("-l", "+".join(self.languages), "--psm", ANYWHERE),
            ]
            told = _run(command, self._seconds)
        return tuple(line.strip() for line in told.splitlines() if line.strip())


_INSTALL = "Install it: apt install tesseract-ocr tesseract-ocr-eng tesseract-ocr-rus."


def find_witness(wish: str) -> Witness | None:
    """Return the second reader wished for, one of ``WISHES``; None for "none", and for "auto" where none can be used.

    Raises :class:`ModelUnavailable` where a certain one is wished for and cannot be used.
    """
    if wish not in WISHES:
        raise ValueError(f"There is no second reader “{wish}”. There are: {', '.join(WISHES)}.")
    if wish == "none" or (wish == "auto" and shutil.which(PROGRAM) is None):
        return None
    try:
        return TesseractWitness.find()
    except ModelUnavailable as error:
        if wish != "auto":
            raise
        logger.warning("Boards are read by one reader only. %s", error)
        return None


def _run(command: Sequence[str], seconds: float) -> str:
    """Run a program and return what it prints. It and all that it started are killed after ``seconds``."""
    kept = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    try:
        with subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env={**kept, "LANG": "C.UTF-8", "OMP_THREAD_LIMIT": "1"}, start_new_session=True,
        ) as child:  # fmt: skip
            try:
                output, errors = child.communicate(timeout=seconds)
            except (
                BaseException
            ):  # also an interrupt from the keyboard, which a session of its own does not get
                kill_group(child)
                raise
    except subprocess.TimeoutExpired:
        raise WitnessFailed(f"{PROGRAM} took longer than {seconds:g} seconds.") from None
    except OSError as error:
        raise WitnessFailed(f"{PROGRAM} cannot be run: {error.strerror or error}.") from error
    if child.returncode != 0:
        said = errors.decode(errors="replace").strip()[-500:]
        raise WitnessFailed(f"{PROGRAM} ended with {child.returncode}: {said or 'it said nothing'}.")
    return output.decode(errors="replace")
