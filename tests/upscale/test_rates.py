"""How much may come from one network address."""

from __future__ import annotations

import pytest
from pytest_django import Settings

from accounts import rates as clock
from upscale.rates import TooMany, count_guest, count_photos

HERE = "203.0.113.5"


def counted(address: str, count: int = 1) -> bool:
    """Tell whether photos of an address are let in."""
    try:
        count_photos(address, count)
    except TooMany:
        return False
    return True


def test_an_address_may_send_so_many_in_an_hour_and_then_waits(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.PHOTOS_PER_HOUR_PER_ADDRESS = 3
    monkeypatch.setattr(clock, "time", lambda: 3600.0 * 500_000 + 600)
    assert [counted(HERE) for _ in range(4)] == [True, True, True, False]
    assert counted("203.0.113.6")
    with pytest.raises(TooMany) as refused:
        count_photos(HERE)
    assert refused.value.seconds == 3000
    monkeypatch.setattr(clock, "time", lambda: 3600.0 * 500_001)
    assert counted(HERE)


def test_what_is_as_large_as_several_photos_counts_as_several(settings: Settings) -> None:
    settings.PHOTOS_PER_HOUR_PER_ADDRESS = 6
    assert [counted(HERE, 5), counted(HERE), counted(HERE)] == [True, True, False]


def test_guests_and_photos_are_counted_apart(settings: Settings) -> None:
    settings.GUESTS_PER_HOUR_PER_ADDRESS = settings.PHOTOS_PER_HOUR_PER_ADDRESS = 1
    count_guest(HERE)
    assert counted(HERE)
    with pytest.raises(TooMany, match="sign in"):
        count_guest(HERE)


def test_nought_is_no_limit(settings: Settings) -> None:
    settings.PHOTOS_PER_HOUR_PER_ADDRESS = 0
    assert all(counted(HERE) for _ in range(20))


def test_who_has_no_address_of_their_own_is_not_counted(settings: Settings) -> None:
    settings.PHOTOS_PER_HOUR_PER_ADDRESS = 1
    assert all(counted("") for _ in range(5))


@pytest.mark.parametrize(
    ("one", "other", "are_one"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:203.0.113.5", "203.0.113.5", True),
        ("::ffff:203.0.113.5", "::ffff:203.0.113.6", False),
        ("fe80::1%eth0", "fe80::2%eth1", True),
        ("unix:", "unix:", True),
    ],
)
def test_the_addresses_that_one_owner_may_choose_from_are_one(
    settings: Settings, one: str, other: str, are_one: bool
) -> None:
    settings.PHOTOS_PER_HOUR_PER_ADDRESS = 1
    assert counted(one)
    assert counted(other) is not are_one
