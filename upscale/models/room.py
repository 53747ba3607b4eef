"""A room: one audience that shares what it photographed."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, ClassVar, Self

from django.apps import apps
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.db.models.functions import Coalesce, Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from jobs.ids import uuid7
from jobs.models import WrongState
from upscale.models.storing import kept_no_longer
from upscale.visitors import Visitor

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Of a code: none that is read as another across a lecture hall (I and 1, O and 0)."""

CODE_LENGTH = 6
MOST_MEMBERS = 500
MOST_ROOMS = 20
"""Live rooms of one owner."""

LONGEST_HOURS = 24 * 14

CYRILLIC = str.maketrans("АВЕКМНРСТУХ", "ABEKMHPCTYX")
"""What somebody types who has not changed the keyboard's layout, and sees as the letters of the code."""


def clean_code(text: str) -> str:
    """Return the code that a person typed: case, spaces and dashes do not matter, nor Cyrillic that looks like it."""
    return "".join(letter for letter in text[:100].upper().translate(CYRILLIC) if letter in LETTERS)


class RoomClosed(WrongState):
    """The room was closed or its time is over."""


class RoomQuerySet(models.QuerySet["Room"]):
    def live(self) -> Self:
        """Neither closed nor expired, by the database's clock."""
        return self.filter(closed_at=None, expires_at__gt=Now())

    def outdated(self) -> Self:
        """Over for longer than ``PHOTO_RETENTION_DAYS``, so that all their photos are gone; none where that is 0."""
        return self.filter(kept_no_longer("expires_at"))

    def visible_to(self, visitor: Visitor | None) -> Self:
        """Rooms that one owns or is a member of, closed ones too; all of them for operators."""
        if visitor is None:
            return self.none()
        if visitor.is_operator:
            return self
        return self.of(visitor)

    def of(self, visitor: Visitor | None) -> Self:
        """Rooms that one owns or is a member of, closed ones too."""
        if visitor is None:
            return self.none()
        member = Membership.objects.present().filter(room=models.OuterRef("pk"), person=visitor.person)
        return self.filter(Q(owner=visitor.person) | models.Exists(member))

    def with_counts(self) -> models.QuerySet[Any]:
        """With ``people`` present and photos ``shared``, counted a table each: a join of both multiplies their rows."""

        def count(rows: models.QuerySet[Any]) -> Coalesce:
            each = rows.filter(room=models.OuterRef("pk")).order_by().values("room")
            return Coalesce(models.Subquery(each.annotate(count=models.Count("pk")).values("count")), 0)

        photos = apps.get_model("upscale", "Photo")._default_manager.all()
        return self.annotate(people=count(Membership.objects.present()), shared=count(photos))

    def with_code(self, code: str) -> Room:
        """Return the room of a code as a person types it. Raises ``Room.DoesNotExist``."""
        return self.get(code=clean_code(code))

    def open_room(self, visitor: Visitor, name: str, *, hours: int, nickname: str = "") -> Room:
        """Open a room, its owner being the first member. Raises ``ValidationError`` with a message at each field."""
        errors: dict[str, Any] = {}
        if not (name := name.strip()) or len(name) > 80 or "\0" in name:
            errors["name"] = _("Give the room a name of 1 to 80 characters.")
        if not 1 <= hours <= LONGEST_HOURS:
            errors["hours"] = _("A room lasts 1 to %(most)d hours.") % {"most": LONGEST_HOURS}
        if self.live().filter(owner=visitor.person).count() >= MOST_ROOMS:
            errors[NON_FIELD_ERRORS] = _("You have many open rooms. Close one that is over.")
        if errors:
            raise ValidationError(errors)
        for _attempt in range(20):
            code = "".join(secrets.choice(LETTERS) for _letter in range(CODE_LENGTH))
            room = Room(code=code, name=name, owner=visitor.person, expires_at=Now() + timedelta(hours=hours))
            try:
                with transaction.atomic():
                    room.save(force_insert=True)
                    room.refresh_from_db()
                    room.join(visitor, nickname or visitor.name or str(_("Host")))
            except IntegrityError:
                continue
            return room
        raise RuntimeError("No free room code was found in 20 attempts.")


