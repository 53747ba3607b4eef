"""Is a picture found by a Russian text as by the English one? Slides in both languages, each with its picture.

The pictures are described as the library indexes them. What is counted: for how many slides the right picture is
first, and among the first five of all. Beside the word lists: the English text itself, the Russian text as it is, and
what the embedded language model makes of it, asked by worked examples. The slides were written by whoever wrote the
glossary, so the figure says what the way can do, not how complete the lists are; ``unknown words`` are those they lack.

    python -m bench.russian [--no-llm] [--check]
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bench.report import Promise, conclude, parser, table
from bench.slides import Slide, slides
from engines.encoder import SentenceEncoder, Vectors
from engines.llm.base import TextRequest, Turn
from engines.llm.load import load_language_model
from engines.planning.files import load_topics
from engines.registry import (
    DEFAULT_LANGUAGE_MODEL,
    DEFAULT_TEXT_EMBEDDER,
    LANGUAGE_MODELS,
    TEXT_EMBEDDERS,
)
from engines.translation.russian import to_english
from stockgen.library.describing import description

FIRST_FIVE = 5
LEAST_OF_ENGLISH = 0.8
"""Of the slides whose picture is among the first five by the English text, how many are by the Russian one."""

WORKED = (
    Turn("Новый ноутбук на столе у окна", "A new laptop on a table by the window"),
    Turn("Рост цен на хлеб в 2023 году", "Growth of bread prices in 2023"),
    Turn("Дети играют в парке", "Children play in the park"),
    Turn("Как выбрать автомобиль", "How to choose a car"),
)


def main() -> None:
    """Measure and print."""
    arguments = parser(__doc__)
    arguments.add_argument("--no-llm", action="store_true", help="leave the language model out")
    options = arguments.parse_args()
    encoder = SentenceEncoder.load(TEXT_EMBEDDERS[DEFAULT_TEXT_EMBEDDER])
    known = slides()
    topics = {seed.key: seed.name for seed in load_topics(Path("prompts"))}
    pictures = encoder.embed(
        [description(one.prompt, one.location, topics[one.topic], one.concept.title()) for one in known]
    )
    ways: dict[str, Callable[[Slide], str]] = {
        "the English text": lambda slide: slide.english,
        "Russian as it is": lambda slide: slide.russian,
        "Russian by the word lists": lambda slide: to_english(slide.russian).text,
    }
    if not options.no_llm:
        written = by_language_model([slide.russian for slide in known])
        ways[f"Russian by {DEFAULT_LANGUAGE_MODEL}"] = lambda slide: written[slide.russian]
    rows, found = [], {}
    for name, way in ways.items():
        start = time.perf_counter()
        texts = [way(slide) for slide in known]
        seconds = time.perf_counter() - start
        ranks = ranks_of(encoder, texts, pictures)
        found[name] = np.mean(ranks < FIRST_FIVE)
        rows.append(
            (name, f"{np.mean(ranks < 1):.0%}", f"{found[name]:.0%}", f"{1e3 * seconds / len(texts):.2f}")
        )
    print(f"{len(known)} slides, each with one picture among {len(known)}")
    table(("text", "its picture first", "among five", "ms a text"), rows)
    missing = [word for slide in known for word in to_english(slide.russian).unknown]
    print(f"unknown words: {len(missing)} ({', '.join(sorted(set(missing)))})")
    ratio = float(found["Russian by the word lists"] / found["the English text"])
    conclude(
        [Promise("pictures found by Russian, of those by English", ratio, LEAST_OF_ENGLISH, at_least=True)],
        check=options.check,
    )


def ranks_of(encoder: SentenceEncoder, texts: Sequence[str], pictures: Vectors) -> npt.NDArray[np.intp]:
    """Return at which place, from 0, each text finds its own picture."""
    similarities = encoder.embed(texts) @ pictures.T
    own = np.diagonal(similarities)[:, None]
    places: npt.NDArray[np.intp] = (similarities > own).sum(axis=1)
    return places


def by_language_model(texts: Sequence[str]) -> dict[str, str]:
    """Translate by the embedded language model, with worked examples, four answers at a time of one seed."""
    model = load_language_model(LANGUAGE_MODELS[DEFAULT_LANGUAGE_MODEL], device=None)
    requests = [
        TextRequest(
            system="Translate from Russian into English.", examples=WORKED, question=text, seed=7, max_new_tokens=40,
            temperature=0.1, stop=("\n",),
        )
        for text in texts
    ]  # fmt: skip
    start = time.perf_counter()
    answers = model.complete(requests)
    print(
        f"the language model took {(time.perf_counter() - start) / len(texts):.2f} s a text; the first three:"
    )
    for text, answer in list(zip(texts, answers, strict=True))[:3]:
        print(f"    {text} → {answer}")
    return dict(zip(texts, answers, strict=True))


if __name__ == "__main__":
    main()
