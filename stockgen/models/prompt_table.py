"""What people do to the prompts of a planned run before they are rendered."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Max
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from jobs.models import WrongState
from stockgen.campaigns.waking import wake_cells
from stockgen.models.plan import Location, Prompt
from stockgen.models.prompt_rows import prompts_of, why_closed
from stockgen.models.run import Run
from stockgen.models.run_request import checked_prompt

MOST_PROMPTS = 1000
LONGEST_LOCATION = 300


class TextConflict(Exception):
    """Somebody saved another text since; ``latest`` is it."""

    def __init__(self, latest: str) -> None:
        super().__init__("Another text was saved since.")
        self.latest = latest


class PromptTable:
    """The prompts of a run, changed by one person.

    Each verb locks the run, and raises ``WrongState`` where :func:`why_closed` has a reason, ``ValidationError`` at
    the field for a text that cannot be, and ``DoesNotExist`` for what is not of this run; then nothing is stored.
    The text of a prompt that has pictures never changes.
    """

    def __init__(self, run: Run, author: User) -> None:
        self.run = run
        self.author = author

    # ------------------------------------------------------------------ prompts
    def edit(self, pk: int, text: str, *, base: str | None = None) -> Prompt:
        """Write a prompt anew. ``base`` is the text that the author started from.

        Raises :class:`TextConflict` if somebody has saved another one since, and ``WrongState`` for one that is
        dropped or has pictures.
        """
        text = checked_prompt(text)
        with self.locked():
            prompt = self.prompt(pk)
            if text == prompt.text:
                return prompt
            if base is not None and _plain(base) != _plain(prompt.text):
                raise TextConflict(prompt.text)
            if prompt.is_dropped:
                raise WrongState(_("This prompt was dropped. Bring it back to change it."))
            self.rewrite(prompt, text)
        return prompt

    def drop(self, pk: int) -> Prompt:
        """Leave a prompt out; again, it changes nothing."""
        return self._mark(pk, is_dropped=True)

    def restore(self, pk: int) -> Prompt:
        """Take a dropped prompt in again; again, it changes nothing."""
        return self._mark(pk, is_dropped=False)

    def add(self, location_pk: int | None, text: str) -> Prompt:
        """Add a prompt at the end of a location, or of those without one."""
        text = checked_prompt(text)
        with self.locked():
            self.check_room(1)
            location = None if location_pk is None else self.location(location_pk)
            fellows = Prompt.objects.filter(run=self.run, location=location, template=None)
            last = fellows.aggregate(last=Max("position"))["last"]
            return self.create(location, text, 0 if last is None else last + 1)

    def duplicate(self, pk: int) -> Prompt:
        """Add a copy of a prompt right behind it."""
        with self.locked():
            self.check_room(1)
            prompt = self.prompt(pk)
            behind = Prompt.objects.filter(
                run=self.run, location=prompt.location, position__gt=prompt.position
            )
            behind.update(position=F("position") + 1)
            return self.create(prompt.location, prompt.text, prompt.position + 1)

    # ------------------------------------------------------------------ locations
    def add_location(self, name: str, text: str) -> Location:
        """Add a location at the end, with its first prompt."""
        errors: dict[str, object] = {}
        for field, check, value in (("name", checked_location, name), ("text", checked_prompt, text)):
            try:
                check(value)
            except ValidationError as error:
                errors[field] = error.messages
        if errors:
            raise ValidationError(errors)
        with self.locked():
            self.check_room(1)
            last = self.run.locations.aggregate(last=Max("position"))["last"]
            location = Location.objects.create(
                run=self.run, text=checked_location(name), position=0 if last is None else last + 1
            )
            self.create(location, checked_prompt(text), 0)
        return location

    def rename_location(self, pk: int, name: str, *, base: str | None = None) -> Location:
        """Call a location something else; its prompts stay as they are.

        Raises :class:`TextConflict` if somebody has renamed it since, and ``WrongState`` once it has pictures, whose
        lineage names it.
        """
        name = checked_location(name)
        with self.locked():
            location = self.location(pk)
            if name == location.text:
                return location
            if base is not None and _plain(base) != _plain(location.text):
                raise TextConflict(location.text)
            if any(prompt.is_fixed for prompt in prompts_of(self.run).filter(location=location)):  # type: ignore[attr-defined]
                raise WrongState(_("There are pictures of this location: its name stays."))
            location.text = name
            location.save(update_fields=["text"])
        return location

    def drop_location(self, pk: int) -> Location:
        """Leave all prompts of a location out."""
        return self._mark_all(pk, is_dropped=True)

    def restore_location(self, pk: int) -> Location:
        """Take all prompts of a location in again."""
        return self._mark_all(pk, is_dropped=False)

    def duplicate_location(self, pk: int) -> Location:
        """Add a copy of a location with its prompts, but for dropped ones, right behind it."""
        with self.locked():
            location = self.location(pk)
            kept = list(prompts_of(self.run).filter(location=location, is_dropped=False))
            self.check_room(len(kept))
            behind = self.run.locations.filter(position__gt=location.position)
            behind.update(position=F("position") + 1)
            copy = Location.objects.create(run=self.run, text=location.text, position=location.position + 1)
            for position, prompt in enumerate(kept):
                self.create(copy, prompt.text, position)
        return copy

    # ------------------------------------------------------------------ what the verbs are made of
    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the run for a change of its table; a campaign that waits for prompts hears of it."""
        with transaction.atomic():
            rows = Run.objects.select_for_update(of=("self",), no_key=True).select_related("plan")
            self.run = rows.get(pk=self.run.pk)
            if reason := why_closed(self.run):
                raise WrongState(reason)
            yield
            if self.run.cell_id:
                wake_cells([self.run.cell_id])

    def prompt(self, pk: int) -> Prompt:
        """Return a prompt of this run by its key."""
        return prompts_of(self.run).get(pk=pk)

    def location(self, pk: int) -> Location:
        """Return a location of this run by its key."""
        return self.run.locations.get(pk=pk)

    def rewrite(self, prompt: Prompt, text: str) -> None:
        """Store another text for a prompt, and keep what the language model wrote. The run is locked."""
        if prompt.is_fixed:  # type: ignore[attr-defined]
            raise WrongState(_("This prompt has pictures: its text stays. Duplicate it to change the copy."))
        was_written = prompt.written or (prompt.text if prompt.author_id is None else "")
        is_as_written = text == was_written
        prompt.text = text
        prompt.written = "" if is_as_written else was_written
        prompt.author = None if is_as_written else self.author
        prompt.save(update_fields=["text", "written", "author"])

    def create(self, location: Location | None, text: str, position: int) -> Prompt:
        """Store a prompt that the author added. The run is locked."""
        made = Prompt.objects.create(
            run=self.run, location=location, text=text, position=position, author=self.author
        )
        return self.prompt(made.pk)

    def check_room(self, more: int) -> None:
        """Raise ``ValidationError`` where so many more prompts would be too many."""
        if Prompt.objects.filter(run=self.run, template=None).count() + more > MOST_PROMPTS:
            raise ValidationError(_("A run has at most %(most)d prompts.") % {"most": MOST_PROMPTS})

    def _mark(self, pk: int, *, is_dropped: bool) -> Prompt:
        with self.locked():
            prompt = self.prompt(pk)
            prompt.is_dropped = is_dropped
            prompt.save(update_fields=["is_dropped"])
        return prompt

    def _mark_all(self, pk: int, *, is_dropped: bool) -> Location:
        with self.locked():
            location = self.location(pk)
            Prompt.objects.filter(run=self.run, location=location, template=None).update(
                is_dropped=is_dropped
            )
        return location


def checked_location(name: str) -> str:
    """Return the name of a location as it is stored, on one line. Raises ``ValidationError`` at ``name``."""
    name = " ".join(name.split())
    if not name:
        raise ValidationError({"name": _("Name the location.")})
    if len(name) > LONGEST_LOCATION:
        raise ValidationError({"name": _("Use at most %(most)d characters.") % {"most": LONGEST_LOCATION}})
    if "\0" in name:
        raise ValidationError({"name": _("A text cannot hold the character NUL.")})
    return name


def _plain(text: str) -> str:
    """Return a text as it compares: browsers change line ends, and blank edges are not seen."""
    return text.replace("\r\n", "\n").strip()
