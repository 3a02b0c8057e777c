"""From a dragged box to the attention that the model answers with: real JupyterLab, real kernel, headless Chromium."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests" / "browser"))
TOKEN, GOAL_MS = "benchmark", 250
_CELL = """
from time import perf_counter
import numpy as np
from reidlib.ran.rerun import Rerun
from reidlib.ran.shipped import load_shipped
from reidlib.views import Occlude
from reidlib.world.build import street

frames = np.asarray(street("street-v1-small").frames[:{count}])
saved, seconds = load_shipped("corrected"), []
model = Rerun(saved, frames)

def timed(given):
    began = perf_counter()
    answer = model(given)
    seconds.append(perf_counter() - began)
    return answer

view = Occlude(frames, model(frames)["attention"], timed, prepared=1)
seconds.clear()
view.live()
"""
_REPORT = "import json; print('seconds', json.dumps([round(1000 * s, 2) for s in seconds]))"
# From the pointer's time stamp to the end of the frame in which the answer to that very box is drawn.
_LISTEN = """() => {
  window.trips = [];
  const view = document.querySelector('.reid-view');
  const rect = view.querySelector('.reid-occ-box');
  const box = () => ['x', 'y', 'width', 'height'].map((name) => rect.getAttribute(name)).join();
  let stamp = null;
  window.addEventListener('pointermove', (event) => { stamp = event.timeStamp; }, true);
  new MutationObserver(() => {
    if (view.hasAttribute('aria-busy') || stamp === null) return;
    const began = stamp;
    const answered = !view.querySelector('.reid-occ-sentence').textContent.includes('Python computes');
    requestAnimationFrame(() => {
      const after = new MessageChannel();
      const bars = view.querySelector('.reid-occ-now').getAttribute('d');
      after.port1.onmessage = () => window.trips.push([performance.now() - began, answered, box(), bars]);
      after.port2.postMessage(null);
    });
  }).observe(view, { attributeFilter: ['aria-busy'] });
}"""


@contextmanager
def _lab() -> Iterator[tuple[str, Path]]:
    """A JupyterLab of its own, which shares no setting with the user's."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, socket.socket() as probe:
        home = Path(folder)
        notebooks = home / "notebooks"
        notebooks.mkdir()
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        names = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR",
                 "JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR")  # fmt: skip
        environment = {**os.environ, **{name: str(home / name.lower()) for name in names}}
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
        command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1",
                   f"--port={port}", f"--IdentityProvider.token={TOKEN}", f"--ServerApp.root_dir={notebooks}",
                   "--LabApp.expose_app_in_browser=True", "--LabApp.extension_manager=readonly"]  # fmt: skip
        with (home / "log").open("w") as log:
            server = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        address = f"http://127.0.0.1:{port}"
        try:
            _wait(f"{address}/api/status?token={TOKEN}", server)
            yield address, notebooks
        finally:
            server.terminate()
            try:
                server.wait(20)
            except subprocess.TimeoutExpired:
                server.kill()


def _wait(address: str, server: subprocess.Popen) -> None:
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline and server.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=2).close()
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    sys.exit("JupyterLab did not start")


def round_trips(playwright, program: str, counts: tuple[int, ...], boxes: int) -> list[dict]:
    """One row a number of frames: milliseconds from pointer to drawn answer, and those of the model alone."""
    from lab_page import LabPage

    rows = []
    with _lab() as (address, notebooks):
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        for count in counts:
            context = browser.new_context(viewport={"width": 1300, "height": 1250})
            lab = LabPage(context.new_page(), address, TOKEN, notebooks)
            rows.append(_row(lab, count, boxes))
            context.close()
        browser.close()
    return rows


def _row(lab, count: int, boxes: int) -> dict:
    page = lab.open(f"occlude{count}.ipynb", _CELL.format(count=count), _REPORT)
    page.set_default_timeout(120_000)
    lab.run_cell(0)
    picture = page.locator(".reid-occ-frame")
    picture.wait_for()
    picture.scroll_into_view_if_needed()
    page.evaluate(_LISTEN)
    place = picture.locator("svg").bounding_box()
    rng = np.random.default_rng(0)
    page.mouse.move(place["x"] + 2, place["y"] + 2)
    page.mouse.down()
    warm = 5
    for done in range(boxes + warm):
        right, bottom = 0.15 + 0.8 * rng.random(2)
        page.mouse.move(place["x"] + right * place["width"], place["y"] + bottom * place["height"])
        page.wait_for_function("n => window.trips.length > n", arg=done)
    trips = page.evaluate("window.trips")[warm:]
    page.mouse.up()
    if not all(answered for _, answered, *_ in trips) or len({bars for *_, bars in trips}) < 0.9 * len(trips):
        sys.exit("boxes without an answer of their own: this measured nothing")
    page.wait_for_function("document.querySelector('.reid-view[aria-busy]') === null")
    lab.run_cell(1)
    said = page.locator(".jp-OutputArea-output", has_text="seconds [").inner_text()
    model = json.loads(said.removeprefix("seconds ").strip())[warm:][: len(trips)]
    row = {"frames": count, "boxes": len(trips), "goal_p95_ms": GOAL_MS}
    for name, values in (("trip", [each for each, *_ in trips]), ("model", model)):
        row |= {f"{name}_p{q}_ms": float(np.percentile(values, q)) for q in (50, 95)}
    return row
