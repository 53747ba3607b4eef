from __future__ import annotations

import io
import stat
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from accounts.models import ApiToken, Role, User


def run(*arguments: str) -> str:
    """Run a command and return what it printed."""
    out = io.StringIO()
    call_command(*arguments, stdout=out, stderr=io.StringIO())
    return out.getvalue()


@pytest.fixture
def data_dir(tmp_path: Path, settings: Settings) -> Path:
    """Give the commands an empty data folder, in development."""
    settings.DEBUG = True
    settings.DATA_DIR = tmp_path / "data"
    return tmp_path / "data"


@pytest.mark.django_db
def test_the_printed_password_of_a_new_user_signs_in() -> None:
    name, password = run("create_user", "dora", "--role", "designer").split()
    user = User.objects.get(username=name)
    assert user.check_password(password)
    assert user.roles == {"designer"}
    assert not user.is_staff


@pytest.mark.django_db
def test_a_new_operator_may_enter_the_admin() -> None:
    run("create_user", "olga", "--role", "operator", "--role", "expert")
    user = User.objects.get(username="olga")
    assert user.is_staff
    assert user.roles == {"operator", "expert"}


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["dora", "no spaces", ""])
def test_a_name_taken_or_malformed_makes_no_user(designer: User, name: str) -> None:
    with pytest.raises(CommandError):
        run("create_user", name, "--role", "designer")
    assert User.objects.count() == 1


@pytest.mark.django_db
def test_the_demonstration_has_one_login_a_role_and_prints_the_same_twice(data_dir: Path) -> None:
    first = run("create_demo_users")
    logins = dict(line.split() for line in first.splitlines())
    assert set(logins) == set(Role.values)
    for role, password in logins.items():
        user = User.objects.get(username=role)
        assert user.check_password(password)
        assert user.roles == {role}
    assert run("create_demo_users") == first
    assert User.objects.count() == 3


@pytest.mark.django_db
def test_the_demonstration_logins_survive_a_new_database(data_dir: Path) -> None:
    first = run("create_demo_users")
    User.objects.all().delete()
    assert run("create_demo_users") == first


@pytest.mark.django_db
def test_only_the_owner_can_read_the_demonstration_logins(data_dir: Path) -> None:
    run("create_demo_users")
    assert stat.S_IMODE((data_dir / "demo-logins.txt").stat().st_mode) == 0o600


@pytest.mark.django_db
def test_there_are_no_demonstration_logins_in_production(data_dir: Path, settings: Settings) -> None:
    settings.DEBUG = False
    with pytest.raises(CommandError, match="create_user"):
        run("create_demo_users")
    assert not User.objects.exists()
    assert not data_dir.exists()


@pytest.mark.django_db
def test_the_printed_token_acts_for_its_person(designer: User) -> None:
    secret = run("create_token", "nightly", "--user", "dora", "--days", "1").strip()
    assert ApiToken.objects.authenticate(secret) == designer
    assert ApiToken.objects.get().expires_at is not None


@pytest.mark.django_db
@pytest.mark.parametrize(
    "arguments",
    [("nightly", "--user", "nobody"), ("", "--user", "dora"), ("nightly", "--user", "dora", "--days", "0")],
)
def test_a_token_for_nobody_or_no_time_is_not_made(designer: User, arguments: tuple[str, ...]) -> None:
    with pytest.raises(CommandError):
        run("create_token", *arguments)
    assert not ApiToken.objects.exists()
