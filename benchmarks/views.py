"""The attention strip: how large its data are, how long Python takes, and how fast the page answers a hand. And
Occlude: how long from a dragged box to the model's answer.

python benchmarks/views.py [--rounds 9] [--moves 200] [--boxes 60] [--json FILE]

    payload    JSON that the page gets, without gallery and script, frames of 56×40 as a JPEG sprite sheet, D = 128
    creation   AttentionStrip(…) in Python, the median of the rounds; the matplotlib twin is drawn later, when the page
               is first written, and is timed by itself
    drag       in headless Chromium, 128 frames, a gallery of 300: from the browser's time stamp of each pointer move
               to the end of the frame that it changed, so a wait for the screen's next frame (up to 17 ms) is in it;
               `handler` is the script's share
    occlude    in headless Chromium and JupyterLab with a kernel of its own, the shipped network `corrected` on the CPU
               (`reidlib.ran.rerun.Rerun`): from a pointer move over the large frame to the end of the screen frame in
               which the attention of that box is drawn, one box after the other, for 16, 64 and 128 frames (the
               most that the view takes); `model` is the network's share

Frames come from street-v1-small, rendered here if it is not in the cache, so that JPEG has real pictures to code.
Without playwright, Chromium or JupyterLab the last parts are skipped with a word.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from _machine import machine
from _occlude_round_trip import round_trips

from reidlib.data.transforms import resize_frames
from reidlib.views.attention_strip import AttentionStrip
from reidlib.world.build import street

D, GALLERY, ITERATIONS = 128, 300, 4
SIZES = {16: 40, 128: 320}  # frames: goal in KiB
CREATION_MS, DRAG_MS = 100, 50
CLIPS = (16, 64, 128)  # frames that Occlude covers
_LISTEN = """() => {
  window.moves = [];
  const stage = document.querySelector('.reid-strip-stage');
  const began = [];
  window.addEventListener('pointermove', (event) => began.push([event.timeStamp, performance.now()]), true);
  window.addEventListener('pointermove', () => {
    const [stamp, before] = began.at(-1);
    const handler = performance.now() - before;
    requestAnimationFrame(() => {
      const after = new MessageChannel();
      after.port1.onmessage = () => window.moves.push([performance.now() - stamp, handler]);
      after.port2.postMessage(null);
    });
  });
  const box = [...stage.querySelectorAll('[role=slider]')][40].querySelector('.reid-strip-hit').getBoundingClientRect();
  return [box.x + box.width / 2, box.y, box.height];
}"""


def arrays(count: int) -> tuple[np.ndarray, ...]:
    """A tracklet of `count` real frames; weights, visibility and features drawn by chance."""
    rng = np.random.default_rng(count)
    frames = resize_frames(np.asarray(street("street-v1-small").frames[:count]), (56, 40))
    return frames, rng.dirichlet(np.ones(count), ITERATIONS), rng.random(count), np.tanh(rng.normal(size=(count, D)))


def python_rows(rounds: int) -> list[dict]:
    rows = []
    for count, goal in SIZES.items():
        given, seconds = arrays(count), []
        for _ in range(rounds):
            began = time.perf_counter()
            view = AttentionStrip(*given)
            seconds.append(time.perf_counter() - began)
        began = time.perf_counter()
        page = view.html()
        rows.append({
            "frames": count, "payload_KiB": len(json.dumps(view.data, separators=(",", ":"))) / 1024, "goal_KiB": goal,
            "sprite_KiB": len(view.data["sheet"]["src"]) / 1024, "creation_ms": 1000 * statistics.median(seconds),
            "creation_highest_ms": 1000 * max(seconds), "goal_ms": CREATION_MS,
            "page_with_twin_ms": 1000 * (time.perf_counter() - began), "page_KiB": len(page) / 1024,
        })  # fmt: skip
    return rows


def chromium(part: str) -> str | None:
    """The program; None, with a word, where something is missing."""
    program = os.environ.get("REIDLIB_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if program is None or importlib.util.find_spec("playwright") is None:
        print(f"{part}: skipped, there is no playwright or no Chromium (set REIDLIB_CHROMIUM)")
        return None
    return program


def occlude_rows(boxes: int) -> list[dict]:
    program = chromium("occlude")
    if program is None or importlib.util.find_spec("jupyterlab") is None:
        print("occlude: skipped without JupyterLab" if program else "occlude: nothing measured")
        return []
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        return round_trips(playwright, program, CLIPS, boxes)


def drag_row(moves: int) -> dict | None:
    program = chromium("drag")
    if program is None:
        return None
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        gallery = np.random.default_rng(0).normal(size=(GALLERY, D))
        file = AttentionStrip(*arrays(128), gallery, match=7).save(Path(folder, "strip.html"))
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1000, "height": 900})
        page.goto(file.as_uri())
        x, top, height = page.evaluate(_LISTEN)
        before = page.locator(".reid-strip-list").inner_text()
        page.mouse.move(x, top + height - 2)
        page.mouse.down()
        for k in range(moves):
            page.mouse.move(x, top + height * (0.5 + 0.45 * np.cos(k / 5)))
        page.mouse.up()
        if page.locator(".reid-strip-list").inner_text() == before:
            sys.exit("the drag changed nothing: this measured nothing")
        page.wait_for_timeout(200)
        total, handler = np.array(page.evaluate("window.moves"))[5:].T
        browser.close()
    quantile = {f"{name}_p{q}_ms": float(np.percentile(values, q))
                for name, values in (("drag", total), ("handler", handler)) for q in (50, 95)}
    return {"frames": 128, "gallery": GALLERY, "moves": len(total), **quantile, "goal_p95_ms": DRAG_MS}


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--rounds", type=int, default=9)
    arguments.add_argument("--moves", type=int, default=200)
    arguments.add_argument("--boxes", type=int, default=60, help="boxes over a frame for each length of clip")
    arguments.add_argument("--json", type=Path)
    asked = arguments.parse_args()
    rows = python_rows(asked.rounds)
    for row in rows:
        print(f"{row['frames']:>4} frames: payload {row['payload_KiB']:.1f} KiB (goal < {row['goal_KiB']}), of which "
              f"sprite {row['sprite_KiB']:.1f}; creation {row['creation_ms']:.1f} ms, at most "
              f"{row['creation_highest_ms']:.1f} (goal < {CREATION_MS}); page with its twin "
              f"{row['page_with_twin_ms']:.0f} ms, {row['page_KiB']:.0f} KiB")
    drag = drag_row(asked.moves)
    if drag:
        print(f"drag → redraw, {drag['frames']} frames, gallery of {GALLERY}, {drag['moves']} moves: median "
              f"{drag['drag_p50_ms']:.1f} ms, p95 {drag['drag_p95_ms']:.1f} ms (goal < {DRAG_MS}); script alone p95 "
              f"{drag['handler_p95_ms']:.1f} ms")
    occlude = occlude_rows(asked.boxes)
    for row in occlude:
        print(f"box → attention, {row['frames']:>3} frames, {row['boxes']} boxes: median "
              f"{row['trip_p50_ms']:.0f} ms, p95 {row['trip_p95_ms']:.0f} ms (goal < {row['goal_p95_ms']}); the model "
              f"alone {row['model_p50_ms']:.0f} and {row['model_p95_ms']:.0f} ms")
    if asked.json:
        found = {"machine": machine(), "python": rows, "drag": drag, "occlude": occlude}
        asked.json.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
