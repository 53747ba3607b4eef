"""Find and replace over all prompts of a run, looked at before it is done."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from stockgen.models.plan import Prompt
from stockgen.models.prompt_rows import prompts_of
from stockgen.models.prompt_table import PromptTable
from stockgen.models.run import Run
from stockgen.models.run_request import problem_with_prompt


class ReplacementsChanged(Exception):
    """The prompts have changed since the replacements were looked at; nothing was replaced."""


@dataclass(frozen=True)
class Replacement:
    """A prompt in which something was found, and what it becomes.

    ``parts`` are its text in pieces: what stays, what goes behind it, what comes in its place. ``problem`` says why
    the prompt stays as it is; None where it is replaced.
    """

    prompt: Prompt
    after: str
    parts: Sequence[tuple[str, str, str]]
    problem: Any


@dataclass(frozen=True)
class Replacements:
    """What a find and replace would do; ``digest`` marks exactly this."""

    found: Sequence[Replacement]

    @property
    def replaced(self) -> list[Replacement]:
        return [one for one in self.found if one.problem is None]

    @property
    def digest(self) -> str:
        changes = [(one.prompt.pk, one.prompt.text, one.after) for one in self.replaced]
        return hashlib.sha256(json.dumps(changes).encode()).hexdigest()[:16]


def find(run: Run, needle: str, replacement: str, *, match_case: bool = False) -> Replacements:
    """Find a plain text in the prompts that are not dropped. Raises ``ValidationError`` at ``needle`` for none."""
    if not needle:
        raise ValidationError({"needle": _("Write what to look for.")})
    pattern = re.compile(re.escape(needle), 0 if match_case else re.IGNORECASE)
    return Replacements(
        [
            _replacement(prompt, pattern, replacement)
            for prompt in prompts_of(run).filter(is_dropped=False)
            if pattern.search(prompt.text)
        ]
    )


def replace(
    table: PromptTable, needle: str, replacement: str, *, match_case: bool = False, digest: str
) -> list[Prompt]:
    """Replace what :func:`find` found, all at once, and return the changed prompts.

    ``digest`` is that of the replacements that the author looked at: if they would be others by now, it raises
    :class:`ReplacementsChanged` and changes nothing.
    """
    with table.locked():
        found = find(table.run, needle, replacement, match_case=match_case)
        if found.digest != digest:
            raise ReplacementsChanged
        for one in found.replaced:
            table.rewrite(one.prompt, one.after)
    return [one.prompt for one in found.replaced]


def _replacement(prompt: Prompt, pattern: re.Pattern[str], replacement: str) -> Replacement:
    parts, end = [], 0
    for found in pattern.finditer(prompt.text):
        parts.append((prompt.text[end : found.start()], found.group(), replacement))
        end = found.end()
    parts.append((prompt.text[end:], "", ""))
    after = "".join(before + instead for before, _gone, instead in parts).strip()
    if prompt.is_fixed:  # type: ignore[attr-defined]
        problem: Any = _("This prompt has pictures: its text stays. Duplicate it to change the copy.")
    else:
        problem = problem_with_prompt(after)
    return Replacement(prompt, after, parts, problem)
