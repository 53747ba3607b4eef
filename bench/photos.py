"""Ten people send four photos of boards each at the same moment, over HTTP: does everybody get theirs in time?

The real web server, one worker, the real engines. Once with nothing else to do, once with a bulk run of pictures being
rendered. Beside ours, the usual way, computed from what a photo at full effort takes alone: first come, first served,
all photos with the same effort.

    python -m bench.photos [--people 10] [--photos 4] [--workers 1] [--save FILE] [--check]
"""

from __future__ import annotations

import os
import statistics
import threading
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from bench.report import Figure, Measurement, Promise, conclude, p95, parser, table
from bench.scratch import scratch_database
from bench.serving import web_server, workers

WORDS = (
    *(
        "energy",
        "mass",
        "light",
        "speed",
        "force",
        "field",
        "charge",
        "current",
        "voltage",
        "power",
        "work",
        "heat",
    ),
    *("pressure", "volume", "matrix", "vector", "theorem", "proof", "lemma", "limit", "series", "function"),
    *("integral", "derivative", "graph", "node", "edge", "tree", "queue", "stack", "list", "table"),
)
QUIET, BULK = ROUNDS = ("nothing else to do", "beside a bulk run")
SUCCEEDED, P95, MEDIAN = "share that succeeded", "p95 from upload to result", "median from upload to result"
LAST, UNFAIRNESS = "longest from upload to result", "slowest person's mean over the fastest's"
WITH_EFFORT = "photos with effort "
"""What figures are called; the name of the round, or of the usual way, follows behind a comma."""

DEADLINE = 120.0
PATIENCE = 400.0
AGAIN = 2.0


@dataclass(frozen=True)
class Sent:
    """One photo: whose it is, seconds from its upload to its result and of work (None: none came), how it ended."""

    person: int
    seconds: float | None
    work: float | None
    state: str
    effort: str


def main() -> None:
    """Measure and print."""
    arguments = parser(__doc__)
    arguments.add_argument("--people", type=int, default=10)
    arguments.add_argument("--photos", type=int, default=4, help="of each person")
    arguments.add_argument("--workers", type=int, default=1)
    arguments.add_argument("--save", type=Path, help="a file for all figures")
    options = arguments.parse_args()
    with scratch_database():
        measure(options.people, options.photos, options.workers, file=options.save, check=options.check)


def measure(people: int, photos: int, hands: int, *, file: Path | None, check: bool) -> None:
    """Send them all, without and with a bulk run, and look at when each came back."""
    rows, promises, figures = [], [], []
    with web_server(PHOTOS_PER_HOUR="0") as url, workers(hands):
        send(url, 1, 1)  # loads the models
        alone = send(url, 1, 1)[0].seconds or PATIENCE
        for name in ROUNDS:
            if name == BULK:
                launch_bulk()
            sent = send(url, people, photos)
            promised = promises_of(name, sent)
            times = times_of(sent)
            rows.append(
                (
                    f"ours, {name}", f"{promised[0].measured:.0%}", f"{statistics.median(times):.0f}",
                    f"{p95(times):.0f}", f"{max(times):.0f}", f"{fairness(sent):.2f}", efforts(sent),
                )
            )  # fmt: skip
            promises += promised
            figures += [*(promise.figure for promise in promised), *figures_of(name, sent)]
    usual = [alone * (number + 1) / hands for number in range(people * photos)]
    unfair = sum(usual[-photos:]) / sum(usual[:photos])
    rows.append(
        ("usual, computed", "", f"{statistics.median(usual):.0f}", f"{p95(usual):.0f}", f"{usual[-1]:.0f}",
         f"{unfair:.2f}", "full")
    )  # fmt: skip
    figures += [
        Figure("one photo alone, from upload to result", alone, "s"),
        Figure(f"{P95}, usual, computed", p95(usual), "s"),
        *of_times("usual, computed", usual),
        Figure(f"{UNFAIRNESS}, usual, computed", unfair),
    ]
    if file:
        setting = {"people": people, "photos": photos, "workers": hands, "cores": os.cpu_count() or 0}
        Measurement(setting, figures).save(file)
    print(
        f"\n{people} people × {photos} photos of 1 MP at once, {hands} worker(s); alone a photo takes {alone:.1f} s\n"
    )
    table(("", "done", "median s", "p95 s", "last s", "unfairness", "efforts"), rows)
    conclude(promises, check=check)


def times_of(sent: Sequence[Sent]) -> list[float]:
    """Return the seconds of each photo; of one that never came, how long it was waited for."""
    return [one.seconds if one.seconds is not None else PATIENCE for one in sent]


def promises_of(name: str, sent: Sequence[Sent]) -> list[Promise]:
    """Return what is promised of a round."""
    done = sum(one.state == "done" for one in sent) / len(sent)
    return [
        Promise(f"{SUCCEEDED}, {name}", done, 0.98, at_least=True),
        Promise(f"{P95}, {name}", p95(times_of(sent)), DEADLINE, unit=" s"),
        Promise(f"{UNFAIRNESS}, {name}", fairness(sent), 1.5),
    ]


def figures_of(name: str, sent: Sequence[Sent]) -> list[Figure]:
    """Return what else is told of a round."""
    of_efforts = [
        figure
        for effort, work in work_by_effort(sent).items()
        for figure in (
            Figure(f"{WITH_EFFORT}{effort or 'unknown'}, {name}", len(work)),
            Figure(f"median work with effort {effort or 'unknown'}, {name}", statistics.median(work), "s"),
        )
    ]
    return [*of_times(name, times_of(sent)), *of_efforts]


