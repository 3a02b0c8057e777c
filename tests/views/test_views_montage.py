"""The rank montage: right frames in the right order, and matches told by colour, sign and line."""

import numpy as np
import pytest
from matplotlib.colors import to_hex

from reidlib.errors import ReidError
from reidlib.views.montage import rank_montage
from reidlib.views.palette import role


def _tracklet(length, shade):
    return np.broadcast_to(np.arange(length, dtype=np.uint8)[:, None, None, None] + np.uint8(shade), (length, 8, 4, 3))


PROBE = _tracklet(9, 0)
RANKED = [_tracklet(5, 50), _tracklet(1, 100), _tracklet(7, 150)]
MATCHES = np.array([False, True, False])


def test_frames_are_spread_over_each_tracklet_from_left_to_right():
    images = rank_montage(PROBE, RANKED, MATCHES, frames=3).axes.get_images()
    shades = [int(image.get_array()[0, 0, 0]) for image in images]
    assert shades == [0, 4, 8, 50, 52, 54, 100, 100, 100, 150, 153, 156]
    lefts = [image.get_extent()[0] for image in images[::3]]
    assert lefts == sorted(lefts)
    assert images[0].get_extent()[3] < images[1].get_extent()[3] < images[2].get_extent()[3]


def test_matches_are_told_by_colour_sign_and_line():
    axes = rank_montage(PROBE, RANKED, MATCHES).axes
    kinds = ["probe", "nonmatch", "match", "nonmatch"]
    titles = [t for t in axes.texts if t.get_weight() == "bold"]
    assert [t.get_text() for t in titles] == ["◆ probe", "✗ 1", "✓ 2", "✗ 3"]
    assert [to_hex(p.get_edgecolor()) for p in axes.patches] == [role(k).light for k in kinds]
    assert [p.get_linestyle() == "-" for p in axes.patches] == [True, False, True, False]


def test_notes_stand_below_their_item():
    axes = rank_montage(PROBE, RANKED, MATCHES, distances=[0.25, 0.5, 1 / 3], names=["p1", "p2", "p3"]).axes
    notes = [(t.get_text(), t.get_position()[0]) for t in axes.texts if t.get_weight() != "bold"]
    assert [text for text, _ in notes] == ["p1", "0.25", "p2", "0.5", "p3", "0.333"]
    assert notes[0][1] == notes[1][1] < notes[2][1]


def test_sentence_counts_matches():
    assert "of the first 3 gallery items, rank 2 shows the same person" in rank_montage(PROBE, RANKED, MATCHES).alt
    alt = rank_montage(PROBE, RANKED, ~MATCHES, distances=[0.1, 0.2, 0.9]).alt
    assert "ranks 1, 3 show the same person. Distances run from 0.1 to 0.9." in alt
    assert "none of the first 3" in rank_montage(PROBE, RANKED, np.zeros(3, bool)).alt


def test_single_images_and_rendering():
    picture = rank_montage(PROBE[0], [r[0] for r in RANKED], MATCHES, frames=1)
    assert len(picture.axes.get_images()) == 4
    assert picture.render() == rank_montage(PROBE[0], [r[0] for r in RANKED], MATCHES, frames=1).render()


@pytest.mark.parametrize(
    ("arguments", "options", "words"),
    [
        ((PROBE, RANKED, [True]), {}, "3 ranked items, matches bool"),
        ((PROBE, RANKED, [0, 1, 0]), {}, "matches int64"),
        ((PROBE, [], np.zeros(0, bool)), {}, "0 ranked items"),
        ((PROBE.astype(float), RANKED, MATCHES), {}, "Found item of type float64"),
        ((PROBE, RANKED, MATCHES), {"distances": [0.1]}, "1 names or distances for 3 items"),
        ((PROBE, RANKED, MATCHES), {"frames": 0}, "frames=0"),
    ],
)
def test_bad_input_is_named(arguments, options, words):
    with pytest.raises(ReidError, match=words):
        rank_montage(*arguments, **options)
