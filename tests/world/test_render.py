"""Same seed, same bytes: whatever the chunk, the processor's vector units, or the size of the data set."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from conftest import fingerprint

from reidlib.world.camera import camera, on_day
from reidlib.world.render import render
from reidlib.world.versions import REVISION, VERSIONS, specify

HASHES = json.loads((Path(__file__).parent / "hashes.json").read_text())


def test_chunk_size_changes_no_byte():
    spec = specify("street-v1-small")
    for pid in (1, 6):
        prints = {fingerprint(render(spec, pid, 1, chunk=chunk).tracklet) for chunk in (1, 7, 16, 500)}
        assert len(prints) == 1


def test_more_persons_cameras_or_days_leave_the_rest_as_it_was():
    small = fingerprint(render(specify("street-v1-days", persons=2), 1, 1, 3).tracklet)
    large = specify("street-v1-days", persons=900, cameras=5, days=9)
    assert fingerprint(render(large, 1, 1, 3).tracklet) == small
    assert render(large, 899, 4, 8).tracklet.name == "p0899_c4_d8"


@pytest.mark.parametrize("name", sorted(VERSIONS))
def test_frozen_tracklets_keep_their_bytes(name):
    """If pixels were changed on purpose: raise REVISION and run `python tests/world/regenerate_hashes.py`."""
    assert HASHES["revision"] == REVISION
    for label, expected in HASHES["tracklets"][name].items():
        pid, camid, day = (int(part) for part in label.split())
        assert fingerprint(render(specify(name), pid, camid, day).tracklet) == expected, label


_CHILD = """
import sys
sys.path[:0] = [{root!r}, {tests!r}]
try:
    from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__
except ImportError:
    from numpy.core._multiarray_umath import __cpu_dispatch__, __cpu_features__
print("features:" + ",".join(f for f in __cpu_dispatch__ if __cpu_features__.get(f)))
from conftest import fingerprint
from reidlib.world.render import render
from reidlib.world.versions import specify
spec = specify("street-v1-small")
print(" ".join(fingerprint(render(spec, pid, pid % 2).tracklet) for pid in range(4)))
"""


def _child(disabled):
    environment = {**os.environ, "NPY_DISABLE_CPU_FEATURES": " ".join(disabled)}
    here = Path(__file__).resolve().parent
    code = _CHILD.format(root=str(here.parents[1]), tests=str(here))
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    features, prints = done.stdout.strip().split("\n")[-2:]
    return [f for f in features.removeprefix("features:").split(",") if f], prints


def test_without_vector_units_the_bytes_are_the_same():
    found, full = _child([])
    if not found:
        pytest.skip("this processor has no feature that NumPy could switch off")
    left, plain = _child(found)
    assert left == []  # the environment variable took effect: names that NumPy does not know only warn
    assert plain == full


def test_a_day_of_strength_zero_is_the_camera_itself_and_strength_scales_the_difference():
    seed = VERSIONS["street-v1-days"].camera_seed
    base = camera(seed, 0)
    assert on_day(base, seed, 0, 4, 0.0) == base
    half, full = on_day(base, seed, 0, 4, 0.5), on_day(base, seed, 0, 4, 1.0)
    assert full.yaw - base.yaw == pytest.approx(2 * (half.yaw - base.yaw))
    assert on_day(base, seed, 0, 4, 1.0) != on_day(base, seed, 0, 5, 1.0)
    assert on_day(base, seed, 0, 4, 1.0) != on_day(base, seed, 1, 4, 1.0)


def test_days_differ_in_light_as_much_as_the_strength_says():
    def spread(strength):
        spec = specify("street-v1-days", strength=strength)
        gains = [render(spec, 0, 0, day).scene.camera.gains for day in range(6)]
        return float(np.ptp(np.array(gains), axis=0).sum())

    values = [spread(s) for s in (0.0, 0.5, 1.0, 2.0)]
    assert values[0] == 0
    assert values[0] < values[1] < values[2] < values[3]


def test_cameras_differ_in_scene_heading_and_colours():
    for law in {v.camera_seed for v in VERSIONS.values()}:
        a, b = camera(law, 0), camera(law, 1)
        assert a.setting.kind != b.setting.kind
        assert a.yaw < 60 < 120 < b.yaw
        assert a.gains[0] > a.gains[2]
        assert b.gains[0] < b.gains[2]


def test_frames_look_like_pictures():
    r = render(specify("street-v1"), 0, 0)
    frames = r.tracklet.frames
    assert frames.dtype == np.uint8
    assert frames.shape[1:] == (128, 64, 3)
    assert 60 < frames.mean() < 200
    assert frames.std() > 25
    assert (frames == 255).mean() < 0.05
    assert 23 <= len(frames) <= 192
