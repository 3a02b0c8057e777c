"""How hard street-v1 is: the figures that its law promises, counted on the whole data set."""

import numpy as np
import pytest

from reidlib.world.build import build
from reidlib.world.versions import specify


def _colours(frames):
    """Per-channel histograms of 16 bins, averaged over all pixels of all frames."""
    return (
        np.concatenate([np.bincount(frames[..., c].ravel() >> 4, minlength=16) for c in range(3)]) / frames[..., 0].size
    )


@pytest.mark.slow
def test_street_v1_keeps_its_promised_difficulty(tmp_path):
    store = build(specify("street-v1"), tmp_path / "street")
    assert len(store) == 600
    assert 70 < store.lengths.mean() < 76
    assert (store.lengths.min() >= 23, store.lengths.max() <= 192) == (True, True)
    low = np.asarray(store.column("visibility")) < 0.5
    assert 0.10 <= low.mean() <= 0.14
    assert np.mean([low[s : s + n].any() for s, n in zip(store.starts, store.lengths, strict=True)]) >= 0.40
    colours = np.array([_colours(tracklet.frames[::2]) for tracklet in store])
    probe, gallery = colours[0::2], colours[1::2]
    distance = np.abs(probe[:, None] - gallery[None]).sum(2)
    assert (distance.argmin(1) == np.arange(300)).mean() < 0.25
