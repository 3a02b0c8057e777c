"""Cobweb in Python: what the page gets, its bounds, the twin, and a sentence for each mistake."""

from __future__ import annotations

import time

import numpy as np
import pytest
import torch
from page_parts import Parts

from reidlib.errors import ReidError
from reidlib.ran.refinement import fixed_points, scalar_map, slope
from reidlib.views import Cobweb

RNG = np.random.default_rng(4)
T, D = 9, 12
X = RNG.normal(size=(T, D))
U, V = X @ RNG.normal(size=D), X @ RNG.normal(size=D)
GRAM = X @ X.T
HOSTILE = "</script><script>window.pwned=1</script>$\\frac{"


def test_the_page_gets_six_digits_and_what_it_needs():
    data = Cobweb(U, V, 0.25, 7, gram=GRAM, normalise="sum", feedback="unit", frames=16, note="a note").data
    np.testing.assert_allclose(data["u"], U, rtol=5e-6)
    np.testing.assert_allclose(data["v"], V, rtol=5e-6)
    np.testing.assert_allclose(data["gram"], GRAM[np.tril_indices(T)], rtol=5e-6)
    assert (data["c0"], data["R"], data["frames"], data["note"]) == (0.25, 7, 16, "a note")
    assert data["forms"][data["form"]] == ["sigmoid", "sum", "unit"]
    assert list(data["forms"]) == ["as printed", "divided by Σα", "divided by Σα, f at unit length", "softmax"]


def test_without_gram_no_form_needs_a_length():
    forms = Cobweb(U, V).data["forms"]
    assert list(forms) == ["as printed", "divided by Σα", "softmax"]
    assert all(feedback == "raw" for _, _, feedback in forms.values())


@pytest.mark.parametrize("rank", [D, 3])
def test_no_value_of_the_map_exceeds_the_bound(rank):
    x = X[:, :rank] if rank < D else X
    theta = RNG.normal(size=rank)
    most = Cobweb(U, x @ theta, gram=x @ x.T).data["most"]
    weights = RNG.random((2000, T))
    weights[:T] = np.eye(T)
    f = weights @ x
    values = np.abs(f @ theta) / np.linalg.norm(f, axis=1)
    assert values.max() <= most <= np.linalg.norm(theta) * 1.001


@pytest.mark.parametrize("form", [{}, {"normalise": "sum"}, {"normalise": "sum", "feedback": "unit"},
                                  {"kind": "softmax", "normalise": "sum"}])  # fmt: skip
def test_the_twin_tells_what_the_library_computes(form):
    frames = 20
    rows = np.arange(frames) % T
    u, v, gram = (torch.from_numpy(each) for each in (U[rows], V[rows], GRAM[np.ix_(rows, rows)]))
    view = Cobweb(U, V, 0.5, 3, gram=GRAM, frames=frames, note="drawn at random", **form)
    c = torch.tensor(0.5, dtype=torch.float64)
    for _ in range(3):
        c = scalar_map(c, u, v, gram=gram, **form)
    rests = fixed_points(u, v, gram=gram, **form)
    steep = slope(rests, u, v, gram=gram, **form)
    assert f"{view.data['form']}, 20 frames: from 0.50, 3 steps lead to {c:.2f}".replace("-", "−") in view.alt
    for place, rise in zip(rests, steep, strict=True):
        fate = "attracts" if abs(rise) < 1 else "repels"
        assert f"{place:.2f} (slope {rise + 0.0:.2f}, {fate})".replace("-", "−") in view.alt.replace("−0.00", "0.00")
    assert view.alt.endswith("drawn at random.")


def test_creation_is_fast_and_the_page_small():
    u, v = RNG.normal(size=(2, 32))
    x = RNG.normal(size=(32, 128))
    Cobweb(u, v)
    start = time.perf_counter()
    view = Cobweb(u, v, gram=x @ x.T)
    assert time.perf_counter() - start < 0.1
    assert len(str(view.data)) < 12_000


def test_hostile_text_stays_text_and_bytes_repeat():
    page = Cobweb(U, V, note=HOSTILE, title=HOSTILE)
    parts = Parts(page.html())
    assert [kind for kind, _ in parts.scripts] == ["application/json", "module"]
    assert parts.data["note"] == HOSTILE
    assert parts.one("img")["alt"] == page.alt
    assert page.html() == Cobweb(U, V, note=HOSTILE, title=HOSTILE).html()


def test_the_sentence_rounds_large_numbers_like_the_page():
    page = Cobweb([0.3, -0.2], [4.1e8, 2.670571605e8], 1.0)
    assert "6.771e+8" in page.alt
    assert page.alt == Cobweb(page.data["u"], page.data["v"], 1.0).alt  # of the digits that the page has


@pytest.mark.parametrize(
    ("arrays", "options", "sentence"),
    [
        ((U[:0], V[:0]), {}, "u of 0 and v of 0"),
        ((U, V[:-1]), {}, "u of 9 and v of 8"),
        ((np.zeros(129), np.zeros(129)), {}, "u of 129"),
        ((np.where(np.arange(T) == 3, np.nan, U), V), {}, "u holds nan at index 3"),
        ((U, V[:, None]), {}, r"v has shape \(9, 1\)"),
        ((U, V, float("nan")), {}, "c0 holds nan"),
        ((U, V, 0, -1), {}, "R=-1"),
        ((U, V, 0, 51), {}, "0 to 50"),
        ((U, V, 0, 2.5), {}, "R=2.5"),
        ((U, V), {"frames": 0}, "frames=0"),
        ((U, V), {"feedback": "unit"}, "without a Gram matrix"),
        ((U, V), {"kind": "relu"}, "kind='relu'"),
        ((U, V), {"gram": GRAM[:4]}, r"gram of shape \(4, 9\)"),
        ((U, V), {"gram": GRAM + np.arange(T)}, "symmetric"),
        ((U, V), {"gram": GRAM * np.nan}, "gram holds nan"),
    ],
)
def test_mistakes_are_sentences(arrays, options, sentence):
    with pytest.raises(ReidError, match=sentence):
        Cobweb(*arrays, **options)
