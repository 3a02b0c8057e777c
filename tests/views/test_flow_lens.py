"""FlowLens in Python: what the page gets, where it starts, its twin, and a sentence for each mistake."""

from __future__ import annotations

import base64
import time

import numpy as np
import pytest
from page_parts import Parts

from reidlib.errors import ReidError
from reidlib.flow.window import solve_window
from reidlib.views import FlowLens

RNG = np.random.default_rng(3)
H, W = 24, 18
FIRST, SECOND = RNG.integers(0, 256, (2, H, W)).astype(np.uint8)
HOSTILE = "</script><script>window.pwned=1</script>$\\frac{"


def unpacked(entry: dict) -> np.ndarray:
    """As the page reads it."""
    kind = {1: "u1", 2: "<i2", 4: "<i4"}[entry["bytes"]]
    return np.frombuffer(base64.b64decode(entry["base64"]), kind) / entry["step"]


def test_whole_grey_levels_take_a_byte_each_and_others_keep_four_digits():
    view = FlowLens(FIRST, SECOND + np.pi / 100 * (SECOND < 200))
    assert view.data["first"]["bytes"] == 1
    np.testing.assert_array_equal(unpacked(view.data["first"]), FIRST.ravel())
    second = np.round(SECOND + np.pi / 100 * (SECOND < 200), 4).ravel()
    np.testing.assert_array_equal(unpacked(view.data["second"]), second)


def test_flows_are_kept_to_a_thousandth_and_one_motion_is_spread():
    flow = RNG.normal(0, 3, (2, H, W))
    view = FlowLens(FIRST, SECOND, window=7, flow=flow.astype(np.float32), exact=(0.5, -40.25))
    np.testing.assert_allclose(unpacked(view.data["flow"]), flow.ravel(), atol=6e-4)
    exact = unpacked(view.data["exact"]).reshape(2, H, W)
    assert (exact[0] == 0.5).all()
    assert (exact[1] == -40.25).all()
    assert FlowLens(FIRST, SECOND).data["flow"] is None


@pytest.mark.parametrize("window", [3, 9, 17])
def test_it_starts_at_the_best_corner(window):
    view = FlowLens(FIRST, SECOND, window=window)
    half = window // 2
    places = [(row, column) for row in range(half, H - half) for column in range(half, W - half)]
    smaller = [solve_window(FIRST, SECOND, *place, window).eigenvalues[1] for place in places]
    assert tuple(view.data["start"]) == places[int(np.argmax(smaller))]


def test_the_twin_is_of_the_same_window():
    flow = np.round(RNG.normal(0, 1, (2, H, W)), 2)
    view = FlowLens(FIRST, SECOND, window=5, flow=flow, exact=-flow, start=(9, 11))
    x, y = solve_window(FIRST, SECOND, 9, 11, 5).flow
    assert "5×5 window around row 9, column 11" in view.alt
    assert f"{x:.2f} pixels right and {y:.2f} down".replace("-", "−") in view.alt
    assert f"library's flow there is {flow[0, 9, 11]:.2f} and {flow[1, 9, 11]:.2f}".replace("-", "−") in view.alt
    assert f"truth is {-flow[0, 9, 11]:.2f} and {-flow[1, 9, 11]:.2f}".replace("-", "−") in view.alt


def test_it_is_made_in_a_tenth_of_a_second_and_its_data_stay_small():
    frames = RNG.integers(0, 256, (2, 64, 48)).astype(np.uint8)
    flow = RNG.normal(0, 1, (2, 64, 48))
    FlowLens(*frames)
    times = []
    for _ in range(5):
        begin = time.perf_counter()
        view = FlowLens(*frames, flow=flow, exact=flow)
        times.append(time.perf_counter() - begin)
    assert min(times) < 0.1
    (data,) = [text for kind, text in Parts(view.html()).scripts if kind == "application/json"]
    assert len(data) < 64 * 1024


def test_hostile_text_stays_text_and_bytes_repeat():
    page = FlowLens(FIRST, SECOND, title=HOSTILE, note=HOSTILE)
    parts = Parts(page.html())
    assert [kind for kind, _ in parts.scripts] == ["application/json", "module"]
    assert parts.data["note"] == HOSTILE
    assert parts.one("img")["alt"] == page.alt
    assert page.html() == FlowLens(FIRST, SECOND, title=HOSTILE, note=HOSTILE).html()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"first": FIRST[:-1]}, r"uint8 \(23, 18\) and uint8 \(24, 18\)"),
        ({"first": np.zeros((H, W, 3))}, "two grey frames"),
        ({"first": FIRST[:0], "second": SECOND[:0]}, "3 × 3 pixels or more"),
        ({"first": np.zeros((257, 256)), "second": np.zeros((257, 256))}, "256 × 256 at most"),
        ({"first": np.full((H, W), np.nan)}, "NaN"),
        ({"first": FIRST.astype(str)}, "two grey frames"),
        ({"first": FIRST / 255, "second": SECOND / 255}, "multiply by 255"),
        ({"second": SECOND.astype(int) - 1}, "grey levels from -1 to 255"),
        ({"second": SECOND * 2.0}, "0 to 255"),
        ({"window": 8}, "window of 8 pixels.*odd"),
        ({"window": 19}, "pass window=17"),
        ({"flow": np.zeros((H, W, 2))}, r"Found flow of type float64 and shape \(24, 18, 2\)"),
        ({"exact": np.full((2, H, W), np.nan)}, "huge values in exact"),
        ({"exact": (1e7, 0)}, "huge values in exact"),
        ({"start": (6, 9)}, "rows 7 to 16 and columns 7 to 10"),
        ({"start": (9.5, 9)}, "rows 7 to 16"),
        ({"start": 9}, "rows 7 to 16"),
        ({"eigenvalue": 0}, "eigenvalue=0"),
        ({"eigenvalue": float("nan")}, "eigenvalue=nan"),
    ],
)
def test_mistakes_are_sentences(changes, sentence):
    given = {"first": FIRST, "second": SECOND} | changes
    with pytest.raises(ReidError, match=sentence):
        FlowLens(given.pop("first"), given.pop("second"), **given)


def test_black_frames_are_frames():
    assert "no direction is known" in FlowLens(np.zeros((H, W)), np.zeros((H, W))).alt
