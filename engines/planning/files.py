"""Read the plain text files of ``prompts/`` (see prompts/README.md)."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engines.planning.brief import ConceptBrief
from engines.planning.examples import ProposalExamples, parse_proposal_examples
from engines.planning.systems import STEPS, PlanningStep

OTHER_REASONS = "other"
"""The worked examples of proposals for reasons that have none of their own."""


@dataclass(frozen=True, kw_only=True)
class TopicSeed:
    """A topic as a fresh installation gets it."""

    key: str
    name: str
    name_ru: str
    description: str


@dataclass(frozen=True, kw_only=True)
class ConceptSeed:
    """A concept as a fresh installation gets it: ``share`` is its per cent of the stock, ``brief`` its texts."""

    brief: ConceptBrief
    name_ru: str
    position: int
    share: int
    subject: str
    subject_ru: str


@dataclass(frozen=True, kw_only=True)
class ReasonSeed:
    """A reason to reject a picture: ``position`` is the digit that chooses it, 1 to 9."""

    key: str
    name: str
    name_ru: str
    position: int


@dataclass(frozen=True, kw_only=True)
class AdditionSeed:
    """What a topic adds to one system prompt of a concept in a fresh installation; both by their keys."""

    topic: str
    concept: str
    step: PlanningStep
    text: str


def load_concept(folder: Path) -> ConceptBrief:
    """Return the texts of one concept's folder. Raises ``ValueError`` that names the file and what it lacks."""
    return _concept(folder).brief


def load_concepts(prompts_dir: Path) -> list[ConceptSeed]:
    """Return the concepts of all folders that hold a ``concept.toml``, by their position."""
    folders = [file.parent for file in sorted(prompts_dir.glob("*/concept.toml"))]
    if not folders:
        raise ValueError(f"{prompts_dir} holds no folder with a concept.toml.")
    return sorted((_concept(folder) for folder in folders), key=lambda concept: concept.position)


def load_topics(prompts_dir: Path) -> list[TopicSeed]:
    """Return the topics of ``topics.toml`` in their order. Keys and names are distinct."""
    file = prompts_dir / "topics.toml"
    entries = _toml(file).get("topic", [])
    topics = [
        TopicSeed(
            key=_field(entry, "key", file),
            name=_field(entry, "name", file),
            name_ru=_field(entry, "name_ru", file),
            description=_field(entry, "description", file),
        )
        for entry in entries
    ]
    if not topics:
        raise ValueError(f"{file} holds no [[topic]].")
    _refuse_twins(topics, file)
    return topics


def load_reasons(prompts_dir: Path) -> list[ReasonSeed]:
    """Return the reasons of ``reasons.toml``, at most nine, by their digit. Keys and names are distinct."""
    file = prompts_dir / "reasons.toml"
    entries = _toml(file).get("reason", [])
    if not 1 <= len(entries) <= 9:
        raise ValueError(f"{file} holds {len(entries)} [[reason]]; there are digits for 1 to 9.")
    reasons = [
        ReasonSeed(
            key=_field(entry, "key", file),
            name=_field(entry, "name", file),
            name_ru=_field(entry, "name_ru", file),
            position=position,
        )
        for position, entry in enumerate(entries, start=1)
    ]
    _refuse_twins(reasons, file)
    return reasons


def load_additions(prompts_dir: Path) -> list[AdditionSeed]:
    """Return the additions of ``additions.toml`` in their order; none where there is no such file.

    Raises ``ValueError`` that names what is unknown (a topic, a concept, a step), twice or empty.
    """
    file = prompts_dir / "additions.toml"
    if not file.exists():
        return []
    topics = {topic.key for topic in load_topics(prompts_dir)}
    concepts = {concept.brief.key for concept in load_concepts(prompts_dir)}
    additions = []
    for topic, cells in _toml(file).items():
        _refuse_unknown("topic", topic, topics, file)
        for concept, texts in _table(cells, topic, file).items():
            _refuse_unknown("concept", concept, concepts, file)
            name = f"{topic}.{concept}"
            for step in _table(texts, name, file):
                _refuse_unknown("step", step, STEPS, file)
            additions += [
                AdditionSeed(
                    topic=topic, concept=concept, step=step, text=_field(texts, step, file, of=f"[{name}]")
                )
                for step in STEPS
                if step in texts
            ]
    return additions


def load_proposal_examples(prompts_dir: Path) -> dict[str, ProposalExamples]:
    """Return the worked examples of ``proposals/`` by the reason's key; those for other reasons as ``"other"``."""
    folder = prompts_dir / "proposals"
    system = _text(folder / "system.txt")
    files = sorted(folder.glob("*.examples.txt"))
    found = {}
    for file in files:
        try:
            found[file.name.removesuffix(".examples.txt")] = parse_proposal_examples(_text(file), system)
        except ValueError as error:
            raise ValueError(f"{file}: {error}") from error
    if OTHER_REASONS not in found:
        raise ValueError(f"{folder} holds no {OTHER_REASONS}.examples.txt.")
    return found


def _table(value: Any, name: str, file: Path) -> dict[str, Any]:
    if isinstance(value, dict):
        return value
    raise ValueError(f"{file}: “{name}” is no table; write [topic.concept] above the texts.")


def _refuse_unknown(kind: str, key: str, known: Collection[str], file: Path) -> None:
    if key not in known:
        raise ValueError(f"{file}: there is no {kind} “{key}”; there are {', '.join(sorted(known))}.")


def _refuse_twins(seeds: Sequence[TopicSeed | ReasonSeed], file: Path) -> None:
    for values in ([seed.key for seed in seeds], [seed.name for seed in seeds]):
        twice = {value for value in values if values.count(value) > 1}
        if twice:
            raise ValueError(f"{file} uses {', '.join(sorted(twice))} twice.")


def _concept(folder: Path) -> ConceptSeed:
    file = folder / "concept.toml"
    entry = _toml(file)
    brief = ConceptBrief(
        key=_field(entry, "key", file),
        name=_field(entry, "name", file),
        locations_system=_text(folder / "locations.system.txt"),
        locations_examples=_text(folder / "locations.examples.txt"),
        descriptions_system=_text(folder / "descriptions.system.txt"),
        descriptions_examples=_text(folder / "descriptions.examples.txt"),
        negative_prompt=str(entry.get("negative_prompt", "")),
    )
    share = entry.get("share", 0)
    position = entry.get("position", 0)
    if not isinstance(share, int) or not 0 <= share <= 100:
        raise ValueError(f"{file}: “share” is {share!r}; it is a whole number of per cent, 0 to 100.")
    if not isinstance(position, int) or position < 0:
        raise ValueError(f"{file}: “position” is {position!r}; it is a whole number from 0 on.")
    return ConceptSeed(
        brief=brief,
        name_ru=_field(entry, "name_ru", file),
        position=position,
        share=share,
        subject=_field(entry, "subject", file),
        subject_ru=_field(entry, "subject_ru", file),
    )


def _toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ValueError(f"{file} cannot be read: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{file} is not valid TOML: {error}") from error


def _field(entry: dict[str, Any], name: str, file: Path, of: str = "") -> str:
    value = entry.get(name)
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{file}: “{name}”{of and f' of {of}'} is missing or empty.")
    return value.strip()


def _text(file: Path) -> str:
    try:
        text = file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{file} cannot be read as text: {error}") from error
    if not text:
        raise ValueError(f"{file} is empty.")
    return text
