from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from accounts.models import ApiToken, User

pytestmark = pytest.mark.django_db


def test_only_the_digest_of_a_secret_is_stored(designer: User) -> None:
    token, secret = ApiToken.objects.issue(designer, "slides")
    assert secret.startswith("stk_")
    assert secret.startswith(token.prefix)
    stored = [str(value) for value in ApiToken.objects.values_list().get()]
    assert not any(secret in value for value in stored)


def test_a_live_token_returns_its_person_and_notes_its_use(designer: User) -> None:
    token, secret = ApiToken.objects.issue(designer, "slides", days=1)
    assert ApiToken.objects.authenticate(secret) == designer
    token.refresh_from_db()
    first = token.last_used_at
    assert first is not None
    ApiToken.objects.authenticate(secret)
    token.refresh_from_db()
    assert token.last_used_at == first


def test_an_expired_token_returns_nobody(designer: User) -> None:
    token, secret = ApiToken.objects.issue(designer, "slides", days=1)
    ApiToken.objects.filter(pk=token.pk).update(expires_at=Now() - timedelta(seconds=1))
    assert ApiToken.objects.authenticate(secret) is None


def test_a_revoked_token_returns_nobody_and_keeps_its_first_revocation(designer: User) -> None:
    token, secret = ApiToken.objects.issue(designer, "slides")
    token.revoke()
    first = token.revoked_at
    token.revoke()
    assert ApiToken.objects.authenticate(secret) is None
    assert token.revoked_at == first


def test_the_token_of_a_person_switched_off_returns_nobody(designer: User) -> None:
    _token, secret = ApiToken.objects.issue(designer, "slides")
    User.objects.filter(pk=designer.pk).update(is_active=False)
    assert ApiToken.objects.authenticate(secret) is None