def of_times(name: str, times: Sequence[float]) -> list[Figure]:
    """Return the figures of times of which nothing is promised."""
    return [
        Figure(f"{MEDIAN}, {name}", statistics.median(times), "s"),
        Figure(f"{LAST}, {name}", max(times), "s"),
    ]


def fairness(sent: Sequence[Sent]) -> float:
    """Return the mean time of the person served worst over that of the one served best."""
    times = defaultdict(list)
    for one, seconds in zip(sent, times_of(sent), strict=True):
        times[one.person].append(seconds)
    means = [statistics.mean(mine) for mine in times.values()]
    return max(means) / min(means)


def work_by_effort(sent: Sequence[Sent]) -> dict[str, list[float]]:
    """Return the seconds of work of all photos by their effort, which is empty for those that never came."""
    work: dict[str, list[float]] = defaultdict(list)
    for one in sorted(sent, key=lambda one: one.effort):
        work[one.effort].append(one.work or 0.0)
    return work


def efforts(sent: Sequence[Sent]) -> str:
    """Return how many photos got which effort, and the median seconds of work of one."""
    return ", ".join(
        f"{key} {len(some)} ({statistics.median(some):.1f} s)" for key, some in work_by_effort(sent).items()
    )


def send(url: str, people: int, photos: int) -> list[Sent]:
    """Let all people upload at once and wait for their results."""
    ended: list[tuple[int, str, str, str]] = []
    barrier = threading.Barrier(people)

    def be(person: int) -> None:
        headers = guest(url)
        files = [photo_of_a_board(person * 100 + number) for number in range(photos)]
        barrier.wait()
        begun = [(time.monotonic(), upload(url, headers, file)) for file in files]
        ended.extend((person, key, *wait_for(url, headers, key, since)) for since, key in begun)

    crowd = [threading.Thread(target=be, args=(person,)) for person in range(people)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()
    return [Sent(person, *_seconds(key), state, effort) for person, key, state, effort in ended]


def guest(url: str) -> dict[str, str]:
    """Become a guest; returns the headers that say so."""
    answer = requests.post(f"{url}/api/v1/photos/guests", timeout=60)
    answer.raise_for_status()
    return {"Authorization": f"Bearer {answer.json()['token']}"}


def upload(url: str, headers: dict[str, str], content: bytes) -> str:
    """Send a photo; returns its id."""
    answer = requests.post(
        f"{url}/api/v1/photos", headers=headers, files={"file": ("board.jpg", content)}, timeout=120
    )
    answer.raise_for_status()
    return str(answer.json()["id"])


def wait_for(url: str, headers: dict[str, str], key: str, since: float) -> tuple[str, str]:
    """Wait until a photo has ended; returns how, and at which effort."""
    while (asked := time.monotonic()) - since < PATIENCE:
        photo: dict[str, Any] = requests.get(
            f"{url}/api/v1/photos/{key}", params={"wait": 20}, headers=headers, timeout=60
        ).json()
        if photo["state"] in {"done", "failed", "cancelled"}:
            return photo["state"], photo["effort"]
        # Where many wait already the answer comes at once: one asks again after a second or two (docs/api.md).
        time.sleep(max(0.0, asked + AGAIN - time.monotonic()))
    return "late", ""


def _seconds(key: str) -> tuple[float | None, float | None]:
    """Return what the row says: another photo of the same person may have been waited for meanwhile."""
    from upscale.models import Photo

    photo = Photo.objects.get(pk=key)
    return photo.seconds, photo.work_seconds


def launch_bulk() -> None:
    """Let a run of pictures wait that lasts longer than the photos do."""
    from stockgen.models import Concept, Run, Topic
    from stockgen.seed import seed
    from tests.factories import make_user

    seed()
    Run.objects.launch(
        make_user(),
        topic=Topic.objects.earliest("pk"),
        concept=Concept.objects.earliest("pk"),
        count=2000,
        seed=1,
    )


def photo_of_a_board(seed: int) -> bytes:
    """Draw a board of 1 MP with some 24 lines of text, photographed: uneven light, blur, noise, JPEG."""
    import io

    import cv2
    import numpy as np
    from PIL import Image, ImageDraw, ImageFont

    random = np.random.default_rng(seed)
    width, height = 1152, 868
    board = Image.new("RGB", (width, height), (236, 238, 234))
    draw = ImageDraw.Draw(board)
    font = ImageFont.load_default(22)
    for row in range(12):
        for column in range(2):
            text = " ".join(random.choice(WORDS, 4))
            ink = [(25, 40, 120), (150, 25, 25), (30, 30, 30)][int(random.integers(3))]
            draw.text((40 + 560 * column, 40 + 66 * row), text, font=font, fill=ink)
    light = 0.55 + 0.45 * np.linspace(0, 1, width)[None, :, None]
    picture = cv2.GaussianBlur(np.asarray(board).astype(np.float32) * light, (0, 0), 1.1)
    picture = picture + random.normal(0, 5, picture.shape)
    file = io.BytesIO()
    Image.fromarray(np.clip(picture, 0, 255).astype(np.uint8)).save(file, "JPEG", quality=80)
    return file.getvalue()


if __name__ == "__main__":
    main()
