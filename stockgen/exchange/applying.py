"""Import an exchange file, all of it or nothing."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction

from accounts.models import User
from stockgen.exchange.comparing import Change, Preview, compare
from stockgen.exchange.document import Document
from stockgen.models import Concept, PromptAddition, Reason, Topic


class PreviewOutdated(Exception):
    """Something was changed since the preview was made; nothing was imported. ``preview`` is what it would do now."""

    def __init__(self, preview: Preview) -> None:
        super().__init__("Something was changed since the preview was made.")
        self.preview = preview


def apply(
    document: Document, *, author: User | None, digest: str | None = None, with_reasons: bool = True
) -> Preview:
    """Do what :func:`compare` says that importing a document would do, in one transaction; return what was done.

    ``digest`` is that of the preview that the author agreed to. Raises :class:`PreviewOutdated` if the import would
    do anything else by now, and :class:`Unreadable` if the document no longer fits. ``author`` becomes the author of
    the additions' new versions. Doing it twice changes nothing the second time.
    """
    try:
        with transaction.atomic():
            _lock()
            preview = compare(document, with_reasons=with_reasons)
            if digest is not None and preview.digest != digest:
                raise PreviewOutdated(preview)
            _write(preview, author)
    except IntegrityError:  # a reason or a registered name that somebody made this very moment
        raise PreviewOutdated(compare(document, with_reasons=with_reasons)) from None
    return preview


def _lock() -> None:
    """Let nobody change what is compared until the transaction ends; whoever reads, and runs, go on."""
    for named in (Topic, Concept):
        named.objects.lock()
    for model in (Topic, Concept, Reason):
        list(model._default_manager.select_for_update(no_key=True).order_by("pk").values_list("pk"))


def _write(preview: Preview, author: User | None) -> None:
    changes = [change for change in preview.changes if change.action != "keep"]
    rows = [change.row for change in changes if not isinstance(change.row, PromptAddition)]
    _make_way(rows)
    for row in rows:
        if row.pk is not None and isinstance(row, Topic | Concept):
            row.revision += 1
        row.save()
    for change in changes:
        if change.entry.kind == "concept":
            _write_negative_prompts(change)
        elif change.entry.kind == "addition":
            addition: Any = change.row
            PromptAddition.objects.append(
                topic=addition.topic, concept=addition.concept, step=addition.step, text=addition.text,
                note=addition.note, author=author, base=addition.version - 1,
            )  # fmt: skip


def _make_way(rows: list[Any]) -> None:
    """Free the names and digits that change, so that two rows can swap theirs."""
    for row in rows:
        if row.pk is not None:
            free = {"name": f"~{row.key}"} | ({"is_active": False} if isinstance(row, Reason) else {})
            type(row)._default_manager.filter(pk=row.pk).update(**free)


def _write_negative_prompts(change: Change) -> None:
    for model, text in change.entry.values.get("negative_prompts", {}).items():
        change.row.negative_prompts.update_or_create(image_model=model, defaults={"text": text})
