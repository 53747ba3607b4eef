"""What the page of an addition shows of dry runs."""

from __future__ import annotations

from typing import Any

from django import template

from stockgen.forms.dry_runs import DryRunForm
from stockgen.models import Concept, DryRun, Topic
from stockgen.views.dry_runs import context_of

register = template.Library()


@register.inclusion_tag("stockgen/studio/_dry_run_result.html", takes_context=True)
def last_dry_run(context: template.Context, topic: Topic, concept: Concept, step: str) -> dict[str, Any]:
    """Show the person's last dry run of an addition, if the saved text is still the same."""
    found = DryRun.objects.last_of(context["user"], topic, concept, step)
    return context_of(found) if found else {}


@register.simple_tag
def dry_run_form() -> DryRunForm:
    """Return an empty form."""
    return DryRunForm(auto_id="dry_run_%s")
