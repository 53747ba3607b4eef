"""Topics, concepts and additions to system prompts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any, ClassVar, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.admin_base import ModelForm
from accounts.models import User
from jobs.models import WrongState
from stockgen.forms.launch import NO_NEGATIVE_PROMPT
from stockgen.forms.prose import ProposalField, ProseField, RevisionField, SizesField
from stockgen.models import Concept, PromptAddition, Proposal, Topic
from stockgen.models.addition import Step
from stockgen.models.named import Named
from stockgen.models.registered import image_models

Row = TypeVar("Row", bound=Named)


class NamedForm(ModelForm):
    """A topic or a concept, a new one or an edit that overwrites nothing its author has not seen.

    Each field is sent with the value that it had, so that a conflict tells what the author changed.
    """

    base = RevisionField()

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["base"].initial = self.instance.revision
        for name in self.value_names():
            self.fields[name].show_hidden_initial = self.instance.pk is not None

    def value_names(self) -> list[str]:
        """Return the names of the fields that hold values of the row."""
        return [name for name in self.fields if name != "base"]

    def values(self) -> dict[str, Any]:
        """Return the values as the row takes them."""
        return {name: self.cleaned_data[name] for name in self.value_names()}

    def store(self) -> Named | None:
        """Save; None, with the errors at their fields, where it cannot be. Raises :class:`EditConflict`."""
        if not self.is_valid():
            return None
        try:
            if self.instance.pk is None:
                made: Named = type(self.instance).objects.add(**self.values())
                return made
            self.instance.edit(base=self.cleaned_data["base"], **self.values())
        except ValidationError as error:
            self.add_error(None, error)
            return None
        return self.instance  # type: ignore[no-any-return]


class TopicForm(NamedForm):
    """A topic."""

    class Meta:
        model = Topic
        fields = ("name", "name_ru", "description", "is_active")
        field_classes: ClassVar = {"description": ProseField}
        widgets: ClassVar = {"description": forms.Textarea(attrs={"rows": 4, "spellcheck": "true"})}
        labels: ClassVar = {"name": _("Name in English")}
        help_texts: ClassVar = {
            "name": _("The language model is told it, so keep it plain."),
            "description": _(
                "The kinds of place and of thing that belong to the topic, in English, separated by commas. "
                "The language model is asked about one of them at a time, and what it proposes must be close to them."
            ),
        }


class ConceptForm(NamedForm):
    """A concept, with a negative prompt of its own for each image model that takes one."""

    sizes = SizesField(
        label=_("Picture sizes, px"),
        required=False,
        rows=3,
        help_text=_("Width × height, one a line, the usual one first. Empty: the image model's own size."),
    )

    class Meta:
        model = Concept
        fields = (
            "name", "name_ru", "subject", "subject_ru", "share", "is_active", "sizes", "locations_system",
            "locations_examples", "descriptions_system", "descriptions_examples", "negative_prompt",
        )  # fmt: skip
        texts = ("locations_system", "locations_examples", "descriptions_system", "descriptions_examples")
        field_classes: ClassVar = dict.fromkeys((*texts, "negative_prompt"), ProseField)
        widgets: ClassVar = {
            name: forms.Textarea(attrs={"rows": rows, "spellcheck": "true"})
            for name, rows in zip((*texts, "negative_prompt"), (5, 18, 5, 18, 3), strict=True)
        }
        labels: ClassVar = {"name": _("Name in English")}
        help_texts: ClassVar = {
            "subject": _(
                "One word in English: what the language model proposes, such as location or object."
            ),
            "share": _("Of the whole stock; campaigns may have shares of their own."),
            "locations_examples": _(
                "Blocks with an empty line between them: a question, then its answers, each line beginning with a "
                "hyphen. The last block is the question that is asked; {topic} and {details} stand in it."
            ),
            "descriptions_examples": _(
                "Blocks with an empty line between them: a question, then the lines of its answer. The last block is "
                "the question that is asked, with {location}, and a line “Prompt:” that makes the image prompt."
            ),
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        own = self.instance.own_negative_prompts()
        given: Mapping[str, str] = self.initial.get("own_negative_prompts") or own
        models = image_models()
        keys = [key for key, spec in models.items() if spec.negative_prompt or key in given]
        self.models = {f"negative_for_{key}": key for key in dict.fromkeys([*keys, *given])}
        for name, key in self.models.items():
            field = ProseField(
                label=models[key].title if key in models else key,
                max_length=2000,
                required=False,
                rows=2,
                initial=(given[key] or NO_NEGATIVE_PROMPT) if key in given else "",
            )
            field.show_hidden_initial = self.instance.pk is not None
            self.fields[name] = field

    def values(self) -> dict[str, Any]:
        """Return the values as the row takes them, the negative prompts of models as one."""
        values = super().values()
        texts = {key: values.pop(name) for name, key in self.models.items()}
        own = {key: "" if text == NO_NEGATIVE_PROMPT else text for key, text in texts.items() if text}
        return values | {"own_negative_prompts": own}

    def negative_prompts(self) -> Iterator[forms.BoundField]:
        """Yield the fields of the image models."""
        return (self[name] for name in self.models)

    @property
    def has_own_negative_prompts(self) -> bool:
        """True if a model has a negative prompt of its own, or something is wrong with one."""
        return any(field.value() or field.errors for field in self.negative_prompts())


def copy_of(concept: Concept) -> dict[str, Any]:
    """Return what a new concept that starts as a copy of another begins with."""
    names = (*ConceptForm.Meta.texts, "subject", "subject_ru", "negative_prompt", "sizes")
    return {name: getattr(concept, name) for name in names} | {
        "own_negative_prompts": concept.own_negative_prompts()
    }


class AdditionForm(forms.Form):
    """The next version of an addition to a system prompt."""

    text = ProseField(label=_("Addition"), max_length=10_000, required=False, rows=16)
    note = forms.CharField(label=_("Note"), max_length=200, required=False)
    base = RevisionField()
    proposal = ProposalField()

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["note"].widget.attrs |= {
            "placeholder": _("What is different, and why"),
            "data-once": True,
        }

    def store(self, *, topic: Topic, concept: Concept, step: Step, author: User) -> PromptAddition | None:
        """Save; None, with the errors at their fields, where it cannot be. Raises :class:`AdditionConflict`."""
        if not self.is_valid():
            return None
        if not self.cleaned_data["text"] and not PromptAddition.objects.current(topic, concept).get(step):
            self.add_error("text", _("There is nothing to save yet."))
            return None
        values = {name: self.cleaned_data[name] for name in ("text", "note", "base")}
        proposals = Proposal.objects.undecided().of(topic, concept, step)
        if proposal := proposals.filter(pk=self.cleaned_data["proposal"]).first():
            with suppress(WrongState):  # decided this moment: the text is saved all the same
                return proposal.accept(author, **values)
        return PromptAddition.objects.append(topic=topic, concept=concept, step=step, author=author, **values)
