"""AttentionStrip live in JupyterLab: a changed weight reaches Python, and Python's weights come back."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser
LIVE = """
import numpy as np
from reidlib.views.attention_strip import AttentionStrip

rng = np.random.default_rng(0)
frames, x, g = rng.integers(0, 255, (6, 20, 12, 3), dtype=np.uint8), rng.normal(size=(6, 4)), rng.normal(size=(5, 4))
heard = []

def answer(message):
    heard.append(message)
    if message["frame"] == 5:
        return {"attention": [[0.5] * 6]}

AttentionStrip(frames, np.full(6, 0.9), features=x, gallery=g, match=1).live(answer)
"""


def _slider(page, t: int):
    return page.locator(f'[role="slider"][data-frame="{t}"]')


def test_live_in_jupyterlab(lab):
    page = lab.open("strip.ipynb", LIVE, "print([round(w, 2) for w in heard[0]['weights']], heard[0]['frame'])")
    lab.run_cell(0)
    _slider(page, 2).wait_for()
    _slider(page, 2).focus()
    page.keyboard.press("Home")
    page.wait_for_function("document.querySelector('.reid-view[aria-busy]') === null")
    lab.run_cell(1)
    page.get_by_text("[0.9, 0.9, 0, 0.9, 0.9, 0.9] 2", exact=True).wait_for()
    _slider(page, 5).focus()
    page.keyboard.press("ArrowDown")  # Python answers this one with weights of its own
    page.wait_for_function("""document.querySelector('[data-frame="2"]').getAttribute('aria-valuenow') === '0.5'""")
    assert not page.locator(".reid-trouble").is_visible()
