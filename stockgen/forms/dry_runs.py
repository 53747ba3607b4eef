"""What a dry run is asked for."""

from __future__ import annotations

import secrets
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from engines.diffusion.limits import MAX_SEED
from stockgen.forms.prose import ProseField
from stockgen.models import Concept, DryRun, Topic
from stockgen.models.registered import offered_language_models


class DryRunForm(forms.Form):
    """The unsaved text, and by which model to try it; ``another_seed`` draws a new seed."""

    text = ProseField(required=False)
    another_seed = forms.BooleanField(required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["language_model"] = forms.ChoiceField(
            label=_("Language model"),
            required=False,
            choices=[(key, spec.title) for key, spec in offered_language_models().items()],
            initial=settings.LANGUAGE_MODEL,
        )

    def start(self, owner: User, topic: Topic, concept: Concept, step: str) -> DryRun | None:
        """Start the dry run; None, with the errors at their fields, where it cannot be."""
        if not self.is_valid():
            return None
        another = self.cleaned_data["another_seed"]
        try:
            return DryRun.objects.start(
                owner,
                topic=topic,
                concept=concept,
                step=step,
                text=self.cleaned_data["text"],
                language_model=self.cleaned_data["language_model"],
                seed=secrets.randbelow(MAX_SEED + 1) if another else None,
            )
        except ValidationError as error:
            self.add_error(None, error)
            return None
