"""From a video with tracks to a saved strip: seconds and memory of each stage.

python benchmarks/own_video.py [--frames 2000] [--tracks 20] [--json FILE]

People of street-v1-small walk over a grey 720×1280 picture, in four rows of five; each of the tracks lasts through the
whole video, and with it H.264 and MOT text are written. Then, each in a process of its own, as typed:

    store      reidlib tracklets --camera 1=VIDEO,TRACKS.txt --out STORE
    flow       reidlib flow extract STORE
    attention  features and attention of every tracklet with the shipped network
    strip      reidlib attend STORE:0 --save strip.html

Memory is the largest resident set of a stage's process, its workers counted one by one, with the pages of mapped files
in it, which the system may take back at any time. Goal: below 2 GiB.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import av
import numpy as np
from _machine import machine

from reidlib.data.transforms import resize_frames
from reidlib.world.build import street

HEIGHT, WIDTH = 720, 1280
GOAL_GIB = 2.0
EMBED = """import sys, numpy as np
from reidlib.data.store import Store
from reidlib.ran.embed import embed
from reidlib.ran.inputs import TrackletInputs
from reidlib.ran.shipped import load_shipped
store, saved = Store.open(sys.argv[1]), load_shipped()
inputs = TrackletInputs(store, saved.preset.inputs, saved.preset.flow)
found = embed(saved.network, inputs, np.arange(len(store)))
assert np.isfinite(found.features).all() and len(found.attention) == len(store)
"""
# Its own children's largest resident set, in bytes, on the last line of stdout.
MEASURE = """import resource, subprocess, sys
code = subprocess.run(sys.argv[1:], stdout=sys.stderr).returncode
unit = 1 if sys.platform == "darwin" else 1024
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * unit)
sys.exit(code)
"""


def film(folder: Path, frames: int, tracks: int) -> tuple[Path, Path]:
    """The video and its tracks."""
    rendered = street("street-v1-small")
    people = [resize_frames(np.asarray(rendered[k % len(rendered)].frames), (128, 64)) for k in range(tracks)]
    video, text, across = folder / "video.mp4", folder / "tracks.txt", -(-tracks // 4)
    lines = []
    with av.open(str(video), "w") as container:
        stream = container.add_stream("libx264", rate=25)
        stream.height, stream.width, stream.pix_fmt = HEIGHT, WIDTH, "yuv420p"
        stream.options = {"preset": "ultrafast", "crf": "23"}
        for number in range(1, frames + 1):
            picture = np.full((HEIGHT, WIDTH, 3), 110, np.uint8)
            for k, each in enumerate(people):
                left = k % across * (WIDTH // across) + int(60 + 60 * np.sin(number / 40 + k))
                top = k // across * (HEIGHT // 4) + 20
                picture[top:top + 128, left:left + 64] = each[number % len(each)]
                lines.append(f"{number},{k + 1},{left},{top},64,128,1,-1,-1,-1\n")
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode())
    text.write_text("".join(lines))
    return video, text


def stage(name: str, command: list[str]) -> dict[str, object]:
    began = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", MEASURE, *command], stdout=subprocess.PIPE, check=True, text=True)
    row = {"stage": name, "seconds": round(time.perf_counter() - began, 1),
           "peak_gib": round(int(done.stdout) / 2**30, 2)}
    print(f"{name:10} {row['seconds']:7.1f} s   {row['peak_gib']:5.2f} GiB", flush=True)
    return row


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--frames", type=int, default=2000)
    parser.add_argument("--tracks", type=int, default=20)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    reidlib = [sys.executable, "-c", "from reidlib.cli import main; main()"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        video, text = film(folder, options.frames, options.tracks)
        store = folder / "store"
        rows = [stage("store", [*reidlib, "tracklets", "--camera", f"1={video},{text}", "--out", str(store)]),
                stage("flow", [*reidlib, "flow", "extract", str(store)]),
                stage("attention", [sys.executable, "-c", EMBED, str(store)]),
                stage("strip", [*reidlib, "attend", f"{store}:0", "--save", str(folder / "strip.html")])]
        sizes = {"video_mb": round(video.stat().st_size / 1e6, 1),
                 "strip_mb": round((folder / "strip.html").stat().st_size / 1e6, 1)}
    largest = max(row["peak_gib"] for row in rows)
    print(f"largest    {largest:5.2f} GiB, goal below {GOAL_GIB:g}: {'kept' if largest < GOAL_GIB else 'missed'}")
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    if options.json:
        content = {"frames": options.frames, "tracks": options.tracks, "size": [HEIGHT, WIDTH], "rows": rows, **sizes,
                   "load": load, "machine": machine(av=av.__version__)}
        options.json.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
