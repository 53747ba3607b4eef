"""A field that takes rows, such as topics, each with its share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from stockgen.models import Concept, Topic

LARGEST_WEIGHT = 1000

Shares = dict[Any, int]
"""Topics or concepts with their shares, in the order of the page."""

Typed = dict[str, tuple[bool, str]]
"""By key: whether a row is taken, and its number as typed."""


class SharesWidget(forms.Widget):
    """One line a row: a number, and where ``optional`` a tick that takes the row in.

    ``NAME`` holds the keys that are ticked, ``NAME-share-KEY`` the number of each, which comes back as it was typed.
    """

    template_name = "stockgen/campaigns/_shares.html"
    rows: Iterable[Topic | Concept] = ()
    optional = False
    most = 100

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """Draw the rows by a template of this project, which the renderer of forms does not look for."""
        return render_to_string(self.template_name, self.get_context(name, value, attrs))

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Typed:
        """Return each row's number, as typed, and whether the row was taken; by key."""
        ticked = set(data.getlist(name) if hasattr(data, "getlist") else data.get(name, ()))
        texts = {row.key: str(data.get(f"{name}-share-{row.key}", "")).strip() for row in self.rows}
        return {key: (key in ticked if self.optional else bool(text), text) for key, text in texts.items()}

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        """Say no: a form without any row ticked is a form that ticks none."""
        return False

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Lay the rows out."""
        typed: Typed = value or {}
        untouched = (False, "1" if self.optional else "")
        context = super().get_context(name, value, attrs)
        first = (context["widget"]["attrs"].get("id") or name, "-")
        context["widget"] |= {
            "optional": self.optional,
            "most": self.most,
            "unit": "%" if not self.optional else "",
            "rows": [
                {
                    "key": row.key,
                    "name": row.local_name,
                    "is_offered": row.is_active,
                    "is_chosen": typed.get(row.key, untouched)[0],
                    "share": typed.get(row.key, untouched)[1],
                    "id": first[0] if number == 0 else f"{first[0]}-{number}",
                }
                for number, row in enumerate(self.rows)
            ],
        }
        return context


class SharesField(forms.Field):
    """Rows with whole numbers; its value is a mapping of the row to its number."""

    widget: SharesWidget

    def __init__(self, *, optional: bool, least: int, most: int, **kwargs: Any) -> None:
        super().__init__(required=False, widget=SharesWidget(), **kwargs)
        self.widget.optional, self.widget.most = optional, most
        self.least, self.most = least, most
        self.rows: list[Any] = []

    def offer(self, rows: Iterable[Topic | Concept]) -> None:
        """Say which rows there are."""
        self.rows = list(rows)
        self.widget.rows = self.rows

    def prepare_value(self, value: Any) -> Any:
        """Return what the widget shows, whether it was typed or comes from a campaign."""
        return {
            getattr(row, "key", row): (True, str(share)) if isinstance(share, int) else share
            for row, share in (value or {}).items()
        }

    def clean(self, value: Any) -> Shares:
        """Return the rows with their numbers. Raises ``ValidationError`` that names the rows that are wrong."""
        errors, shares = [], {}
        for row in self.rows:
            is_taken, text = value[row.key]
            if not is_taken:
                continue
            number = int(text) if text.isascii() and text.isdigit() and len(text) <= 4 else None
            if number is None or not self.least <= number <= self.most:
                errors.append(
                    ValidationError(
                        _("%(name)s: give a whole number from %(least)d to %(most)d."),
                        params={"name": row.local_name, "least": self.least, "most": self.most},
                    )
                )
            elif number:
                shares[row] = number
        if errors:
            raise ValidationError(errors)
        return shares
