"""Fields for long texts, sizes and versions, that lose nothing of what was typed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from stockgen.validators import parse_size, readable_size


class ProseField(forms.CharField):
    """A text of several lines. What is too long is refused with the text kept, never cut by the browser.

    Line ends become ``\\n``, so that a text counts as many characters here as in the browser.
    """

    def __init__(self, *, rows: int = 8, **options: Any) -> None:
        widget = options.pop("widget", None) or forms.Textarea(attrs={"rows": rows, "spellcheck": "true"})
        super().__init__(widget=widget, **options)

    def to_python(self, value: Any) -> str:
        text: str = super().to_python(value) or ""
        return text.replace("\r\n", "\n").replace("\r", "\n")

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        attributes: dict[str, Any] = super().widget_attrs(widget)
        attributes.pop("maxlength", None)
        return attributes | ({"data-limit": str(self.max_length)} if self.max_length else {})


class SizesField(ProseField):
    """Sizes of pictures, one a line or separated by commas; the value is a list of “1024×768”, each once."""

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> list[str]:  # type: ignore[override]
        if isinstance(value, list):
            return value
        text = super().to_python(value).replace(",", "\n").replace(";", "\n")
        sizes: list[str] = []
        errors: list[ValidationError] = []
        for line in filter(None, (line.strip() for line in text.splitlines())):
            normal = line.replace("*", "×").replace("х", "×").lower()  # a Cyrillic х looks the same
            try:
                readable_size(normal)
            except ValidationError as error:
                errors.append(ValidationError(f"“{line[:40]}”: {error.messages[0]}"))
            else:
                width, height = parse_size(normal)
                sizes.append(f"{width}×{height}")
        if errors:
            raise ValidationError(errors)
        if len(set(sizes)) > 8:
            raise ValidationError(_("Give 8 sizes at most."))
        return list(dict.fromkeys(sizes))

    def validate(self, value: Any) -> None:
        """Skip what a text is checked for."""

    def run_validators(self, value: Any) -> None:
        """Skip what a text is checked for."""


class RevisionField(forms.IntegerField):
    """What the author started from. Anything that is no number counts as the oldest there is, 0."""

    widget = forms.HiddenInput

    def __init__(self) -> None:
        super().__init__(required=False)

    def clean(self, value: Any) -> int:
        try:
            return max(0, super().clean(value) or 0)
        except ValidationError:
            return 0


class ProposalField(forms.UUIDField):
    """The proposal that a text comes of. Anything that is no id counts as none."""

    widget = forms.HiddenInput

    def __init__(self) -> None:
        super().__init__(required=False)

    def clean(self, value: Any) -> Any:
        try:
            return super().clean(value)
        except ValidationError:
            return None
