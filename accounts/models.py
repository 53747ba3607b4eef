"""People with roles, and the tokens by which programs act for them."""

from __future__ import annotations

import hashlib
import re
import secrets
from datetime import timedelta
from functools import cached_property
from typing import ClassVar

from django.contrib.auth.models import AbstractUser, Group
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a person is here for; each role is a group of the same name."""

    DESIGNER = "designer", _("designer")
    EXPERT = "expert", _("expert")
    OPERATOR = "operator", _("operator")


class User(AbstractUser):
    """A person who signs in. Roles are groups; a superuser has them all."""

    @cached_property
    def roles(self) -> frozenset[str]:
        """The roles held, as values of :class:`Role`. One query a request."""
        if self.is_superuser:
            return frozenset(Role.values)
        return frozenset(self.groups.values_list("name", flat=True)) & frozenset(Role.values)

    def has_role(self, *roles: Role) -> bool:
        """Tell whether the person is active and holds one of the roles."""
        return self.is_active and any(role.value in self.roles for role in roles)

    def require_role(self, *roles: Role) -> None:
        """Raise ``PermissionDenied``, naming the roles that may, unless the person holds one of them."""
        if not self.has_role(*roles):
            names = ", ".join(str(role.label) for role in roles)
            raise PermissionDenied(_("This needs one of these roles: %(roles)s.") % {"roles": names})

    def give_roles(self, *roles: Role) -> None:
        """Make these the person's roles, instead of those held before; an operator may enter the admin."""
        with transaction.atomic():
            held = [Group.objects.get_or_create(name=role.value)[0] for role in roles]
            others = self.groups.exclude(name__in=Role.values)
            self.groups.set([*others, *held])
            self.is_staff = self.is_superuser or Role.OPERATOR in roles
            self.save(update_fields=["is_staff"])
        self.__dict__.pop("roles", None)

    @property
    def person(self) -> str:
        """Return the name under which jobs are shared out fairly."""
        return f"user:{self.pk}"

    @property
    def display_name(self) -> str:
        """Return the full name, or the user name where none is given."""
        return self.get_full_name() or self.get_username()


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def live(self) -> ApiTokenQuerySet:
        """Neither revoked nor expired, by the database's clock."""
        return self.filter(Q(expires_at__isnull=True) | Q(expires_at__gt=Now()), revoked_at__isnull=True)

    def issue(
        self, user: User, name: str, *, days: int | None = None, acts_for: str = ""
    ) -> tuple[ApiToken, str]:
        """Make a token and return it with its secret, which is shown this once and never stored.

        Raises ``ValidationError`` where ``acts_for`` is no name of an outside network.
        """
        if acts_for and (not ApiToken.NETWORK.fullmatch(acts_for) or acts_for in ApiToken.OWN_NAMES):
            raise ValidationError(
                {"acts_for": _("Name a network, such as “telegram”: 2 to 20 letters a to z.")}
            )
        secret = f"{ApiToken.MARK}{secrets.token_urlsafe(32)}"
        token = self.create(
            user=user,
            name=name,
            prefix=secret[: ApiToken.PREFIX_LENGTH],
            digest=ApiToken.digest_of(secret),
            expires_at=None if days is None else Now() + timedelta(days=days),
            acts_for=acts_for,
        )
        token.refresh_from_db()
        return token, secret

    def authenticate(self, secret: str) -> User | None:
        """Return the active person whose live token this is, and note its use at most once a minute."""
        token = self.use(secret)
        return token.user if token else None

    def use(self, secret: str) -> ApiToken | None:
        """Return the live token of an active person that has this secret, noting its use at most once a minute."""
        stale = Q(last_used_at__isnull=True) | Q(last_used_at__lt=Now() - timedelta(minutes=1))
        note = models.ExpressionWrapper(stale, output_field=models.BooleanField())
        rows = self.live().select_related("user").annotate(is_use_stale=note)
        token = rows.filter(digest=ApiToken.digest_of(secret)).first()
        if token is None or not token.user.is_active:
            return None
        if token.is_use_stale:  # type: ignore[attr-defined]
            self.filter(stale, pk=token.pk).update(last_used_at=Now())
        return token


class ApiToken(models.Model):
    """A secret by which a program acts for a person: SHA-256 at rest, its prefix shown, revocable.

    One with ``acts_for``, the name of an outside network such as ``telegram``, is trusted to speak for anybody there.
    """

    MARK = "stk_"
    PREFIX_LENGTH = 10
    NETWORK = re.compile(r"[a-z]{2,20}")
    OWN_NAMES = ("user", "guest")
    """Beginnings of the names of people whom no outside network may speak for."""

    user = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="api_tokens", verbose_name=_("person")
    )
    name = models.CharField(_("name"), max_length=80)
    prefix = models.CharField(_("begins with"), max_length=PREFIX_LENGTH, editable=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("created"), db_default=Now(), editable=False)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True, editable=False)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True, editable=False)
    acts_for = models.CharField(_("speaks for"), max_length=20, default="", blank=True, editable=False)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        ordering: ClassVar = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    @staticmethod
    def digest_of(secret: str) -> str:
        """Return the SHA-256 of a secret, 64 hexadecimal digits. Fast is fine: it has 256 random bits."""
        return hashlib.sha256(secret.encode()).hexdigest()

    def revoke(self) -> None:
        """Make the token useless from now on; revoking twice changes nothing."""
        type(self).objects.filter(pk=self.pk, revoked_at__isnull=True).update(revoked_at=Now())
        self.refresh_from_db()
