from __future__ import annotations

from typing import Any, ClassVar

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class ReviewConfig(AppConfig):
    name = "review"
    verbose_name = _("Rating")
    default_auto_field = "django.db.models.BigAutoField"
    role_permissions: ClassVar = {
        "operator": (
            "view_entry", "view_vote", "view_undo", "view_hold", "view_override", "view_goldpicture",
            "view_policy", "view_competence", "view_pair", "view_judgement", "view_judgementundo",
        ),
    }  # fmt: skip

    def ready(self) -> None:
        from stockgen.signals import picture_done, picture_examined

        picture_done.connect(take_in, dispatch_uid="review.take_in")
        picture_examined.connect(take_note, dispatch_uid="review.take_note")
        post_migrate.connect(take_in_missing, sender=self, dispatch_uid="review.take_in_missing")


def take_in(sender: Any, *, picture: Any, **_: Any) -> None:
    """Put a picture that is done into the queue."""
    from review.models import Entry

    Entry.objects.take_in([picture])


def take_note(sender: Any, *, picture: Any, is_flagged: bool, looks: Any, **_: Any) -> None:
    """Put a picture behind the others if it is doubtful, and behind its near-duplicate if it has one."""
    from review.models import Entry

    entry = Entry.objects.filter(pk=picture).first()
    if entry is not None:
        entry.doubt(is_flagged)
        entry.restack(looks)


def take_in_missing(app_config: AppConfig, using: str, **_: Any) -> None:
    """Put pictures from before there was a queue into it. Also runs after a flush, which leaves nothing to take."""
    from django.db import DEFAULT_DB_ALIAS, connection

    from review.models import Entry

    if using == DEFAULT_DB_ALIAS and Entry._meta.db_table in connection.introspection.table_names():
        Entry.objects.take_in()
