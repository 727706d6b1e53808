"""Speed and memory of the browser view, in a real headless Chromium on this machine.

Run with ``uv run python experiments/benchmarks/view.py``. Measured, all with `benghazi-minsk-2025` (the whole stock,
about a million persons) at 1440 x 900:

- **first paint**: from asking for the page to a painted map with its charts and figures, in a fresh profile, of a
  server that has already served a page; and until the first contentful paint of the page at all;
- **step**: from the click on Mesa's step button to the map and all three charts painted with the new day
  (measured in the page: click, attributes of the new day, then two frames of animation, which alone take 17 to 33 ms);
- **lever**: from a slider's change on day 200 to the same, the scenario run anew for it;
- **playing**: days painted a second at full speed;
- **memory**: resident memory of the server and used JavaScript heap over 1,000 steps (the run is reset when it ends);
- **five sessions**: a step as above when five browsers, each with a session of its own, all step at the same moment.
"""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--enable-precise-memory-info",
]
PARTS = ".cv-map, .cv-chart, .cv-numbers"
SHOWN = f"day => [...document.querySelectorAll('{PARTS}')].every(p => p.dataset.day === String(day))"
# Acts, waits for the day and two frames, and gives the milliseconds.
TIMED = """([act, day, before]) => new Promise((done) => {
  const parts = () => [...document.querySelectorAll('.cv-map, .cv-chart, .cv-numbers')];
  const shown = () => parts().every(p => p.dataset.day === String(day))
    && (before === null || document.querySelector('.cv-numbers').dataset.values !== before);
  const start = performance.now();
  const end = () => done(performance.now() - start);
  const look = () => requestAnimationFrame(shown() ? end : look);
  if (act === 'step') document.querySelector('.corridor-controller button[title="Step a day"]').click();
  else {
    const lever = document.getElementById('cv-weekly.benghazi-minsk');
    lever.value = act;
    lever.dispatchEvent(new Event('input', { bubbles: true }));
  }
  requestAnimationFrame(look);
})"""

# The same at a moment to come, to be asked for later.
LATER = f"""([what, moment]) => {{
  window.stepped = new Promise((done) => setTimeout(() => ({TIMED})(what).then(done), moment - Date.now()));
}}"""


def start() -> tuple[subprocess.Popen[bytes], str]:
    """A server in a process of its own, answering, and its address with the token."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-c", "from sim.cli.main import main; main()", "view", "--no-open", "--port", str(port)]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    folder = Path(tempfile.mkdtemp(prefix="corridor-benchmark-"))
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stderr=log, env=environment, cwd=folder.parent)
    while process.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port)):
                said = (folder / "log").read_text(encoding="utf-8")
                shutil.rmtree(folder)
                return process, next(f"{word}&day=0" for word in said.split() if "?token=" in word)
        except ConnectionError:
            time.sleep(0.1)
    raise SystemExit("no server")


def resident(process: subprocess.Popen[bytes]) -> float:
    """Resident memory of a process, MB."""
    status = Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8")
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) / 1024


def first_paint(browser: Any, address: str) -> tuple[float, float]:
    """Seconds to the first contentful paint, and to the painted map and charts."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    began = time.perf_counter()
    page.goto(address, wait_until="commit")
    page.wait_for_function(f"document.querySelectorAll('{PARTS}').length === 5 && ({SHOWN})(0)")
    whole = time.perf_counter() - began
    paint = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime / 1000")
    context.close()
    return paint, whole


def go_to(page: Any, day: int) -> None:
    page.locator("#cv-day").fill(str(day))
    page.wait_for_function(SHOWN, arg=day)


