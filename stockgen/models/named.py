"""What topics and concepts have in common: a key, a name in two languages, a place, edits that lose nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import connection, models, transaction
from django.db.models import Max
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

KEY_LENGTH = 60

RESERVED_KEYS = frozenset({"new"})
"""Words that stand in an address where a key would."""


def local(text: str, text_ru: str) -> str:
    """Return a text in the reader's language, in English where there is no Russian one."""
    return (text_ru if get_language() == "ru" else "") or text


class EditConflict(Exception):
    """Somebody saved other values since; ``latest`` is the row as they left it."""

    def __init__(self, latest: Named) -> None:
        super().__init__("Somebody saved other values since.")
        self.latest = latest


class NamedQuerySet(models.QuerySet):  # type: ignore[type-arg]
    def active(self) -> Self:
        """Offered for new runs."""
        return self.filter(is_active=True)

    def add(self, *, name: str, **values: Any) -> Any:
        """Make a row at the end of the list; its key is made from the name, once and for all.

        Raises ``ValidationError`` at the field for a name without a Latin letter or digit, for one that is taken, and
        for whatever a field refuses; then nothing is stored.
        """
        with transaction.atomic():
            self.lock()
            last = self.aggregate(last=Max("position"))["last"] or 0
            row = self.model(name=name, key=self._free_key(name), position=last + 1)
            row.change(values)
            row.full_clean()
            row.save(force_insert=True)
            row.keep_changed()
        return row

    def move(self, key: str, by: int) -> None:
        """Move a row up (a negative number) or down the list; at an end it stays there. Positions count from 1.

        Raises ``DoesNotExist`` for an unknown key.
        """
        with transaction.atomic():
            self.lock()
            rows = list(self.order_by("position", "name"))
            row = next((row for row in rows if row.key == key), None)
            if row is None:
                raise self.model.DoesNotExist
            place = rows.index(row)
            rows.insert(max(0, place + by), rows.pop(place))
            for position, each in enumerate(rows, start=1):
                if each.position != position:
                    self.filter(pk=each.pk).update(position=position)

    def lock(self) -> None:
        """Let nobody else change names, keys and positions until the transaction ends; whoever reads goes on."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [self.model._meta.db_table])

    def _free_key(self, name: str) -> str:
        base = slugify(name)[:KEY_LENGTH].strip("-_")
        if not base:
            raise ValidationError({"name": _("Write the name in English: the language model is told it.")})
        taken = set(self.model.objects.values_list("key", flat=True)) | RESERVED_KEYS
        key, number = base, 2
        while key in taken:
            ending = f"-{number}"
            key, number = base[: KEY_LENGTH - len(ending)] + ending, number + 1
        return key


class Named(models.Model):
    """Something with a stable key and a name in both languages of the interface.

    ``revision`` counts the edits, so that nobody overwrites what they have not seen: :meth:`edit`.
    """

    key = models.SlugField(_("key"), max_length=KEY_LENGTH, unique=True)
    name = models.CharField(_("name"), max_length=80, unique=True)
    name_ru = models.CharField(_("name in Russian"), max_length=80, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("offered"), default=True)
    revision = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        abstract = True
        ordering: ClassVar = ["position", "name"]

    def __str__(self) -> str:
        return self.local_name

    @property
    def local_name(self) -> str:
        """Return the name in the reader's language."""
        return local(self.name, self.name_ru)

    def edit(self, *, base: int, **values: Any) -> bool:
        """Save new values in one transaction; False where they are what is stored already.

        ``base`` is the revision that the author started from. Raises :class:`EditConflict` if somebody has saved
        other values since, and ``ValidationError`` at the field for what a field refuses; then nothing is stored.
        """
        with transaction.atomic():
            rows: NamedQuerySet = type(self).objects.all()  # type: ignore[attr-defined]
            rows.lock()
            latest = rows.select_for_update(of=("self",), no_key=True).get(pk=self.pk)
            if all(value == latest.value_of(name) for name, value in values.items()):
                return False
            if base != latest.revision:
                raise EditConflict(latest)
            latest.change(values)
            latest.revision += 1
            # What was stored before some check existed stands in nobody's way.
            latest.full_clean(exclude={field.name for field in latest._meta.fields} - set(values))
            latest.save()
            latest.keep_changed()
            return True

    def value_of(self, name: str) -> Any:
        """Return what is stored under the name of a value that :meth:`edit` takes."""
        return getattr(self, name)

    def change(self, values: Mapping[str, Any]) -> None:
        """Take values over without saving them."""
        for name, value in values.items():
            setattr(self, name, value)

    def keep_changed(self) -> None:
        """Save what :meth:`change` took over for other tables, behind the row itself."""
