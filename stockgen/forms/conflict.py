"""An edit of something that somebody else has saved meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, cast

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _

from stockgen.forms.studio import NamedForm
from stockgen.models.named import Named
from stockgen.word_diff import Piece, diff_words


class ChangedBy(StrEnum):
    """Who changed a field since its author opened the form."""

    BOTH = "both"
    THEM = "them"
    ME = "me"


@dataclass(frozen=True)
class Difference:
    """A field whose value in the form that was sent is not the stored one.

    Where only somebody else changed it, the stored value is taken over; otherwise the author's stays in the form.
    """

    field_id: str
    label: str
    theirs: str
    mine: str
    changed_by: ChangedBy

    @property
    def pieces(self) -> list[Piece]:
        """Return what was removed from theirs and added in mine."""
        return diff_words(self.theirs, self.mine)


def resolve(form: NamedForm, latest: Named) -> tuple[NamedForm, list[Difference]]:
    """Return a form that starts from the stored row and holds what the author changed, and what differs.

    ``form`` is valid. Saving the new form as it is puts the author's changes on top of everybody else's.
    """
    stored = type(form)(instance=latest)
    data = cast("QueryDict", form.data).copy()
    data["base"] = str(latest.revision)
    differences = []
    for name in form.value_names():
        theirs, mine = _shown(stored[name].value()), _shown(_prepared(form, name))
        is_changed = name in form.changed_data
        if theirs != mine:
            changed_by = (
                ChangedBy.THEM
                if not is_changed
                else ChangedBy.ME
                if _seen(form, name) == theirs
                else ChangedBy.BOTH
            )
            differences.append(
                Difference(str(stored[name].auto_id), str(stored[name].label), theirs, mine, changed_by)
            )
        value = stored[name].value()
        data[stored.add_initial_prefix(name)] = str("" if value is None else value)
        if not is_changed:
            data.pop(name, None)
            if value is not False:
                data[name] = "on" if value is True else str("" if value is None else value)
    return type(form)(data, instance=latest), differences


def _seen(form: NamedForm, name: str) -> str:
    """Return what the field held when its author opened the form."""
    field = form.fields[name]
    try:
        value = field.to_python(form.data.get(form.add_initial_prefix(name)))
    except ValidationError:
        return ""
    return _shown(field.prepare_value(value))


def _prepared(form: NamedForm, name: str) -> Any:
    return form.fields[name].prepare_value(form.cleaned_data[name])


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return "" if value is None else str(value)
