"""The worker's part of a dry run: locations and prompts from the saved and from the unsaved text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engines.callbacks import OnProgress
from engines.embedding import TextEmbedder
from engines.llm.base import LanguageModel
from engines.planning.descriptions import write_prompts
from engines.planning.locations import propose_locations
from jobs.worker import Work
from stockgen.models import DryRun, Step
from stockgen.models.dry_run import ClaimLost, Side
from stockgen.work.models import language_model, text_embedder
from stockgen.work.planning import STEP_SECONDS


def dry_run(dry_runs: list[DryRun], work: Work) -> None:
    """Answer a dry run, the locations of each side first. What was stored before a crash is asked for again."""
    [job] = dry_runs
    work.lease_seconds = max(work.lease_seconds, STEP_SECONDS)
    try:
        job.note({})
        result = _Answers(job, language_model(job.language_model, work), text_embedder(), work).find()
    except ClaimLost:
        return
    job.succeed(result=result)


class _Answers:
    """What is known so far, stored after each step.

    A text for locations gives each side locations of its own, and one prompt for a location on both sides; a text for
    descriptions gives both sides the same locations, so that only the prompts differ.
    """

    def __init__(self, job: DryRun, llm: LanguageModel, embedder: TextEmbedder, work: Work) -> None:
        self._job = job
        self._llm = llm
        self._embedder = embedder
        self._work = work
        self._result: dict[str, Any] = {}
        self._questions = 1 + len(job.sides)
        self._asked = 0

    def find(self) -> dict[str, Any]:
        """Return the whole result. Raises :class:`ClaimLost`, and ``Cancelled`` from the engines."""
        digest = self._job.digest("saved", revision=self._llm.revision)
        if known := DryRun.objects.answered(digest):
            # The designer tries text after text against the same saved one.
            self._result["saved"] = known
            self._asked = 1 if self._job.step == Step.LOCATIONS else 2
            self._job.note(self._result)
        for side in self._job.sides:
            if side not in self._result:
                self._result[side] = {"locations": self._locations(side)}
                self._job.note(self._result)
        if self._job.step == Step.LOCATIONS:
            self._write(self._job.sides)
        else:
            for side in self._job.sides:
                self._write([side])
        self._result["saved"]["digest"] = digest
        return self._result

    def _locations(self, side: Side) -> list[dict[str, Any]]:
        if side == "unsaved" and self._job.step == Step.DESCRIPTIONS:
            return [{"text": location["text"]} for location in self._result["saved"]["locations"]]
        found = propose_locations(
            self._llm, self._embedder, self._job.brief(side), self._job.location_count,
            seed=self._job.seed, on_progress=self._next_question(), is_cancelled=self._work.is_over,
        )  # fmt: skip
        return [{"text": text} for text in found.locations]

    def _write(self, sides: Sequence[Side]) -> None:
        """Write what is missing on sides that share the text for descriptions; a location on both, once."""
        written = {
            location["text"]: location
            for side in sides
            for location in self._result[side]["locations"]
            if "prompts" in location
        }
        missing = [
            location
            for side in sides
            for location in self._result[side]["locations"]
            if "prompts" not in location
        ]
        for location in missing:
            location.update(written.get(location["text"], {}))
        texts = dict.fromkeys(location["text"] for location in missing if "prompts" not in location)
        if not texts:
            return
        answers = write_prompts(
            self._llm, self._embedder, self._job.brief(sides[0]), list(texts), self._job.prompts_per_location,
            seed=self._job.seed, on_progress=self._next_question(), is_cancelled=self._work.is_over,
        )  # fmt: skip
        for answer in answers:
            for location in missing:
                if location["text"] == answer.location:
                    location.update(prompts=list(answer.prompts), from_pattern=answer.from_pattern)
            self._job.note(self._result)

    def _next_question(self) -> OnProgress:
        """Return what turns the share of one question to the model into the share of all, and says it is alive."""
        begun = self._asked
        self._asked += 1
        # Said at once: the first answer may take seconds.
        self._work.beat(begun / self._questions, seconds=self._work.lease_seconds)
        return lambda share: self._work.beat((begun + share) / self._questions)
