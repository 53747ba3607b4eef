"""What the templates of every app need: icons, durations, roles."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from django import template
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.staticfiles import finders
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Role, User

register = template.Library()

DRAWING = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)


@cache
def drawing(name: str) -> SafeString:
    """Return what is inside a Lucide icon's svg element.

    Raises ``FileNotFoundError`` with the way out where the front-end libraries are not installed.
    """
    path = finders.find(f"vendor/lucide/{name}.svg")
    if path is None:
        raise FileNotFoundError(f"There is no icon “{name}” in static/vendor/lucide; run `make setup`.")
    found = DRAWING.search(Path(path).read_text(encoding="utf-8"))
    assert found is not None, path
    return mark_safe(" ".join(found[1].split()))  # noqa: S308 - our own file


@register.simple_tag
def icon(name: str) -> SafeString:
    """Draw an icon inline, hidden from screen readers: the text beside it, or a label, says what it means."""
    return format_html(
        '<svg class="icon" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-linecap="round"'
        ' stroke-linejoin="round" aria-hidden="true">{}</svg>',
        drawing(name),
    )


@register.filter
def duration(seconds: float | None) -> str:
    """Write seconds as people say them: “4.1 s”, “40 s”, “6 min”, “2 h 5 min”; nothing for None."""
    if seconds is None:
        return ""
    if seconds < 10:
        return _("%(seconds)s s") % {"seconds": number_format(seconds, 1)}
    if seconds < 60:
        return _("%(seconds)s s") % {"seconds": round(seconds)}
    minutes = round(seconds / 60)
    if minutes < 60:
        return _("%(minutes)d min") % {"minutes": minutes}
    return _("%(hours)d h %(minutes)d min") % {"hours": minutes // 60, "minutes": minutes % 60}


@register.filter
def seconds_each(seconds: float) -> str:
    """Write the time of one picture: “4.1 s each”; “12 a second” where that is clearer."""
    if seconds >= 0.1:
        return _("%(duration)s each") % {"duration": duration(seconds)}
    each_second = round(1 / max(seconds, 0.001))
    return ngettext("%(count)d a second", "%(count)d a second", each_second) % {"count": each_second}


@register.filter
def percent(part: float, whole: float) -> int:
    """Return a part of a whole in whole percent, 0 to 100; 0 of nothing."""
    return max(0, min(100, int(100 * part / whole))) if whole else 0


@register.filter
def tens(share: int) -> int:
    """Round down to tens, for what is read aloud: a screen reader should not count along."""
    return share // 10 * 10


@register.filter
def has_role(user: User | AnonymousUser, roles: str) -> bool:
    """Tell whether a person holds one of the roles, separated by commas."""
    return isinstance(user, User) and user.has_role(*(Role(name) for name in roles.split(",")))


@register.filter
def role_names(user: User | AnonymousUser) -> str:
    """List a person's roles in the reader's language."""
    held = user.roles if isinstance(user, User) else frozenset()
    return ", ".join(str(role.label) for role in Role if role in held)


@register.simple_tag(takes_context=True)
def current(context: template.Context, *names: str) -> SafeString | str:
    """Mark the link of a navigation that leads to where the reader is, by the names of its addresses."""
    request = context.get("request")
    match = getattr(request, "resolver_match", None)
    return mark_safe('aria-current="page"') if match and match.url_name in names else ""


@register.simple_tag
def language_choices() -> list[tuple[str, str]]:
    """Return the languages of the interface, each in its own name."""
    names = {"en": "English", "ru": "Русский"}
    return [(code, names.get(code, code)) for code, _name in settings.LANGUAGES]
