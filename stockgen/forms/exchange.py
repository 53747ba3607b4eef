"""Importing what designers steer from a file."""

from __future__ import annotations

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from stockgen.exchange.document import LARGEST_FILE


class UploadForm(forms.Form):
    """A file to look at before it is imported."""

    file = forms.FileField(
        label=_("File"),
        allow_empty_file=True,
        error_messages={"required": _("Choose a file.")},
        widget=forms.FileInput(attrs={"accept": ".toml,application/toml,text/plain"}),
    )

    def content(self) -> bytes:
        """Return the file's bytes, cut one byte behind the limit; call after ``is_valid``."""
        upload: UploadedFile[bytes] = self.cleaned_data["file"]
        content: bytes = upload.read(LARGEST_FILE + 1)
        return content


class ApplyForm(forms.Form):
    """The text of a file whose preview somebody agreed to."""

    text = forms.CharField(strip=False)
    digest = forms.CharField(max_length=64)
