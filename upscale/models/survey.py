"""What people say of a result: could they read it?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from jobs.models import WrongState
from jobs.states import State
from upscale.models.photo import Photo
from upscale.visitors import Visitor


class Readable(models.TextChoices):
    """Could you read it?"""

    YES = "yes", _("yes")
    PARTLY = "partly", _("partly")
    NO = "no", _("no")


class Problem(models.TextChoices):
    """What is wrong with a result."""

    BLURRED = "blurred", _("still blurred")
    LETTERS = "letters", _("wrong letters")
    FAINT = "faint", _("too faint")
    GLARE = "glare", _("glare")
    COLOURS = "colours", _("wrong colours")
    CUT = "cut", _("cut off or crooked")
    LATE = "late", _("came too late")


class SurveyAnswerQuerySet(models.QuerySet["SurveyAnswer"]):
    def answer(
        self, photo: Photo, visitor: Visitor, readable: str, *, problems: Sequence[str] = (), note: str = ""
    ) -> SurveyAnswer:
        """Say whether a result could be read; again: the answer changes.

        Raises ``ValidationError`` with a message at each field, and :class:`WrongState` before there is a result.
        """
        errors: dict[str, Any] = {}
        if readable not in Readable.values:
            errors["readable"] = _("Answer yes, partly or no.")
        if set(problems) - set(Problem.values):
            errors["problems"] = _("Choose from the list.")
        if len(note) > 500 or "\0" in note:
            errors["note"] = _("Use at most 500 characters.")
        if errors:
            raise ValidationError(errors)
        if photo.state != State.DONE:
            raise WrongState(_("There is no result yet."))
        kept = [] if readable == Readable.YES else [key for key in Problem.values if key in problems]
        answer, _made = self.update_or_create(
            photo=photo,
            person=visitor.person,
            defaults={"readable": readable, "problems": kept, "note": note.strip(), "answered_at": Now()},
        )
        answer.refresh_from_db()
        return answer


class SurveyAnswer(models.Model):
    """One person's answer about one photo; a photo shared in a room may have several."""

    photo = models.ForeignKey(Photo, on_delete=models.CASCADE, related_name="answers")
    person = models.CharField(max_length=120, editable=False)
    readable = models.CharField(_("could be read"), max_length=10, choices=Readable.choices)
    problems = ArrayField(
        models.CharField(max_length=20), default=list, blank=True, verbose_name=_("problems")
    )
    note = models.CharField(_("note"), max_length=500, default="", blank=True)
    answered_at = models.DateTimeField(_("answered"), db_default=Now(), editable=False)

    objects = SurveyAnswerQuerySet.as_manager()

    class Meta:
        verbose_name = _("survey answer")
        verbose_name_plural = _("survey answers")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["photo", "person"], name="one_answer_a_person")
        ]

    def __str__(self) -> str:
        return f"{self.photo}: {self.readable}"
