"""Replace the prompts of a planned run as a whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from stockgen.models.plan import Location, Prompt
from stockgen.models.prompt_rows import prompts_of, revision_of
from stockgen.models.prompt_table import MOST_PROMPTS, PromptTable, checked_location
from stockgen.models.run_request import checked_prompt


class ListOutdated(Exception):
    """The prompts have changed since the list was read; nothing was stored."""

    def __init__(self) -> None:
        super().__init__(_("The prompts have changed since you read them. Read them again."))


@dataclass(frozen=True)
class PromptEntry:
    """A prompt as it should be; without a key it is added."""

    text: str
    pk: int | None = None
    is_dropped: bool = False


@dataclass(frozen=True)
class LocationEntry:
    """A location as it should be, with its prompts in their order; without a key it is added."""

    text: str
    prompts: Sequence[PromptEntry]
    pk: int | None = None


def replace_list(
    table: PromptTable,
    locations: Sequence[LocationEntry],
    unplaced: Sequence[PromptEntry] = (),
    *,
    revision: str,
) -> None:
    """Make the run's locations and prompts those of a list; what the list leaves out is dropped, never deleted.

    ``unplaced`` are the prompts without a location; ``revision`` is that of the list that the author read. Raises
    :class:`ListOutdated`, ``WrongState`` as the verbs of the table do, and ``ValidationError`` with a message at each
    wrong field (``locations.0.prompts.2.text``); then nothing is stored.
    """
    with table.locked():
        if revision_of(table.run) != revision:
            raise ListOutdated
        replacement = _Replacement(table)
        for index, entry in enumerate(locations):
            replacement.check_location(f"locations.{index}", entry)
        for path, prompt in _paths("prompts", unplaced):
            replacement.check_prompt(path, prompt, None)
        if replacement.size > MOST_PROMPTS:
            replacement.errors["__all__"] = _("A run has at most %(most)d prompts.") % {"most": MOST_PROMPTS}
        if replacement.errors:
            raise ValidationError(replacement.errors)
        replacement.store(locations, unplaced)


class _Replacement:
    """A list that is held against what the run has, and stored once nothing is wrong with it."""

    def __init__(self, table: PromptTable) -> None:
        self.table = table
        self.prompts: dict[int, Any] = {prompt.pk: prompt for prompt in prompts_of(table.run)}
        self.locations = {location.pk: location for location in table.run.locations.all()}
        self.errors: dict[str, Any] = {}
        self.size = len(self.prompts)
        self._named: set[tuple[type, int]] = set()

    def check_location(self, path: str, entry: LocationEntry) -> None:
        """Note what is wrong with a location and its prompts."""
        known = self._known(path, entry.pk, self.locations, Location)
        self._check(f"{path}.text", checked_location, entry.text)
        if known is not None and entry.text != known.text and self._has_pictures(known):
            self.errors[f"{path}.text"] = _("There are pictures of this location: its name stays.")
        for prompt_path, prompt in _paths(f"{path}.prompts", entry.prompts):
            self.check_prompt(prompt_path, prompt, entry.pk)

    def check_prompt(self, path: str, entry: PromptEntry, location: int | None) -> None:
        """Note what is wrong with a prompt."""
        known = self._known(path, entry.pk, self.prompts, Prompt)
        self.size += entry.pk is None
        if known is not None and known.location_id != location:
            self.errors[f"{path}.id"] = _("A prompt stays at its location.")
        elif known is None or entry.text != known.text:
            self._check(f"{path}.text", checked_prompt, entry.text)
            if known is not None and known.is_fixed:
                self.errors[f"{path}.text"] = _("This prompt has pictures: its text stays.")

    def store(self, locations: Sequence[LocationEntry], unplaced: Sequence[PromptEntry]) -> None:
        """Store the list."""
        for position, entry in enumerate(locations):
            location = self.locations.get(entry.pk or 0) or Location(run=self.table.run)
            location.text, location.position = checked_location(entry.text), position
            location.save()
            self._store_prompts(entry.prompts, location)
        self._store_prompts(unplaced, None)
        left_out = [pk for pk in self.prompts if (Prompt, pk) not in self._named]
        Prompt.objects.filter(pk__in=left_out).update(is_dropped=True)

    def _store_prompts(self, entries: Sequence[PromptEntry], location: Location | None) -> None:
        for position, entry in enumerate(entries):
            if entry.pk is None:
                prompt = self.table.create(location, checked_prompt(entry.text), position)
            else:
                prompt = self.prompts[entry.pk]
                if entry.text != prompt.text:
                    self.table.rewrite(prompt, checked_prompt(entry.text))
            prompt.position, prompt.is_dropped = position, entry.is_dropped
            prompt.save(update_fields=["position", "is_dropped"])

    def _known(self, path: str, pk: int | None, rows: dict[int, Any], model: type) -> Any:
        if pk is None:
            return None
        if pk not in rows:
            self.errors[f"{path}.id"] = _("This run has none of this id.")
        elif (model, pk) in self._named:
            self.errors[f"{path}.id"] = _("This id stands in the list twice.")
        self._named.add((model, pk))
        return rows.get(pk)

    def _has_pictures(self, location: Location) -> bool:
        return any(prompt.is_fixed for prompt in self.prompts.values() if prompt.location_id == location.pk)

    def _check(self, path: str, check: Callable[[str], str], text: str) -> None:
        try:
            check(text)
        except ValidationError as error:
            self.errors[path] = error.messages


def _paths(path: str, prompts: Sequence[PromptEntry]) -> Iterator[tuple[str, PromptEntry]]:
    return ((f"{path}.{index}", prompt) for index, prompt in enumerate(prompts))
