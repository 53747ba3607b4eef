from __future__ import annotations

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import PermissionDenied
from django.core.management import call_command

from accounts.models import Role, User


@pytest.mark.django_db
def test_migrating_makes_a_group_for_each_role() -> None:
    assert set(Group.objects.values_list("name", flat=True)) >= set(Role.values)


@pytest.mark.django_db
def test_every_permission_that_an_app_declares_for_a_role_exists_and_is_granted() -> None:
    declared = {
        (app.label, role, codename)
        for app in apps.get_app_configs()
        for role, codenames in getattr(app, "role_permissions", {}).items()
        for codename in codenames
    }
    granted = {
        (permission.content_type.app_label, group.name, permission.codename)
        for group in Group.objects.all()
        for permission in group.permissions.select_related("content_type")
    }
    assert declared
    assert declared <= granted


@pytest.mark.django_db
def test_migrating_again_keeps_what_an_administrator_granted() -> None:
    extra = Permission.objects.get(codename="delete_user")
    group = Group.objects.get(name="operator")
    group.permissions.add(extra)
    before = group.permissions.count()
    call_command("migrate", verbosity=0)
    assert group.permissions.count() == before
    assert extra in group.permissions.all()


@pytest.mark.django_db
def test_only_an_operator_may_enter_the_admin(designer: User) -> None:
    assert not User.objects.get(pk=designer.pk).is_staff
    designer.give_roles(Role.DESIGNER, Role.OPERATOR)
    assert designer.is_staff
    assert designer.roles == {"designer", "operator"}
    designer.give_roles(Role.EXPERT)
    again = User.objects.get(pk=designer.pk)
    assert not again.is_staff
    assert again.roles == {"expert"}


@pytest.mark.django_db
def test_giving_roles_leaves_other_groups_alone(designer: User) -> None:
    designer.groups.add(Group.objects.create(name="second floor"))
    designer.give_roles(Role.EXPERT)
    assert set(designer.groups.values_list("name", flat=True)) == {"second floor", "expert"}


@pytest.mark.django_db
def test_a_superuser_stays_staff_without_being_an_operator() -> None:
    user = User.objects.create_superuser("root", password="a good password")
    user.give_roles(Role.DESIGNER)
    assert user.is_staff


@pytest.mark.django_db
def test_a_missing_role_is_refused_by_name(designer: User) -> None:
    designer.require_role(Role.DESIGNER, Role.OPERATOR)
    with pytest.raises(PermissionDenied, match="operator"):
        designer.require_role(Role.OPERATOR)


@pytest.mark.django_db
def test_a_person_switched_off_has_no_role(designer: User) -> None:
    designer.is_active = False
    assert not designer.has_role(Role.DESIGNER)
