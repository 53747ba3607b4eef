"""What the REST API takes and gives of a run's prompts."""

from __future__ import annotations

from ninja import Field, Schema

from accounts.rest import Body, Text
from stockgen.models import Run
from stockgen.models.prompt_list import LocationEntry, PromptEntry
from stockgen.models.prompt_rows import Row, groups_of, revision_of, totals_of, why_closed


class PromptRowOut(Schema):
    """A prompt of a plan."""

    id: int
    text: str = Field(description="May hold combinations: {morning|evening} light.")
    written: str = Field(description="What the language model wrote, where somebody changed it; else empty.")
    is_edited: bool = Field(description="Whether somebody changed or added it.")
    is_dropped: bool = Field(description="Whether it is left out.")
    has_pictures: bool = Field(description="Whether it has pictures, so that its text stays.")
    combinations: int = Field(description="How many different texts it stands for.")

    @classmethod
    def of(cls, row: Row) -> PromptRowOut:
        """Describe a prompt."""
        prompt = row.prompt
        return cls(
            id=prompt.pk, text=prompt.text, written=prompt.written, is_edited=prompt.is_edited,
            is_dropped=prompt.is_dropped, has_pictures=row.is_fixed, combinations=len(row.combinations),
        )  # fmt: skip


class PromptLocationOut(Schema):
    """A location (for items: an object) with its prompts."""

    id: int
    text: str
    prompts: list[PromptRowOut]


class PromptListOut(Schema):
    """The prompts of a run; ``PUT`` the list back, changed, with the same ``revision``."""

    revision: str = Field(description="Changes with any change of the list.")
    can_change: bool
    why_not: str = Field(description="Why the prompts cannot be changed; empty where they can.")
    prompt_count: int = Field(description="Prompts that are not dropped.")
    combination_count: int
    picture_count: int = Field(description="How many pictures are asked for.")
    locations: list[PromptLocationOut]
    prompts: list[PromptRowOut] = Field(description="Those without a location, such as a given prompt.")

    @classmethod
    def read(cls, run: Run) -> PromptListOut:
        """Describe the prompts of a run as they are now."""
        closed, totals, groups = why_closed(run), totals_of(run), groups_of(run)
        rows = {group.location: [PromptRowOut.of(row) for row in group.rows] for group in groups}
        return cls(
            revision=revision_of(run),
            can_change=closed is None,
            why_not=str(closed or ""),
            prompt_count=totals.prompts,
            combination_count=totals.combinations,
            picture_count=totals.pictures,
            locations=[
                PromptLocationOut(id=location.pk, text=location.text, prompts=prompts)
                for location, prompts in rows.items()
                if location is not None
            ],
            prompts=rows.get(None, []),
        )


class PromptIn(Body):
    """A prompt as it should be."""

    id: int | None = Field(None, description="Without, the prompt is added.")
    text: Text
    is_dropped: bool = False

    def entry(self) -> PromptEntry:
        """Return it as the table takes it."""
        return PromptEntry(self.text, self.id, self.is_dropped)


class PromptLocationIn(Body):
    """A location as it should be, with its prompts in their order."""

    id: int | None = Field(None, description="Without, the location is added.")
    text: Text
    prompts: list[PromptIn]

    def entry(self) -> LocationEntry:
        """Return it as the table takes it."""
        return LocationEntry(self.text, [prompt.entry() for prompt in self.prompts], self.id)


class PromptListIn(Body):
    """The whole list as it should be. What it leaves out is dropped."""

    revision: Text = Field(description="That of the list that was read; another one by now is 409.")
    locations: list[PromptLocationIn]
    prompts: list[PromptIn] = Field(default_factory=list, description="Those without a location.")


class RenderIn(Body):
    """How the rendering starts."""

    count: int | None = Field(None, description="Another number of pictures than the run was launched with.")