class Room(models.Model):
    """A room, known by its code. Verbs: :meth:`join`, :meth:`leave`, :meth:`remove_member`, :meth:`close`."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(_("code"), max_length=CODE_LENGTH, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=80)
    owner = models.CharField(_("owner"), max_length=120, editable=False)
    created_at = models.DateTimeField(_("created"), db_default=Now(), editable=False)
    expires_at = models.DateTimeField(_("ends"))
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True, editable=False)

    objects = RoomQuerySet.as_manager()

    class Meta:
        verbose_name = _("room")
        verbose_name_plural = _("rooms")
        indexes: ClassVar = [models.Index("owner", models.F("id").desc(), name="room_of_owner")]

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"

    def get_absolute_url(self) -> str:
        """Return the address of its page."""
        return reverse("room", args=[self.code])

    @property
    def is_live(self) -> bool:
        """True until it is closed or its time is over, by the database's clock: one query, unless it was closed."""
        return self.closed_at is None and type(self).objects.live().filter(pk=self.pk).exists()

    def is_owned_by(self, visitor: Visitor | None) -> bool:
        """Tell whether the visitor may look after the room: its owner, and operators."""
        return visitor is not None and (visitor.person == self.owner or visitor.is_operator)

    def membership_of(self, visitor: Visitor | None) -> Membership | None:
        """Return the visitor's membership, None for strangers and for those who left or were removed."""
        return self.memberships.present().filter(person=visitor.person).first() if visitor else None

    @contextmanager
    def locked(self, *, live: bool = True) -> Iterator[None]:
        """Be the only one who changes who and what is in the room, until the end of the transaction made for it.

        Raises :class:`RoomClosed` where the room is over, unless ``live`` is False.
        """
        with transaction.atomic():
            room = type(self).objects.select_for_update().filter(pk=self.pk).first()
            if live and (room is None or not room.is_live):
                raise RoomClosed(_("This room is closed."))
            yield

    def join(self, visitor: Visitor, nickname: str) -> Membership:
        """Come in under a nickname; again: the nickname changes.

        Raises ``ValidationError`` for a nickname that is empty, too long or taken, :class:`RoomClosed`, and
        ``PermissionDenied`` for who was removed.
        """
        nickname = " ".join(nickname.split())
        if not nickname or len(nickname) > 40 or "\0" in nickname:
            raise ValidationError({"nickname": _("Choose a nickname of 1 to 40 characters.")})
        with self.locked():
            mine = self.memberships.filter(person=visitor.person).first()
            if mine and mine.was_removed:
                raise PermissionDenied(_("The owner of the room has removed you."))
            others = self.memberships.present().exclude(person=visitor.person)
            if others.filter(nickname__iexact=nickname).exists():
                raise ValidationError({"nickname": _("Somebody in the room has this nickname already.")})
            if others.count() >= MOST_MEMBERS:
                raise RoomClosed(_("This room is full."))
            membership, _made = self.memberships.update_or_create(
                person=visitor.person, defaults={"nickname": nickname, "removed_at": None}
            )
            self.photos.filter(person=visitor.person).update(nickname=nickname)
        return membership

    def leave(self, visitor: Visitor) -> None:
        """Go; what was shared stays. Who was not there has left already."""
        self.memberships.present().filter(person=visitor.person).update(removed_at=Now())

    def remove_member(self, membership: Membership) -> None:
        """Send a member out for good, and their photos with them. Raises :class:`WrongState` for the owner."""
        if membership.person == self.owner:
            raise WrongState(_("The owner of the room cannot be removed."))
        with self.locked(live=False):
            self.memberships.filter(pk=membership.pk).update(removed_at=Now(), was_removed=True)
            self.photos.filter(person=membership.person).update(room=None, nickname="", shared_at=None)

    def close(self) -> None:
        """Let nobody in and nothing be shared any more; closing twice changes nothing."""
        with self.locked(live=False):
            type(self).objects.filter(pk=self.pk, closed_at=None).update(closed_at=Now())
        self.refresh_from_db()


class MembershipQuerySet(models.QuerySet["Membership"]):
    def present(self) -> Self:
        """Neither gone nor removed."""
        return self.filter(removed_at=None)


class Membership(models.Model):
    """Somebody in a room, under a nickname. ``muted``: their messenger is not told of others' photos."""

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="memberships")
    person = models.CharField(max_length=120, editable=False)
    nickname = models.CharField(_("nickname"), max_length=40)
    muted = models.BooleanField(default=False)
    joined_at = models.DateTimeField(_("joined"), db_default=Now(), editable=False)
    removed_at = models.DateTimeField(null=True, blank=True, editable=False)
    was_removed = models.BooleanField(default=False, editable=False)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["room", "person"], name="one_membership_a_person")
        ]
        indexes: ClassVar = [models.Index(fields=["person"], name="membership_of_person")]

    def __str__(self) -> str:
        return f"{self.nickname} · {self.room}"

    def mute(self, muted: bool) -> None:
        """Let their messenger be told of others' photos or not."""
        type(self).objects.filter(pk=self.pk).update(muted=muted)
        self.refresh_from_db()