def steps(page: Any, count: int, pause: float = 0.15) -> list[float]:
    """Milliseconds of single steps across the run."""
    found = []
    for k in range(count):
        go_to(page, 5 + k * 350 // count)
        page.wait_for_timeout(300)
        day = int(page.locator(".cv-map").get_attribute("data-day"))
        found.append(page.evaluate(TIMED, ["step", day + 1, None]))
        page.wait_for_timeout(1000 * pause)
    return found


def levers(page: Any, count: int) -> list[float]:
    """Milliseconds of lever changes on day 200."""
    go_to(page, 200)
    found = []
    for k in range(count):
        page.wait_for_timeout(300)
        before = page.locator(".cv-numbers").get_attribute("data-values")
        found.append(page.evaluate(TIMED, [str(2 + 6 * (k % 2)), 200, before]))
    page.get_by_role("button", name="Undo all changes").click()
    page.wait_for_selector(".cv-levers[data-changes='0']")
    return found


def together(browser: Any, address: str, count: int = 5, times: int = 12) -> list[float]:
    """Milliseconds of steps of several sessions, each in a context of its own, that all step at the same moment."""
    contexts = [browser.new_context(viewport={"width": 1440, "height": 900}) for _ in range(count)]
    pages = [context.new_page() for context in contexts]
    for page in pages:
        page.goto(address)
        page.wait_for_function(f"document.querySelectorAll('{PARTS}').length === 5 && ({SHOWN})(0)")
        go_to(page, 150)
    found = []
    for k in range(times):
        moment = 1000 * time.time() + 500
        for page in pages:
            page.evaluate(LATER, [["step", 151 + k, None], moment])
        found += [page.evaluate("stepped") for page in pages]
    for context in contexts:
        context.close()
    return found


def playing(page: Any, seconds: float = 8) -> float:
    """Days painted a second at full speed."""
    go_to(page, 100)
    page.locator("#cv-speed").fill("20")
    page.get_by_role("button", name="Play").click()
    page.wait_for_timeout(1500)
    first, began = int(page.locator(".cv-map").get_attribute("data-day")), time.perf_counter()
    page.wait_for_timeout(1000 * seconds)
    rate = (int(page.locator(".cv-map").get_attribute("data-day")) - first) / (time.perf_counter() - began)
    page.get_by_role("button", name="Pause").click()
    page.wait_for_timeout(500)
    return rate


def memory(page: Any, process: subprocess.Popen[bytes], count: int) -> list[tuple[int, float, float]]:
    """(steps, MB of the server, MB of the page's heap) every 100 steps, garbage collected in the page."""
    session = page.context.new_cdp_session(page)
    found = []
    done = 0
    while done <= count:
        if done % 100 == 0:
            session.send("HeapProfiler.collectGarbage")
            heap = page.evaluate("performance.memory.usedJSHeapSize") / 2**20
            found.append((done, resident(process), heap))
            print(f"  {done:5} steps: server {found[-1][1]:6.1f} MB, page {heap:5.1f} MB", flush=True)
        day = done % 360
        if day == 0:
            page.get_by_role("button", name="Reset to the first day").click()
            page.wait_for_function(SHOWN, arg=0)
        page.evaluate(TIMED, ["step", day + 1, None])
        done += 1
    return found


def tell(name: str, found: list[float]) -> None:
    high = sorted(found)[len(found) * 9 // 10]
    print(f"{name}: median {statistics.median(found):.0f} ms, nine of ten under {high:.0f} ms", flush=True)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=1000, help="steps over which memory is watched")
    options = parser.parse_args()
    names = ("chromium", "chromium-browser", "google-chrome")
    chromium = next(found for name in names if (found := shutil.which(name)))
    process, address = start()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
            first_paint(browser, address)
            paints = [first_paint(browser, address) for _ in range(5)]
            blank, whole = (statistics.median(times) for times in zip(*paints, strict=True))
            print(f"first paint: {blank:.2f} s; map and charts: {whole:.2f} s (medians of {len(paints)})", flush=True)
            page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
            page.goto(address)
            page.wait_for_function(f"document.querySelectorAll('{PARTS}').length === 5 && ({SHOWN})(0)")
            tell("step", steps(page, 40))
            tell("lever on day 200", levers(page, 20))
            print(f"playing: {playing(page):.1f} days painted a second")
            memory(page, process, options.steps)
            page.context.close()
            tell("step, five sessions at once", together(browser, address))
            browser.close()
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    main()
