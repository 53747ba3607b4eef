"""How much may come from one network address within an hour, whoever it says it is.

What a person may send is bounded by the person; a script that drops its cookie is a new person each time. The limits
leave room for a lecture hall behind one address.
"""

from __future__ import annotations

from ipaddress import IPv6Address, IPv6Network, ip_address
from math import ceil

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.rates import HOUR, is_within, seconds_left

IPV6_PREFIX = 64
"""Bits of an IPv6 address that a household or a server has in common; the rest it may choose."""


class TooMany(Exception):
    """Too many within an hour; ``seconds`` says when the next one may come."""

    def __init__(self, seconds: int, sentence: str | Promise = "") -> None:
        super().__init__(sentence or _("These are many photos for one hour. Please wait a little."))
        self.seconds = seconds


def count_photos(address: str, count: int = 1) -> None:
    """Count photos that come from a client's address. Raises :class:`TooMany` over ``PHOTOS_PER_HOUR_PER_ADDRESS``.

    An empty address is not counted: that of a client that speaks for the people of an outside network.
    """
    _count(
        "PHOTOS_PER_HOUR_PER_ADDRESS",
        address,
        count,
        _("Very many photos came from your network within this hour. Please wait a little."),
    )


def count_guest(address: str) -> None:
    """Count a new guest who comes from a client's address. Raises :class:`TooMany` over their limit.

    The setting is ``GUESTS_PER_HOUR_PER_ADDRESS``.
    """
    _count(
        "GUESTS_PER_HOUR_PER_ADDRESS",
        address,
        1,
        _("Very many people came from your network within this hour. Please wait a little, or sign in."),
    )


def _count(setting: str, address: str, count: int, sentence: Promise) -> None:
    if address and not is_within(
        getattr(settings, setting), f"{setting}:{_network(address)}", seconds=HOUR, count=count
    ):
        raise TooMany(ceil(seconds_left(HOUR)), sentence)


def _network(address: str) -> str:
    """Return what an address is counted as: itself, or of IPv6 the network that its owner has."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address):
        return str(parsed.ipv4_mapped or IPv6Network((int(parsed), IPV6_PREFIX), strict=False))
    return str(parsed)
