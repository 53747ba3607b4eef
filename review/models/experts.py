"""What is known of a rater: the topics they know, and how they like their page."""

from __future__ import annotations

from collections.abc import Iterable
from string import ascii_lowercase
from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from stockgen.models import Topic

KEYS = {
    "approve": "a",
    "reject": "x",
    "skip": " ",
    "flag": "f",
    "undo": "Backspace",
    "zoom": "z",
    "details": "d",
    "note": "n",
    "grid": "g",
    "invert": "i",
    "confirm": "Enter",
    "cancel": "Escape",
    "help": "?",
    "evidence": "e",
}
"""What a key does, as values of the browser's ``KeyboardEvent.key``. Digits are for reasons and scores."""

GRID_SIZES = [(12, "12"), (24, "24"), (48, "48")]


class CompetenceQuerySet(models.QuerySet["Competence"]):
    def topics_of(self, rater: User) -> list[int] | None:
        """Return the topics that a rater is given, by primary key; None: all of them."""
        return list(self.filter(rater=rater).values_list("topic", flat=True)) or None

    def set(self, rater: User, topics: Iterable[Topic]) -> None:
        """Give a rater these topics instead of those before; none means all."""
        with transaction.atomic():
            self.filter(rater=rater).delete()
            self.bulk_create([Competence(rater=rater, topic=topic) for topic in set(topics)])


class Competence(models.Model):
    """A topic that a rater knows. Without any, a rater is given every topic."""

    rater = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("expert")
    )
    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="+", verbose_name=_("topic"))

    objects = CompetenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("topic of an expert")
        verbose_name_plural = _("topics of experts")
        constraints: ClassVar = [models.UniqueConstraint(fields=["rater", "topic"], name="competence_once")]

    def __str__(self) -> str:
        return f"{self.rater}: {self.topic}"


def usable_keys(keys: Any) -> None:
    """Refuse keys that the rating page could not tell apart. Raises ``ValidationError``."""
    if not isinstance(keys, dict) or not all(isinstance(key, str) for key in keys.values()):
        raise ValidationError(_("Give a key for each action."))
    if unknown := sorted(set(keys) - set(KEYS)):
        raise ValidationError(_("There is no action %(name)s.") % {"name": unknown[0]})
    bound = {**KEYS, **keys}
    for action, key in bound.items():
        if not 1 <= len(key) <= 20 or "\0" in key or (len(key) == 1 and key.isdigit()):
            raise ValidationError(
                _("“%(key)s” cannot be the key of %(name)s.") % {"key": key, "name": action}
            )
        if key in {"Tab", "Shift", "Control", "Alt", "Meta"}:
            raise ValidationError(
                _("“%(key)s” cannot be the key of %(name)s.") % {"key": key, "name": action}
            )
    if len({key.lower() for key in bound.values()}) < len(bound):
        raise ValidationError(_("Two actions have the same key."))


class Preferences(models.Model):
    """How a rater likes the rating page; kept here, so that every device shows the same."""

    rater = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    show_prompt = models.BooleanField(_("show what was asked"), default=True)
    grid_size = models.PositiveSmallIntegerField(_("pictures of a page"), choices=GRID_SIZES, default=24)
    keys = models.JSONField(_("keys"), default=dict, blank=True, validators=[usable_keys])

    class Meta:
        verbose_name = _("preferences")
        verbose_name_plural = _("preferences")

    def __str__(self) -> str:
        return str(self.rater)

    @classmethod
    def of(cls, rater: User) -> Preferences:
        """Return a rater's preferences, the usual ones where none were saved."""
        return cls.objects.filter(rater=rater).first() or cls(rater=rater)

    @property
    def bindings(self) -> dict[str, str]:
        """Return the key of every action. One that came later gives way to what the rater had chosen before."""
        bound = {**KEYS, **self.keys}
        for action in [name for name in KEYS if name not in self.keys]:
            taken = {key.lower() for name, key in bound.items() if name != action}
            if bound[action].lower() in taken:
                bound[action] = next(letter for letter in ascii_lowercase if letter not in taken)
        return bound

    def change(self, **fields: Any) -> None:
        """Set and save some of them. Raises ``ValidationError`` at those out of range; then nothing changes."""
        for name, value in fields.items():
            setattr(self, name, value)
        self.full_clean(validate_unique=False)
        type(self).objects.update_or_create(
            rater=self.rater,
            defaults={"show_prompt": self.show_prompt, "grid_size": self.grid_size, "keys": self.keys},
        )
