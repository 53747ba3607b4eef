"""What a small model's answer must look like to be used: strict, language-light checks of lists and phrases."""

from __future__ import annotations

import re
from collections.abc import Iterable

MAX_LOCATION_WORDS = 8
MIN_PROMPT_WORDS = 15
MAX_PROMPT_WORDS = 60

_ITEM = re.compile(r"\s*(?:[-*•]|\d{1,2}[.)])\s+(\S.*)")
_ALLOWED = re.compile(r"[A-Za-zÀ-ÖØ-öø-ÿ0-9][A-Za-zÀ-ÖØ-öø-ÿ0-9 ,.'’/&()-]*")
_WORD = re.compile(r"[A-Za-zÀ-ÖØ-öø-ÿ]+(?:-[A-Za-zÀ-ÖØ-öø-ÿ]+)*")

FUNCTION_WORDS = frozenset(
    re.findall(
        r"\w+",
        """
        a an and at between beside by for from in inside into its near of off on onto or out outside over
        per the their to towards under up using via where which while with within without
        """,
    )
)
"""Words that carry no content; a phrase that ends in one of them is cut off."""

PEOPLE = frozenset(
    re.findall(
        r"\w+",
        """
        accountant actor actress artist athlete audience baby banker bartender boy builder
        businessman businesswoman buyer carpenter cashier chef child children clerk coach contractor cook
        couple crew crowd customer dentist designer developer doctor driver employee engineer face farmer
        friend girl guard guest guy hand he headmaster him his human inspector kid lady man manager mechanic
        men mother nurse operator owner paramedic parent passenger patient people person physician pilot
        player professor pupil schoolboy schoolchild schoolchildren schoolgirl scientist seller she shopper singer
        soldier staff student surgeon teacher
        team technician tourist trader trainer traveller traveler visitor waiter waitress we woman women
        worker you your
        """,
    )
)
"""Words for people: the pictures show none. A possessive (“surgeon's lamp”) is no person."""

_INSTRUCTIONS = re.compile(
    r"\b(answer|below|brand|caption|example|following|generate|here (is|are)|http|image of|instruction|list|logo|"
    r"please|prompt|question|sentence|topic|www|word)s?\b",
    re.IGNORECASE,
)


_CAMERA = re.compile(
    r"\b(\d+|angle|camera|century|close-up|dawn|daylight|dusk|glow|lens|light|lighting|lights|lit|mm|mood|photo|"
    r"photograph|picture|portrait|scene|shot|sky|studio|sun|sunlight|sunset|view)\b",
    re.IGNORECASE,
)


def parse_items(answer: str, *, begun: bool) -> list[str]:
    """Return the items of a list, strictly: one a line, each behind a dash, bullet or number.

    ``begun`` says that the first line continues an item whose dash was already there. Reading stops at the first
    line that is no item, so that nothing behind the list is taken for one.
    """
    items: list[str] = []
    for number, line in enumerate(answer.splitlines()):
        if number == 0 and begun and _ITEM.fullmatch(line) is None:
            items.append(line.strip())
            continue
        if not line.strip() and not items:
            continue
        match = _ITEM.fullmatch(line)
        if match is None:
            break
        items.append(match.group(1).strip())
    return [item for item in (tidy(item) for item in items) if item]


def tidy(phrase: str) -> str:
    """Return the phrase without its leading article, surrounding quotes, final full stop and doubled spaces."""
    text = " ".join(phrase.split()).strip(" \"“”'‘’*_.;:,")
    return re.sub(r"^(a|an|the)\s+(?=\w)", "", text, flags=re.IGNORECASE)


def words_of(text: str) -> list[str]:
    """Return the words in lower case; a possessive's ending is no part of its word."""
    return [word.lower() for word in _WORD.findall(re.sub(r"['’]s\b", "", text))]


def content_stems(text: str) -> list[str]:
    """Return the stems of the content words, roughly: plural endings gone, six letters at most."""
    return [_stem(word) for word in words_of(text) if word not in FUNCTION_WORDS]


def is_location(phrase: str) -> bool:
    """True for a short noun phrase: no digits, people, instructions, repeated words, half sentences or markup."""
    words = words_of(phrase)
    stems = content_stems(phrase)
    return (
        0 < len(words) <= MAX_LOCATION_WORDS
        and 3 <= len(phrase) <= 80
        and _ALLOWED.fullmatch(phrase) is not None
        and not any(sign.isdigit() for sign in phrase)
        and not set("(),./&") & set(phrase)
        and words[-1] not in FUNCTION_WORDS
        and len(set(stems)) == len(stems) > 0
        and not names_people(phrase)
        and _INSTRUCTIONS.search(phrase) is None
    )


def is_part(phrase: str) -> bool:
    """True for one visible detail of a description: two to nine words, as clean as a location."""
    words = words_of(phrase)
    stems = content_stems(phrase)
    return (
        2 <= len(words) <= 10
        and _ALLOWED.fullmatch(phrase) is not None
        and words[-1] not in FUNCTION_WORDS
        and len(set(stems)) == len(stems) > 0
        and not names_people(phrase)
        and _INSTRUCTIONS.search(phrase) is None
    )


def is_thing(phrase: str) -> bool:
    """True for a detail that can stand in the room: neither a light nor a camera position, and nothing counted."""
    return is_part(phrase) and _CAMERA.search(phrase) is None


def is_prompt(text: str) -> bool:
    """True for one paragraph of 15 to 60 words with enough different ones and without instructions or people."""
    words = words_of(text)
    content = content_stems(text)
    return (
        MIN_PROMPT_WORDS <= len(words) <= MAX_PROMPT_WORDS
        and "\n" not in text
        and _INSTRUCTIONS.search(text) is None
        and not names_people(text)
        and len(set(content)) >= 0.75 * len(content)
    )


def names_people(text: str) -> bool:
    """True if people would be in the picture."""
    bare = re.sub(r"\b[A-Za-z-]+['’]s?\b", " ", text)
    return any(word in PEOPLE or word.removesuffix("s") in PEOPLE for word in words_of(bare))


def copied_share(text: str, sources: Iterable[str], length: int = 4) -> float:
    """Return the share (0 … 1) of the text's runs of ``length`` words that stand in one of the sources."""
    runs = _runs(words_of(text), length)
    known = {run for source in sources for run in _runs(words_of(source), length)}
    return sum(run in known for run in runs) / len(runs) if runs else 0.0


def _runs(words: list[str], length: int) -> list[tuple[str, ...]]:
    return [tuple(words[start : start + length]) for start in range(len(words) - length + 1)]


def _stem(word: str) -> str:
    if word.endswith(("ches", "shes", "sses", "xes")):
        word = word[:-2]
    elif word.endswith("s") and not word.endswith("ss") and len(word) > 3:
        word = word[:-1]
    return word.removesuffix("ie").rstrip("ey")[:6] if len(word) > 3 else word
