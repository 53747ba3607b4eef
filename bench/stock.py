"""How fast and how exact is the search by meaning over a large stock, with and without filters, and ``stock/match``?

The rows are made, their vectors nearly real. 2,600 descriptions are put together from the topics of ``prompts/`` (each
place or thing of a topic in twenty ways) and embedded by the real model; a row's vector is one of them, moved by the
difference of two others of the same place, which is how real descriptions of one place differ. ``nearest neighbour``
below says how alike the nearest two are, among the real ones and among the made ones. Each search ranks 240 rows, as
the library does; the day is a filter that has nothing to do with what is searched for. Questions are slides and short
searches in both languages, none of them a description of the stock. Beside ours: comparing with every row.

    python -m bench.stock [--rows 100000] [--questions 200] [--check]
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import itertools
import random
import time
from argparse import Namespace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from bench.report import Promise, conclude, p95, parser, table
from bench.scratch import scratch_database
from bench.slides import slides
from engines.encoder import SentenceEncoder, Vectors
from engines.planning.files import load_topics
from engines.registry import DEFAULT_TEXT_EMBEDDER, TEXT_EMBEDDERS
from stockgen.library.describing import description

if TYPE_CHECKING:
    from stockgen.library.wanted import Wanted

LIGHTS = ("soft morning light", "bright daylight", "warm evening light", "light of lamps", "a grey day")
VIEWS = ("wide view", "seen from the entrance", "with large windows", "modern, with plants")
CONCEPTS = ("Interiors", "Exteriors", "Items in close-up")
NEAREST = 10
USUAL_DAY, RARE_DAY = date(2026, 1, 1), date(2026, 2, 1)

SEARCH_MS, MATCH_MS, LEAST_RECALL = 100.0, 150.0, 0.95


def main() -> None:
    """Measure and print."""
    arguments = parser(__doc__)
    arguments.add_argument("--rows", type=int, default=100_000)
    arguments.add_argument("--questions", type=int, default=200)
    options = arguments.parse_args()
    with scratch_database():
        promises = measure(options)
    conclude(promises, check=options.check)


def measure(options: Namespace) -> list[Promise]:
    """Fill a stock and ask it."""
    real, places = real_vectors()
    made = made_vectors(real, places, options.rows)
    print(
        f"nearest neighbour, median (quartiles): {neighbours(real)} among {len(real)} real descriptions, "
        f"{neighbours(made[: len(real)])} among as many made ones"
    )
    fill_stock(made, places)
    asked = questions(options.questions)
    return [*measure_search(asked), *measure_pages(asked)]


def real_vectors() -> tuple[Vectors, list[tuple[int, int, str]]]:
    """Embed the descriptions. Return their vectors and for each the numbers of its topic, concept and its location."""
    texts, places = [], []
    for number, topic in enumerate(load_topics(Path("prompts"))):
        for part, place in enumerate(topic.description.split(", ")):
            concept = part % len(CONCEPTS)
            for light, view in itertools.product(LIGHTS, VIEWS):
                prompt = f"a photo of {place}, {view}, {light}"
                texts.append(description(prompt, place, topic.name, CONCEPTS[concept]))
                places.append((number, concept, place))
    start = time.perf_counter()
    vectors = SentenceEncoder.load(TEXT_EMBEDDERS[DEFAULT_TEXT_EMBEDDER]).embed(texts)
    seconds = time.perf_counter() - start
    print(f"{len(texts)} descriptions embedded, {1e3 * seconds / len(texts):.1f} ms each")
    return vectors, places


def made_vectors(real: Vectors, places: list[tuple[int, int, str]], count: int) -> Vectors:
    """Return ``count`` unit vectors: row n is description n mod len(real), moved as its place's descriptions differ."""
    chance = np.random.default_rng(1)
    each = len(LIGHTS) * len(VIEWS)
    base = np.arange(count) % len(real)
    first, second = (base // each * each + chance.integers(0, each, count) for _ in "ab")
    strength = chance.uniform(0.3, 0.9, (count, 1)).astype(np.float32)
    moved = real[base] + strength * (real[first] - real[second])
    # A little of everything else, or two moves of one place would span a plane only.
    moved += chance.normal(0, 0.006, moved.shape).astype(np.float32)
    unit: Vectors = moved / np.linalg.norm(moved, axis=1, keepdims=True)
    return unit


def neighbours(vectors: Vectors) -> str:
    """Return how alike each of some vectors and its nearest neighbour are."""
    some = vectors[:: max(1, len(vectors) // 500)]
    similarities = some @ vectors.T
    similarities[similarities > 0.99999] = -1  # itself
    low, middle, high = np.percentile(similarities.max(axis=1), [25, 50, 75])
    return f"{middle:.3f} ({low:.3f}–{high:.3f})"


def fill_stock(vectors: Vectors, places: list[tuple[int, int, str]]) -> None:
    """Make the pictures and their rows of the stock, then the index."""
    from django.db import connection

    from bench.gallery import fill
    from stockgen.library import encoder
    from stockgen.models import Concept, Picture, StockPicture, Topic
    from tests.factories import make_concept, make_pictures, make_topic

    for _number in range(13):
        make_topic()
    for _number in range(3):
        make_concept()
    topics, concepts = (
        list(model.objects.order_by("pk").values_list("pk", flat=True)) for model in (Topic, Concept)
    )
    base = make_pictures(
        1, topic=Topic.objects.get(pk=topics[0]), concept=Concept.objects.get(pk=concepts[0])
    )[0]
    fill([base], len(vectors))
    keys = list(
        Picture.objects.filter(seed__gt=1000).order_by("pk").values_list("pk", flat=True)[: len(vectors)]
    )
    chance = random.Random(2)
    start = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX stock_by_meaning")
        copy = (
            "COPY stockgen_stockpicture (picture_id, topic_id, concept_id, run_id, location, image_model, width, "
            "height, orientation, flags, approved_at, vector, embedder) FROM STDIN"
        )
        with cursor.copy(copy) as rows:
            for number, key in enumerate(keys):
                topic, concept, place = places[number % len(places)]
                way, width, height = chance.choice(
                    [("landscape", 1344, 768), ("portrait", 768, 1344), ("square", 1024, 1024)]
                )
                flags = "{dark}" if chance.random() < 0.05 else "{}"
                day = RARE_DAY if chance.random() < 1 / 66 else USUAL_DAY
                rows.write_row(
                    (
                        key, topics[topic], concepts[concept], base.run_id, place,
                        chance.choice(["sdxl", "flux.1-schnell"]), width, height, way, flags, f"{day} 12:00",
                        literal(vectors[number]), encoder.name(),
                    )
                )  # fmt: skip
        filled = time.perf_counter() - start
        start = time.perf_counter()
        cursor.execute("SET maintenance_work_mem = '1GB'")
        with connection.schema_editor() as editor:
            index = next(one for one in StockPicture._meta.indexes if one.name == "stock_by_meaning")
            editor.add_index(StockPicture, index)
        built = time.perf_counter() - start
        cursor.execute("VACUUM ANALYZE stockgen_stockpicture")  # as autovacuum does
        cursor.execute("SELECT pg_relation_size('stock_by_meaning')")
        size = cursor.fetchone()[0]
    print(f"{len(keys)} rows written in {filled:.0f} s; the index: {built:.0f} s, {size / 2**20:.0f} MiB")


def questions(count: int) -> list[str]:
    """Return texts to ask by: slides in both languages, and short searches."""
    known = slides()
    texts = [slide.english for slide in known] + [slide.russian for slide in known]
    texts += [f"{slide.location}, {light}" for slide in known for light in LIGHTS[:2]]
    random.Random(3).shuffle(texts)
    return texts[:count]


def measure_search(asked: list[str]) -> list[Promise]:
    """Ask as the library does, by several filters; compare with the exact answer, and with asking every row."""
    from stockgen.library import encoder
    from stockgen.library.queries import read_query
    from stockgen.library.searching import MOST_RANKED, nearest
    from stockgen.library.wanted import Wanted
    from stockgen.models import Topic

    topic = Topic.objects.order_by("pk")[5]
    filters = {
        "none": Wanted(),
        "topic": Wanted(topic=topic),
        "orientation": Wanted(orientation="landscape"),
        "model, no flags": Wanted(image_model="sdxl", flag="none"),
        "location": Wanted(location="meeting rooms"),
        "width, orientation": Wanted(orientation="portrait", min_width=700),
        "one day in 66": Wanted(since=RARE_DAY, until=RARE_DAY),
    }
    encoder.vector_of("warm up")
    rows, worst_ms, worst_recall = [], 0.0, 1.0
    for name, wanted in filters.items():
        ours, exact, found = [], [], []
        for text in asked:
            encoder.forget()  # a text that nobody has asked before
            start = time.perf_counter()
            query = read_query(text, longest=5000)
            got = nearest(query.vector, wanted.rows(), size=MOST_RANKED)[:NEAREST]  # as the library ranks
            ours.append(1e3 * (time.perf_counter() - start))
            start = time.perf_counter()
            right = every_row(query.vector, wanted)
            exact.append(1e3 * (time.perf_counter() - start))
            worst = min(similarity for _key, similarity in right) if right else 0.0
            # Rows as near as the tenth are as right: vectors have ties.
            good = sum(similarity >= worst - 1e-6 for _key, similarity in got)
            found.append(good / len(right) if right else 1.0)
        recall = float(np.mean(found))
        worst_ms, worst_recall = max(worst_ms, p95(ours)), min(worst_recall, recall)
        rows.append(
            (
                name, f"{np.median(ours):.1f}", f"{p95(ours):.1f}", f"{np.median(exact):.1f}", f"{p95(exact):.1f}",
                f"{recall:.3f}",
            )
        )  # fmt: skip
    table(("filter", "median ms", "p95 ms", "every row, median", "p95", "recall@10"), rows)
    return [
        Promise("search by meaning, p95 of the slowest filter", worst_ms, SEARCH_MS, unit=" ms"),
        Promise("recall@10 of the worst filter", worst_recall, LEAST_RECALL, at_least=True),
    ]


def every_row(vector: Vectors, wanted: Wanted) -> list[tuple[Any, float]]:
    """Return the ten nearest by comparing with every row that passes, without any index."""
    from django.db import connection, transaction

    rows = wanted.rows().order_by()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_indexscan = off")
        sql, values = rows.values("pk").query.sql_with_params()
        cursor.execute(
            "SELECT picture_id, -(vector <#> %s::halfvec) FROM stockgen_stockpicture "
            f"WHERE picture_id IN ({sql}) ORDER BY vector <#> %s::halfvec LIMIT {NEAREST}",
            [literal(vector), *values, literal(vector)],
        )
        return [tuple(row) for row in cursor.fetchall()]


def literal(vector: npt.NDArray[np.float32]) -> str:
    """Write a vector as PostgreSQL reads it."""
    return str(vector.tolist())


def measure_pages(asked: list[str]) -> list[Promise]:
    """Ask over REST, from the request to the JSON: a search, a list, and a match."""
    from django.conf import settings

    from accounts.models import Role
    from stockgen.library import encoder
    from stockgen.models import Concept
    from tests.api.client import ApiClient
    from tests.factories import make_user

    # No limits: one person asks it all.
    settings.API_REQUESTS_PER_MINUTE = settings.API_LAUNCHES_PER_MINUTE = 0
    client = ApiClient(make_user(Role.DESIGNER))
    concept = Concept.objects.order_by("pk")[0].key
    ways: dict[str, Any] = {
        "GET stock/pictures?q=…": lambda text: client.get("/stock/pictures", {"q": text}),
        "GET stock/pictures": lambda _text: client.get("/stock/pictures", {"orientation": "square"}),
        "POST stock/match": lambda text: client.post("/stock/match", {"text": text, "concept": concept}),
    }
    rows, taken = [], {}
    for name, way in ways.items():
        way("warm up")
        took = []
        for text in asked:
            encoder.forget()
            start = time.perf_counter()
            response = way(text)
            took.append(1e3 * (time.perf_counter() - start))
            assert response.status_code in {200, 201}, response.content
        taken[name] = p95(took)
        rows.append((name, f"{np.median(took):.1f}", f"{taken[name]:.1f}"))
    table(("over REST", "median ms", "p95 ms"), rows)
    return [Promise("stock/match from the stock, p95", taken["POST stock/match"], MATCH_MS, unit=" ms")]


if __name__ == "__main__":
    main()
