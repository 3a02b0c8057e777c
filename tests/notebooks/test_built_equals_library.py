"""What a notebook builds in a few lines is what the library does: the cell's own code is run and compared."""

from __future__ import annotations

import ast
from pathlib import Path

import nbformat
import numpy as np
import pytest
from scipy.ndimage import correlate

from reidlib.evaluation.baselines import band_colours
from reidlib.evaluation.ranking import rank
from reidlib.flow.window import gaussian_weights, solve_window

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"


def built(notebook: str, *names: str) -> dict:
    """The functions `names` as the notebook defines them, with the arrays' libraries around them."""
    cells = nbformat.read(NOTEBOOKS / f"{notebook}.ipynb", as_version=4).cells
    space: dict = {"np": np, "correlate": correlate}
    for cell in (c for c in cells if c.cell_type == "code"):
        for node in ast.parse(cell.source).body:
            if isinstance(node, ast.FunctionDef) and node.name in names and not node.decorator_list:
                assert node.end_lineno - node.lineno < 15, f"{node.name} is longer than 15 lines"
                exec(compile(ast.Module([node], []), notebook, "exec"), space)
    return {name: space[name] for name in names}


@pytest.mark.parametrize("seed", range(5))
def test_band_colours(seed):
    rng = np.random.default_rng(seed)
    frames = rng.integers(0, 256, (rng.integers(1, 9), rng.integers(6, 40), 5, 3), dtype=np.uint8)
    mine = built("00_start_here", "band_colours")["band_colours"]
    np.testing.assert_allclose(mine(frames), band_colours(frames), rtol=1e-4)


@pytest.mark.parametrize("seed", range(5))
def test_rank_one(seed):
    rng = np.random.default_rng(seed)
    pids = rng.permutation(30)
    gallery = np.concatenate([pids[:20], np.arange(100, 120)])
    distance = rng.random((30, 40))
    mine = built("00_start_here", "rank_one")["rank_one"]
    sides = {"probe_pids": pids[:20], "gallery_pids": gallery, "probe_camids": np.zeros(20, int)}
    ranking = rank(distance=distance[:20], **sides, gallery_camids=np.ones(40, int), protocol="camera_pair")
    assert mine(distance[:20], pids[:20], gallery) == pytest.approx(ranking.cmc[0])


@pytest.mark.parametrize("seed", range(5))
def test_lucas_kanade_step(seed):
    rng = np.random.default_rng(seed)
    previous, current = rng.integers(0, 256, (2, 21, 17)).astype(np.uint8)
    mine = built("02_flow_extraction", "lucas_kanade_step")["lucas_kanade_step"]
    dense = mine(previous, current, gaussian_weights(7))
    for row, column in ((3, 3), (10, 8), (17, 13)):
        one = solve_window(previous, current, row, column, window=7)
        assert one.known == 2
        np.testing.assert_allclose(dense[:, row, column], one.flow, rtol=1e-9)
