"""Visibility, mask and flow of whole tracklets."""

from dataclasses import replace

import numpy as np
import pytest
from conftest import warped

from reidlib.world import truth
from reidlib.world.render import render
from reidlib.world.scene import OCCLUDER, scene
from reidlib.world.versions import specify

SPEC = specify("street-v1-small")


def test_mask_visibility_and_parts_tell_the_same_story():
    for pid in range(8):
        r = render(SPEC, pid, pid % 2)
        t = r.tracklet
        assert np.array_equal(t.mask, (r.parts > 0) & (r.parts < OCCLUDER))
        assert ((t.visibility == 0) == (t.mask.sum((1, 2)) == 0)).all()


def test_an_unhidden_walker_inside_the_frame_is_wholly_visible():
    r = render(SPEC, 0, 0)
    calm = replace(r.scene, occluders=[])
    ids = np.where(r.parts < OCCLUDER, r.parts, 0)
    whole = truth.amodal_area(calm.walker, ids, 0)
    inside = np.all([(s.bounds[:, 0] >= 0) & (s.bounds[:, 1] <= 128) & (s.bounds[:, 2] >= 0) & (s.bounds[:, 3] <= 64)
                     for s in calm.walker], axis=0)  # fmt: skip
    free = inside & ~(r.parts >= OCCLUDER).any((1, 2))
    assert free.sum() > 5
    assert (r.tracklet.visibility[free] == 1).all()
    assert np.array_equal(whole[free], np.count_nonzero(ids[free], axis=(1, 2)))


def test_a_walker_moved_out_of_the_frame_loses_just_what_is_outside():
    """Independent count: the same silhouette moved by whole pixels inside a large picture."""
    r = render(SPEC, 2, 0)
    k = int(np.argmax(r.tracklet.visibility))
    home = np.zeros((1, 128, 64), np.uint16)
    walker = [s for s in scene(SPEC, 2, 0).walker]
    for shape in walker:
        truth.mark(shape, mask := np.zeros((1, 256, 192), bool), k, 64)
        home[0] |= mask[0, 64:192, 64:128]
    whole = int(home.sum())
    for dx, dy in ((30, 0), (-25, 3), (0, 50), (2, -60)):
        moved = [s for s in scene(SPEC, 2, 0).walker]
        for shape in moved:
            if hasattr(shape, "a"):
                shape.a, shape.b = shape.a + np.float32([dx, dy]), shape.b + np.float32([dx, dy])
            else:
                shape.top, shape.bottom, shape.centre = shape.top + dy, shape.bottom + dy, shape.centre + np.float32(dx)
            shape.__post_init__()
        ids = np.zeros((1, 128, 64), np.uint16)
        y0, y1, x0, x1 = max(0, dy), 128 + min(0, dy), max(0, dx), 64 + min(0, dx)
        ids[0, y0:y1, x0:x1] = home[0, y0 - dy : y1 - dy, x0 - dx : x1 - dx]
        area = truth.amodal_area(moved, ids, k)
        # A hand may stick out of the unmoved frame already; sub-pixel rounding moves a few edge pixels.
        assert abs(int(area[0]) - whole) <= 0.02 * whole + 30
        expected = ids.sum() / whole
        assert float(truth.visible_fraction(ids, area)[0]) == pytest.approx(expected, abs=0.03)
        assert expected < 0.85


def test_occluders_hide_what_they_cover():
    hidden = 0
    for pid in range(12):
        r = render(specify("street-v1-heavy"), pid, 1)
        clear = ~(r.parts >= OCCLUDER).any((1, 2))
        covered = (r.parts >= OCCLUDER)[:, 20:110, 22:42].mean((1, 2)) > 0.6
        if covered.any() and clear.any():
            hidden += 1
            assert r.tracklet.visibility[covered].mean() < 0.5 < r.tracklet.visibility[clear].mean()
    assert hidden > 5


def _residuals(pids):
    """Mean |difference| in grey levels (warped, unwarped) on walker and background, where a sample's four pixels all
    carry the part of its target."""
    total = {"walker": np.zeros(3), "background": np.zeros(3)}
    for pid in pids:
        r = render(specify("street-v1"), pid, pid % 2, clean=True)
        flow, frames, parts = truth.exact_flow(r.scene, r.parts), r.tracklet.frames, r.parts
        assert flow.shape == (len(frames), 2, 128, 64)
        assert not flow[0].any()
        for t in range(1, min(len(frames), 40), 3):
            image, (y, x), inside = warped(frames[t - 1], flow[t])
            old, new = parts[t - 1], parts[t]
            same = inside & np.all([old[y + a, x + b] == new for a in (0, 1) for b in (0, 1)], axis=0)
            moved = np.abs(image - frames[t]).mean(2)
            still = np.abs(frames[t].astype(float) - frames[t - 1]).mean(2)
            for key, where in (("walker", (new > 0) & (new < OCCLUDER)), ("background", new == 0)):
                where = where & same
                total[key] += (moved[where].sum(), still[where].sum(), where.sum())
    return {key: (a / n, b / n) for key, (a, b, n) in total.items()}


def test_frames_warped_by_the_flow_meet_the_next_frame(capsys):
    result = _residuals(range(0, 24, 2))
    with capsys.disabled():
        for key, (moved, still) in result.items():
            print(f"\n  {key}: residual {moved:.2f} grey levels, without flow {still:.2f}", end="")
    assert result["walker"][0] <= 2.5
    assert result["background"][0] <= 0.6
    assert result["walker"][1] > 4 * result["walker"][0]
    assert result["background"][1] > 5 * result["background"][0]


def test_background_flow_is_the_pan_and_occluders_have_their_own():
    for pid in range(30):
        r = render(SPEC, pid, 0)
        if (r.parts >= OCCLUDER).any():
            break
    flow = truth.exact_flow(r.scene, r.parts)
    t = int(np.argmax((r.parts >= OCCLUDER).sum((1, 2))))
    still = r.parts[t] == 0
    expected = -(r.scene.pan[t] - r.scene.pan[t - 1]), -(r.scene.tilt[t] - r.scene.tilt[t - 1])
    assert (flow[t, 0][still] == expected[0]).all()
    assert (flow[t, 1][still] == expected[1]).all()
    assert np.isfinite(flow).all()
    assert np.abs(flow[t, 0][r.parts[t] >= OCCLUDER]).max() > 0
