"""Collect the texts to translate from Python and templates into locale/*/LC_MESSAGES/django.po, with Babel.

    python scripts/messages.py

Needs no gettext on the machine. Translations that exist are kept, texts that are gone are dropped, and a text that
changed a little keeps its translation marked fuzzy, which the checks refuse until somebody has looked at it.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import django
from babel.messages.catalog import Catalog
from babel.messages.extract import extract, extract_python
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

TOP = Path(__file__).resolve().parent.parent
APPS = ("accounts", "config", "delivery", "jobs", "review", "stockgen", "upscale")
KEYWORDS: dict[str, Any] = {
    "_": None, "gettext": None, "gettext_lazy": None, "gettext_noop": None,
    "ngettext": (1, 2), "ngettext_lazy": (1, 2), "pgettext": ((1, "c"), 2), "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3), "npgettext_lazy": ((1, "c"), 2, 3),
}  # fmt: skip
COMMENT_TAGS = ("Translators:",)


def extract_template(source: IO[bytes], keywords: Any, comment_tags: Any, options: Any) -> Iterator[Any]:
    """Extract from a Django template, as Babel's extraction methods do."""
    marked = templatize(source.read().decode())
    # What remains of the layout would be indentation to the tokenizer.
    lines = "\n".join(line.strip() for line in marked.splitlines())
    return extract_python(io.BytesIO(lines.encode()), keywords, comment_tags, options)


def sources() -> Iterator[tuple[Path, Any]]:
    """Give every file that may hold texts, with the method that reads it."""
    for app in APPS:
        for file in sorted((TOP / app).rglob("*.py")):
            if "migrations" not in file.parts:
                yield file, "python"
    for folder in ("templates", *APPS):
        for file in sorted((TOP / folder).rglob("*.html")):
            yield file, extract_template


def fresh_catalog() -> Catalog:
    """Extract every text of the project, just now."""
    catalog = Catalog(fuzzy=False)
    for file, method in sources():
        with file.open("rb") as source:
            for _line, text, comments, context in extract(
                method, source, KEYWORDS, COMMENT_TAGS, {"encoding": "utf-8"}
            ):
                name = str(file.relative_to(TOP))
                catalog.add(text, None, [(name, 0)], auto_comments=comments, context=context)
    return catalog


def translation_file(language: str) -> Path:
    """Return where the translations of a language are kept."""
    return TOP / "locale" / language / "LC_MESSAGES" / "django.po"


def read_translations(language: str) -> Catalog:
    """Read the translations of a language; an empty catalogue where there are none yet."""
    file = translation_file(language)
    if not file.exists():
        return Catalog(locale=language, fuzzy=False)
    with file.open("rb") as stream:
        return read_po(stream, locale=language)


def update(language: str, fresh: Catalog) -> Catalog:
    """Bring the translations of a language in line with the texts, and write them."""
    catalog = read_translations(language)
    catalog.update(fresh, update_creation_date=False, no_fuzzy_matching=False)
    catalog.obsolete.clear()
    catalog.header_comment = "# Translations of the interface. Collect new texts with `make messages`."
    catalog.project, catalog.version, catalog.fuzzy = "Stock and boards", "", False
    file = translation_file(language)
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("wb") as stream:
        write_po(stream, catalog, width=110, sort_by_file=True, include_lineno=False, ignore_obsolete=True)
    return catalog


def main() -> int:
    """Update every language but English, and say what is left to translate."""
    if not settings.configured:
        settings.configure(USE_I18N=True, TEMPLATES=[])
        django.setup()
    fresh = fresh_catalog()
    for language in sorted(folder.name for folder in (TOP / "locale").iterdir() if folder.is_dir()):
        catalog = update(language, fresh)
        left = [message for message in catalog if message.id and (message.fuzzy or not all_strings(message))]
        print(f"{language}: {len(catalog)} texts, {len(left)} to translate in {translation_file(language)}")
    return 0


def all_strings(message: Any) -> bool:
    """Tell whether a message has all its translations, plural forms included."""
    strings = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
    return all(strings)


if __name__ == "__main__":
    sys.exit(main())
