"""The forms of those who decide and steer: each calls one verb and puts what it refuses at the field it is about."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from review.models import Competence, Entry, Policy, Rule
from review.models.policy import MOST_VOTES
from stockgen.models import Campaign, Reason, Topic, Verdict

LONGEST_NOTE = 500
DECIDED = [(Verdict.APPROVED, gettext_lazy("Approve")), (Verdict.REJECTED, gettext_lazy("Reject"))]

if TYPE_CHECKING:
    # Generic to the type checker only.
    ModelForm = forms.ModelForm[Reason]
else:
    ModelForm = forms.ModelForm


class NoteField(forms.CharField):
    """Why something is done, in words."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.Textarea(attrs={"rows": 2, "maxlength": LONGEST_NOTE})
        super().__init__(max_length=LONGEST_NOTE, widget=widget, **kwargs)


class ReasonsField(forms.MultipleChoiceField):
    """Reasons to reject, by their keys, from those offered at present."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label=gettext_lazy("Reasons"), required=False, choices=offered_reasons,
            widget=forms.CheckboxSelectMultiple, **kwargs,
        )  # fmt: skip


def offered_reasons() -> list[tuple[str, str]]:
    """Return the offered reasons as choices, named in the reader's language."""
    return [(reason.key, reason.local_name) for reason in Reason.objects.active()]


class VerbForm(forms.Form):
    """A form whose :meth:`apply` calls a verb."""

    def attempt(self, verb: Callable[[], object]) -> bool:
        """Call the verb; False, with the errors at their fields, where it refuses."""
        try:
            verb()
        except ValidationError as error:
            at_fields = getattr(error, "error_dict", {"": ()}).keys() <= self.fields.keys()
            self.add_error(None, error if at_fields else ValidationError(error.messages))
            return False
        return True


class DecisionForm(VerbForm):
    """What a person does with one picture over the votes."""

    def apply(self, entry: Entry, by: User) -> str | None:
        """Do it and return what to say; None, with the errors at their fields, where it cannot be."""
        raise NotImplementedError


