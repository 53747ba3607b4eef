"""The worked examples of a concept: texts in the form that prompts/README.md describes, parsed when used."""

from __future__ import annotations

import re
from dataclasses import dataclass

from engines.llm.base import Turn

_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
_LABELLED = re.compile(r"([A-Z][A-Za-z ]{0,30}):\s*(.*)")


@dataclass(frozen=True)
class LocationExamples:
    """Lists of good locations, and the question to ask (``{topic}``, ``{details}``).

    ``shown`` are the locations of the turns. ``suitable`` (with those) and ``unsuitable`` tell the concept's kind of
    subject from others; they are not sent.
    """

    turns: tuple[Turn, ...]
    shown: tuple[str, ...]
    suitable: tuple[str, ...]
    unsuitable: tuple[str, ...]
    question: str

    def ask(self, topic: str, details: str) -> str:
        """Return the question for a topic and a part of its description."""
        return fill(self.question, {"topic": topic, "details": details or topic})


@dataclass(frozen=True)
class DescriptionExamples:
    """Described locations, the question to ask, and how an answer's lines become one image prompt."""

    turns: tuple[Turn, ...]
    labels: tuple[str, ...]
    question: str
    pattern: str

    def ask(self, topic: str, location: str) -> str:
        """Return the question for a location of a topic."""
        return fill(self.question, {"topic": topic, "location": location})


@dataclass(frozen=True)
class ProposalExamples:
    """What to name against one reason to reject, the question, and how an answer's line becomes a sentence.

    ``last_resort`` is the sentence where no answer is good enough.
    """

    system: str
    turns: tuple[Turn, ...]
    label: str
    question: str
    pattern: str
    last_resort: str

    def ask(self, topic: str, rejected: str, reason: str) -> str:
        """Return the question for a topic, a detail of its rejected pictures and the reason's name."""
        return fill(self.question, {"topic": topic, "rejected": rejected, "reason": reason})


def parse_location_examples(text: str) -> LocationExamples:
    """Parse ``locations.examples.txt``. Raises ``ValueError`` that says which block is wrong and why."""
    turns: list[Turn] = []
    shown: list[str] = []
    kinds: dict[str, list[str]] = {"suitable": [], "unsuitable": []}
    question = ""
    for block in _blocks(text):
        asked = [line for line in block if not line.startswith("- ")]
        items = [line for line in block if line.startswith("- ")]
        names = [item[2:].strip() for item in items]
        if not items:
            question = "\n".join(asked)
        elif asked and (kind := asked[0].rstrip(":").lower()) in kinds:
            kinds[kind] += names
        elif not asked or block[: len(asked)] != asked:
            raise ValueError(
                f"The worked example “{block[0]}” is not a question followed by lines with “- ”."
            )
        else:
            turns.append(Turn("\n".join(asked), "\n".join(items)))
            shown += names
    if not turns:
        raise ValueError("The worked examples for locations hold no block with lines that begin with “- ”.")
    if "{topic}" not in question:
        raise ValueError("The worked examples for locations must end with a question that holds {topic}.")
    suitable = tuple(shown + kinds["suitable"])
    return LocationExamples(tuple(turns), tuple(shown), suitable, tuple(kinds["unsuitable"]), question)


def parse_description_examples(text: str) -> DescriptionExamples:
    """Parse ``descriptions.examples.txt``. Raises ``ValueError`` that says which block is wrong and why."""
    *described, asked = _blocks(text) or [[]]
    pattern = next((line.partition(":")[2].strip() for line in asked if line.startswith("Prompt:")), "")
    question = [line for line in asked if not line.startswith("Prompt:")]
    labels = [name for name in _PLACEHOLDER.findall(pattern) if name not in {"location", "topic"}]
    if "{location}" not in "\n".join(question) or "{location}" not in pattern or not labels:
        raise ValueError(
            "The worked examples for descriptions must end with a question that holds {location} and a line "
            "“Prompt: …” that holds {location} and the names of the answer's lines."
        )
    turns = []
    for block in described:
        names = [found.group(1).lower() if (found := _LABELLED.fullmatch(line)) else "" for line in block]
        if names[-len(labels) :] != labels or len(block) <= len(labels):
            raise ValueError(
                f"The worked example “{block[0]}” does not end with the lines {', '.join(labels)}, in this order."
            )
        turns.append(Turn("\n".join(block[: -len(labels)]), "\n".join(block[-len(labels) :])))
    if not turns:
        raise ValueError("The worked examples for descriptions hold no described location.")
    return DescriptionExamples(tuple(turns), tuple(labels), "\n".join(question), pattern)


def parse_proposal_examples(text: str, system: str) -> ProposalExamples:
    """Parse a file of ``prompts/proposals/``. Raises ``ValueError`` that says which block is wrong and why."""
    *answered, asked = _blocks(text) or [[]]
    given = {"Sentence": "", "Last resort": ""}
    question = []
    for line in asked:
        name, _, rest = line.partition(":")
        if name in given:
            given[name] = rest.strip()
        else:
            question.append(line)
    pattern, last_resort = given["Sentence"], given["Last resort"]
    labels = [name for name in _PLACEHOLDER.findall(pattern) if name not in {"topic", "reason"}]
    if "{topic}" not in "\n".join(question) or len(labels) != 1 or not last_resort:
        raise ValueError(
            "The worked examples for proposals must end with a question that holds {topic}, a line “Sentence: …” that "
            "holds the name of the answer's line, and a line “Last resort: …”."
        )
    turns = []
    for block in answered:
        found = _LABELLED.fullmatch(block[-1])
        if len(block) < 2 or found is None or found.group(1).lower() != labels[0]:
            raise ValueError(f"The worked example “{block[0]}” does not end with the line {labels[0]}.")
        turns.append(Turn("\n".join(block[:-1]), block[-1]))
    if not turns:
        raise ValueError("The worked examples for proposals hold no answer.")
    return ProposalExamples(system, tuple(turns), labels[0], "\n".join(question), pattern, last_resort)


def parse_labelled(answer: str, labels: tuple[str, ...]) -> dict[str, str] | None:
    """Return the answer's lines by label, or None unless it holds every label once and nothing else."""
    found: dict[str, str] = {}
    for line in filter(None, (line.strip() for line in answer.splitlines())):
        match = _LABELLED.fullmatch(line)
        label = match.group(1).lower() if match else ""
        if match is None or label not in labels or label in found:
            return None
        found[label] = match.group(2).strip()
    return found if len(found) == len(labels) else None


def fill(pattern: str, values: dict[str, str]) -> str:
    """Put the values in the place of their ``{names}``; other braces stay as they are."""
    return _PLACEHOLDER.sub(lambda match: values.get(match.group(1), match.group(0)), pattern)


def _blocks(text: str) -> list[list[str]]:
    kept = "\n".join(line.strip() for line in text.splitlines() if not line.lstrip().startswith("#"))
    return [block.splitlines() for block in re.split(r"\n{2,}", kept.strip()) if block.strip()]
