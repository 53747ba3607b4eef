"""From which similarity on does a picture suit a slide? Slides in two languages, each with one picture that suits it.

Each slide is asked twice: with its picture in the stock, where the nearest one should be it (or one of its topic, which
is near), and without it and all of its topic, where nothing suits, and what is near enough all the same is wrong. The
threshold in use is to answer at least half of the slides from the stock, nine tenths of these answers of the right
topic, and at most one in ten where the stock has nothing. Beside it: other thresholds, and no threshold at all.

    python -m bench.match [--check]
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from pathlib import Path

import numpy as np
import numpy.typing as npt

from bench.report import Promise, conclude, parser, table
from bench.slides import slides
from engines.encoder import SentenceEncoder
from engines.planning.files import load_topics
from engines.registry import DEFAULT_TEXT_EMBEDDER, TEXT_EMBEDDERS
from engines.translation.russian import to_english
from stockgen.library.describing import description
from stockgen.library.near import NEAR_ENOUGH

LEAST_ANSWERED, LEAST_RIGHT, MOST_WRONG = 0.5, 0.9, 0.1


def main() -> None:
    """Measure and print."""
    options = parser(__doc__).parse_args()
    known = slides()
    names = {seed.key: seed.name for seed in load_topics(Path("prompts"))}
    encoder = SentenceEncoder.load(TEXT_EMBEDDERS[DEFAULT_TEXT_EMBEDDER])
    texts = [description(one.prompt, one.location, names[one.topic], one.concept.title()) for one in known]
    asked = [one.english for one in known] + [to_english(one.russian).text for one in known]
    similarities = encoder.embed(asked) @ encoder.embed(texts).T
    topics = np.array([one.topic for one in known])
    same_topic = np.concatenate([topics, topics])[:, None] == topics[None, :]
    rows, promises = [], []
    for threshold in (0.0, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, NEAR_ENOUGH):
        answered, right, wrong = measured(similarities, same_topic, threshold)
        rows.append((f"{threshold:.2f}", f"{answered:.0%}", f"{right:.0%}", f"{wrong:.0%}"))
        promises = [
            Promise("slides answered from the stock", answered, LEAST_ANSWERED, at_least=True),
            Promise("of these, a picture of the right topic", right, LEAST_RIGHT, at_least=True),
            Promise("answered though the stock has nothing of the topic", wrong, MOST_WRONG),
        ]
    print(
        f"{len(asked)} slides ({len(known)} in each language), {len(texts)} pictures; the last row is the one in use"
    )
    table(("near enough from", "answered", "right topic", "answered wrongly without any"), rows)
    conclude(promises, check=options.check)


def measured(
    similarities: npt.NDArray[np.float32], same_topic: npt.NDArray[np.bool_], threshold: float
) -> tuple[float, float, float]:
    """Return the shares: answered with the whole stock, of these of the right topic, and answered without the topic."""
    nearest = similarities.argmax(axis=1)
    rows = np.arange(len(similarities))
    is_answered = similarities[rows, nearest] >= threshold
    is_right = same_topic[rows, nearest]
    others = np.where(same_topic, -1.0, similarities).max(axis=1)
    right = float(is_right[is_answered].mean()) if is_answered.any() else 1.0
    return float(is_answered.mean()), right, float((others >= threshold).mean())


if __name__ == "__main__":
    main()