class OverrideForm(DecisionForm):
    """Decide over the votes."""

    verdict = forms.ChoiceField(label=gettext_lazy("Verdict"), choices=DECIDED, widget=forms.RadioSelect)
    reasons = ReasonsField()
    note = NoteField(label=gettext_lazy("Why, in words"))

    def clean(self) -> dict[str, Any]:
        """Drop reasons that were ticked before somebody changed their mind to approve."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if values.get("verdict") == Verdict.APPROVED:
            values["reasons"] = []
        return values

    def apply(self, entry: Entry, by: User) -> str | None:
        """Decide."""
        if not self.is_valid():
            return None
        verdict = Verdict(self.cleaned_data["verdict"])
        note, reasons = self.cleaned_data["note"], self.cleaned_data["reasons"]
        if not self.attempt(lambda: entry.override(by, verdict, note=note, reasons=reasons)):
            return None
        return _("Approved.") if verdict == Verdict.APPROVED else _("Rejected.")


class ReopenForm(DecisionForm):
    """Take a verdict back."""

    note = NoteField(label=gettext_lazy("Why, in words"))

    def apply(self, entry: Entry, by: User) -> str | None:
        """Reopen."""
        if not self.is_valid() or not self.attempt(lambda: entry.reopen(by, note=self.cleaned_data["note"])):
            return None
        return _("Reopened: it waits for one vote more.")


class ClearFlagsForm(DecisionForm):
    """Say that a flagged picture is fine as it is."""

    def apply(self, entry: Entry, by: User) -> str | None:
        """Take the flags back."""
        count = entry.clear_flags(by)
        return ngettext("%(count)d flag taken back.", "%(count)d flags taken back.", count) % {"count": count}


class KnownForm(DecisionForm):
    """Make it a known picture."""

    expected = forms.ChoiceField(
        label=gettext_lazy("It is"),
        choices=[(Verdict.APPROVED, gettext_lazy("Good")), (Verdict.REJECTED, gettext_lazy("Bad"))],
        widget=forms.RadioSelect,
    )
    note = NoteField(label=gettext_lazy("Why, in words"), required=False)

    def apply(self, entry: Entry, by: User) -> str | None:
        """Mark it."""
        if not self.is_valid():
            return None
        expected, note = Verdict(self.cleaned_data["expected"]), self.cleaned_data["note"]
        if not self.attempt(lambda: entry.mark_known(by, expected, note=note)):
            return None
        return _("This is a known picture now.")


class ForgetKnownForm(DecisionForm):
    """Make a known picture an ordinary one."""

    def apply(self, entry: Entry, by: User) -> str | None:
        """Take the mark away."""
        entry.forget_known(by)
        return _("It is mixed in no longer. Its verdict stays until it is reopened.")


DECISIONS: dict[str, type[DecisionForm]] = {
    "override": OverrideForm,
    "reopen": ReopenForm,
    "clear-flags": ClearFlagsForm,
    "known": KnownForm,
    "forget-known": ForgetKnownForm,
}
"""What can be done with one picture, by the last part of the address."""


class FlaggedForm(DecisionForm):
    """The answer to an expert's flag. Without words of its own, a verdict says that it answers a flag."""

    answer = forms.ChoiceField(
        choices=[("fine", gettext_lazy("Fine")), *DECIDED],
        error_messages={"required": gettext_lazy("Choose.")},
    )
    reasons = ReasonsField()
    note = NoteField(label=gettext_lazy("Why, in words"), required=False)

    @property
    def ticked(self) -> list[str]:
        """Return the reasons as they came in."""
        return list(self["reasons"].value() or [])

    def clean(self) -> dict[str, Any]:
        """Ask for a reason where it is rejected."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if values.get("answer") != Verdict.REJECTED:
            values["reasons"] = []
        elif not values.get("reasons") and "reasons" not in self.errors:
            self.add_error("reasons", _("Choose a reason."))
        return values

    def apply(self, entry: Entry, by: User) -> str | None:
        """Clear the flags, or decide over the votes."""
        if not self.is_valid():
            return None
        answer = self.cleaned_data["answer"]
        if answer == "fine":
            return ClearFlagsForm({}).apply(entry, by)
        note = self.cleaned_data["note"] or _("An expert flagged it.")
        form = OverrideForm({"verdict": answer, "reasons": self.cleaned_data["reasons"], "note": note})
        said = form.apply(entry, by)
        if said is None:
            self.add_error(None, [error for errors in form.errors.values() for error in errors])
        return said


class RuleForm(VerbForm):
    """The rule of a topic or a campaign, or the default."""

    votes = forms.IntegerField(label=gettext_lazy("Votes per picture"), min_value=1, max_value=MOST_VOTES)
    calibration_share = forms.IntegerField(
        label=gettext_lazy("Rated twice, %"),
        min_value=0,
        max_value=100,
        help_text=gettext_lazy("Only where one vote is the rule."),
    )
    gold_share = forms.IntegerField(label=gettext_lazy("Known pictures, %"), min_value=0, max_value=50)

    @classmethod
    def of(cls, rule: Rule) -> RuleForm:
        """Return the form filled with a rule."""
        return cls(initial=vars(rule))

    def apply(self, scope: Topic | Campaign | None) -> bool:
        """Make this the rule for its scope (None: the default); False, with the errors, where it cannot be."""
        return self.is_valid() and self.attempt(lambda: Policy.objects.set(scope, Rule(**self.cleaned_data)))


class CompetenceForm(VerbForm):
    """The topics that an expert knows; none means all."""

    topics = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Topics"),
        queryset=Topic.objects.none(),
        to_field_name="key",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["topics"].queryset = Topic.objects.all()  # type: ignore[attr-defined]

    def apply(self, rater: User) -> bool:
        """Give the expert these topics; False, with the errors, where it cannot be."""
        return self.is_valid() and self.attempt(
            lambda: Competence.objects.set(rater, self.cleaned_data["topics"])
        )


class ReasonForm(ModelForm):
    """A reason to reject. Its key is made from the name once and then stays: votes hold it."""

    class Meta:
        model = Reason
        fields: ClassVar = ["position", "name", "name_ru", "is_active"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["position"].widget.attrs |= {"min": 1, "max": 9, "inputmode": "numeric"}

    def clean(self) -> dict[str, Any]:
        """Say at the digit which other reason has it."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if values.get("is_active") and (digit := values.get("position")):
            same = Reason.objects.active().filter(position=digit).exclude(pk=self.instance.pk)
            if other := same.first():
                message = _("“%(name)s” has this digit. Give that one another first, or stop offering it.")
                self.add_error("position", message % {"name": other.local_name})
        return values

    def save(self, commit: bool = True) -> Reason:
        """Save it; a new one gets its key."""
        if not self.instance.key:
            self.instance.key = free_key(self.cleaned_data["name"])
        reason: Reason = super().save(commit)
        return reason


def free_key(name: str) -> str:
    """Return a key for a new reason, readable where its name is in Latin letters, that no other has."""
    stem = slugify(name)[:50].strip("-_") or "reason"
    taken = set(Reason.objects.filter(key__startswith=stem).values_list("key", flat=True))
    keys = (f"{stem}-{number}" for number in range(2, len(taken) + 3))
    return stem if stem not in taken else next(key for key in keys if key not in taken)
