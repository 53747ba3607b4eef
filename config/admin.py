"""The name of the admin site, and one place to sign in."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.auth.decorators import login_required
from django.utils.translation import gettext_lazy as _

admin.site.site_header = _("Stock and boards · operation")
admin.site.site_title = _("Stock and boards")
admin.site.index_title = _("What would you like to look after?")
# People sign in on the site's own page, also on their way here.
admin.site.login = login_required(admin.site.login)  # type: ignore[method-assign]
