"""From a key to the next picture on screen, on the real rating page in a real browser, with pictures of 1024 × 1024.

Beside ours, the same server and pictures without preloading: the vote is sent, the next picture is asked for, loaded
and shown, as rating pages usually do. Frames are counted until the one that shows the picture has been drawn.

    python -m bench.rating_speed [--pictures 80] [--pause 0.6] [--check]
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import shutil
import statistics
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from bench.report import Promise, conclude, p95, parser, table
from bench.scratch import scratch_database
from bench.serving import web_server

if TYPE_CHECKING:
    from playwright.sync_api import Page

SIDE = 1024
WARM_UP = 5
USUAL_WAY = """async (csrf) => {
    const ask = async (path, body) => (await fetch("/api/v1/review" + path, {
        method: "POST", body: JSON.stringify(body),
        headers: {"Content-Type": "application/json", "X-CSRFToken": csrf},
    })).json();
    const box = document.querySelector("[data-part=viewer]");
    const next = async () => (await ask("/next", {tab: "usual-way", count: 1})).cards[0];
    let card = await next();
    const times = [];
    for (let n = 0; n < COUNT; n += 1) {
        const start = performance.now();
        await ask("/votes", {id: crypto.randomUUID(), picture: card.picture, choice: "approve"});
        card = await next();
        const image = new Image(1024, 1024);
        image.src = `/pictures/${card.picture}/image/`;
        await image.decode();
        box.replaceChildren(image);
        await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
        times.push(performance.now() - start);
        await new Promise((done) => setTimeout(done, PAUSE));
    }
    return times;
}"""


def main() -> None:
    """Measure and print."""
    arguments = parser(__doc__)
    arguments.add_argument("--pictures", type=int, default=80)
    arguments.add_argument("--pause", type=float, default=0.6, help="seconds between two keys")
    options = arguments.parse_args()
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        sys.exit("There is no Chromium on this machine (Debian: apt-get install chromium).")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright's event loop runs in this thread
    with scratch_database():
        fill_queue(2 * (options.pictures + WARM_UP) + 20)
        measure(options, chromium)


def measure(options: argparse.Namespace, chromium: str) -> None:
    """Rate on our page, then the usual way, and print both."""
    from django.conf import settings

    os.environ["MEDIA_ROOT"] = str(settings.MEDIA_ROOT)
    with web_server(REVIEW_EXAMINATION_SECONDS="0") as address, opened(chromium, address) as page:
        ours = rate(page, options.pictures, options.pause)
        usual = rate_the_usual_way(page, options.pictures, options.pause)
    print(
        f"{options.pictures} pictures of {SIDE} × {SIDE}, a key every {options.pause:g} s "
        f"({3600 / options.pause:.0f} an hour)"
    )
    table(
        ("key to next picture", "median ms", "p95 ms", "longest ms"),
        [
            (name, f"{statistics.median(times):.0f}", f"{p95(times):.0f}", f"{max(times):.0f}")
            for name, times in (("rating page", ours), ("without preloading", usual))
        ],
    )
    conclude([Promise("p95, key to next picture on screen", p95(ours), 100, unit=" ms")], check=options.check)


def rate(page: Page, count: int, pause: float) -> list[float]:
    """Approve pictures by key; returns the milliseconds that the page measured, without those to warm up."""
    page.goto("/review/")
    page.locator("#rate[data-state=rating] .slide img").first.wait_for()
    page.wait_for_timeout(2000)
    for done in range(1, count + WARM_UP + 1):
        page.keyboard.press("a")
        page.wait_for_timeout(1000 * pause)
        while page.evaluate("rating.timings.length") < done:
            page.wait_for_timeout(10)
    times: list[float] = page.evaluate("rating.timings")
    return times[WARM_UP:]


def rate_the_usual_way(page: Page, count: int, pause: float) -> list[float]:
    """Approve pictures with a round trip for each; returns the milliseconds, without those to warm up."""
    page.goto("/review/history/")
    page.goto("/review/")
    page.locator("#rate[data-state=rating]").wait_for()
    csrf = page.locator("#rate").get_attribute("data-csrf")
    script = USUAL_WAY.replace("COUNT", str(count + WARM_UP)).replace("PAUSE", str(1000 * pause))
    times: list[float] = page.evaluate(script, csrf)
    return times[WARM_UP:]


def fill_queue(count: int) -> None:
    """Put pictures like photographs into the rating queue: 1024 × 1024, about a megabyte and a half each."""
    from PIL import Image

    from engines.diffusion.metadata import encode_thumbnail
    from tests.factories import claim_pictures, make_planned_run

    files = []
    for number in range(8):
        grain = Image.merge("RGB", [Image.effect_noise((SIDE, SIDE), 12 + number) for _ in range(3)])
        slope = Image.linear_gradient("L").resize((SIDE, SIDE)).convert("RGB")
        image = Image.blend(slope, grain, 0.25)
        png = io.BytesIO()
        image.save(png, "PNG")
        files.append((png.getvalue(), encode_thumbnail(image)))
    make_planned_run(count=count, width=SIDE, height=SIDE, image_model="sdxl")
    left = count
    while left:
        for picture in claim_pictures():
            png_bytes, webp = files[picture.seed % len(files)]
            assert picture.store(
                png_bytes, webp, sha256=f"{picture.seed:064d}", revision="bench", seconds=1.0
            )
            left -= 1


@contextlib.contextmanager
def opened(chromium: str, address: str) -> Iterator[Any]:
    """Open a browser in which an expert has signed in."""
    from playwright.sync_api import sync_playwright

    from tests.factories import make_expert

    rater = make_expert()
    with sync_playwright() as playwright:
        sandbox = [] if os.getuid() else ["--no-sandbox"]  # Chromium refuses its sandbox to root
        browser = playwright.chromium.launch(executable_path=chromium, args=[*sandbox, "--disable-gpu"])
        page = browser.new_context(base_url=address, viewport={"width": 1440, "height": 900}).new_page()
        page.goto("/sign-in/")
        page.fill("[name=username]", rater.username)
        page.fill("[name=password]", "secret")
        page.keyboard.press("Enter")
        page.wait_for_url(f"{address}/")
        yield page
        browser.close()


if __name__ == "__main__":
    main()
