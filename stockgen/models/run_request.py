"""What a run may ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from engines.diffusion.limits import MAX_GUIDANCE_SCALE, MAX_SEED, problems_with
from engines.diffusion.requests import RenderRequest
from engines.planning import wildcards
from engines.specs import ImageModelSpec
from stockgen.models.registered import offered_language_models

if TYPE_CHECKING:
    from stockgen.models.run import Run

LONGEST_PROMPT = 2000
TOO_LONG = _("Use at most 2,000 characters.")


def problems_with_run(run: Run, spec: ImageModelSpec | None) -> dict[str, Any]:
    """Return a message at each field that cannot be carried out; ``spec`` is None for an unknown image model."""
    errors: dict[str, Any] = {}
    # A campaign's run has no pictures of its own: the campaign adds them.
    if problem := problem_with_count(run.count, least=0 if run.cell_id else 1):
        errors["count"] = problem
    too_many = not run.cell_id and run.location_count is not None and run.location_count > run.count
    if too_many or (run.location_count is not None and run.location_count < 1):
        errors["location_count"] = _("Ask for at least one location and no more than pictures.")
    if run.language_model not in offered_language_models():
        errors["language_model"] = _("There is no language model of this name.")
    if not run.topic.is_active:
        errors["topic"] = _("This topic is no longer offered.")
    if not run.concept.is_active:
        errors["concept"] = _("This concept is no longer offered.")
    if len(run.negative_prompt) > LONGEST_PROMPT:
        errors["negative_prompt"] = TOO_LONG
    if run.prompt and (problem := problem_with_prompt(run.prompt)):
        errors["prompt"] = problem
    if spec is None:
        errors["image_model"] = _("There is no image model of this name.")
    else:
        errors |= {
            problem.field: _limit(problem.field, spec) for problem in problems_with(_request(run), spec)
        }
    return errors


def problem_with_count(count: int, *, least: int = 1) -> Any:
    """Say in the reader's language why so many pictures cannot be asked for; None if they can."""
    if least <= count <= settings.RUN_MAX_PICTURES:
        return None
    return _("Ask for 1 to %(most)d pictures.") % {"most": settings.RUN_MAX_PICTURES}


def check_count(count: int) -> None:
    """Raise ``ValidationError`` at ``count`` for a number of pictures that cannot be asked for."""
    if problem := problem_with_count(count):
        raise ValidationError({"count": problem})


def checked_prompt(text: str) -> str:
    """Return a prompt as it is stored: line ends are line feeds, blank edges are gone.

    Raises ``ValidationError`` at ``text`` for one that cannot be rendered.
    """
    text = text.replace("\r\n", "\n").strip()
    if problem := problem_with_prompt(text):
        raise ValidationError({"text": problem})
    return text


def problem_with_prompt(text: str) -> Any:
    """Say in the reader's language why a prompt cannot be rendered; None if it can."""
    if not text:
        return _("Write a prompt.")
    if len(text) > LONGEST_PROMPT:
        return TOO_LONG
    if "\0" in text:
        return _("A text cannot hold the character NUL.")
    return problem_with_wildcards(text)


def problem_with_wildcards(text: str) -> Any:
    """Say in the reader's language what is wrong with the combinations in a prompt; None if nothing is."""
    try:
        texts = wildcards.expand(text)
    except wildcards.WildcardError as error:
        messages = {
            "unclosed": _("The brace at character %(position)d is not closed. Write \\{ for a plain brace."),
            "unopened": _("The brace at character %(position)d closes nothing. Write \\} for a plain brace."),
            "too_many": _("This stands for too many combinations; %(most)d is the most."),
        }
        return messages[error.kind] % {"position": error.position + 1, "most": wildcards.MOST_COMBINATIONS}
    return None if all(texts) else _("One of the combinations is empty.")


def _request(run: Run) -> RenderRequest:
    """Return what the image model will be asked for, with a stand-in where the prompt is yet to be written."""
    return RenderRequest(
        prompt=run.prompt or "…",
        negative_prompt=run.negative_prompt,
        seed=run.seed,
        width=run.width,
        height=run.height,
        steps=run.steps,
        guidance_scale=run.guidance_scale,
    )


def _limit(field: str, spec: ImageModelSpec) -> Any:
    """Say in the reader's language what an image model accepts in a field."""
    if field in {"width", "height"}:
        return _("Use a multiple of %(multiple)d from %(least)d to %(most)d.") % {
            "multiple": spec.size_multiple,
            "least": spec.min_side,
            "most": spec.max_side,
        }
    return {
        "seed": _("A seed is a whole number from 0 to %(most)d.") % {"most": MAX_SEED},
        "steps": _("Use 1 to %(most)d steps.") % {"most": spec.max_steps},
        "guidance_scale": _("Use a guidance scale from 0 to %(most)d.") % {"most": MAX_GUIDANCE_SCALE},
    }[field]
