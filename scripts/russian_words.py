"""Make engines/translation/dictionary.txt from Mueller's English-Russian dictionary, turned round.

    apt-get download mueller7-dict && dpkg -x mueller7-dict_*.deb unpacked
    python scripts/russian_words.py unpacked/usr/share/dictd/mueller7.dict.dz

Mueller names Russian words for English ones; here the English word is wanted that a Russian one most likely stands for.
Of all English words that name a Russian word, the one is taken whose first senses name it and that is frequent: the
vocabulary of the text embedder is ordered by frequency, and a word outside of it is of little use to the embedder.
"""

from __future__ import annotations

import gzip
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from engines import weights
from engines.registry import DEFAULT_TEXT_EMBEDDER, TEXT_EMBEDDERS
from engines.translation.russian import DICTIONARY, key_of

HEADER = """\
# Russian stems and the English for them: the dictionary of V. K. Mueller, 7th edition, turned round by
# scripts/russian_words.py. (C) 1996 S. Starostin, (C) 1999-2000 E. S. Cymbalyuk; GNU General Public License, version 2
# or later, as Debian's package mueller7-dict has it. The licence is that of this file alone.
"""
HEADWORD = re.compile(r"[a-z]+(?:[ -][a-z]+)?")
RUSSIAN = re.compile(r"[а-яё]+(?:-[а-яё]+)?(?: [а-яё]+(?:-[а-яё]+)?)?")
LABELS = re.compile(r"_[A-Za-zА-Яа-яёЁ-]+\.?|\[[^\]]*\]|\([^)]*\)|[\"«»]")
RARE = 200_000
"""The place in the vocabulary that two words together count as having."""


def main() -> None:
    """Read the dictionary that is named and write the list."""
    spec = TEXT_EMBEDDERS[DEFAULT_TEXT_EMBEDDER]
    vocabulary = (weights.resolve(spec.source, key=spec.key) / "vocab.txt").read_text().split("\n")
    places = {word: place for place, word in enumerate(vocabulary)}
    with gzip.open(sys.argv[1], "rt", encoding="utf-8", errors="replace") as file:
        scores = score(entries(file), places)
    lines = [f"{key}\t{max(of, key=lambda word: (of[word], word))}" for key, of in sorted(scores.items())]
    DICTIONARY.write_text(HEADER + "\n".join(lines) + "\n")
    print(f"{len(lines)} Russian words and phrases")


def entries(lines: Iterator[str]) -> Iterator[tuple[str, str]]:
    """Yield each headword with its article."""
    head, article = "", list[str]()
    for line in lines:
        if line[:1].strip():
            yield head, " ".join(article)
            head, article = line.strip(), []
        else:
            article.append(line.strip())
    yield head, " ".join(article)


def score(articles: Iterator[tuple[str, str]], places: dict[str, int]) -> dict[str, dict[str, float]]:
    """Return by the stems of Russian how likely each English word is meant."""
    scores: dict[str, dict[str, float]] = defaultdict(dict)
    for head, article in articles:
        words = re.split("[ -]", head)
        if not HEADWORD.fullmatch(head) or not all(word in places for word in words):
            continue
        rank = places[head] if len(words) == 1 else RARE
        frequency = max(rank, 2000) ** -0.3
        for sense, glosses in enumerate(senses(article)):
            for place, gloss in enumerate(glosses):
                value = frequency / (1 + 0.5 * sense) / (1 + 0.3 * place)
                of = scores[key_of(gloss.replace("ё", "е").split())]
                of[head] = of.get(head, 0) + value
    return scores


def senses(article: str) -> Iterator[list[str]]:
    """Yield the Russian words and pairs of words that each sense of an article begins with."""
    for sense in re.split(r"(?:^|\s)(?:\d+[.)]|_[IVX]+|[а-я]\))\s", LABELS.sub(" ", article)):
        russian = re.split("[A-Za-z]", sense, maxsplit=1)[0]  # what follows are examples
        glosses = (" ".join(piece.split()) for piece in re.split("[,;]", russian))
        yield [gloss for gloss in glosses if RUSSIAN.fullmatch(gloss)]


if __name__ == "__main__":
    main()
