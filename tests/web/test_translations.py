"""Every text of the interface is marked for translation and translated into Russian."""

from __future__ import annotations

import ast
import importlib.util
import re
from html.parser import HTMLParser
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.conf import settings

TOP: Path = settings.BASE_DIR
TEMPLATES = sorted([*TOP.glob("templates/**/*.html"), *TOP.glob("*/templates/**/*.html")])
TAG = re.compile(r"{%.*?%}|{#.*?#}", re.DOTALL)
TRANSLATED_BLOCK = re.compile(r"{%\s*blocktrans.*?%}.*?{%\s*endblocktrans(?:late)?\s*%}", re.DOTALL)
COMMENT_BLOCK = re.compile(r"{%\s*comment.*?%}.*?{%\s*endcomment\s*%}", re.DOTALL)
VARIABLE = re.compile(r"{{.*?}}", re.DOTALL)
LETTERS = re.compile(r"[^\W\d_]{2,}")
READ_ALOUD = {"alt", "title", "placeholder", "aria-label", "data-confirm", "data-confirm-yes"}
SPOKEN_THE_SAME_EVERYWHERE = {"SHA-256", "PNG"}
LABEL_KEYWORDS = {"label", "help_text", "empty_label", "verbose_name", "verbose_name_plural"}


@pytest.fixture(scope="module")
def messages() -> ModuleType:
    """Load scripts/messages.py."""
    spec = importlib.util.spec_from_file_location("messages_script", TOP / "scripts" / "messages.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_text_is_translated_into_russian(messages: ModuleType) -> None:
    russian = messages.read_translations("ru")
    missing = []
    for text in messages.fresh_catalog():
        if not text.id:
            continue
        translated = russian.get(text.id, text.context)
        if translated is None or translated.fuzzy or not messages.all_strings(translated):
            missing.append(text.id)
    assert not missing, "Run `make messages` and translate."


def test_no_translation_is_left_over(messages: ModuleType) -> None:
    fresh = messages.fresh_catalog()
    left_over = [
        text.id
        for text in messages.read_translations("ru")
        if text.id and fresh.get(text.id, text.context) is None
    ]
    assert not left_over, "Run `make messages`."


def test_translations_use_the_same_placeholders(messages: ModuleType) -> None:
    placeholder = re.compile(r"%\(\w+\)[sd]|%%")
    wrong = []
    for text in messages.read_translations("ru"):
        if not text.id:
            continue
        ids = text.id if isinstance(text.id, tuple) else (text.id,)
        strings = text.string if isinstance(text.string, tuple) else (text.string,)
        asked = sorted(placeholder.findall(ids[-1]))
        wrong += [string for string in strings if sorted(placeholder.findall(string)) != asked]
    assert not wrong


class BareText(HTMLParser):
    """Collects text, and attributes that people read, as they stand in the markup."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in {"style", "script"}
        self.found += [
            value for name, value in attrs if name in READ_ALOUD and value and LETTERS.search(value)
        ]

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in {"style", "script"}

    def handle_data(self, data: str) -> None:
        if not self.silent and LETTERS.search(data):
            self.found.append(data.strip())


def bare_texts(source: str) -> list[str]:
    """Return the texts of a template that stand outside translation tags."""
    for pattern in (COMMENT_BLOCK, TRANSLATED_BLOCK, TAG, VARIABLE):
        source = pattern.sub(" ", source)
    parser = BareText()
    parser.feed(source)
    return [text for text in parser.found if text not in SPOKEN_THE_SAME_EVERYWHERE]


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(TOP)))
def test_a_template_has_no_text_outside_translation_tags(template: Path) -> None:
    assert not bare_texts(template.read_text())


@pytest.mark.parametrize(
    "source",
    [
        "<p>Hello there</p>",
        '<a title="Go on">{{ x }}</a>',
        '{% trans "a" %} and <b>{{ b }}</b>',
        "{% if x %}Yes{% endif %}",
    ],
)
def test_bare_text_is_found(source: str) -> None:
    assert bare_texts(source)


@pytest.mark.parametrize(
    "source",
    [
        '<p>{% trans "Hello" %}</p>', "{% blocktrans trimmed with a=b %}Hello {{ a }}{% endblocktrans %}",
        '<p class="big">{{ name }} · 3</p>', '<a title="{% trans "Go on" %}">→</a>', "{# a remark #}",
    ],
)  # fmt: skip
def test_marked_text_is_no_bare_text(source: str) -> None:
    assert not bare_texts(source)


def bare_labels(source: str) -> list[str]:
    """Return the labels and help texts of Python code that are plain strings."""
    found = []
    for call in ast.walk(ast.parse(source)):
        if not isinstance(call, ast.Call):
            continue
        for keyword in call.keywords:
            value: Any = keyword.value
            if (
                keyword.arg in LABEL_KEYWORDS
                and isinstance(value, ast.Constant)
                and isinstance(value.value, str)
            ):
                found.append(value.value)
    return [text for text in found if LETTERS.search(text)]


@pytest.mark.parametrize("app", ["accounts", "jobs", "stockgen", "review", "upscale", "config"])
def test_labels_in_python_are_marked(app: str) -> None:
    files = [file for file in (TOP / app).rglob("*.py") if "migrations" not in file.parts]
    found = {str(file.relative_to(TOP)): bare_labels(file.read_text()) for file in files}
    assert not {name: labels for name, labels in found.items() if labels}


def test_a_bare_label_is_found() -> None:
    assert bare_labels('x = forms.CharField(label="Name")') == ["Name"]
    assert not bare_labels('x = forms.CharField(label=_("Name"))')
