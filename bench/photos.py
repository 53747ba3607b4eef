"""Ten people send four photos of boards each at the same moment, over HTTP: does everybody get theirs in time?

The real web server, one worker, the real engines. Once with nothing else to do, once with a bulk run of pictures being
rendered. Beside ours, the usual way, computed from what a photo at full effort takes alone: first come, first served,
all photos with the same effort.

    python -m bench.photos [--people 10] [--photos 4] [--workers 1] [--check]
"""

from __future__ import annotations

import statistics
import threading
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import requests

from bench.report import Promise, conclude, p95, parser, table
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
    options = arguments.parse_args()
    with scratch_database():
        measure(options.people, options.photos, options.workers, check=options.check)


def measure(people: int, photos: int, hands: int, *, check: bool) -> None:
    """Send them all, without and with a bulk run, and look at when each came back."""
    rows, promises = [], []
    with web_server(PHOTOS_PER_HOUR="0") as url, workers(hands):
        send(url, 1, 1)  # loads the models
        alone = send(url, 1, 1)[0].seconds or PATIENCE
        for bulk in (False, True):
            name = "beside a bulk run" if bulk else "nothing else to do"
            if bulk:
                launch_bulk()
            sent = send(url, people, photos)
            times = [one.seconds if one.seconds is not None else PATIENCE for one in sent]
            done = sum(one.state == "done" for one in sent) / len(sent)
            spread = fairness(sent)
            rows.append(
                (
                    f"ours, {name}", f"{done:.0%}", f"{statistics.median(times):.0f}", f"{p95(times):.0f}",
                    f"{max(times):.0f}", f"{spread:.2f}", efforts(sent),
                )
            )  # fmt: skip
            promises += [
                Promise(f"share that succeeded, {name}", done, 0.98, at_least=True),
                Promise(f"p95 from upload to result, {name}", p95(times), DEADLINE, unit=" s"),
                Promise(f"slowest person's mean over the fastest's, {name}", spread, 1.5),
            ]
    usual = [alone * (number + 1) / hands for number in range(people * photos)]
    rows.append(
        ("usual, computed", "", f"{statistics.median(usual):.0f}", f"{p95(usual):.0f}", f"{usual[-1]:.0f}",
         f"{sum(usual[-photos:]) / sum(usual[:photos]):.2f}", "full")
    )  # fmt: skip
    print(
        f"\n{people} people × {photos} photos of 1 MP at once, {hands} worker(s); alone a photo takes {alone:.1f} s\n"
    )
    table(("", "done", "median s", "p95 s", "last s", "unfairness", "efforts"), rows)
    conclude(promises, check=check)


def fairness(sent: Sequence[Sent]) -> float:
    """Return the mean time of the person served worst over that of the one served best."""
    times = defaultdict(list)
    for one in sent:
        times[one.person].append(one.seconds if one.seconds is not None else PATIENCE)
    means = [statistics.mean(mine) for mine in times.values()]
    return max(means) / min(means)


def efforts(sent: Sequence[Sent]) -> str:
    """Return how many photos got which effort, and the median seconds of work of one."""
    work: dict[str, list[float]] = defaultdict(list)
    for one in sent:
        work[one.effort].append(one.work or 0.0)
    return ", ".join(
        f"{key} {len(some)} ({statistics.median(some):.1f} s)" for key, some in sorted(work.items())
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
