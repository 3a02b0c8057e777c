"""Every view of reidlib, small, with hostile text wherever it takes text. A new view is one more entry of `VIEWS`.

What holds for all of them is tested from this list: accessibility (test_views_axe), touch (test_views_touch), exported
notebooks (test_views_exported), JupyterLab (test_views_in_lab) and bad input (test_views_bad_input).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

from reidlib import views

HOSTILE = "</script><script>window.pwned=1</script><img src=x onerror=window.pwned=1>\"'`$\\frac{"
SENTENCE = "there is no answer <b>here</b>"
# Texts that choose among known ways; the others are shown to the reader.
CHOICES = {"kind", "normalise", "feedback", "hinge", "fill", "pooling", "metric", "protocol", "ap", "ties", "notebooks"}
T, D = 6, 4
_rng = np.random.default_rng(0)
FRAMES = _rng.integers(0, 255, (T, 24, 12, 3), dtype=np.uint8)
FEATURES = _rng.normal(size=(T, D))
SEEN = np.linspace(0.1, 1, T)
GREYS = _rng.integers(0, 255, (2, 24, 20)).astype(float)
LABELS = np.array([0, 1, 0, 1])
NAMES = [HOSTILE, f"{HOSTILE} 2"]


class Asked(NamedTuple):
    """`keys` ask Python, and `shown` (a selector) appears once it answered; it raises SENTENCE at `failing`."""

    widget: Callable[[], Any]
    focus: str
    keys: tuple[str, ...]
    shown: str
    failing: tuple[str, ...]


class Touch(NamedTuple):
    """What a finger does. Places are shares of an element, from (0, 0), its left upper corner, to (1, 1).

    tap : element and place that a tap locks and a second frees (None: the view locks nothing)
    drag : element, place, way in pixels and element whose text or label then differs; the page stays where it is
    scroll : element on which a swipe moves the page and leaves the view alone
    """

    tap: tuple[str, tuple[float, float]] | None
    drag: tuple[str, tuple[float, float], tuple[float, float], str] | None
    scroll: str


class EveryView(NamedTuple):
    """`keys` on the element `focus` must change the text of `told`; `lock` is a second such pair that locks something.

    given : arguments of `make`; arrays among them are also tried with NaN and empty, texts also as CHOICES.
    """

    make: Callable[..., views.View]
    given: Mapping[str, Any]
    focus: str
    keys: tuple[str, ...]
    told: str
    lock: tuple[str, str]
    touch: Touch
    live: Asked | None = None


def covered(frames: np.ndarray) -> dict[str, Any]:
    """Attention that falls with what is covered; nobody knows the last frame."""
    hidden = (frames != FRAMES).any(-1).mean((1, 2))
    if hidden[-1]:
        raise ValueError(SENTENCE)
    return {"attention": SEEN * (1 - hidden), "feature_shift": 90 * hidden.sum()}


def network(order: list[int]) -> dict[str, Any]:
    """Surer with every card, and lost with two."""
    if len(order) < 3:
        raise ValueError(SENTENCE)
    share = len(order) / 10
    return {"log_probability": np.log([share, 1 - share]), "reads": [np.full(len(order), 1 / len(order))]}


def weights_back(message: Mapping[str, Any]) -> dict[str, Any]:
    if message["frame"] == 1:
        raise ValueError(SENTENCE)
    return {"attention": np.full((2, T), 0.25)}


def drawn(R: int = 2) -> views.DescribedFigure:
    if R == 4:
        raise ValueError(SENTENCE)
    return views.figure(alt=f"The test picture of the number {R} and of {HOSTILE}", width=3, height=2)


VIEWS: dict[str, EveryView] = {
    "AttentionStrip": EveryView(
        views.AttentionStrip,
        {"frames": FRAMES, "attention": np.stack([SEEN, SEEN[::-1]]), "visibility": SEEN, "features": FEATURES,
         "gallery": FEATURES[:2] + 0.1, "names": NAMES, "gallery_names": NAMES, "gallery_frames": FRAMES[:2],
         "match": 0, "compare": {HOSTILE: SEEN}, "note": HOSTILE, "title": HOSTILE},
        ".reid-strip-frame[tabindex='0']", ("Home",), ".reid-strip-sentence",
        (".reid-strip-frame[tabindex='0']", "Enter"),
        Touch((".reid-strip-thumbs", (0.5, 0.5)),
              ("[data-frame='2'] .reid-strip-hit", (0.5, 0.5), (0, 40), "[data-frame='2']"), ".reid-strip-thumbs"),
        Asked(lambda: make("AttentionStrip").live(weights_back), ".reid-strip-frame[data-frame='0']", ("Home",),
              ".reid-strip-frame[data-frame='0'][aria-valuenow='0.25']", ("ArrowRight", "ArrowUp")),
    ),
    "Occlude": EveryView(
        views.Occlude,
        {"frames": FRAMES, "attention": SEEN, "rerun": covered, "visibility": SEEN, "prepared": 1, "note": HOSTILE,
         "title": HOSTILE},
        ".reid-occ-stage", ("ArrowRight",), ".reid-occ-verdict", (".reid-occ-stage", "Enter"),
        Touch((".reid-occ-stage", (0.8, 0.4)),
              (".reid-occ-frame", (0.1, 0.1), (30, 120), ".reid-occ-heading"), ".reid-occ-stage"),
        Asked(lambda: make("Occlude").live(), ".reid-occ-stage", ("Home", "Enter", "Enter"),
              ".reid-occ-sentence:has-text('turned by 22.5°')", ("Escape", "End", "Enter", "Enter")),
    ),
    "rank_wall": EveryView(
        views.rank_wall,
        {"distances": SEEN.reshape(2, 3), "probe_pids": np.array([1, 2]), "gallery_pids": np.array([2, 1, 2]),
         "probe_camids": np.array([0, 0]), "gallery_camids": np.array([1, 1, 1]), "probe_images": FRAMES[:2],
         "gallery_images": FRAMES[2:5], "names": (NAMES, [*NAMES, HOSTILE]), "note": HOSTILE},
        "[role=option][tabindex='0']", ("ArrowLeft",), ".reid-wall-name", ("[role=option][tabindex='0']", "Enter"),
        Touch(("[role=option]", (0.5, 0.5)), None, "[role=option]"),
    ),
    "EpisodeTable": EveryView(
        views.EpisodeTable,
        {"gallery_images": FRAMES[:4], "gallery_labels": LABELS, "probe_image": FRAMES[4], "z_gallery": FEATURES[:4],
         "z_probe": FEATURES[4], "temperature": 0.2, "answer": network, "names": NAMES, "probe_label": 1,
         "probe_mean": FEATURES[5], "note": HOSTILE, "title": HOSTILE},
        ".reid-ep-card[tabindex='0']", ("Delete",), ".reid-ep-answer", (".reid-ep-card[tabindex='0']", "Enter"),
        Touch((".reid-ep-card", (0.5, 0.3)),
              (".reid-ep-card", (0.5, 0.3), (130, 0), ".reid-ep-lay"), ".reid-ep-card"),
        Asked(lambda: make("EpisodeTable").live(), ".reid-ep-card[tabindex='0']", ("Delete",),
              "[data-system='network'][data-value='0.3']", ("Delete",)),
    ),
    "FlowLens": EveryView(
        views.FlowLens,
        {"first": GREYS[0], "second": GREYS[1], "window": 7, "flow": np.array([1.0, 0.5]),
         "exact": np.zeros((2, 24, 20)), "note": HOSTILE, "title": HOSTILE},
        ".reid-lens-stage", ("ArrowRight",), ".reid-lens-reason", (".reid-lens-stage", "Enter"),
        Touch((".reid-lens-stage", (0.4, 0.4)),
              (".reid-lens-stage", (0.4, 0.4), (30, 50), ".reid-lens-reason"), ".reid-lens-reason"),
    ),
    "Cobweb": EveryView(
        views.Cobweb,
        {"u": FEATURES[:, 0], "v": FEATURES[:, 1], "gram": FEATURES @ FEATURES.T, "note": HOSTILE, "title": HOSTILE},
        ".reid-cob-stage", ("ArrowRight",), ".reid-cob-scroll", (".reid-cob-track", "Enter"),
        Touch((".reid-cob-track", (0.5, 0.5)),
              (".reid-cob-stage", (0.5, 0.5), (60, 0), ".reid-cob-scroll"), ".reid-cob-stage"),
    ),
    "PullPush": EveryView(
        views.PullPush,
        {"first": np.array([0.0, 0.0]), "second": np.array([0.6, 0.1]), "names": NAMES, "note": HOSTILE,
         "title": HOSTILE},
        ".reid-pair-point", ("ArrowRight",), "table", (".reid-pair-curves", "ArrowRight"),
        Touch(None, (".reid-pair-point", (0.5, 0.5), (20, -60), "table"), ".reid-pair-curves"),
    ),
    "WinnersCurse": EveryView(
        views.WinnersCurse, {"n": 40, "title": HOSTILE},
        ".reid-win-stage", ("ArrowRight",), ".reid-win-verdict", (".reid-win-stage", "Enter"),
        Touch((".reid-win-stage", (0.5, 0.5)),
              ("input", (0.1, 0.5), (60, 0), ".reid-win-verdict"), ".reid-win-stage"),
    ),
    "pipeline_map": EveryView(
        views.pipeline_map, {},
        "[role=option][tabindex='0']", ("ArrowRight",), ".reid-title", ("[role=option][tabindex='0']", "Enter"),
        Touch(("[role=option]", (0.5, 0.5)), None, "[role=option]"),
    ),
}  # fmt: skip


def make(name: str) -> views.View:
    return VIEWS[name].make(**VIEWS[name].given)


def live(name: str) -> Any:
    return VIEWS[name].live.widget()


def controls() -> Any:
    return views.rerun(drawn, R=range(6))


def use(view: Any, name: str) -> None:
    """Drive the view, a locator, by its keys; what it tells must change visibly, and no error may show."""
    entry = VIEWS[name]
    told = view.locator(entry.told).first
    before = told.inner_text()
    element = view.locator(entry.focus).first
    element.focus()
    for key in entry.keys:
        element.page.keyboard.press(key)
    element.page.wait_for_timeout(30)
    assert before.strip(), f"{name} said nothing before"
    assert told.inner_text() != before, f"{name}: {entry.keys} changed nothing"
    assert not view.locator(".reid-trouble").is_visible()
